import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { type InstantShop, startInstantShop } from "../../testing/instantsearch/shop.ts";
import { readExamples } from "../../testing/manual.ts";

let shop: InstantShop;
beforeAll(async () => {
  shop = await startInstantShop();
}, 120_000);
afterAll(() => shop?.app.close());

const examples = readExamples("instantsearch", { URL: "", KEY: demoCredentials.writeKey });

it.each(examples.map((example) => [example.title, example] as const))(
  "the manual is right about %s",
  async (_title, { path, headers, body, answer }) => {
    const got = await shop.app.call("POST", path, body, { ...headers });
    expect(got.status).toBe(200);
    expect(got.body).toEqual(answer);
  },
);

it("the manual has examples", () => {
  expect(examples.length).toBe(2);
});
