import { inverseDocumentFrequency, k1, type NormTables } from "./bm25f.ts";
import type { QueryPlan, Slot } from "./query-plan.ts";
import type { Segment } from "./segment.ts";
import { findTerm } from "./term-dictionary.ts";

/** Score and number of matched words by document of one segment; reused from query to query, zero in between. */
export type Accumulators = {
  scores: Float32Array;
  matched: Uint8Array;
  /** Documents with a score, unless `isDense`: then the reader looks at all documents with `matched`. */
  touched: Uint32Array;
  touchedSize: number;
  isDense: boolean;
  /** Best alternative of the slot at hand. */
  best: Float32Array;
  bestTouched: Uint32Array;
};

export function createAccumulators(): Accumulators {
  return {
    scores: new Float32Array(0),
    matched: new Uint8Array(0),
    touched: new Uint32Array(0),
    touchedSize: 0,
    isDense: false,
    best: new Float32Array(0),
    bestTouched: new Uint32Array(0),
  };
}

/** With more postings than this share of the documents, reading all documents in order beats keeping a list. */
const denseRatio = 1 / 8;

type ResolvedSlot = { readonly alternatives: readonly { readonly term: number; readonly weight: number }[] };

function resolve(slot: Slot, segment: Segment, size: number): ResolvedSlot {
  return {
    alternatives: slot.alternatives.flatMap(({ term: text, weight, documents }) => {
      const term = findTerm(segment.terms, text);
      return term < 0 ? [] : { term, weight: weight * inverseDocumentFrequency(size, documents) };
    }),
  };
}

function postingsOf(segment: Segment, term: number): number {
  return (segment.postingStarts[term + 1] ?? 0) - (segment.postingStarts[term] ?? 0);
}

/**
 * Scores one segment, term by term, into the accumulators.
 *
 * @param size live documents of the whole index
 */
export function accumulate(
  accumulators: Accumulators,
  segment: Segment,
  plan: QueryPlan,
  norms: NormTables,
  size: number,
): void {
  if (accumulators.scores.length < segment.size) {
    accumulators.scores = new Float32Array(segment.size);
    accumulators.matched = new Uint8Array(segment.size);
    accumulators.touched = new Uint32Array(segment.size);
  }
  const slots = plan.slots.map((slot) => resolve(slot, segment, size));
  const postings = slots.reduce(
    (sum, { alternatives }) => alternatives.reduce((total, { term }) => total + postingsOf(segment, term), sum),
    0,
  );
  accumulators.isDense = postings > segment.size * denseRatio;
  for (const { alternatives } of slots) {
    const [first] = alternatives;
    if (alternatives.length === 1 && first) addTerm(accumulators, segment, first.term, first.weight, norms);
    else if (alternatives.length > 1) addBest(accumulators, segment, alternatives, norms);
  }
}

/** Sets the accumulators back to zero. */
export function resetAccumulators(accumulators: Accumulators, segment: Segment): void {
  const { scores, matched, touched, touchedSize } = accumulators;
  if (accumulators.isDense) {
    scores.fill(0, 0, segment.size);
    matched.fill(0, 0, segment.size);
  } else {
    for (let at = 0; at < touchedSize; at += 1) {
      const doc = touched[at] ?? 0;
      scores[doc] = 0;
      matched[doc] = 0;
    }
  }
  accumulators.touchedSize = 0;
}

/** The hot loop: one pass over the postings of a term. */
function addTerm(accumulators: Accumulators, segment: Segment, term: number, weight: number, norms: NormTables): void {
  const { scores, matched, touched, isDense } = accumulators;
  const { postingDocs, postingProfiles, lengths } = segment;
  const { tables } = norms;
  const { starts, fields, counts } = norms.rows;
  const end = segment.postingStarts[term + 1] as number; // every index below lies inside its array
  const factor = weight * (k1 + 1);
  let touchedSize = accumulators.touchedSize;
  for (let at = segment.postingStarts[term] as number; at < end; at += 1) {
    const doc = postingDocs[at] as number;
    const profile = postingProfiles[at] as number;
    const stop = starts[profile + 1] as number;
    let count = 0;
    for (let row = starts[profile] as number; row < stop; row += 1) {
      const field = fields[row] as number;
      count +=
        (counts[row] as number) *
        ((tables[field] as Float64Array)[(lengths[field] as Uint16Array)[doc] as number] as number);
    }
    const before = matched[doc] as number;
    if (before === 0 && !isDense) touched[touchedSize++] = doc;
    matched[doc] = before + 1;
    scores[doc] = (scores[doc] as number) + (factor * count) / (count + k1);
  }
  accumulators.touchedSize = touchedSize;
}

/** A slot with several alternatives: each document keeps the best of them. */
function addBest(
  accumulators: Accumulators,
  segment: Segment,
  alternatives: ResolvedSlot["alternatives"],
  norms: NormTables,
): void {
  if (accumulators.best.length < segment.size) {
    accumulators.best = new Float32Array(segment.size);
    accumulators.bestTouched = new Uint32Array(segment.size);
  }
  const { best, bestTouched, scores, matched, touched, isDense } = accumulators;
  let bestSize = 0;
  for (const { term, weight } of alternatives)
    bestSize = keepBest(best, bestTouched, bestSize, segment, term, weight, norms);
  for (let at = 0; at < bestSize; at += 1) {
    const doc = bestTouched[at] as number; // below bestSize
    const before = matched[doc] as number;
    if (before === 0 && !isDense) touched[accumulators.touchedSize++] = doc;
    matched[doc] = before + 1;
    scores[doc] = (scores[doc] as number) + (best[doc] as number);
    best[doc] = 0;
  }
}

function keepBest(
  best: Float32Array,
  bestTouched: Uint32Array,
  touchedSize: number,
  segment: Segment,
  term: number,
  weight: number,
  norms: NormTables,
): number {
  const { postingDocs, postingProfiles, lengths } = segment;
  const { tables } = norms;
  const { starts, fields, counts } = norms.rows;
  const end = segment.postingStarts[term + 1] as number; // every index below lies inside its array
  const factor = weight * (k1 + 1);
  let size = touchedSize;
  for (let at = segment.postingStarts[term] as number; at < end; at += 1) {
    const doc = postingDocs[at] as number;
    const profile = postingProfiles[at] as number;
    const stop = starts[profile + 1] as number;
    let count = 0;
    for (let row = starts[profile] as number; row < stop; row += 1) {
      const field = fields[row] as number;
      count +=
        (counts[row] as number) *
        ((tables[field] as Float64Array)[(lengths[field] as Uint16Array)[doc] as number] as number);
    }
    const score = (factor * count) / (count + k1);
    const known = best[doc] as number;
    if (known === 0) bestTouched[size++] = doc;
    if (score > known) best[doc] = score;
  }
  return size;
}
