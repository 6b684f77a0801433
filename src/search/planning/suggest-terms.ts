import { hasDigit } from "../analysis/analysis.ts";
import type { ProductIndex } from "../indexing/product-index.ts";
import { documentCount } from "../indexing/segment.ts";
import { prefixRange, termAt } from "../indexing/term-dictionary.ts";
import { allowedEdits } from "./edit-distance.ts";
import { findNearTerms } from "./find-near-terms.ts";
import type { Alternative } from "./query-plan.ts";

const maxCorrections = 10;
const maxPrefixTerms = 200;
const maxPrefixLetters = 20;
/** Postings that one prefix may add; the most frequent terms come first, so what is cut is rare. */
const maxPrefixPostings = 400_000;
/** A prefix match counts this share of a whole word. */
const prefixWeight = 0.4;

export type Correction = {
  readonly term: string;
  readonly edits: number;
  readonly documents: number;
  readonly weight: number;
};

/** What a word may have been meant to be, best first. Its weight is e^(−0.9·edits), less for rarer terms. */
export function corrections(index: ProductIndex, word: string): readonly Correction[] {
  const edits = allowedEdits(word);
  if (edits === 0 || hasDigit(word)) return [];
  const nearest = new Map<string, number>();
  for (const segment of index.segments()) {
    for (const near of findNearTerms(segment.terms, word, edits)) nearest.set(near.term, near.edits);
  }
  const found = [...nearest].flatMap(([term, distance]) => {
    const documents = index.documentCount(term);
    return documents > 0
      ? { term, edits: distance, documents, evidence: Math.exp(-0.9 * distance) * Math.log1p(documents) }
      : [];
  });
  found.sort((a, b) => b.evidence - a.evidence || (a.term < b.term ? -1 : 1));
  const most = Math.log1p(Math.max(1, ...found.map(({ documents }) => documents)));
  return found
    .slice(0, maxCorrections)
    .map(({ evidence, ...correction }) => ({ ...correction, weight: evidence / most }));
}

/** Terms that begin with what was typed of the last word, the most frequent ones. */
export function completions(index: ProductIndex, typed: string): readonly Alternative[] {
  const prefix = typed.slice(0, maxPrefixLetters);
  if (prefix.length < 2) return [];
  const terms = new Set<string>();
  for (const segment of index.segments()) {
    const { from, to } = prefixRange(segment.terms, prefix);
    const best: { at: number; count: number }[] = [];
    let least = 0;
    for (let at = from; at < to; at += 1) {
      const count = documentCount(segment, at);
      if (count === 0 || (best.length >= maxPrefixTerms && count <= least)) continue;
      best.push({ at, count });
      if (best.length < maxPrefixTerms * 2) continue;
      best.sort((a, b) => b.count - a.count);
      best.length = maxPrefixTerms;
      least = best.at(-1)?.count ?? 0;
    }
    best.sort((a, b) => b.count - a.count || a.at - b.at);
    for (const { at } of best.slice(0, maxPrefixTerms)) terms.add(termAt(segment.terms, at));
  }
  terms.delete(typed);
  const counted = [...terms].map((term) => ({ term, documents: index.documentCount(term) }));
  counted.sort((a, b) => b.documents - a.documents || (a.term < b.term ? -1 : 1));
  const kept: Alternative[] = [];
  let postings = 0;
  for (const { term, documents } of counted.slice(0, maxPrefixTerms)) {
    postings += documents;
    if (postings > maxPrefixPostings && kept.length > 0) break;
    kept.push({ term, documents, weight: prefixWeight, reason: "prefix" });
  }
  return kept;
}

/** Splits a word that nobody wrote into two that are known: `laptopbag`. The best by its rarer half. */
export function bestSplit(
  index: ProductIndex,
  word: string,
  stem: (word: string) => string,
): readonly [string, string] | undefined {
  let best: readonly [string, string] | undefined;
  let most = 0;
  if (hasDigit(word)) return undefined;
  for (let at = 3; at <= word.length - 3; at += 1) {
    const left = word.slice(0, at);
    const right = stem(word.slice(at));
    const documents = Math.min(index.documentCount(left), index.documentCount(right));
    if (documents <= most) continue;
    most = documents;
    best = [left, right];
  }
  return best;
}
