import { describe, expect, it } from "vitest";
import { type CatalogProduct, createCatalogMemory, type ProductPrices } from "../catalog/index.ts";
import type { JsonValue } from "../kernel/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { coverOf } from "./cover.ts";
import { createProductIndex, type ProductIndex } from "./product-index.ts";
import { productValue } from "./product-value.ts";
import { anAttribute, everyone, is, noon, startShop } from "./shop-fixture.ts";

/** Numbers that look random and are the same in each run. */
function createNumbers(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const attributes = [anAttribute("size", "select"), anAttribute("weight", "number"), anAttribute("eco", "boolean")];
const pick = createNumbers(7);
const anyProduct = (sku: string): CatalogProduct =>
  aProduct(sku, {
    brand: `brand ${pick(4)}`,
    categories: [`c${pick(3)}/s${pick(10)}`, `c${pick(3)}`].slice(0, 1 + pick(2)),
    finalPrice: pick(20) === 0 ? null : { minor: pick(2_000), currency: "USD" },
    price: { minor: 1, currency: pick(2) === 0 ? "USD" : "EUR" },
    attributes: { size: `${pick(300)}`, weight: pick(50), eco: pick(3) === 0 },
    inStock: pick(10) > 0,
    visibility: pick(30) === 0 ? "none" : "both",
  });
const nameOf = (at: number) => `sku-${(at * 7_919) % 10_007}`;
const money = (minor: number): JsonValue => ({ minor, currency: "USD" });

/** Rules whose covers are large and small, alone and together. */
const rules: readonly JsonValue[] = [
  everyone,
  { not: everyone },
  is("product.brand", "eq", "BRAND 2"),
  is("product.category_ids", "in", ["c1", "c2/s3", "nowhere"]),
  is("product.size", "in", [7, "8", "299"]),
  is("product.eco", "is_true"),
  is("product.final_price", "lt", money(900)),
  is("product.price", "lt", money(900)),
  is("product.final_price", "between", [money(400), money(410)]),
  { all: [is("product.brand", "eq", "brand 1"), is("product.final_price", "gte", money(1_500))] },
  {
    all: [is("product.weight", "gt", 40), is("product.final_price", "lte", money(700)), is("product.eco", "eq", false)],
  },
  { all: [is("product.category_ids", "contains_all", ["c0", "c0/s1"]), is("product.brand", "neq", "brand 0")] },
  {
    any: [
      is("product.size", "eq", "5"),
      { all: [is("product.brand", "eq", "brand 3"), is("product.weight", "lte", 3)] },
    ],
  },
  { any: [is("product.size", "eq", "5"), is("product.name", "starts_with", "sku-99")] },
  {
    all: [
      { any: [is("product.category_ids", "eq", "c1"), is("product.weight", "eq", 3)] },
      is("product.brand", "in", ["brand 0", "brand 1"]),
    ],
  },
  { not: { all: [is("product.brand", "eq", "brand 1"), is("product.eco", "is_false")] } },
];

/** Compares what the index finds for each rule with a look at every product. */
function compare(base: ProductIndex, shop: ReturnType<typeof startShop>, prices?: ProductPrices): number {
  const index = prices ? base.at(prices) : base;
  const catalog = shop.catalog.current();
  const shown = [...catalog.products.values()].filter(
    ({ inStock, type, visibility }) => inStock && type !== "variant" && visibility !== "none",
  );
  const skus = shown.map(({ sku }) => sku).sort();
  let found = 0;
  for (const rule of rules) {
    const { node, rule: compiled } = shop.rules.read(rule, { use: "products_to_display" });
    const holds = (sku: string) => compiled.test({ product: shop.rules.productOf(sku, prices) }, noon);
    const expected = skus.filter(holds);
    const cover = coverOf(node, index, shop.rules.attributes());
    for (const limit of [3, Number.POSITIVE_INFINITY]) {
      const first = index.first(cover, limit, ({ sku }) => holds(sku)).map(({ sku }) => sku);
      expect([rule, first]).toEqual([rule, expected.slice(0, limit)]);
    }
    if (cover) expect(cover.size).toBeGreaterThanOrEqual(expected.length);
    found += expected.length;
  }
  return found;
}

describe("the index of a catalog of some thousand products", () => {
  it("finds what a look at every product finds, through changes, new products, returns and rebuilding", () => {
    const shop = startShop({ attributes, upserted: Array.from({ length: 3_000 }, (_, at) => anyProduct(nameOf(at))) });
    const index = createProductIndex({ catalog: shop.catalog, factsOf: (sku) => shop.rules.productOf(sku) ?? {} });
    shop.catalog.onChange(index.note);
    expect(compare(index, shop)).toBeGreaterThan(5_000);
    const sku = () => nameOf(pick(3_000));
    for (let round = 0; round < 4; round += 1) {
      shop.products(
        Array.from({ length: 60 }, () => anyProduct(sku())),
        Array.from({ length: 30 }, sku),
      );
      compare(index, shop);
      // New ones stand between the known ones in order of SKU; with the third round there are more than fit behind them.
      shop.products(Array.from({ length: 400 }, (_, at) => anyProduct(nameOf(3_000 + round * 400 + at))));
      compare(index, shop);
    }
    shop.products(Array.from({ length: 5_500 }, (_, at) => anyProduct(nameOf(at))));
    expect(compare(index, shop)).toBeGreaterThan(8_000);
  });

  it("finds by price what a look at every product at the prices of a visitor finds, through changes", () => {
    const shop = startShop({ attributes, upserted: Array.from({ length: 900 }, (_, at) => anyProduct(nameOf(at))) });
    const factsOf = (sku: string, prices?: ProductPrices) => shop.rules.productOf(sku, prices) ?? {};
    const index = createProductIndex({ catalog: shop.catalog, factsOf });
    shop.catalog.onChange(index.note);
    const dearer: ProductPrices = {
      finalPriceOf: ({ brand, finalPrice }) =>
        brand === "brand 1" && finalPrice ? { ...finalPrice, minor: finalPrice.minor * 3 } : finalPrice,
    };
    expect(compare(index, shop, dearer)).not.toBe(compare(index, shop));
    for (let round = 0; round < 2; round += 1) {
      shop.products(
        Array.from({ length: 60 }, () => anyProduct(nameOf(pick(900)))),
        Array.from({ length: 30 }, () => nameOf(pick(900))),
      );
      compare(index, shop, dearer);
      shop.products(Array.from({ length: 400 }, (_, at) => anyProduct(nameOf(900 + round * 400 + at))));
      compare(index, shop, dearer);
    }
    const { node } = shop.rules.read(is("product.final_price", "gt", money(4_000)), { use: "products_to_display" });
    let looked = 0;
    const cover = coverOf(node, index.at(dearer), shop.rules.attributes());
    index.at(dearer).first(cover, 20, () => {
      looked += 1;
      return false;
    });
    // A quarter of them are dearer, a third of those cost so much.
    expect(looked).toBeGreaterThan(10);
    expect(looked).toBeLessThan(200);
  });

  it("looks at few products where the rule says which", () => {
    const shop = startShop({ attributes, upserted: Array.from({ length: 3_000 }, (_, at) => anyProduct(nameOf(at))) });
    const index = createProductIndex({ catalog: shop.catalog, factsOf: (sku) => shop.rules.productOf(sku) ?? {} });
    const looked = (rule: JsonValue): number => {
      let count = 0;
      const { node } = shop.rules.read(rule, { use: "products_to_display" });
      index.first(coverOf(node, index, shop.rules.attributes()), 20, () => {
        count += 1;
        return false;
      });
      return count;
    };
    expect(looked(is("product.size", "eq", "8"))).toBeLessThan(40);
    expect(
      looked({
        all: [is("product.brand", "eq", "brand 1"), is("product.final_price", "between", [money(0), money(20)])],
      }),
    ).toBeLessThan(40);
    expect(looked({ not: everyone })).toBe(0);
    expect(looked(is("product.name", "starts_with", "sku"))).toBeGreaterThan(2_500);
  });
});

describe("productValue", () => {
  it("is the fact that rules read, for every key", () => {
    const product = aProduct("a", {
      ...{ brand: "b", categories: ["x/y", "z"], rating: { average: 4, count: 2 }, qty: 3, createdAt: 5 },
      ...{
        price: { minor: 2, currency: "USD" },
        specialPrice: { minor: 1, currency: "USD" },
        finalPrice: { minor: 1, currency: "USD" },
      },
      attributes: { size: "attribute", color: "red", name: "not the name", "": "empty" },
      options: { size: "option" },
    });
    const memory = createCatalogMemory();
    memory.apply({ version: 1, upserted: [product] });
    const { rules: shop } = startShop({ upserted: [product] });
    const facts = shop.productOf("a") ?? {};
    expect(Object.keys(facts).length).toBeGreaterThan(15);
    for (const key of [...Object.keys(facts), "gone", "toString", "constructor"]) {
      const expected = Object.hasOwn(facts, key) ? facts[key] : undefined;
      expect([key, productValue(product, key)]).toEqual([key, expected]);
    }
  });
});
