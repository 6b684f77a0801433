import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { readExamples } from "../../testing/manual.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  await app.publish("cart-price-rule", "spring", {
    priority: 0,
    coupon: { type: "specific", code: "SPRING10" },
    action: { type: "percent", percent: "10" },
  });
}, 120_000);
afterAll(async () => app?.close());

const examples = readExamples("coupons", { URL: "", TOKEN: demoCredentials.token });

it("has examples", () => expect(examples.length).toBe(5));

// In order: a later example is about what an earlier one made.
it.each(examples.map((example) => [example.title, example] as const))(
  "is right about %s",
  async (_title, { method, path, headers, body, answer }) => {
    const got = await app.call(method as "GET" | "POST", path, body, { ...headers });
    expect([got.status, got.body]).toEqual([expect.toBeOneOf([200, 201]), answer ?? expect.anything()]);
  },
);
