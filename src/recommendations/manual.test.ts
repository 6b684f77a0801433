import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { readExamples } from "../testing/manual.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

const examples = readExamples("recommendations", {
  URL: "",
  KEY: demoCredentials.writeKey,
  TOKEN: demoCredentials.token,
});
let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  const bag = (sku: string, name: string, extra: object = {}) => ({
    ...{ sku, name, currency: "USD", price: "32.00", inStock: true, categories: ["gear/bags"] },
    ...extra,
  });
  const stored = await app.call("PUT", "/v1/catalog/products", [
    bag("24-MB01", "Joust Duffle Bag", { price: "34.00" }),
    bag("24-WB01", "Voyage Yoga Bag", { url: "/voyage", images: ["bag.jpg"] }),
  ]);
  expect(stored.body).toMatchObject({ accepted: 2 });
}, 120_000);
afterAll(() => app.close());

it.each(examples.map((example) => [example.title, example] as const))(
  "%s answers as the manual says",
  async (_, one) => {
    const { status, body } = await app.call(one.method as "GET", one.path, one.body, one.headers);
    expect(status).toBe(200);
    expect(body).toEqual(one.answer);
  },
);
