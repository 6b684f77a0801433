import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aProduct, searchOver } from "../search-fixture.ts";

const colors = ["red", "blue", "green"];
const bags = Array.from({ length: 60 }, (_, at) =>
  aProduct({
    sku: `B${at}`,
    name: at % 4 === 0 ? `Bag leather ${at}` : `Bag ${at}`,
    categories: [at % 2 === 0 ? "bags/small" : "bags/large"],
    attributes: { color: colors[at % 3] ?? "" },
    visibility: at % 10 === 9 ? "search" : at % 10 === 8 ? "catalog" : "both",
  }),
);
/** Neither is in the catalog, so that a set is larger than what is looked at. */
const strangers = Array.from({ length: 500 }, (_, at) => `X${at}`);

describe("a list of given products", () => {
  it("is what a category may show of them, whatever their categories, counted within", async () => {
    const { search } = await searchOver(bags);
    const only = new Set(["B1", "B2", "B3", "B8", "B9", "NONE"]);
    const { items, total, facets } = search.search({ only, facets: ["color", "categories"] });
    // B9 shows in searches alone.
    expect(items.map(({ sku }) => sku).sort()).toEqual(["B1", "B2", "B3", "B8"]);
    expect(total).toBe(4);
    expect(facets[0]?.buckets.map(({ value, count }) => [value, count])).toEqual([
      ["green", 2],
      ["blue", 1],
      ["red", 1],
    ]);
    expect(search.search({ only: new Set() }).total).toBe(0);
  });

  it("leaves out the same whether the sets are small or large", async () => {
    const { search } = await searchOver(bags);
    const all = bags.map(({ sku }) => sku);
    fc.assert(
      fc.property(
        fc.subarray(all),
        fc.option(fc.subarray(all), { nil: undefined }),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom("", "bag", "leather", "leather bag"),
        (hidden, only, manyHidden, manyOnly, q) => {
          const arrangement = {
            hidden: new Set(manyHidden ? [...hidden, ...strangers] : hidden),
            factorsOf: (skus: readonly string[]) => new Float64Array(skus.length).fill(1),
            pins: [{ sku: "B4", position: 1 }],
            effectsOf: () => [],
          };
          const given = only && new Set(manyOnly ? [...only, ...strangers] : only);
          const filters = [{ attribute: "color", values: ["red"], ranges: [] }];
          const { items, total, facets } = search.search({
            ...{ q, arrangement, filters, facets: ["color"], limit: 200 },
            ...(given ? { only: given } : {}),
          });
          const listed = bags.filter(
            ({ sku, name, visibility }) =>
              visibility !== (given ? "search" : "catalog") &&
              (q !== "leather" || name.includes("leather")) &&
              !hidden.includes(sku) &&
              (only?.includes(sku) ?? true),
          );
          const red = listed.filter(({ attributes }) => attributes["color"] === "red");
          expect(items.map(({ sku }) => sku).sort()).toEqual(red.map(({ sku }) => sku).sort());
          expect(total).toBe(red.length);
          // The facet is counted without its own filter, and without what is left out.
          for (const { value, count } of facets[0]?.buckets ?? [])
            expect(count).toBe(listed.filter(({ attributes }) => attributes["color"] === value).length);
        },
      ),
      { numRuns: 150 },
    );
  });
});
