import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../../../src/kernel/index.ts";
import { startTestApp, type TestApp } from "../../../src/testing/start-test-app.ts";
import { dayMs, now, products, simulate } from "./simulator-fixture.ts";

const clock = createFixedClock(now - 91 * dayMs);
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
  const rows = products.flatMap(({ sku, name, categories, price, variants }) => [
    { sku, name, categories, price: (price / 100).toFixed(2), type: variants.length > 0 ? "configurable" : "simple" },
    ...variants.map((variant) => ({
      sku: variant,
      parentSku: sku,
      name,
      price: (price / 100).toFixed(2),
      type: "variant",
    })),
  ]);
  expect((await app.call("PUT", "/v1/catalog/products", rows)).status).toBe(200);
  clock.set(now);
  const { deliveries } = await simulate({ shoppers: 150 });
  for (const { events, isBackOffice } of deliveries) {
    const { rejected } = await app.collect.accept({
      events: [...events],
      sentAt: undefined,
      sourceId: "simulated",
      sourceKind: isBackOffice ? "server" : "native",
      trusted: true,
      provenCustomerId: null,
    });
    expect(rejected).toEqual([]);
  }
  await app.settle();
}, 120_000);
afterAll(() => app.close());

const parameters: Readonly<Record<string, object>> = {
  "category-lovers": { category: "women" },
  birthday: { days: 60 },
  "discount-seekers": { orders: 1, share: 0.05 },
  "upgrade-eligible": { from: { minor: 30_000, currency: "USD" } },
};
const ready = [
  ...["new-visitors", "new-customers", "one-time-buyers", "loyal", "vip", "at-risk", "lapsed", "cart-abandoners"],
  ...[
    "browse-abandoners",
    "category-lovers",
    "discount-seekers",
    "high-returns",
    "birthday",
    "gold",
    "silver",
    "bronze",
  ],
  ...["engaged-subscribers", "cross-channel"],
  ...["upgrade-eligible", "customer-group", "newsletter", "default-billing", "customer-address", "number-of-orders"],
];

describe("simulated shoppers", () => {
  it.each(ready)("some of them, and not all, are in the ready audience %s", async (key) => {
    const made = await app.call("POST", `/v1/audience-templates/${key}/tree`, { parameters: parameters[key] ?? {} });
    expect(made.status).toBe(200);
    const { body } = await app.call("POST", "/v1/audiences/preview", { rule: made.body["tree"] });
    expect(body["count"]).toBeGreaterThan(0);
    expect(body["count"]).toBeLessThan(Number(body["total"]));
  });
});
