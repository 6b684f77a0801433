import { fnv1a } from "../../kernel/index.ts";
import type { TermDictionary } from "./term-dictionary.ts";

/** Bits of `Segment.flags`: where a product may be met, and whether it can be bought now. */
export const shownInSearch = 1;
export const shownInCategory = 2;
export const inStockFlag = 4;

/**
 * A run of products, indexed once and never changed but for its deletions.
 *
 * Term t occurs in the documents `postingDocs[postingStarts[t] .. postingStarts[t + 1])`, ascending, each with the
 * pattern of its occurrences beside it. `forward*` holds the same the other way round (document to terms, delta and
 * varint coded), so that deleting a product can take its terms out of the statistics exactly.
 */
export type Segment = {
  readonly size: number;
  readonly terms: TermDictionary;
  readonly postingStarts: Uint32Array;
  readonly postingDocs: Uint32Array;
  readonly postingProfiles: Uint16Array;
  readonly forwardStarts: Uint32Array;
  readonly forwardBytes: Uint8Array;
  /** Length of each text field in tokens, by field; empty when no document has the field. */
  readonly lengths: readonly Uint16Array[];
  readonly valueStarts: Uint32Array;
  readonly valueIds: Uint32Array;
  readonly skus: readonly string[];
  /** Open-addressing hash table: document + 1 by SKU. */
  readonly skuSlots: Uint32Array;
  /** Minor units; NaN without a price. */
  readonly prices: Float64Array;
  readonly ratings: Float32Array;
  readonly createdAt: Float64Array;
  /** First eight letters of the name, packed so that numeric order is name order. */
  readonly nameKeys: Float64Array;
  readonly flags: Uint8Array;
  /** One bit a document. */
  readonly deleted: Uint32Array;
  /** Number of deleted documents that held a term; only terms that lost some. */
  readonly deletedCounts: Map<number, number>;
  deletedSize: number;
};

export function isDeleted(segment: Segment, doc: number): boolean {
  return (((segment.deleted[doc >>> 5] ?? 0) >>> (doc & 31)) & 1) === 1;
}

/** Documents that hold the term and are not deleted. */
export function documentCount(segment: Segment, term: number): number {
  const all = (segment.postingStarts[term + 1] ?? 0) - (segment.postingStarts[term] ?? 0);
  return segment.deletedSize === 0 ? all : all - (segment.deletedCounts.get(term) ?? 0);
}

/** Calls `visit` with each term of a document, ascending. */
export function forEachTermOf(segment: Segment, doc: number, visit: (term: number) => void): void {
  const end = segment.forwardStarts[doc + 1] ?? 0;
  let term = -1;
  for (let at = segment.forwardStarts[doc] ?? 0; at < end; ) {
    let delta = 0;
    let shift = 0;
    let byte = 0;
    do {
      byte = segment.forwardBytes[at++] ?? 0;
      delta |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    term += delta;
    visit(term);
  }
}

/** Writes ascending term numbers as deltas (first from -1); `bytes` must have 5 bytes a term free. Returns the place behind. */
export function writeForward(terms: Uint32Array, count: number, bytes: Uint8Array, at: number): number {
  let to = at;
  let previous = -1;
  for (let from = 0; from < count; from += 1) {
    const term = terms[from] ?? 0;
    let delta = term - previous;
    previous = term;
    while (delta >= 0x80) {
      bytes[to++] = (delta & 0x7f) | 0x80;
      delta >>>= 7;
    }
    bytes[to++] = delta;
  }
  return to;
}

/** Hash table of the SKUs, at most two thirds full; pauses on the way. */
export function* fillSkuSlots(skus: readonly string[]): Generator<undefined, Uint32Array> {
  let size = 4;
  while (size * 2 < skus.length * 3) size *= 2;
  const slots = new Uint32Array(size);
  for (let doc = 0; doc < skus.length; doc += 1) {
    let at = fnv1a(skus[doc] ?? "") & (size - 1);
    while (slots[at] !== 0) at = (at + 1) & (size - 1);
    slots[at] = doc + 1;
    if (doc % 20_000 === 19_999) yield;
  }
  return slots;
}

/** The same at once. */
export function buildSkuSlots(skus: readonly string[]): Uint32Array {
  const work = fillSkuSlots(skus);
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** The live document of a SKU in this segment, or -1. */
export function findSku(segment: Segment, sku: string): number {
  const { skuSlots, skus } = segment;
  const mask = skuSlots.length - 1;
  for (let at = fnv1a(sku) & mask; ; at = (at + 1) & mask) {
    const doc = (skuSlots[at] ?? 0) - 1;
    if (doc < 0) return -1;
    if (skus[doc] === sku && !isDeleted(segment, doc)) return doc;
  }
}

/** Marks a document as deleted and takes its terms out of the counts. */
export function deleteDocument(segment: Segment, doc: number): void {
  segment.deleted[doc >>> 5] = (segment.deleted[doc >>> 5] ?? 0) | (1 << (doc & 31));
  segment.deletedSize += 1;
  forEachTermOf(segment, doc, (term) => {
    segment.deletedCounts.set(term, (segment.deletedCounts.get(term) ?? 0) + 1);
  });
}

/** Bytes of all typed arrays. */
export function segmentBytes(segment: Segment): number {
  const arrays = [
    segment.terms.bytes,
    segment.terms.starts,
    segment.postingStarts,
    segment.postingDocs,
    segment.postingProfiles,
    segment.forwardStarts,
    segment.forwardBytes,
    segment.valueStarts,
    segment.valueIds,
    segment.skuSlots,
    segment.prices,
    segment.ratings,
    segment.createdAt,
    segment.nameKeys,
    segment.flags,
    segment.deleted,
    ...segment.lengths,
  ];
  return arrays.reduce((sum, array) => sum + array.byteLength, 0);
}
