import { coverageFactor, inverseDocumentFrequency, normTables, saturate, weightedCount } from "./bm25f.ts";
import type { ProductIndex } from "./product-index.ts";
import type { QueryPlan } from "./query-plan.ts";
import type { Segment } from "./segment.ts";
import { findTerm } from "./term-dictionary.ts";

export type TermExplanation = {
  /** The word of the query. */
  readonly query: string;
  /** The index term that matched, and why it stands for the word. */
  readonly term: string;
  readonly reason: string;
  readonly weight: number;
  readonly idf: number;
  readonly score: number;
  /** Occurrences by field, and the part of `score` that each brought. */
  readonly fields: readonly { readonly field: string; readonly count: number; readonly score: number }[];
};

export type TextExplanation = {
  readonly score: number;
  readonly matched: number;
  readonly words: number;
  readonly coverageFactor: number;
  readonly terms: readonly TermExplanation[];
};

/** Pattern of a document in the postings of a term, or -1: the postings ascend, so it is searched in halves. */
function profileOf(segment: Segment, term: number, doc: number): number {
  let low = segment.postingStarts[term] ?? 0;
  let high = segment.postingStarts[term + 1] ?? 0;
  const end = high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segment.postingDocs[middle] ?? 0) < doc) low = middle + 1;
    else high = middle;
  }
  return low < end && segment.postingDocs[low] === doc ? (segment.postingProfiles[low] ?? -1) : -1;
}

/** Recomputes the text score of one document, term by term and field by field. */
export function explainScore(index: ProductIndex, plan: QueryPlan, segment: Segment, doc: number): TextExplanation {
  const norms = normTables(index);
  const { size } = index.statistics();
  const terms = plan.slots.flatMap((slot) => {
    const matches = slot.alternatives.flatMap((alternative): TermExplanation[] => {
      const at = findTerm(segment.terms, alternative.term);
      const profile = at < 0 ? -1 : profileOf(segment, at, doc);
      if (profile < 0) return [];
      const idf = inverseDocumentFrequency(size, alternative.documents);
      const total = weightedCount(norms, segment, doc, profile);
      const score = alternative.weight * idf * saturate(total);
      const fields = index.fields.flatMap(({ name }, field) => {
        const count = index.profiles.count(profile, field);
        const part = count * (norms.tables[field]?.[segment.lengths[field]?.[doc] ?? 0] ?? 0);
        return count > 0 ? { field: name, count, score: (score * part) / total } : [];
      });
      const { term, reason, weight } = alternative;
      return [{ query: slot.surface, term, reason, weight, idf, score, fields }];
    });
    const best = matches.sort((a, b) => b.score - a.score)[0];
    return best ? [best] : [];
  });
  const factor = coverageFactor(terms.length, plan.slots.length);
  const score = terms.reduce((total, term) => total + term.score, 0) * factor;
  return { score, matched: terms.length, words: plan.slots.length, coverageFactor: factor, terms };
}
