import { findSku, type Segment } from "../indexing/segment.ts";

export type ListedSkus = {
  /** SKUs that are left out. */
  readonly hidden?: ReadonlySet<string>;
  /** The SKUs that may be listed; absent = all. */
  readonly only?: ReadonlySet<string>;
};

/** What one request leaves out of one segment: a bit a document, and what is asked by SKU instead. */
export type LeftOut = {
  readonly bits: Uint32Array | undefined;
  readonly isLeftOut: ((sku: string) => boolean) | undefined;
};

/**
 * Either walks a set and marks its documents, or leaves it to be asked candidate by candidate: whichever looks up fewer
 * SKUs. A rule can hide half a million products, and three products match the query.
 *
 * @param candidates documents of the segment that will be looked at
 */
export function leaveOut(segment: Segment, { hidden, only }: ListedSkus, candidates: number): LeftOut {
  const asks: ((sku: string) => boolean)[] = [];
  let bits: Uint32Array | undefined;
  if (only) {
    if (only.size <= candidates) bits = bitsOf(segment, only).map((word) => ~word);
    else asks.push((sku) => !only.has(sku));
  }
  if (hidden && hidden.size > 0) {
    if (hidden.size <= candidates) bits = bitsOf(segment, hidden, bits);
    else asks.push((sku) => hidden.has(sku));
  }
  const [first, second] = asks;
  return { bits, isLeftOut: first && second ? (sku) => first(sku) || second(sku) : first };
}

function bitsOf(
  segment: Segment,
  skus: ReadonlySet<string>,
  bits: Uint32Array = new Uint32Array((segment.size + 31) >>> 5),
): Uint32Array {
  for (const sku of skus) {
    const doc = findSku(segment, sku);
    if (doc >= 0) bits[doc >>> 5] = (bits[doc >>> 5] ?? 0) | (1 << (doc & 31));
  }
  return bits;
}
