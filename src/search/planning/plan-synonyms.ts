import type { ProductIndex } from "../indexing/product-index.ts";
import { boundedWeight } from "../retrieval/bm25f.ts";
import { synonymWeight, typed } from "./plan-words.ts";
import type { Alternative, Bridge } from "./query-plan.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A bridge in words of the query: which of them it stands for. */
export type WordBridge = {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly words: readonly string[];
  readonly terms: Bridge["terms"];
};

/** Synonyms of one query: of one word for one word by word, and all others. */
export type Synonyms = {
  readonly ofWord: (at: number) => readonly Alternative[];
  readonly bridges: readonly WordBridge[];
  readonly isCovered: (at: number) => boolean;
};

const maxAlternatives = 50;
const maxPhraseWords = 8;

/** @param words all words of the query, stop words too */
export function findSynonyms(
  index: ProductIndex,
  vocabulary: Vocabulary | undefined,
  words: readonly string[],
): Synonyms {
  const byWord = new Map<number, Alternative[]>();
  const bridges: WordBridge[] = [];
  for (let at = 0; vocabulary && at < words.length; at += 1) {
    for (const { length, words: meant } of vocabulary.alternativesOf(words, at).slice(0, maxAlternatives)) {
      if (length < 1 || at + length > words.length || meant.length === 0 || meant.length > maxPhraseWords) continue;
      const [only] = meant;
      if (length === 1 && meant.length === 1 && only !== undefined) {
        byWord.set(at, [...(byWord.get(at) ?? []), ...asSynonym(index, words[at] ?? "", only)]);
        continue;
      }
      const terms = meant.map((word) => termOf(index, word));
      if (terms.every(({ documents }) => documents > 0))
        bridges.push({ from: at, to: at + length, words: meant, terms });
    }
  }
  return {
    ofWord: (at) => byWord.get(at) ?? [],
    bridges,
    isCovered: (at) => bridges.some(({ from, to }) => at >= from && at < to),
  };
}

function termOf(index: ProductIndex, word: string): Bridge["terms"][number] {
  const term = index.analyzer.stem(word);
  return { term, documents: index.documentCount(term) };
}

function asSynonym(index: ProductIndex, word: string, meant: string): readonly Alternative[] {
  const { term, documents } = termOf(index, meant);
  if (documents === 0) return [];
  const own = typed(index, index.analyzer.stem(word))[0];
  return [
    {
      term,
      documents,
      weight: bounded(index, own ? [own.documents] : [], [documents]),
      reason: "synonym",
    },
  ];
}

function bounded(index: ProductIndex, own: readonly number[], meant: readonly number[]): number {
  return boundedWeight(index.statistics().size, synonymWeight, own, meant);
}

/** @param slots documents of the words that the bridge stands for, those that are known */
export function bridgeWeight(index: ProductIndex, slots: readonly number[], { terms }: WordBridge): number {
  return bounded(
    index,
    slots,
    terms.map(({ documents }) => documents),
  );
}
