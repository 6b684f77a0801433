import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
const usd = (minor: number) => ({ minor, currency: "USD" });
const ring = { categories: ["rings"], inStock: true };
const engraving = { title: "Engraving", type: "field", is_require: true, price: "15.00", price_type: "fixed" };
const box = {
  ...{ title: "Box", type: "radio", is_require: true },
  values: [
    { title: "Wood", price: "12.00", price_type: "fixed" },
    { title: "Card", price: "2.5", price_type: "percent" },
  ],
};

beforeAll(async () => {
  app = await startTestApp();
  const rows = [
    { ...ring, sku: "plain", name: "Ring plain", price: "100.00" },
    { ...ring, sku: "engraved", name: "Ring engraved", price: "90.00", options: [engraving, box] },
    {
      ...{ ...ring, sku: "sized", name: "Ring sized", type: "configurable", options: [engraving] },
      variants: [
        { sku: "sized-s", options: { size: "S" }, price: "80.00" },
        { sku: "sized-m", options: { size: "M" }, price: "84.00" },
      ],
    },
    {
      ...{ ...ring, sku: "pair", name: "Ring pair", type: "bundle", options: [{ ...engraving, price: "1.00" }] },
      components: [
        { label: "One", skus: ["plain"] },
        { label: "Other", skus: ["engraved"] },
      ],
    },
  ];
  const written = await app.call("PUT", "/v1/catalog/products", rows);
  expect(written.body).toEqual({ accepted: 4, rejected: [] });
  await app.publish("catalog-price-rule", "rings", {
    priority: 0,
    customerGroups: ["wholesale"],
    action: { type: "by_percent", percent: "50" },
  });
  // The index follows the catalog within a second.
  await vi.waitFor(
    async () => expect(Object.keys(pricesIn((await app.call("GET", "/v1/search?q=ring")).body))).toHaveLength(4),
    10_000,
  );
}, 120_000);
afterAll(async () => app?.close());

type Items = readonly { readonly sku: string; readonly finalPrice: { readonly minor: number } | null }[];
const itemsOf = (body: Record<string, unknown>) => body["items"] as Items;
const pricesIn = (body: Record<string, unknown>) =>
  Object.fromEntries(itemsOf(body).map(({ sku, finalPrice }) => [sku, finalPrice?.minor]));

// 90.00 with 15.00 and a card box for 2.25; the cheapest size with 15.00; both rings with 1.00.
const list = { plain: 10_000, engraved: 10_725, sized: 9_500, pair: 10_000 + 10_725 + 100 };
// Half of each ring: fixed amounts stay, the share goes by 45.00.
const wholesale = { plain: 5_000, engraved: 4_500 + 1_500 + 113, sized: 5_500, pair: 5_000 + 6_113 + 100 };

describe("prices of products with required options", () => {
  it("hold the cheapest choices in lists, and lists are sorted, filtered and counted by them", async () => {
    for (const [query, expected, order] of [
      ["", list, ["sized", "plain", "engraved", "pair"]],
      ["&customerGroup=wholesale", wholesale, ["plain", "sized", "engraved", "pair"]],
    ] as const) {
      const found = await app.call("GET", `/v1/search?q=ring&sort=price&facets=price${query}`);
      expect(pricesIn(found.body)).toEqual(expected);
      expect(itemsOf(found.body).map(({ sku }) => sku)).toEqual(order);
      const [min = 0, max = 0] = [expected[order[0]] / 100, expected.pair / 100];
      expect(found.body["facets"]).toMatchObject([{ attribute: "price", stats: { min, max } }]);
    }
    const between = await app.call("GET", "/v1/search?q=ring&filter=price:105..110");
    expect(pricesIn(between.body)).toEqual({ engraved: list.engraved });
  });

  it("are on the page of the product, with its options", async () => {
    const { body } = await app.call("GET", "/v1/catalog/products/engraved?customerGroup=wholesale");
    expect(body).toMatchObject({
      price: usd(9_000),
      finalPrice: usd(wholesale.engraved),
      customOptions: [
        { title: "Engraving", type: "field", isRequired: true, price: { amount: usd(1_500) } },
        { title: "Box", values: [{ title: "Wood" }, { title: "Card", price: { percent: "2.5" } }] },
      ],
    });
  });

  it("are told apart where a call asks why", async () => {
    const items = ["engraved", "sized", "pair", "plain"].map((sku) => ({ sku }));
    const { body } = await app.call("POST", "/v1/offers/prices", { items, group: "wholesale", explain: true });
    expect(body).toMatchObject({
      items: [
        {
          ...{ listPrice: usd(9_000), rulePrice: usd(4_500), optionsPrice: usd(1_613), finalPrice: usd(6_113) },
          source: "rule",
          options: [
            { title: "Engraving", value: null, price: usd(1_500) },
            { title: "Box", value: "Card", price: usd(113) },
          ],
        },
        { pricedSku: "sized-s", rulePrice: usd(4_000), optionsPrice: usd(1_500), finalPrice: usd(5_500) },
        { source: "parts", optionsPrice: null, finalPrice: usd(wholesale.pair) },
        { optionsPrice: null, finalPrice: usd(5_000) },
      ],
    });
    const alone = await app.call("GET", "/v1/catalog/products/engraved/price?explain=true");
    expect(alone.body).toMatchObject({
      ...{ source: "list", optionsPrice: usd(1_725), finalPrice: usd(10_725) },
      options: [{ title: "Engraving" }, { title: "Box", value: "Card", price: usd(225) }],
    });
    const plain = await app.call("GET", "/v1/catalog/products/engraved/price");
    expect(plain.body).toMatchObject({ optionsPrice: usd(1_725) });
    expect(plain.body).not.toHaveProperty("options");
  });

  it("are told apart in the trial of a rule, which takes nothing off options", async () => {
    const draft = { key: "new", name: "New", body: { priority: 1, action: { type: "by_percent", percent: "100" } } };
    const { body } = await app.call("POST", "/v1/offers/catalog-rules/trial", { draft, sku: "sized-s" });
    expect(body["asked"]).toMatchObject({ after: usd(0), optionsPrice: null });
    const engraved = await app.call("POST", "/v1/offers/catalog-rules/trial", { draft, sku: "engraved" });
    expect(engraved.body["asked"]).toMatchObject({
      ...{ before: usd(10_725), after: usd(1_500), optionsPrice: usd(1_500), isChanged: true },
    });
  });

  it("are compared with the list price and the same options by storefront clients of others", async () => {
    const query = `{ products(skus: ["engraved", "sized"]) { sku
      ... on SimpleProductView { price { final { amount { value } } regular { amount { value } } } }
      ... on ComplexProductView { priceRange { minimum { final { amount { value } } } maximum { final { amount { value } } } } } } }`;
    const { body } = await app.call("POST", "/graphql", { query });
    const value = (amount: number) => ({ amount: { value: amount } });
    expect(body).toMatchObject({
      data: {
        products: [
          { sku: "engraved", price: { final: value(107.25), regular: value(107.25) } },
          { sku: "sized", priceRange: { minimum: { final: value(95) }, maximum: { final: value(99) } } },
        ],
      },
    });
  });

  it("change with the row", async () => {
    const row = { ...ring, sku: "engraved", name: "Ring engraved", price: "90.00", options: [engraving] };
    await app.call("PUT", "/v1/catalog/products", [row]);
    const { body } = await app.call("POST", "/v1/offers/prices", { items: [{ sku: "engraved" }, { sku: "pair" }] });
    expect(pricesIn(body)).toEqual({ engraved: 10_500, pair: 10_000 + 10_500 + 100 });
  });
});
