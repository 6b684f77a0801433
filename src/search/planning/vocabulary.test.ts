import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseWords } from "../analysis/analysis.ts";
import { aProduct, searchOver } from "../search-fixture.ts";
import type { Vocabulary } from "./vocabulary.ts";

const skus = (result: { readonly items: readonly { readonly sku: string }[] }) => result.items.map(({ sku }) => sku);

/** One-way synonyms as `[what is typed, what it also finds]`. */
function vocabularyOf(pairs: readonly (readonly [string, string])[], stopWords: readonly string[] = []): Vocabulary {
  const byFirst = new Map<string, { from: readonly string[]; to: readonly string[] }[]>();
  for (const [typed, meant] of pairs) {
    const from = normaliseWords(typed);
    const first = from[0] ?? "";
    byFirst.set(first, [...(byFirst.get(first) ?? []), { from, to: normaliseWords(meant) }]);
  }
  return {
    alternativesOf: (words, at) =>
      (byFirst.get(words[at] ?? "") ?? []).flatMap(({ from, to }) =>
        from.every((word, place) => words[at + place] === word) ? { length: from.length, words: to } : [],
      ),
    isStopWord: (word) => stopWords.includes(word),
  };
}

const shop = [
  aProduct({ sku: "PANTS", name: "Yoga Pants" }),
  aProduct({ sku: "CAPRIS", name: "Yoga Capris" }),
  aProduct({ sku: "PHONE", name: "Cell Phone" }),
  aProduct({ sku: "MOBILE", name: "Mobile" }),
  aProduct({ sku: "TANK", name: "Racer Tank Top" }),
  aProduct({ sku: "TOPTANK", name: "Top of the tank" }),
  aProduct({ sku: "FRIDGE", name: "Refrigerator", description: "keeps things cool" }),
];

describe("synonyms", () => {
  it("find one way or both, the typed word first", async () => {
    const { search } = await searchOver(shop);
    const oneWay = vocabularyOf([["pants", "capris"]]);
    expect(skus(search.search({ q: "pants", vocabulary: oneWay }))).toEqual(["PANTS", "CAPRIS"]);
    expect(skus(search.search({ q: "capris", vocabulary: oneWay }))).toEqual(["CAPRIS"]);
    const twoWay = vocabularyOf([
      ["pants", "capris"],
      ["capris", "pants"],
    ]);
    expect(skus(search.search({ q: "capris", vocabulary: twoWay }))).toEqual(["CAPRIS", "PANTS"]);
  });

  it("stand for words that no product holds, without a correction", async () => {
    const { search } = await searchOver(shop);
    const vocabulary = vocabularyOf([["icebox", "refrigerator"]]);
    const result = search.search({ q: "icebox", vocabulary, explain: true });
    expect(skus(result)).toEqual(["FRIDGE"]);
    expect(result.correctedQuery).toBeUndefined();
    expect(result.items[0]?.explain?.text?.terms).toMatchObject([{ query: "icebox", reason: "synonym", weight: 0.8 }]);
    expect(result.items[0]?.highlights[0]?.value).toBe("<em>Refrigerator</em>");
  });

  it("of several words are phrases beside the normal query, never a restriction", async () => {
    const { search } = await searchOver(shop);
    const vocabulary = vocabularyOf([["singlet", "tank top"]]);
    expect(skus(search.search({ q: "singlet", vocabulary }))).toEqual(["TANK"]);
    const both = vocabularyOf([["mobile", "cell phone"]]);
    expect(skus(search.search({ q: "mobile", vocabulary: both }))).toEqual(["MOBILE", "PHONE"]);
  });

  it("for several words count as all of them, so that such a product is a full match", async () => {
    const { search } = await searchOver(shop);
    const vocabulary = vocabularyOf([["cell phone", "mobile"]]);
    const result = search.search({ q: "cell phone", vocabulary, explain: true });
    expect(skus(result)).toEqual(["PHONE", "MOBILE"]);
    expect(result.items[1]?.explain?.text).toMatchObject({ matched: 2, words: 2, terms: [{ term: "mobile" }] });
    expect(result.items[1]?.explain?.text?.score).toBeGreaterThan(0);
  });

  it("stay within the field where the phrase stands", async () => {
    const { search } = await searchOver([
      aProduct({ sku: "A", name: "Tank", description: "a top thing" }),
      aProduct({ sku: "B", name: "Shirt", description: "like tank-tops but warm" }),
    ]);
    expect(skus(search.search({ q: "singlet", vocabulary: vocabularyOf([["singlet", "tank top"]]) }))).toEqual(["B"]);
  });

  it("explain the very score that ranks, whatever is typed", async () => {
    const { search } = await searchOver(shop);
    const words = ["yoga", "pants", "capris", "cell", "phone", "mobile", "tank", "top", "singlet"];
    const vocabulary = vocabularyOf([
      ["pants", "capris"],
      ["cell phone", "mobile"],
      ["singlet", "tank top"],
      ["top", "refrigerator"],
    ]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }), (typed) => {
        const { items } = search.search({ q: typed.join(" "), vocabulary, explain: true });
        const plain = items.filter(({ explain }) => explain?.isExact === false);
        const [first] = plain;
        for (const { explain } of plain) {
          const ratio = (explain?.base ?? 0) / (first?.explain?.base ?? 1);
          expect(ratio).toBeCloseTo((explain?.text?.score ?? 0) / (first?.explain?.text?.score ?? 1), 4);
        }
      }),
    );
  });

  it("cost nothing by their number: each word is asked for once a plan", async () => {
    const { search } = await searchOver(shop);
    let asked = 0;
    const vocabulary: Vocabulary = {
      alternativesOf: () => {
        asked += 1;
        return [];
      },
      isStopWord: () => false,
    };
    search.search({ q: "yoga pants", vocabulary });
    // Few products match, so there is a second plan with corrections of rare words.
    expect(asked).toBe(4);
  });
});

describe("stop words of the shop", () => {
  it("are left out unless nothing else is typed", async () => {
    const { search } = await searchOver(shop);
    const vocabulary = vocabularyOf([], ["yoga"]);
    expect(skus(search.search({ q: "yoga pants", vocabulary }))).toEqual(["PANTS"]);
    expect(skus(search.search({ q: "yoga", vocabulary })).sort()).toEqual(["CAPRIS", "PANTS"]);
  });
});
