import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAnalyzer } from "../analysis/analysis.ts";
import { compileFilters } from "../facets/compile-filters.ts";
import type { QueryPlan } from "../planning/query-plan.ts";
import { coverageFactor, inverseDocumentFrequency } from "../retrieval/bm25f.ts";
import { explainScore } from "../retrieval/explain-score.ts";
import { createWorkspace, retrieve } from "../retrieval/retrieve.ts";
import { createOrder } from "../retrieval/sort.ts";
import { codeTerms } from "./build-segment.ts";
import { brandField, defaultFields, descriptionField, nameField, skuField } from "./fields.ts";
import type { IndexDocument } from "./index-document.ts";
import { createProductIndex, type ProductIndex } from "./product-index.ts";
import { shownInSearch } from "./segment.ts";

const analyzer = createAnalyzer();
const word = fc.constantFrom(
  "red",
  "blue",
  "shirt",
  "shirts",
  "jacket",
  "dv7",
  "12v",
  "15",
  "inch",
  "wool",
  "box",
  "boxes",
);
const sentence = fc.array(word, { maxLength: 8 }).map((words) => words.join(" "));

const aDocument = fc
  .record({ name: sentence, brand: sentence, description: sentence, price: fc.integer({ min: 0, max: 9 }) })
  .map(
    ({ name, brand, description, price }) =>
      (sku: string): IndexDocument => ({
        sku,
        name,
        texts: [
          { field: nameField, text: name, kind: "words" },
          { field: skuField, text: sku, kind: "code" },
          { field: brandField, text: brand, kind: "set" },
          { field: descriptionField, text: description, kind: "words" },
        ],
        values: [["color", name.includes("red") ? "red" : "blue"]],
        priceMinor: price,
        rating: Number.NaN,
        createdAt: 0,
        flags: shownInSearch,
      }),
  );

function planOf(index: ProductIndex, words: readonly string[]): QueryPlan {
  return {
    slots: words.map((term) => ({
      surface: term,
      alternatives: [{ term, weight: 1, documents: index.documentCount(term), reason: "typed" as const }],
    })),
  };
}

function scores(index: ProductIndex, plan: QueryPlan): Map<string, number> {
  const workspace = createWorkspace();
  const { hits, segments } = retrieve(index, workspace, {
    plan,
    filters: compileFilters(index.values, [], undefined, 100, workspace.marks),
    shown: shownInSearch,
    order: (all) => createOrder([{ attribute: "relevance", direction: "desc" }], index.values, all, () => ""),
    limit: 1_000,
    minMatched: 1,
    countValues: true,
    collectPrices: true,
  });
  return new Map(hits.map(({ segment, doc, score }) => [segments[segment]!.skus[doc]!, score]));
}

/** BM25F as ranking.md writes it, over term lists, in double precision. */
function naiveScores(documents: readonly IndexDocument[], words: readonly string[]): Map<string, number> {
  const k1 = 1.2;
  const bags = documents.map(({ sku, texts }) => {
    const fields = defaultFields.map(() => ({ terms: [] as string[], length: 0 }));
    for (const { field, text, kind } of texts) {
      const found: string[] = [];
      const emit = (term: string) => found.push(term);
      if (kind === "code") codeTerms(text, emit);
      const length = kind === "code" ? 1 : analyzer.indexTerms(text, emit);
      fields[field]!.terms.push(...(kind === "words" ? found : new Set(found)));
      fields[field]!.length += length;
    }
    return { sku, fields };
  });
  const average = defaultFields.map((_, field) => {
    const lengths = bags.map(({ fields }) => fields[field]!.length).filter((length) => length > 0);
    return lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  });
  const results = new Map<string, number>();
  for (const { sku, fields } of bags) {
    let sum = 0;
    let matched = 0;
    for (const term of words) {
      const holders = bags.filter((bag) => bag.fields.some(({ terms }) => terms.includes(term))).length;
      const idf = Math.log(1 + (bags.length - holders + 0.5) / (holders + 0.5));
      let count = 0;
      for (const [field, { weight, lengthNorm: b }] of defaultFields.entries()) {
        const times = fields[field]!.terms.filter((each) => each === term).length;
        if (times > 0) count += (weight * times) / (1 - b + (b * fields[field]!.length) / average[field]!);
      }
      if (count === 0) continue;
      matched += 1;
      sum += (idf * count * (k1 + 1)) / (count + k1);
    }
    if (matched > 0) results.set(sku, sum * (1 + (matched / words.length) ** 2));
  }
  return results;
}

function expectSame(actual: Map<string, number>, expected: Map<string, number>): void {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
  // Sums are kept in single precision.
  for (const [sku, score] of expected) expect(actual.get(sku)).toBeCloseTo(score, 4);
}

const query = fc.uniqueArray(
  fc.constantFrom("red", "blue", "shirt", "shirts", "dv7", "12", "v", "15in", "sku3", "box", "absent"),
  { minLength: 1, maxLength: 4 },
);

describe("the product index", () => {
  it("scores by BM25F exactly as the formula says", () => {
    fc.assert(
      fc.property(fc.array(aDocument, { maxLength: 30 }), query, (makers, words) => {
        const documents = makers.map((make, at) => make(`sku-${at}`));
        const index = createProductIndex({ analyzer });
        index.apply(documents);
        expectSame(scores(index, planOf(index, words)), naiveScores(documents, words));
      }),
      { numRuns: 200 },
    );
  });

  it("holds after any adds, updates, deletions and merges what a new index would hold", () => {
    const change = fc.record({
      upserts: fc.array(fc.tuple(fc.nat(25), aDocument), { maxLength: 8 }),
      deletes: fc.array(fc.nat(25), { maxLength: 5 }),
      merge: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), query, (changes, words) => {
        const index = createProductIndex({ analyzer });
        const live = new Map<string, IndexDocument>();
        for (const { upserts, deletes, merge } of changes) {
          const deleted = deletes.map((at) => `sku-${at}`);
          const documents = upserts.map(([at, make]) => make(`sku-${at}`));
          index.apply(documents, deleted);
          for (const sku of deleted) live.delete(sku);
          for (const document of documents) live.set(document.sku, document);
          if (merge) index.compact();
        }
        const rebuilt = createProductIndex({ analyzer });
        rebuilt.apply([...live.values()]);
        expect(index.statistics()).toMatchObject({
          size: live.size,
          averageLengths: rebuilt.statistics().averageLengths,
        });
        for (const term of words) expect(index.documentCount(term)).toBe(rebuilt.documentCount(term));
        expect(scores(index, planOf(index, words))).toEqual(scores(rebuilt, planOf(rebuilt, words)));
        expectSame(scores(index, planOf(index, words)), naiveScores([...live.values()], words));
      }),
      { numRuns: 200 },
    );
  });

  it("keeps deletions and updates that happen while segments are merged", () => {
    const [make] = fc.sample(aDocument, { numRuns: 1, seed: 1 });
    const index = createProductIndex({ analyzer });
    for (let at = 0; at < 20; at += 1)
      index.apply([{ ...make!(`sku-${at}`), texts: [{ field: nameField, text: "red", kind: "words" }] }]);
    const merge = index.startCompaction();
    expect(index.startCompaction()).toBeUndefined();
    merge!.next();
    index.apply([{ ...make!("sku-3"), texts: [{ field: nameField, text: "blue", kind: "words" }] }], ["sku-7"]);
    while (!merge!.next().done);
    expect(index.documentCount("red")).toBe(18);
    expect(index.documentCount("blue")).toBe(1);
    expect(scores(index, planOf(index, ["red"])).size).toBe(18);
    expect(index.has("sku-7")).toBe(false);
    index.compact();
    expect(index.segments().length).toBeLessThanOrEqual(2);
    expect(scores(index, planOf(index, ["red"])).size).toBe(18);
  });

  it("takes the best alternative of a word, each with its weight", () => {
    const index = createProductIndex({ analyzer });
    const named = (sku: string, text: string): IndexDocument => ({
      sku,
      name: text,
      texts: [{ field: nameField, text, kind: "words" }],
      values: [],
      priceMinor: 1,
      rating: 1,
      createdAt: 0,
      flags: shownInSearch,
    });
    index.apply([named("1", "red"), named("2", "blue"), named("3", "red blue"), named("4", "wool")]);
    const alternatives = [
      { term: "red", weight: 1, documents: 2, reason: "typed" as const },
      { term: "blue", weight: 0.5, documents: 2, reason: "synonym" as const },
    ];
    const found = scores(index, { slots: [{ surface: "red", alternatives }] });
    expect(found.get("2")).toBeCloseTo((found.get("1") ?? 0) / 2, 5);
    expect([...found.keys()].sort()).toEqual(["1", "2", "3"]);
  });

  it("explains a score by terms and fields that add up to it", () => {
    fc.assert(
      fc.property(fc.array(aDocument, { minLength: 1, maxLength: 20 }), query, (makers, words) => {
        const index = createProductIndex({ analyzer });
        index.apply(makers.map((make, at) => make(`sku-${at}`)));
        const plan = planOf(index, words);
        const [segment] = index.segments();
        for (const [sku, score] of scores(index, plan)) {
          const explained = explainScore(index, plan, segment!, { doc: segment!.skus.indexOf(sku) });
          expect(explained.score).toBeCloseTo(score, 4);
          expect(explained.coverageFactor).toBe(coverageFactor(explained.matched, words.length));
          for (const term of explained.terms) {
            expect(term.fields.reduce((sum, field) => sum + field.score, 0)).toBeCloseTo(term.score, 8);
            expect(term.idf).toBe(inverseDocumentFrequency(index.statistics().size, index.documentCount(term.term)));
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
