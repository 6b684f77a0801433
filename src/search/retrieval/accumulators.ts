import type { Segment } from "../indexing/segment.ts";
import type { NormTables } from "./bm25f.ts";

/** Score and number of matched words by document of one segment; reused from query to query, zero in between. */
export type Accumulators = {
  scores: Float32Array;
  /** Number of matched words; a bit for each instead while `marked` says so. */
  matched: Uint8Array;
  /** The slots of a segment whose documents are marked but not scored yet; undefined = all are scored. */
  marked: readonly ResolvedSlot[] | undefined;
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
    marked: undefined,
    touched: new Uint32Array(0),
    touchedSize: 0,
    isDense: false,
    best: new Float32Array(0),
    bestTouched: new Uint32Array(0),
  };
}

/** A slot in the numbers of one segment; the weight of an alternative holds its inverse document frequency. */
export type ResolvedSlot = { readonly alternatives: readonly { readonly term: number; readonly weight: number }[] };

/** Number of bits of each byte, and each number itself: how many words a value of `matched` stands for. */
const bitCounts = Uint8Array.from({ length: 256 }, (_, byte) => {
  let bits = 0;
  for (let rest = byte; rest > 0; rest >>>= 1) bits += rest & 1;
  return bits;
});
const itself = Uint8Array.from({ length: 256 }, (_, at) => at);

/** How many words each value of `matched` stands for now. */
export function wordsByMatched({ marked }: Accumulators): Uint8Array {
  return marked === undefined ? itself : bitCounts;
}

/** True when the words stand behind each other in one text of the product. */
export type HoldsPhrase = (sku: string, words: readonly string[]) => boolean;

/** What the scoring of all segments shares. */
export type ScoringContext = {
  readonly norms: NormTables;
  /** Live documents of the whole index. */
  readonly size: number;
  /** Checks a synonym of several words; without it, words in one field will do. */
  readonly holdsPhrase: HoldsPhrase | undefined;
};

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
  accumulators.marked = undefined;
}
