// What the shop's rules see of a price is what the shopper pays: units, merchandising, related products, audiences, storefront clients.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { signAsShop } from "../../testing/sign-as-shop.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
const usd = (minor: number) => ({ minor, currency: "USD" });
const below = (minor: number) => ({ attribute: { path: "product.final_price", op: "lt", value: usd(minor) } });
const token = () => signAsShop("c-1", demoCredentials.identitySecret, Date.now() + 60_000);
const signedIn = () => `customerId=c-1&identityToken=${encodeURIComponent(token())}`;
type Items = readonly { readonly sku: string }[];
const skusOf = (body: Record<string, unknown>) => (body["items"] as Items).map(({ sku }) => sku).sort();

beforeAll(async () => {
  app = await startTestApp();
  // Half price for wholesale: alpha 50, beta 40, gamma 35; delta is no jacket and stays at 65.
  const rows = [
    ["alpha", "100.00", "men/jackets"],
    ["beta", "80.00", "men/jackets"],
    ["gamma", "70.00", "men/jackets"],
    ["delta", "65.00", "men/shirts"],
  ].map(([sku, price, category]) => ({
    ...{ sku, name: `Jacket ${sku}`, price, categories: [category], inStock: true },
  }));
  expect((await app.call("PUT", "/v1/catalog/products", rows)).body).toEqual({ accepted: 4, rejected: [] });
  await app.publish("catalog-price-rule", "jackets", {
    ...{ priority: 0, customerGroups: ["wholesale"] },
    conditions: { attribute: { path: "product.category_ids", op: "contains", value: "men/jackets" } },
    action: { type: "by_percent", percent: "50" },
  });
  await app.sendFromServer([
    { type: "profileRecord", customerId: "c-1", anonymousId: "a-1", properties: { traits: { group: "wholesale" } } },
  ]);
  await app.settle();
  await vi.waitFor(async () => {
    const { body } = await app.call("GET", "/v1/search?q=jacket");
    expect(skusOf(body)).toHaveLength(4);
  }, 10_000);
}, 60_000);
afterAll(async () => app?.close());

describe("the price that rules see", () => {
  it("is the shopper's in the filters of a recommendation unit", async () => {
    const filters = { inclusions: [{ by: "price", maxMinor: 6_000 }] };
    await app.publish("unit", "cheap", {
      ...{ placement: "home.cheap", pageType: "CMS", strategy: "new-arrivals", label: "Cheap", limit: 4, priority: 1 },
      ...{ audiences: [], filters, fallback: false },
    });
    const shown = async (identity: object) => {
      const { body } = await app.call("POST", "/v1/decide", { placements: ["home.cheap"], identity });
      const [decision] = body["decisions"] as { value?: { items: Items } }[];
      return decision?.value?.items.map(({ sku }) => sku).sort();
    };
    expect(await shown({ anonymousId: "nobody" })).toBeUndefined();
    expect(await shown({ customerId: "c-1" })).toEqual(["alpha", "beta", "gamma"]);
    const query =
      '{ recommendationsByUnitIds(unitIds: ["cheap"]) { results { productsView { sku ... on SimpleProductView { price { final { amount { value } } } } } } } }';
    const answer = await app.call("POST", "/graphql", { query }, { ...browser, "x-clientele-identity-token": token() });
    const { results } = (answer.body["data"] as Record<string, { results: { productsView: object[] }[] }>)[
      "recommendationsByUnitIds"
    ] ?? { results: [] };
    expect(results[0]?.productsView).toEqual(
      expect.arrayContaining([{ sku: "alpha", price: { final: { amount: { value: 50 } } } }]),
    );
    expect(results[0]?.productsView).toHaveLength(3);
    const unknown = await app.call("POST", "/graphql", { query }, browser);
    expect(unknown.body).toMatchObject({
      data: { recommendationsByUnitIds: { results: [{ productsView: [] }] } },
    });
  });

  it("is the shopper's in rules and dynamic categories of the merchandiser", async () => {
    await app.publish("search-rule", "hide-cheap", {
      events: [{ action: "hide", where: below(4_500) }],
    });
    await app.publish("dynamic-category", "bargains", { category: "bargains", name: "Bargains", where: below(6_000) });
    const search = async (who: string) =>
      skusOf((await app.call("GET", `/v1/search?q=jacket&${who}`, undefined, browser)).body);
    const bargains = async (who: string) =>
      skusOf((await app.call("GET", `/v1/categories/bargains/products?${who}`, undefined, browser)).body);
    expect(await search("")).toEqual(["alpha", "beta", "delta", "gamma"]);
    expect(await search(signedIn())).toEqual(["alpha", "delta"]);
    expect(await bargains("")).toEqual([]);
    // The same twice: from the first answer on it is remembered, for each kind of shopper by itself.
    for (let round = 0; round < 2; round += 1) {
      expect(await search(signedIn())).toEqual(["alpha", "delta"]);
      expect(await search("")).toEqual(["alpha", "beta", "delta", "gamma"]);
      expect(await bargains(signedIn())).toEqual(["alpha", "beta", "gamma"]);
    }
  });

  it("is the shopper's in related-product rules, on both sides", async () => {
    await app.publish("related-product-rule", "not-dearer", {
      ...{ applyTo: "upsell", priority: 1, audiences: [], match: { everyone: true } },
      display: {
        attribute: { path: "product.final_price", op: "lte", value: { ref: "matched.final_price", percent: 100 } },
      },
    });
    const beside = async (identity: object) =>
      skusOf((await app.call("POST", "/v1/related-products", { list: "upsell", items: ["alpha"], identity })).body);
    expect(await beside({ anonymousId: "nobody" })).toEqual(["beta", "delta", "gamma"]);
    expect(await beside({ customerId: "c-1" })).toEqual(["beta", "gamma"]);
  });

  it("is the shopper's in audiences and rules over the product of the page", async () => {
    await app.publish("block", "bargain", {
      ...{ placement: "product.note", priority: 1, audiences: [], html: "A bargain" },
      rule: below(6_000),
    });
    const note = async (identity: object) => {
      const call = { placements: ["product.note"], identity, context: { sku: "alpha" } };
      const { body } = await app.call("POST", "/v1/decide", call);
      return (body["decisions"] as { kind?: string }[])[0]?.kind ?? null;
    };
    expect(await note({ anonymousId: "nobody" })).toBeNull();
    expect(await note({ customerId: "c-1" })).toBe("block");
  });

  it("is the customer's group's in every answer of the storefront protocol", async () => {
    const query = `{
      products(skus: ["alpha"]) { ... on SimpleProductView { price { final { amount { value } } regular { amount { value } } } } }
      productSearch(phrase: "jacket", sort: [{ attribute: "price", direction: ASC }]) { items { productView { sku ... on SimpleProductView { price { final { amount { value } } } } } } }
    }`;
    const ask = async (headers: Record<string, string>) =>
      (await app.call("POST", "/graphql", { query }, { ...browser, ...headers })).body;
    const price = (value: number) => ({ final: { amount: { value } } });
    expect(await ask({ "x-clientele-identity-token": token() })).toMatchObject({
      data: {
        products: [{ price: { final: { amount: { value: 50 } }, regular: { amount: { value: 100 } } } }],
        productSearch: {
          items: [
            { productView: { sku: "alpha", price: price(50) } },
            { productView: { sku: "delta", price: price(65) } },
          ],
        },
      },
    });
    // A group that a browser claims is not believed.
    const claimed = await ask({ "magento-customer-group": "wholesale" });
    expect(claimed).toMatchObject({ data: { products: [{ price: price(100) }] } });
  });
});
