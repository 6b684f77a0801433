import { joinLettersAndDigits } from "../analysis/analysis.ts";
import type { Segment } from "../indexing/segment.ts";
import { findTerm } from "../indexing/term-dictionary.ts";
import type { QueryPlan } from "../planning/query-plan.ts";
import { scoreBridge } from "../retrieval/accumulate-bridge.ts";
import type { HoldsPhrase } from "../retrieval/accumulators.ts";
import { inverseDocumentFrequency, normTables, saturate } from "../retrieval/bm25f.ts";
import { hasCode, hasName, plainName } from "../retrieval/exact-match.ts";
import { findProfile } from "../retrieval/find-posting.ts";
import type { Hit } from "../retrieval/top-k.ts";
import type { SearchContext } from "../search-context.ts";
import type { TextFeatures } from "./ranking-model.ts";

type ResolvedTerm = { readonly term: number; readonly weight: number; readonly edits: number };

/**
 * What the text match of single candidates says to a ranking model.
 *
 * Looks each candidate up in the postings of the query's terms: 300 candidates of three words take about a millisecond.
 */
export function createTextFeatures(deps: {
  readonly context: Pick<SearchContext, "index" | "snapshot" | "localText">;
  readonly plan: QueryPlan | undefined;
  readonly segments: readonly Segment[];
  readonly q: string;
  /** Added to the scores of exact matches by the retrieval; taken off again here. */
  readonly exactAbove: number;
  readonly holdsPhrase: HoldsPhrase;
}): (hit: Hit) => TextFeatures | undefined {
  const { context, plan, segments } = deps;
  const { index, snapshot } = context;
  if (!plan) return () => undefined;
  const { size } = index.statistics();
  const norms = normTables(index);
  const name = plainName(deps.q);
  const code = joinLettersAndDigits(deps.q);
  const resolved = new Map<number, readonly (readonly ResolvedTerm[])[]>();

  function termsOf(at: number, segment: Segment): readonly (readonly ResolvedTerm[])[] {
    const known = resolved.get(at);
    if (known) return known;
    const slots = (plan?.slots ?? []).map(({ alternatives }) =>
      alternatives.flatMap((alternative): ResolvedTerm[] => {
        const term = findTerm(segment.terms, alternative.term);
        const weight = alternative.weight * inverseDocumentFrequency(size, alternative.documents);
        return term < 0 ? [] : [{ term, weight, edits: alternative.edits ?? 0 }];
      }),
    );
    resolved.set(at, slots);
    return slots;
  }

  /** Adds the best alternative of one word to the fields; returns its edits, -1 without a match. */
  function addWord(terms: readonly ResolvedTerm[], segment: Segment, doc: number, fieldScores: Float32Array): number {
    let most = 0;
    let bestProfile = -1;
    let edits = -1;
    for (const { term, weight, edits: own } of terms) {
      const profile = findProfile(segment, term, doc);
      if (profile < 0) continue;
      const score = weight * saturate(countOf(segment, doc, profile));
      if (score <= most) continue;
      most = score;
      bestProfile = profile;
      edits = own;
    }
    if (bestProfile < 0) return -1;
    const all = countOf(segment, doc, bestProfile);
    eachField(segment, doc, bestProfile, (field, count) => {
      fieldScores[field] = (fieldScores[field] ?? 0) + (most * count) / all;
    });
    return edits;
  }

  function countOf(segment: Segment, doc: number, profile: number): number {
    let total = 0;
    eachField(segment, doc, profile, (_, count) => {
      total += count;
    });
    return total;
  }

  function eachField(segment: Segment, doc: number, profile: number, visit: (field: number, count: number) => void) {
    const { starts, fields, counts } = norms.rows;
    for (let at = starts[profile] ?? 0; at < (starts[profile + 1] ?? 0); at += 1) {
      const field = fields[at] ?? 0;
      visit(field, (counts[at] ?? 0) * (norms.tables[field]?.[segment.lengths[field]?.[doc] ?? 0] ?? 0));
    }
  }

  return (hit) => {
    const segment = segments[hit.segment];
    if (!segment) return undefined;
    const sku = segment.skus[hit.doc] ?? "";
    const fieldScores = new Float32Array(index.fields.length);
    const slots = termsOf(hit.segment, segment);
    let edits = 0;
    const isMatched = slots.map((terms) => {
      const used = addWord(terms, segment, hit.doc, fieldScores);
      edits += Math.max(0, used);
      return used >= 0;
    });
    for (const bridge of plan.bridges ?? [])
      if (scoreBridge(segment, hit.doc, bridge, { norms, size, holdsPhrase: deps.holdsPhrase }) !== undefined)
        isMatched.fill(true, bridge.from, bridge.from + bridge.length);
    const matched = isMatched.filter(Boolean).length;
    return {
      score: (hit.score > deps.exactAbove ? hit.score - deps.exactAbove : hit.score) / (hit.nameFactor ?? 1),
      fieldScores,
      coverage: slots.length === 0 ? 0 : matched / slots.length,
      isExactName: name !== "" && hasName(context, sku, name),
      isExactSku: code !== "" && hasCode(snapshot, sku, code),
      edits,
    };
  };
}
