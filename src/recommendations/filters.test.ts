import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogProduct } from "../catalog/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { createProductFilter, needsAnchor, type UnitFilter, type UnitFilters } from "./filters.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const priced = (sku: string, minor: number, more: Partial<CatalogProduct> = {}) =>
  aProduct(sku, { price: usd(minor), finalPrice: usd(minor), ...more });
const passes = (product: CatalogProduct, filters: UnitFilters, more: object = {}) =>
  createProductFilter(filters, { categoryPaths: [], anchor: null, ...more })(product) === null;
const only = (filter: UnitFilter) => ({ exclusions: [filter] });
const within = (filter: NonNullable<UnitFilters["inclusions"]>[number]) => ({ inclusions: [filter] });

describe("filters of a unit", () => {
  it("let everything through while there are none, or while they are switched off", () => {
    expect(passes(aProduct("a"), {})).toBe(true);
    expect(passes(aProduct("a"), only({ by: "product", skus: ["a"], isEnabled: false }))).toBe(true);
    expect(passes(aProduct("a"), only({ by: "product", skus: ["a"] }))).toBe(false);
  });

  it("take categories with their descendants, by path or as the page's", () => {
    const boots = aProduct("b", { categories: ["men/shoes/boots"] });
    expect(passes(boots, within({ by: "category", paths: ["men/shoes"] }))).toBe(true);
    expect(passes(boots, within({ by: "category", paths: ["men/sho"] }))).toBe(false);
    const same = within({ by: "category", sameAsPage: true });
    expect(passes(boots, same, { categoryPaths: ["men/shoes/boots"] })).toBe(true);
    expect(passes(boots, same, { categoryPaths: ["men/tops"] })).toBe(false);
    expect(passes(boots, same)).toBe(false);
  });

  it("take a configurable product by any of its variants", () => {
    const parent = aProduct("p", { type: "configurable", variants: ["p-1"] });
    expect(passes(parent, only({ by: "product", skus: ["p-1"] }))).toBe(false);
    expect(passes(parent, within({ by: "type", types: ["configurable"] }))).toBe(true);
    expect(passes(parent, within({ by: "visibility", values: ["catalog"] }))).toBe(false);
  });

  it("compare the final price, both ends included, in the named currency", () => {
    const filter = within({ by: "price", minMinor: 1_000, maxMinor: 2_000, currency: "USD" });
    expect([999, 1_000, 2_000, 2_001].map((minor) => passes(priced("a", minor), filter))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(passes(aProduct("a", { finalPrice: { minor: 1_500, currency: "EUR" } }), filter)).toBe(false);
    expect(passes(aProduct("free-of-price"), filter)).toBe(false);
  });

  it("compare with the price of the product on the page: an offset is added, 0 and none limit nothing", () => {
    const anchor = usd(10_000);
    const at = (minor: number, filter: Partial<Extract<UnitFilter, { by: "currentPrice" }>>) =>
      passes(priced("a", minor), within({ by: "currentPrice", operator: "atMost", ...filter }), { anchor });
    expect([at(9_500, { offsetMinor: -500 }), at(9_501, { offsetMinor: -500 })]).toEqual([true, false]);
    expect([at(10_500, { offsetMinor: 500 }), at(10_501, { offsetMinor: 500 })]).toEqual([true, false]);
    expect([at(99_999, { offsetMinor: 0 }), at(99_999, {})]).toEqual([true, true]);
    expect(at(10_100, { operator: "atLeast", offsetMinor: 200 })).toBe(false);
    expect(at(9_900, { operator: "within", offsetMinor: 100 })).toBe(true);
    expect(at(9_899, { operator: "within", offsetMinor: 100 })).toBe(false);
    expect(at(11_000, { operator: "withinRatio", ratio: 0.1 })).toBe(true);
    expect(at(11_001, { operator: "withinRatio", ratio: 0.1 })).toBe(false);
    expect(needsAnchor(within({ by: "currentPrice", operator: "atMost", offsetMinor: 0 }))).toBe(false);
    expect(needsAnchor(within({ by: "currentPrice", operator: "atMost", offsetMinor: 1 }))).toBe(true);
  });

  it("remove what is out of stock or low, and keep what has no count", () => {
    const filter = only({ by: "stock", outOfStock: true, atMostQty: 3 });
    expect(passes(aProduct("a", { inStock: false }), filter)).toBe(false);
    expect([2, 3, 4].map((qty) => passes(aProduct("a", { qty }), filter))).toEqual([false, false, true]);
    expect(passes(aProduct("a"), filter)).toBe(true);
  });

  it("AND inclusions and OR exclusions", () => {
    const filter = fc.constantFrom<UnitFilter>(
      { by: "category", paths: ["x"] },
      { by: "product", skus: ["a", "b"] },
      { by: "price", minMinor: 500 },
      { by: "type", types: ["simple"] },
    );
    const product = fc.record({
      sku: fc.constantFrom("a", "b", "c"),
      minor: fc.integer({ min: 0, max: 1_000 }),
      path: fc.constantFrom("x", "y"),
    });
    fc.assert(
      fc.property(fc.array(filter), fc.array(filter), product, (inclusions, exclusions, { sku, minor, path }) => {
        const one = priced(sku, minor, { categories: [path] });
        const alone = (each: UnitFilter) => !passes(one, { exclusions: [each] });
        const expected = inclusions.every(alone) && !exclusions.some(alone);
        expect(passes(one, { inclusions: inclusions as never, exclusions })).toBe(expected);
      }),
    );
  });
});
