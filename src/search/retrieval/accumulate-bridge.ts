import { isDeleted, type Segment } from "../indexing/segment.ts";
import { findTerm } from "../indexing/term-dictionary.ts";
import type { Bridge } from "../planning/query-plan.ts";
import type { Accumulators, ScoringContext } from "./accumulators.ts";
import { inverseDocumentFrequency, type NormTables, saturate, weightedCount } from "./bm25f.ts";
import { findProfile } from "./find-posting.ts";

/** Documents of one segment that hold a bridge, ascending, with its score there. */
export type BridgeHits = {
  readonly docs: Uint32Array;
  readonly scores: Float32Array;
  readonly scoresBefore: Float32Array;
  readonly matchedBefore: Uint8Array;
};

/** Phrases looked up in product texts for one bridge; beyond it, words in one field count as the phrase. About 5 ms. */
const maxVerified = 1_000;

export function findBridgeHits(segment: Segment, bridge: Bridge, context: ScoringContext): BridgeHits {
  const terms = resolveTerms(segment, bridge, context);
  const docs: number[] = [];
  const scores: number[] = [];
  const rarest = [...terms].sort((a, b) => postings(segment, a.term) - postings(segment, b.term))[0];
  const end = rarest ? (segment.postingStarts[rarest.term + 1] ?? 0) : 0;
  let verified = 0;
  for (let at = rarest ? (segment.postingStarts[rarest.term] ?? 0) : 0; at < end; at += 1) {
    const doc = segment.postingDocs[at] ?? 0;
    if (isDeleted(segment, doc)) continue;
    const score = scoreTerms(segment, doc, bridge, terms, context);
    if (score === undefined) continue;
    if (terms.length > 1) {
      verified += 1;
      if (verified <= maxVerified && !isPhrase(segment, doc, bridge, context)) continue;
    }
    docs.push(doc);
    scores.push(score);
  }
  return {
    docs: Uint32Array.from(docs),
    scores: Float32Array.from(scores),
    scoresBefore: new Float32Array(docs.length),
    matchedBefore: new Uint8Array(docs.length),
  };
}

/** The score that one document gets by a bridge; undefined when it does not hold it. */
export function scoreBridge(
  segment: Segment,
  doc: number,
  bridge: Bridge,
  context: ScoringContext,
): number | undefined {
  const terms = resolveTerms(segment, bridge, context);
  const score = terms.length === 0 ? undefined : scoreTerms(segment, doc, bridge, terms, context);
  return score !== undefined && (terms.length === 1 || isPhrase(segment, doc, bridge, context)) ? score : undefined;
}

type ResolvedTerm = { readonly term: number; readonly idf: number };

/** Empty when the segment lacks one of the words. */
function resolveTerms(segment: Segment, bridge: Bridge, { size }: ScoringContext): readonly ResolvedTerm[] {
  const terms = bridge.terms.map(({ term, documents }) => ({
    term: findTerm(segment.terms, term),
    idf: inverseDocumentFrequency(size, documents),
  }));
  return terms.some(({ term }) => term < 0) ? [] : terms;
}

/** Undefined unless the document holds all the words in one field. */
function scoreTerms(
  segment: Segment,
  doc: number,
  { weight }: Bridge,
  terms: readonly ResolvedTerm[],
  { norms }: ScoringContext,
): number | undefined {
  const profiles = terms.map(({ term }) => findProfile(segment, term, doc));
  if (profiles.includes(-1) || !shareField(norms, profiles)) return undefined;
  const score = terms.reduce(
    (sum, { idf }, place) => sum + idf * saturate(weightedCount(norms, segment, doc, profiles[place] ?? 0)),
    0,
  );
  return weight * score;
}

function isPhrase(segment: Segment, doc: number, { words }: Bridge, { holdsPhrase }: ScoringContext): boolean {
  return holdsPhrase === undefined || holdsPhrase(segment.skus[doc] ?? "", words);
}

function postings(segment: Segment, term: number): number {
  return (segment.postingStarts[term + 1] ?? 0) - (segment.postingStarts[term] ?? 0);
}

/** Bits of the fields that a pattern has occurrences in. */
function fieldsOf({ rows }: NormTables, profile: number): number {
  let bits = 0;
  for (let at = rows.starts[profile] ?? 0; at < (rows.starts[profile + 1] ?? 0); at += 1)
    bits |= 1 << (rows.fields[at] ?? 0);
  return bits;
}

function shareField(norms: NormTables, profiles: readonly number[]): boolean {
  return profiles.reduce((bits, profile) => bits & fieldsOf(norms, profile), -1) !== 0;
}

/** Gives documents of the bridge its score where it beats that of the words, and all the words as matched. */
export function applyBridge(accumulators: Accumulators, bridge: Bridge, hits: BridgeHits): void {
  const { scores, matched, touched, isDense } = accumulators;
  for (let at = 0; at < hits.docs.length; at += 1) {
    const doc = hits.docs[at] ?? 0;
    const all = (hits.matchedBefore[at] ?? 0) + bridge.length;
    if (matched[doc] === 0 && !isDense) touched[accumulators.touchedSize++] = doc;
    if ((matched[doc] ?? 0) < all) matched[doc] = all;
    const score = (hits.scoresBefore[at] ?? 0) + (hits.scores[at] ?? 0);
    if ((scores[doc] ?? 0) < score) scores[doc] = score;
  }
}
