import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { signAsShop } from "../../testing/sign-as-shop.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };

const product = (sku: string, price: string, more: object = {}) => ({
  ...{ sku, name: `Jacket ${sku}`, price, categories: ["men/jackets"], inStock: true },
  ...more,
});

beforeAll(async () => {
  app = await startTestApp({ config: { websiteByStoreView: new Map([["b2b", "b2b"]]) } });
  const rows = [
    product("alpha", "100.00"),
    product("beta", "80.00", { groupPrices: [{ group: "wholesale", price: "60.00" }] }),
    product("gamma", "70.00", { tierPrices: [{ qty: 5, price: "50.00" }] }),
    product("delta", "65.00", { categories: ["men/shirts"] }),
  ];
  const written = await app.call("PUT", "/v1/catalog/products", rows);
  expect(written.body).toEqual({ accepted: 4, rejected: [] });
  await app.publish("catalog-price-rule", "jackets", {
    priority: 0,
    customerGroups: ["wholesale"],
    conditions: { attribute: { path: "product.category_ids", op: "contains", value: "men/jackets" } },
    action: { type: "by_percent", percent: "50" },
  });
  await app.sendFromServer([
    { type: "profileRecord", customerId: "c-1", anonymousId: "a-1", properties: { traits: { group: "wholesale" } } },
  ]);
  await app.settle();
  // The index follows the catalog within a second.
  await vi.waitFor(
    async () => expect(Object.keys(pricesIn((await app.call("GET", "/v1/search?q=jacket")).body))).toHaveLength(4),
    10_000,
  );
}, 60_000);

afterAll(async () => app?.close());

type Items = readonly { readonly sku: string; readonly finalPrice: { readonly minor: number } | null }[];
const pricesIn = (body: Record<string, unknown>, name = "items") =>
  Object.fromEntries((body[name] as Items).map(({ sku, finalPrice }) => [sku, finalPrice?.minor]));
const list = { alpha: 10_000, beta: 8_000, gamma: 7_000, delta: 6_500 };
const wholesale = { alpha: 5_000, beta: 4_000, gamma: 3_500, delta: 6_500 };

function proof(): string {
  return `customerId=c-1&identityToken=${encodeURIComponent(signAsShop("c-1", demoCredentials.identitySecret, Date.now() + 60_000))}`;
}

describe("final prices of a visitor", () => {
  it("are in lists, and a list is sorted, filtered and counted by them", async () => {
    const nobody = await app.call("GET", "/v1/search?q=jacket&sort=price", undefined, browser);
    expect(pricesIn(nobody.body)).toEqual(list);
    const signedIn = await app.call(
      "GET",
      `/v1/search?q=jacket&sort=price&facets=price&${proof()}`,
      undefined,
      browser,
    );
    expect(signedIn.status).toBe(200);
    expect(pricesIn(signedIn.body)).toEqual(wholesale);
    expect((signedIn.body["items"] as Items).map(({ sku }) => sku)).toEqual(["gamma", "beta", "alpha", "delta"]);
    expect(signedIn.body["facets"]).toMatchObject([{ attribute: "price", stats: { min: 35, max: 65 } }]);
    const cheap = await app.call("GET", `/v1/search?q=&filter=price:..45&${proof()}`, undefined, browser);
    expect(Object.keys(pricesIn(cheap.body)).sort()).toEqual(["beta", "gamma"]);
    const category = await app.call("GET", `/v1/categories/men/jackets/products?${proof()}`, undefined, browser);
    expect(pricesIn(category.body)).toEqual({ alpha: 5_000, beta: 4_000, gamma: 3_500 });
  });

  it("do not follow a group that a browser claims, but one that a server states", async () => {
    const path = "/v1/search?q=jacket&customerGroup=wholesale&customerId=c-1";
    expect(pricesIn((await app.call("GET", path, undefined, browser)).body)).toEqual(list);
    expect(pricesIn((await app.call("GET", "/v1/search?q=jacket&customerGroup=wholesale")).body)).toEqual(wholesale);
  });

  it("are in recommendations and related products", async () => {
    const identity = { customerId: "c-1" };
    const recommended = await app.call("POST", "/v1/recommendations", { strategy: "new-arrivals", identity, limit: 4 });
    expect(pricesIn(recommended.body)).toEqual(wholesale);
    await app.publish("related-product-rule", "all", {
      ...{ applyTo: "related", priority: 1, audiences: [], match: { everyone: true } },
      display: { attribute: { path: "product.category_ids", op: "contains", value: "men/jackets" } },
    });
    const related = await app.call("POST", "/v1/related-products", { list: "related", items: ["delta"], identity });
    expect(pricesIn(related.body)).toEqual({ alpha: 5_000, beta: 4_000, gamma: 3_500 });
  });

  it("are in the catalog's answers for a store view and group", async () => {
    expect(pricesIn((await app.call("GET", "/v1/catalog/products")).body)).toEqual(list);
    const group = await app.call("GET", "/v1/catalog/products?customerGroup=wholesale");
    expect(pricesIn(group.body)).toEqual(wholesale);
    const one = await app.call("GET", "/v1/catalog/products/beta?customerGroup=wholesale");
    expect(one.body).toMatchObject({
      finalPrice: { minor: 4_000 },
      tierPrices: [{ qty: 1, group: "wholesale", price: { minor: 6_000, currency: "USD" } }],
    });
  });

  it("are in the answers that storefront clients of others get", async () => {
    const query =
      '{ products(skus: ["alpha"]) { ... on SimpleProductView { sku price { final { amount { value } } regular { amount { value } } } } } }';
    const headers = {
      ...browser,
      "x-clientele-identity-token": signAsShop("c-1", demoCredentials.identitySecret, Date.now() + 60_000),
    };
    const answer = await app.call("POST", "/graphql", { query }, headers);
    expect(answer.body).toMatchObject({
      data: {
        products: [{ sku: "alpha", price: { final: { amount: { value: 50 } }, regular: { amount: { value: 100 } } } }],
      },
    });
  });

  it("explain themselves to the shop", async () => {
    const path = "/v1/catalog/products/alpha/price";
    const why = await app.call("GET", `${path}?group=wholesale&explain=true`);
    expect(why.body).toMatchObject({
      ...{ finalPrice: { minor: 5_000, currency: "USD" }, source: "rule", listPrice: { minor: 10_000 } },
      rules: [{ key: "jackets", isApplied: true, before: { minor: 10_000 }, after: { minor: 5_000 } }],
    });
    const other = await app.call("GET", `${path}?explain=true`);
    expect(other.body).toMatchObject({
      finalPrice: { minor: 10_000 },
      rules: [{ isApplied: false, reason: "customerGroup" }],
    });
    const five = await app.call("GET", "/v1/catalog/products/gamma/price?qty=5");
    expect(five.body).toMatchObject({ finalPrice: { minor: 5_000 }, source: "tier" });
    expect((await app.call("GET", `${path}?group=wholesale`, undefined, browser)).body).toMatchObject({
      finalPrice: { minor: 10_000 },
    });
    expect((await app.call("GET", `${path}?explain=true`, undefined, browser)).status).toBe(403);
    expect((await app.call("GET", "/v1/catalog/products/none/price")).status).toBe(404);
    expect((await app.call("GET", `${path}?qty=-1`)).status).toBe(400);
    expect((await app.call("GET", `${path}?at=2026-02-31T00:00:00Z`)).status).toBe(400);
  });
});

describe("a catalog price rule", () => {
  const body = (more: object) => ({
    key: "bad",
    name: "bad",
    body: { priority: 0, action: { type: "by_percent", percent: "10" }, ...more },
  });
  it.each([
    ["an empty list of groups", { customerGroups: [] }, "/customerGroups"],
    ["a group twice", { customerGroups: ["General", "general "] }, "/customerGroups/1"],
    ["an end before its start", { from: "2026-03-02", to: "2026-03-01" }, "/to"],
    ["a day that does not exist", { from: "2026-02-30" }, "/from"],
    ["more than 100 per cent", { action: { type: "to_percent", percent: "100.5" } }, "/action/percent"],
    [
      "a currency twice",
      {
        action: {
          type: "by_fixed",
          amounts: [
            { minor: 1, currency: "USD" },
            { minor: 2, currency: "USD" },
          ],
        },
      },
      "/action/amounts/1/currency",
    ],
    [
      "a condition on people",
      { conditions: { attribute: { path: "profile.country", op: "eq", value: "DE" } } },
      "/conditions/attribute/path",
    ],
    [
      "a condition on its own result",
      { conditions: { attribute: { path: "product.final_price", op: "gt", value: { minor: 1, currency: "USD" } } } },
      "/conditions",
    ],
    ["an audience that is not there", { audiences: ["nobody"] }, "/audiences/0"],
  ])("is refused with %s", async (_, more, path) => {
    const answer = await app.call("POST", "/v1/definitions/catalog-price-rule", body(more));
    expect(answer.status).toBe(422);
    const { details } = answer.body["error"] as { details: readonly { path: string }[] };
    expect(details.map((detail) => detail.path.replace(/^\/body/, ""))).toContain(path);
  });
});
