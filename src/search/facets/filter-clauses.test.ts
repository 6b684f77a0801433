import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aProduct, dollars, searchOver } from "../search-fixture.ts";
import type { Filter, FilterPart } from "./filter.ts";

const colors = ["Blue", "Red", "Green"];
const brands = ["Luma", "Typhon"];
const products = Array.from({ length: 60 }, (_, at) =>
  aProduct({
    sku: `s${at}`,
    brand: at % 5 === 0 ? null : (brands[at % 2] ?? null),
    attributes: { color: at % 7 === 0 ? ["Blue", "Red"] : (colors[at % 3] ?? "") },
    finalPrice: at % 11 === 0 ? null : dollars(at + 0.5),
  }),
);

const part: fc.Arbitrary<FilterPart> = fc.oneof(
  fc.record({
    attribute: fc.constant("color"),
    values: fc.subarray([...colors, "White"], { minLength: 1 }),
    ranges: fc.constant([]),
  }),
  fc.record({
    attribute: fc.constant("brand"),
    values: fc.subarray(brands, { minLength: 1 }),
    ranges: fc.constant([]),
  }),
  fc.record({
    attribute: fc.constant("sku"),
    values: fc.array(
      fc.integer({ min: 0, max: 70 }).map((at) => `s${at}`),
      { minLength: 1, maxLength: 5 },
    ),
    ranges: fc.constant([]),
  }),
  fc.record({
    attribute: fc.constant("price"),
    values: fc.constant([]),
    ranges: fc
      .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 30 }))
      .map(([from, width]) => [{ from, to: from + width }]),
  }),
);
const literal: fc.Arbitrary<FilterPart> = fc
  .tuple(part, fc.boolean())
  .map(([given, isNegated]) => ({ ...given, isNegated }));
const filter: fc.Arbitrary<Filter> = fc
  .record({ first: literal, or: fc.array(literal, { maxLength: 2 }), isScope: fc.boolean() })
  .map(({ first, ...rest }) => ({ ...first, ...rest }));

function holdsPart({ attribute, values, ranges }: FilterPart, product: (typeof products)[number]): boolean {
  if (attribute === "sku") return values.includes(product.sku);
  if (attribute === "brand") return product.brand !== null && values.includes(product.brand);
  if (attribute === "color")
    return [product.attributes["color"]].flat().some((color) => values.includes(String(color)));
  const price = product.finalPrice;
  return price !== null && ranges.some(({ from = 0, to = 0 }) => price.minor >= from * 100 && price.minor < to * 100);
}

const holdsLiteral = (each: FilterPart, product: (typeof products)[number]) =>
  holdsPart(each, product) !== (each.isNegated ?? false);
const holds = (each: Filter, product: (typeof products)[number]) =>
  [each, ...(each.or ?? [])].some((one) => holdsLiteral(one, product));

describe("filters with alternatives and negations", async () => {
  const { search } = await searchOver(products);

  it("list exactly the products that a plain reading lists", () => {
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 6 }), (filters) => {
        const { items } = search.search({ filters, limit: 200 });
        const expected = products.filter((product) => filters.every((each) => holds(each, product)));
        expect(items.map(({ sku }) => sku).sort()).toEqual(expected.map(({ sku }) => sku).sort());
      }),
      { numRuns: 300 },
    );
  });

  it("count a facet with its own filter when they are its scope, without it otherwise", () => {
    const counts = (isScope: boolean) =>
      search
        .search({ filters: [{ attribute: "brand", values: ["Luma"], ranges: [], isScope }], facets: ["brand"] })
        .facets[0]?.buckets.map(({ value, count }) => `${value} ${count}`);
    const all = (brand: string) => products.filter((product) => product.brand === brand).length;
    expect(counts(true)).toEqual([`Luma ${all("Luma")}`]);
    expect([...(counts(false) ?? [])].sort()).toEqual([`Luma ${all("Luma")}`, `Typhon ${all("Typhon")}`]);
  });
});
