import type { Segment } from "../indexing/segment.ts";
import { findTerm } from "../indexing/term-dictionary.ts";
import type { QueryPlan, Slot } from "../planning/query-plan.ts";
import { applyBridge, type BridgeHits, findBridgeHits } from "./accumulate-bridge.ts";
import type { Accumulators, ResolvedSlot, ScoringContext } from "./accumulators.ts";
import { inverseDocumentFrequency, k1, type NormTables } from "./bm25f.ts";

/** With more postings than this share of the documents, reading all documents in order beats keeping a list. */
const denseRatio = 1 / 8;

/** More words than bits are scored at once; the last bit is free for documents that are scored in any case. */
const maxMarkedSlots = 7;

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
 * @param mayMark frequent words may be marked first, to be scored by `scoreMarked` where it matters
 */
export function accumulate(
  accumulators: Accumulators,
  segment: Segment,
  plan: QueryPlan,
  context: ScoringContext,
  mayMark: boolean,
): void {
  const { norms, size } = context;
  if (accumulators.scores.length < segment.size) {
    accumulators.scores = new Float32Array(segment.size);
    accumulators.matched = new Uint8Array(segment.size);
    accumulators.touched = new Uint32Array(segment.size);
  }
  const slots = plan.slots.map((slot) => resolve(slot, segment, size));
  const bridges = (plan.bridges ?? []).map((bridge) => ({ bridge, hits: findBridgeHits(segment, bridge, context) }));
  const postings = slots.reduce(
    (sum, { alternatives }) => alternatives.reduce((total, { term }) => total + postingsOf(segment, term), sum),
    bridges.reduce((sum, { hits }) => sum + hits.docs.length, 0),
  );
  accumulators.isDense = postings > segment.size * denseRatio;
  const isMarked =
    mayMark && accumulators.isDense && bridges.length === 0 && slots.length > 1 && slots.length <= maxMarkedSlots;
  accumulators.marked = isMarked ? slots : undefined;
  if (isMarked) {
    markSlots(accumulators, segment, slots);
    return;
  }
  for (const [at, { alternatives }] of slots.entries()) {
    for (const { bridge, hits } of bridges) if (bridge.from === at) rememberBefore(accumulators, hits);
    const [first] = alternatives;
    if (alternatives.length === 1 && first) addTerm(accumulators, segment, first.term, first.weight, norms);
    else if (alternatives.length > 1) addBest(accumulators, segment, alternatives, norms, undefined);
    for (const { bridge, hits } of bridges)
      if (bridge.from + bridge.length === at + 1) applyBridge(accumulators, bridge, hits);
  }
}

/** The first hot loop of several frequent words: which document has which of them. A fifth of the cost of scoring. */
function markSlots({ matched }: Accumulators, segment: Segment, slots: readonly ResolvedSlot[]): void {
  const { postingDocs, postingStarts } = segment;
  for (const [slot, { alternatives }] of slots.entries()) {
    for (const { term } of alternatives) {
      const end = postingStarts[term + 1] as number; // every index below lies inside its array
      for (let at = postingStarts[term] as number; at < end; at += 1) {
        const doc = postingDocs[at] as number;
        matched[doc] = (matched[doc] as number) | (1 << slot);
      }
    }
  }
}

/**
 * Scores the marked documents whose marks are wanted.
 *
 * @param wanted 1 for each value of `matched` that is scored now; a document must not be scored twice
 */
export function scoreMarked(
  accumulators: Accumulators,
  segment: Segment,
  wanted: Uint8Array,
  { norms }: ScoringContext,
): void {
  for (const { alternatives } of accumulators.marked ?? []) {
    const [first] = alternatives;
    if (alternatives.length === 1 && first) addWanted(accumulators, segment, first.term, first.weight, norms, wanted);
    else if (alternatives.length > 1) addBest(accumulators, segment, alternatives, norms, wanted);
  }
}

/** What the documents of a bridge had before the words it stands for. */
function rememberBefore({ scores, matched }: Accumulators, { docs, scoresBefore, matchedBefore }: BridgeHits): void {
  for (let at = 0; at < docs.length; at += 1) {
    scoresBefore[at] = scores[docs[at] ?? 0] ?? 0;
    matchedBefore[at] = matched[docs[at] ?? 0] ?? 0;
  }
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

/** The same for documents that are counted already, where their marks are wanted. */
function addWanted(
  accumulators: Accumulators,
  segment: Segment,
  term: number,
  weight: number,
  norms: NormTables,
  wanted: Uint8Array,
): void {
  const { scores, matched } = accumulators;
  const { postingDocs, postingProfiles, lengths } = segment;
  const { tables } = norms;
  const { starts, fields, counts } = norms.rows;
  const end = segment.postingStarts[term + 1] as number; // every index below lies inside its array
  const factor = weight * (k1 + 1);
  for (let at = segment.postingStarts[term] as number; at < end; at += 1) {
    const doc = postingDocs[at] as number;
    if (wanted[matched[doc] as number] === 0) continue;
    const profile = postingProfiles[at] as number;
    const stop = starts[profile + 1] as number;
    let count = 0;
    for (let row = starts[profile] as number; row < stop; row += 1) {
      const field = fields[row] as number;
      count +=
        (counts[row] as number) *
        ((tables[field] as Float64Array)[(lengths[field] as Uint16Array)[doc] as number] as number);
    }
    scores[doc] = (scores[doc] as number) + (factor * count) / (count + k1);
  }
}

/** A slot with several alternatives: each document keeps the best of them. */
function addBest(
  accumulators: Accumulators,
  segment: Segment,
  alternatives: ResolvedSlot["alternatives"],
  norms: NormTables,
  wanted: Uint8Array | undefined,
): void {
  if (accumulators.best.length < segment.size) {
    accumulators.best = new Float32Array(segment.size);
    accumulators.bestTouched = new Uint32Array(segment.size);
  }
  const { best, bestTouched, scores, matched, touched, isDense } = accumulators;
  let bestSize = 0;
  for (const { term, weight } of alternatives)
    bestSize = keepBest(accumulators, bestSize, segment, term, weight, norms, wanted);
  for (let at = 0; at < bestSize; at += 1) {
    const doc = bestTouched[at] as number; // below bestSize
    if (wanted === undefined) {
      const before = matched[doc] as number;
      if (before === 0 && !isDense) touched[accumulators.touchedSize++] = doc;
      matched[doc] = before + 1;
    }
    scores[doc] = (scores[doc] as number) + (best[doc] as number);
    best[doc] = 0;
  }
}

function keepBest(
  { best, bestTouched, matched }: Accumulators,
  touchedSize: number,
  segment: Segment,
  term: number,
  weight: number,
  norms: NormTables,
  wanted: Uint8Array | undefined,
): number {
  const { postingDocs, postingProfiles, lengths } = segment;
  const { tables } = norms;
  const { starts, fields, counts } = norms.rows;
  const end = segment.postingStarts[term + 1] as number; // every index below lies inside its array
  const factor = weight * (k1 + 1);
  let size = touchedSize;
  for (let at = segment.postingStarts[term] as number; at < end; at += 1) {
    const doc = postingDocs[at] as number;
    if (wanted !== undefined && wanted[matched[doc] as number] === 0) continue;
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
