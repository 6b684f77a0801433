import { inverseDocumentFrequency, k1, type NormTables } from "./bm25f.ts";
import type { QueryPlan, Slot } from "./query-plan.ts";
import type { Segment } from "./segment.ts";
import { findTerm } from "./term-dictionary.ts";

/** Score and number of matched words by document of one segment; reused from query to query, zero in between. */
export type Accumulators = {
  scores: Float32Array;
  matched: Uint8Array;
  touched: Uint32Array;
  touchedSize: number;
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
    best: new Float32Array(0),
    bestTouched: new Uint32Array(0),
  };
}

function reserve(accumulators: Accumulators, size: number): void {
  if (accumulators.scores.length >= size) return;
  accumulators.scores = new Float32Array(size);
  accumulators.matched = new Uint8Array(size);
  accumulators.touched = new Uint32Array(size);
}

/** Scores one segment, term by term, into the accumulators. */
export function accumulate(accumulators: Accumulators, segment: Segment, plan: QueryPlan, norms: NormTables, size: number): void {
  reserve(accumulators, segment.size);
  for (const slot of plan.slots) {
    const single = slot.alternatives.length === 1 ? slot.alternatives[0] : undefined;
    if (!single) {
      accumulateBest(accumulators, segment, slot, norms, size);
      continue;
    }
    const term = findTerm(segment.terms, single.term);
    if (term >= 0) addTerm(accumulators, segment, term, single.weight * inverseDocumentFrequency(size, single.documents), norms);
  }
}

/** Sets the accumulators back to zero. */
export function resetAccumulators(accumulators: Accumulators): void {
  const { scores, matched, touched, touchedSize } = accumulators;
  for (let at = 0; at < touchedSize; at += 1) {
    const doc = touched[at] ?? 0;
    scores[doc] = 0;
    matched[doc] = 0;
  }
  accumulators.touchedSize = 0;
}

/** The hot loop: one pass over the postings of a term. */
function addTerm(accumulators: Accumulators, segment: Segment, term: number, weight: number, norms: NormTables): void {
  const { scores, matched, touched } = accumulators;
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
      count += (counts[row] as number) * ((tables[field] as Float64Array)[(lengths[field] as Uint16Array)[doc] as number] as number);
    }
    const before = matched[doc] as number;
    if (before === 0) touched[touchedSize++] = doc;
    matched[doc] = before + 1;
    scores[doc] = (scores[doc] as number) + (factor * count) / (count + k1);
  }
  accumulators.touchedSize = touchedSize;
}

/** A slot with several alternatives: each document keeps the best of them. */
function accumulateBest(accumulators: Accumulators, segment: Segment, slot: Slot, norms: NormTables, size: number): void {
  if (accumulators.best.length < segment.size) {
    accumulators.best = new Float32Array(segment.size);
    accumulators.bestTouched = new Uint32Array(segment.size);
  }
  const { best, bestTouched, scores, matched, touched } = accumulators;
  let bestSize = 0;
  for (const { term: text, weight, documents } of slot.alternatives) {
    const term = findTerm(segment.terms, text);
    if (term < 0) continue;
    bestSize = keepBest(best, bestTouched, bestSize, segment, term, weight * inverseDocumentFrequency(size, documents), norms);
  }
  for (let at = 0; at < bestSize; at += 1) {
    const doc = bestTouched[at] ?? 0;
    const before = matched[doc] ?? 0;
    if (before === 0) touched[accumulators.touchedSize++] = doc;
    matched[doc] = before + 1;
    scores[doc] = (scores[doc] ?? 0) + (best[doc] ?? 0);
    best[doc] = 0;
  }
}

function keepBest(best: Float32Array, bestTouched: Uint32Array, touchedSize: number, segment: Segment, term: number, weight: number, norms: NormTables): number {
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
      count += (counts[row] as number) * ((tables[field] as Float64Array)[(lengths[field] as Uint16Array)[doc] as number] as number);
    }
    const score = (factor * count) / (count + k1);
    const known = best[doc] as number;
    if (known === 0) bestTouched[size++] = doc;
    if (score > known) best[doc] = score;
  }
  return size;
}
