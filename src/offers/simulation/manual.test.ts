import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { readExamples } from "../../testing/manual.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await app.publish("cart-price-rule", "ten-off", { priority: 10, action: { type: "percent", percent: "10" } });
  const usd = (minor: number) => ({ minor, currency: "USD" });
  await app.sendFromServer([
    {
      ...{ type: "orderPlaced", messageId: "m-1", customerId: "c-1" },
      timestamp: new Date(Date.now() - 60_000).toISOString(),
      properties: { orderId: "o-1", orderTotal: usd(20_000), items: [{ sku: "bag", qty: 2, unitPrice: usd(10_000) }] },
    },
  ]);
  await app.settle();
}, 120_000);
afterAll(async () => app?.close());

it("shows calls of simulations that answer as the manual says", { timeout: 60_000 }, async () => {
  const examples = readExamples("simulations", { URL: "", TOKEN: demoCredentials.token });
  expect(examples.length).toBe(6);
  let id = "";
  for (const { title, method, path, headers, body, answer } of examples) {
    const got = await app.call(method as "GET" | "POST", path.replace("$ID", id), body, { ...headers });
    const status = path.endsWith("/simulations") ? 202 : path.endsWith("/shadow-runs") ? 201 : 200;
    expect([title, got.status]).toEqual([title, status]);
    if (answer !== undefined) expect(got.body).toEqual(answer);
    if (status !== 200) id = String(got.body["id"]);
    await app.simulations.settled();
    await app.shadows.settled();
  }
});
