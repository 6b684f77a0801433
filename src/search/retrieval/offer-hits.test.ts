import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAnalyzer } from "../analysis/analysis.ts";
import { compileFilters } from "../facets/compile-filters.ts";
import { descriptionField, nameField } from "../indexing/fields.ts";
import { createProductIndex } from "../indexing/product-index.ts";
import { shownInSearch } from "../indexing/segment.ts";
import { aProduct, searchOver } from "../search-fixture.ts";
import { createWorkspace, retrieve } from "./retrieve.ts";
import { createOrder } from "./sort.ts";

const words = ["bag", "belt", "boot", "cap", "coat"];
const texts = fc.array(fc.subarray(words), { minLength: 1, maxLength: 80 });

describe("the best of many matches", () => {
  it("are the same whether few or all of them are asked for, and so are totals and facets", async () => {
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.subarray(words, { minLength: 2 }),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        async (names, query, offset, isPinned) => {
          const { search } = await searchOver(
            names.map((name, at) =>
              aProduct({
                sku: `P${String(at).padStart(2, "0")}`,
                // Enough matches that the limit, 50 for the look at names, leaves some out.
                name: [...name, at % 3 === 0 ? "extra" : "", "bag"].join(" "),
                description: at % 2 === 0 ? name.join(" ") : "",
                categories: [at % 4 === 0 ? "a" : "b"],
              }),
            ),
          );
          const arrangement = {
            hidden: new Set<string>(),
            factorsOf: (skus: readonly string[]) => new Float64Array(skus.length).fill(1),
            pins: [{ sku: "P01", position: 2 }],
            effectsOf: () => [],
          };
          const request = { q: query.join(" "), facets: ["categories"], ...(isPinned ? { arrangement } : {}) };
          const all = search.search({ ...request, limit: 200 });
          const at = Math.max(0, Math.min(offset, all.total - 1));
          const some = search.search({ ...request, limit: 1, offset: at });
          expect(some.items[0]?.sku).toBe(all.items[at]?.sku);
          expect([some.total, some.facets]).toEqual([all.total, all.facets]);
          const matching = names.filter((name) => query.some((word) => word === "bag" || name.includes(word)));
          expect(all.total).toBe(matching.length);
          search.close();
        },
      ),
      { numRuns: 80 },
    );
  });

  it("are the first of all, also where frequent words are scored for those only that may come so far", () => {
    fc.assert(
      fc.property(
        texts,
        texts,
        fc.subarray(words, { minLength: 2 }),
        fc.integer({ min: 1, max: 4 }),
        (names, descriptions, query, limit) => {
          const index = createProductIndex({ analyzer: createAnalyzer({ locale: "en" }) });
          const documents = names.map((name, at) => ({
            ...{ sku: `P${at}`, name: "", values: [], priceMinor: 1, rating: Number.NaN, createdAt: 0 },
            flags: shownInSearch,
            texts: [
              { field: nameField, text: name.join(" "), kind: "words" as const },
              { field: descriptionField, text: (descriptions[at] ?? []).join(" "), kind: "words" as const },
            ],
          }));
          // Two segments: the second starts with the threshold of the first.
          index.apply(documents.filter((_, at) => at % 3 === 0));
          index.apply(documents.filter((_, at) => at % 3 !== 0));
          const workspace = createWorkspace();
          const slots = query.map((term) => ({
            surface: term,
            alternatives: [{ term, weight: 1, documents: index.documentCount(term), reason: "typed" as const }],
          }));
          const best = (most: number) =>
            retrieve(index, workspace, {
              ...{ plan: { slots }, limit: most, minMatched: 1, countValues: false, collectPrices: false },
              filters: compileFilters(index.values, [], undefined, 100, workspace.marks),
              shown: shownInSearch,
              order: (all) => createOrder([{ attribute: "relevance", direction: "desc" }], index.values, all, () => ""),
            });
          const [some, all] = [best(limit), best(1_000)];
          expect(some.hits).toEqual(all.hits.slice(0, limit));
          expect([some.total, some.fullCoverage]).toEqual([all.total, all.fullCoverage]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
