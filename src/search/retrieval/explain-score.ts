import type { ProductIndex } from "../indexing/product-index.ts";
import type { Segment } from "../indexing/segment.ts";
import { findTerm } from "../indexing/term-dictionary.ts";
import type { QueryPlan, Slot } from "../planning/query-plan.ts";
import { scoreBridge } from "./accumulate-bridge.ts";
import type { HoldsPhrase, ScoringContext } from "./accumulators.ts";
import { coverageFactor, inverseDocumentFrequency, normTables, saturate, weightedCount } from "./bm25f.ts";
import { findProfile } from "./find-posting.ts";
import type { Hit } from "./top-k.ts";

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
  /** For words that stand in the name, and behind each other there. */
  readonly nameFactor: number;
  readonly terms: readonly TermExplanation[];
};

/**
 * Recomputes the text score of one document, term by term and field by field.
 *
 * @param holdsPhrase as in the retrieval that found it
 */
export function explainScore(
  index: ProductIndex,
  plan: QueryPlan,
  segment: Segment,
  { doc, nameFactor = 1 }: Pick<Hit, "doc" | "nameFactor">,
  holdsPhrase?: HoldsPhrase,
): TextExplanation {
  const context: ScoringContext = { norms: normTables(index), size: index.statistics().size, holdsPhrase };
  const bySlot = plan.slots.map((slot) => explainSlot(index, slot, segment, doc, context));
  const isMatched = bySlot.map((term) => term !== undefined);
  for (const bridge of plan.bridges ?? []) {
    const score = scoreBridge(segment, doc, bridge, context);
    if (score === undefined) continue;
    const end = bridge.from + bridge.length;
    isMatched.fill(true, bridge.from, end);
    const own = bySlot.slice(bridge.from, end).reduce((sum, term) => sum + (term?.score ?? 0), 0);
    if (score <= own) continue;
    bySlot.fill(undefined, bridge.from, end);
    bySlot[bridge.from] = {
      query: bridge.surface,
      term: bridge.words.join(" "),
      ...{ reason: "synonym", weight: bridge.weight, score, fields: [] },
      idf: bridge.terms.reduce((sum, { documents }) => sum + inverseDocumentFrequency(context.size, documents), 0),
    };
  }
  const terms = bySlot.flatMap((term) => term ?? []);
  const matched = isMatched.filter(Boolean).length;
  const factor = coverageFactor(matched, plan.slots.length);
  const score = terms.reduce((total, term) => total + term.score, 0) * factor * nameFactor;
  return { score, matched, words: plan.slots.length, coverageFactor: factor, nameFactor, terms };
}

/** The best alternative of one word in the document. */
function explainSlot(
  index: ProductIndex,
  slot: Slot,
  segment: Segment,
  doc: number,
  { norms, size }: ScoringContext,
): TermExplanation | undefined {
  const matches = slot.alternatives.flatMap((alternative): TermExplanation[] => {
    const at = findTerm(segment.terms, alternative.term);
    const profile = at < 0 ? -1 : findProfile(segment, at, doc);
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
  return matches.sort((a, b) => b.score - a.score)[0];
}
