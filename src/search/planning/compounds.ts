import { hasDigit } from "../analysis/analysis.ts";
import type { ProductIndex } from "../indexing/product-index.ts";
import { termAt } from "../indexing/term-dictionary.ts";
import { boundedWeight } from "../retrieval/bm25f.ts";
import { termsWith } from "./find-fragments.ts";
import type { Alternative } from "./query-plan.ts";

const minPart = 4;
const maxParts = 4;
const maxWord = 40;
const maxCompounds = 30;
/** A Wanderschuh is a Schuh, but who types the short word may mean more: it counts this share. */
const compoundWeight = 0.6;
/** What stands between the parts of German, Dutch and Scandinavian compounds. */
const links = ["", "s", "es", "n", "en", "er", "e"];

/** Terms that end with a word of a compounding language: `wanderschuh` for `schuh`; the most frequent ones. */
export function compoundsOf(index: ProductIndex, term: string): readonly Alternative[] {
  if (term.length < minPart || hasDigit(term)) return [];
  const own = index.documentCount(term);
  const { size } = index.statistics();
  const found = new Set<string>();
  for (const segment of index.segments()) {
    for (const at of termsWith(segment.terms, term)) {
      const whole = termAt(segment.terms, at);
      if (whole.endsWith(term) && whole.length >= term.length + 3) found.add(whole);
    }
  }
  return [...found]
    .map((whole) => ({ term: whole, documents: index.documentCount(whole) }))
    .filter(({ documents }) => documents > 0)
    .sort((a, b) => b.documents - a.documents || (a.term < b.term ? -1 : 1))
    .slice(0, maxCompounds)
    .map((each) => ({
      ...each,
      weight: boundedWeight(size, compoundWeight, own > 0 ? [own] : [], [each.documents]),
      reason: "compound",
    }));
}

/**
 * Cuts a word that no product holds into words that some hold: `wanderschuhe` into `wander`, `schuh`.
 *
 * @returns index terms of the fewest parts, among them those whose rarest is most frequent; empty when it cannot be cut
 */
export function splitCompound(index: ProductIndex, word: string): readonly string[] {
  if (word.length < 2 * minPart || word.length > maxWord || hasDigit(word)) return [];
  type Cut = { readonly parts: readonly string[]; readonly rarest: number };
  const bestTo: (Cut | undefined)[] = [{ parts: [], rarest: Number.POSITIVE_INFINITY }];
  for (let end = minPart; end <= word.length; end += 1) {
    for (let start = 0; start <= end - minPart; start += 1) {
      const before = bestTo[start];
      if (!before || before.parts.length >= maxParts) continue;
      const part = knownPart(index, word.slice(start, end), end === word.length);
      if (!part) continue;
      const cut = { parts: [...before.parts, part.term], rarest: Math.min(before.rarest, part.documents) };
      const known = bestTo[end];
      const isBetter =
        !known ||
        cut.parts.length < known.parts.length ||
        (cut.parts.length === known.parts.length && cut.rarest > known.rarest);
      if (isBetter) bestTo[end] = cut;
    }
  }
  const parts = bestTo[word.length]?.parts ?? [];
  return parts.length > 1 ? parts : [];
}

function knownPart(index: ProductIndex, text: string, isLast: boolean) {
  for (const link of isLast ? [""] : links) {
    if (!text.endsWith(link) || text.length - link.length < minPart - 1) continue;
    const bare = text.slice(0, text.length - link.length);
    for (const term of new Set([index.analyzer.stem(bare), bare])) {
      const documents = index.documentCount(term);
      if (documents > 0) return { term, documents };
    }
  }
  return undefined;
}
