import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { readExamples } from "../../testing/manual.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const bag = (sku: string, brand: string) => ({
    ...{ sku, name: sku, brand, categories: ["gear/bags"], price: { minor: 3_000, currency: "USD" } },
  });
  await app.call("PUT", "/v1/catalog/products", [bag("duffle", "Acme"), bag("satchel", "Soft")]);
}, 120_000);
afterAll(async () => app?.close());

const examples = readExamples("price-rules", {
  URL: "",
  TOKEN: demoCredentials.token,
  WRITE_KEY: demoCredentials.writeKey,
});

it("has examples", () => expect(examples.length).toBe(5));

// In order: a later example is about what an earlier one made.
it.each(examples.map((example) => [example.title, example] as const))(
  "is right about %s",
  async (_title, { method, path, headers, body, answer }) => {
    const got = await app.call(method as "GET" | "POST", path, body, { ...headers });
    expect([got.status, got.body]).toEqual([expect.toBeOneOf([200, 201]), answer]);
  },
);
