import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { readExamples } from "../../testing/manual.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const { body } = await app.call("PUT", "/v1/catalog/products", [
    { sku: "alpine", name: "Alpine jacket", price: "100.00", categories: ["men/jackets"] },
  ]);
  expect(body).toMatchObject({ accepted: 1 });
}, 120_000);
afterAll(async () => app?.close());

const examples = readExamples("catalog-price-rules", { URL: "", TOKEN: demoCredentials.token });

it("has examples", () => expect(examples.length).toBe(8));

// In order: a later example is about what an earlier one made.
it.each(examples.map((example) => [example.title, example] as const))(
  "is right about %s",
  async (_title, { method, path, headers, body, answer }) => {
    const got = await app.call(method as "GET" | "POST" | "PUT", path, body, { ...headers });
    expect([got.status, got.body]).toEqual([expect.toBeOneOf([200, 201]), answer]);
  },
);
