import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogProduct, ProductPrices } from "../../catalog/index.ts";
import { parseFilters } from "../facets/filter.ts";
import { aProduct, dollars, searchOver } from "../search-fixture.ts";
import type { SearchResult } from "../search-types.ts";

type Given = { readonly price: number | null; readonly other: number | null };

const given = fc.array(
  fc.record({ price: fc.option(fc.integer({ min: 1, max: 90 })), other: fc.option(fc.integer({ min: 1, max: 90 })) }),
  { minLength: 1, maxLength: 30 },
);

const productsOf = (rows: readonly Given[], field: keyof Given): readonly CatalogProduct[] =>
  rows.map((row, at) => {
    const price = row[field];
    return aProduct({ sku: `p${at}`, name: `Tea ${at}`, finalPrice: price === null ? null : dollars(price) });
  });

function pricesOf(rows: readonly Given[]): ProductPrices {
  return {
    finalPriceOf: ({ sku }) => {
      const other = rows[Number(sku.slice(1))]?.other ?? null;
      return other === null ? null : dollars(other);
    },
  };
}

const seen = ({ items, total, facets }: SearchResult) => ({
  items: items.map(({ sku, finalPrice }) => [sku, finalPrice?.minor]),
  total,
  facets,
});

const requests = [
  { q: "tea", sort: "price:desc", facets: ["price"] },
  { q: "", sort: "price", facets: ["price"], filters: parseFilters(["price:20..60"]) },
  { q: "tea", filters: parseFilters(["price:..30|70.."]), facets: ["price"] },
];

describe("prices of a visitor", () => {
  it("sort, filter and count as if the catalog had them", async () => {
    await fc.assert(
      fc.asyncProperty(given, async (rows) => {
        const own = await searchOver(productsOf(rows, "price"));
        const same = await searchOver(productsOf(rows, "other"));
        const prices = pricesOf(rows);
        for (const request of requests) {
          const before = seen(own.search.search(request));
          expect(seen(own.search.search({ ...request, prices }))).toEqual(seen(same.search.search(request)));
          expect(seen(own.search.search(request))).toEqual(before);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("are worked out once, when they are prepared", async () => {
    const rows = Array.from({ length: 600 }, (_, at) => ({ price: 50, other: (at % 80) + 1 }));
    const { search } = await searchOver(productsOf(rows, "price"));
    let asked = 0;
    const { finalPriceOf } = pricesOf(rows);
    const prices: ProductPrices = {
      finalPriceOf: (product) => {
        asked += 1;
        return finalPriceOf(product);
      },
    };
    await search.preparePrices(prices);
    expect(asked).toBe(600);
    search.search({ sort: "price", facets: ["price"], limit: 1, prices });
    // The one product of the page.
    expect(asked).toBe(601);
  });
});
