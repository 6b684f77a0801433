// A cart that goes to several addresses, compared with what is known of its customer.
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const address = { street1: "Allee 1", city: "Berlin", postalCode: "10115", country: "DE" };
  await app.sendFromServer([
    { type: "accountUpdated", customerId: "c-1", properties: { traits: { shippingAddress: address } } },
  ]);
  await app.settle();
  const rule = (op: string, match: string, percent: string) => ({
    ...{ priority: 1, action: { type: "percent", percent } },
    conditions: {
      items: {
        ...{ of: "addresses", match },
        where: { attribute: { path: "item.country", op, value: { ref: "cart.country" } } },
      },
    },
  });
  await app.publish("cart-price-rule", "home", rule("eq", "some", "10"));
  await app.publish("cart-price-rule", "abroad", rule("neq", "some", "1"));
}, 120_000);
afterAll(() => app?.close());

it.each([
  ["one that is theirs", ["DE"], ["home"]],
  ["another country", ["US"], ["abroad"]],
  ["several, theirs among them", ["US", "DE"], ["home"]],
  ["several, theirs not among them", ["US", "CA"], ["abroad"]],
])("compares an address of the customer with where the cart goes: %s", async (_title, countries, applied) => {
  const lines = countries.map((_, n) => ({ id: String(n), sku: "bag", qty: 1, unitPrice: usd(1_000) }));
  const shipments = countries.map((country, n) => ({ id: `s-${n}`, lines: [String(n)], rate: usd(500), country }));
  const { status, body } = await app.call("POST", "/v1/offers/evaluate", {
    identity: { customerId: "c-1" },
    cart: { currency: "USD", lines, shipments },
  });
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body["applied"]).toEqual(applied);
});
