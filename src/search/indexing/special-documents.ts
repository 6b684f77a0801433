import { findSku, type Segment } from "./segment.ts";

/** Marks of products that one request treats apart. */
export const pinnedMark = 1;
export const exactMark = 2;

/** The few marked documents of one segment: a bit each to pass the others by, and their marks. */
export type SpecialDocuments = { readonly bits: Uint32Array; readonly marks: ReadonlyMap<number, number> };

export type SpecialSkus = { readonly pinned: readonly string[]; readonly exact: readonly string[] };

/** @returns undefined when no document of the segment is marked */
export function markDocuments(segment: Segment, skus: SpecialSkus): SpecialDocuments | undefined {
  const marks = new Map<number, number>();
  const mark = (sku: string, value: number) => {
    const doc = findSku(segment, sku);
    if (doc >= 0) marks.set(doc, (marks.get(doc) ?? 0) | value);
  };
  for (const sku of skus.pinned) mark(sku, pinnedMark);
  for (const sku of skus.exact) mark(sku, exactMark);
  if (marks.size === 0) return undefined;
  const bits = new Uint32Array((segment.size + 31) >>> 5);
  for (const doc of marks.keys()) bits[doc >>> 5] = (bits[doc >>> 5] ?? 0) | (1 << (doc & 31));
  return { bits, marks };
}

/** 0 for all but the marked ones. */
export function marksOf({ bits, marks }: SpecialDocuments, doc: number): number {
  return (((bits[doc >>> 5] ?? 0) >>> (doc & 31)) & 1) === 0 ? 0 : (marks.get(doc) ?? 0);
}
