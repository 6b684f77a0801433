import type { CatalogProduct, CatalogSnapshot } from "../../catalog/index.ts";
import { createAnalyzer, hasDigit } from "../analysis/analysis.ts";
import { localTextOf } from "../analysis/local-text.ts";
import { defaultFields } from "./fields.ts";
import { isIndexed, toIndexDocument } from "./product-document.ts";

/** Stems with how much each counts, as search weighs the texts they stand in. */
export type WeightedWords = ReadonlyMap<string, number>;

/** Read of one text: what follows repeats itself. */
const maxCharacters = 2_000;

/**
 * Counts the words that say what a product is: no stop words, no SKUs, no words with a digit, which name models and sizes.
 *
 * @param locale language of the texts, e.g. `de-AT`
 */
export function createWordCounter(locale: string) {
  const analyzer = createAnalyzer({ locale });
  const localText = localTextOf(locale);
  const count = (text: string, weight: number, words: Map<string, number>): void => {
    for (const { surface, term } of analyzer.tokens(text.slice(0, maxCharacters))) {
      if (surface.length < 2 || hasDigit(surface) || analyzer.isStopWord(surface)) continue;
      words.set(term, (words.get(term) ?? 0) + weight);
    }
  };
  return {
    /** Of a product with its variants; undefined for one that cannot be found by itself. */
    ofProduct: (product: CatalogProduct, snapshot: CatalogSnapshot): WeightedWords | undefined => {
      if (!isIndexed(product)) return undefined;
      const words = new Map<string, number>();
      for (const { text, kind, field } of toIndexDocument(product, snapshot, localText).texts)
        if (kind !== "code") count(text, defaultFields[field]?.weight ?? 0, words);
      return words;
    },
    ofText: (text: string): WeightedWords => {
      const words = new Map<string, number>();
      count(text, 1, words);
      return words;
    },
  };
}

export type WordCounter = ReturnType<typeof createWordCounter>;
