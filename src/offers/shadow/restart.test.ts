import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDataDir } from "../../testing/engines.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const path = "/v1/offers/shadow-runs";
const usd = (minor: number) => ({ minor, currency: "USD" });
const percent = (percents: string) => ({ priority: 10, action: { type: "percent", percent: percents } });
let dataDir: string;
let app: TestApp | undefined;

beforeAll(async () => {
  dataDir = await createDataDir();
});
afterAll(async () => {
  await app?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const ask = (of: TestApp, cartId: string) =>
  of.call("POST", "/v1/offers/evaluate", {
    cart: { cartId, currency: "USD", lines: [{ sku: "tent", qty: 2, unitPrice: usd(10_000) }] },
  });

it("lets shadow runs go on after a restart; what waited at the end is judged or counted", {
  timeout: 120_000,
}, async () => {
  const first = await startTestApp({ dataDir });
  app = first;
  await first.publish("cart-price-rule", "ten-off", percent("10"));
  const changes = [{ key: "ten-off", body: percent("20") }];
  const { body } = await first.call("POST", path, { name: "long", changes });
  const one = `${path}/${String(body["id"])}`;
  await ask(first, "r-1");
  await first.shadows.settled();
  await ask(first, "r-2");
  await first.close();

  const second = await startTestApp({ dataDir });
  app = second;
  await ask(second, "r-3");
  await second.shadows.settled();
  const run = await second.call("GET", one);
  expect(run.body).toMatchObject({ status: "running", coverage: { seen: 3, failed: 0 } });
  const { judged = 0, dropped = 0 } = run.body["coverage"] as Record<string, number>;
  expect(judged).toBeGreaterThanOrEqual(2);
  expect(judged + dropped).toBe(3);
  const report = await second.call("GET", `${one}/report`);
  expect(report.body).toMatchObject({ orders: judged, totals: [{ better: judged, betterBy: 2_000 * judged }] });
});
