import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogProduct } from "../../../catalog/index.ts";
import { aProduct } from "../../../testing/a-product.ts";
import { priceRangeView, priceView } from "./price-view.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const priced = (sku: string, price: number, final = price, more: Partial<CatalogProduct> = {}) =>
  aProduct(sku, { price: usd(price), finalPrice: usd(final), ...more });
const catalogOf = (products: readonly CatalogProduct[]) => ({
  get: (sku: string) => products.find((product) => product.sku === sku),
});

describe("prices", () => {
  it("always have both, the regular one never below what is paid", () => {
    expect(priceView(priced("a", 4_900, 4_250))).toMatchObject({
      final: { amount: { value: 42.5, currency: "USD" } },
      regular: { amount: { value: 49 } },
    });
    expect(priceView(priced("a", 1_000, 1_200))?.regular.amount.value).toBe(12);
    expect(priceView(aProduct("a", { finalPrice: { minor: 500, currency: "JPY" } }))?.regular.amount).toEqual({
      value: 500,
      currency: "JPY",
    });
    expect(priceView(aProduct("a"))).toBeNull();
  });

  it("of a configurable product go from the cheapest to the dearest variant that can be bought", () => {
    const variant = fc.record({
      price: fc.integer({ min: 1, max: 1e6 }),
      off: fc.integer({ min: 0, max: 50 }),
      inStock: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(variant, { minLength: 1, maxLength: 8 }), (variants) => {
        const parts = variants.map(({ price, off, inStock }, at) =>
          priced(`v${at}`, price, Math.max(1, Math.floor((price * (100 - off)) / 100)), { inStock }),
        );
        const range = priceRangeView(
          aProduct("p", { type: "configurable", variants: parts.map(({ sku }) => sku) }),
          catalogOf(parts),
        );
        const sold = parts.some(({ inStock }) => inStock) ? parts.filter(({ inStock }) => inStock) : parts;
        const finals = sold.map(({ finalPrice }) => (finalPrice?.minor ?? 0) / 100);
        const regulars = sold.map(({ price }) => (price?.minor ?? 0) / 100);
        expect(range?.minimum.final.amount.value).toBe(Math.min(...finals));
        expect(range?.maximum.final.amount.value).toBe(Math.max(...finals));
        expect(range?.minimum.regular.amount.value).toBe(Math.min(...regulars));
        expect(range?.maximum.regular.amount.value).toBe(Math.max(...regulars));
      }),
    );
  });

  it("of a bundle end with the dearest choice of each part, and of a product without variants are its own", () => {
    const parts = [priced("a1", 500), priced("a2", 900), priced("b1", 100)];
    const bundle = priced("bundle", 600, 600, {
      type: "bundle",
      components: [
        { label: "A", skus: ["a1", "a2"] },
        { label: "B", skus: ["b1"] },
      ],
    });
    const range = priceRangeView(bundle, catalogOf(parts));
    expect([range?.minimum.final.amount.value, range?.maximum.final.amount.value]).toEqual([6, 10]);
    const alone = priceRangeView(priced("c", 700, 650, { type: "configurable" }), catalogOf([]));
    expect([alone?.minimum.final.amount.value, alone?.maximum.regular.amount.value]).toEqual([6.5, 7]);
  });
});
