import type { IndexState } from "./product-index.ts";
import type { Segment } from "./segment.ts";

// An index as one JSON document and a row of typed arrays: what a file can hold.

type Kind = "u8" | "i8" | "u16" | "u32" | "f32" | "f64";
type AnyArray = Uint8Array | Int8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

export type IndexImage = {
  readonly json: string;
  readonly arrays: readonly { readonly kind: Kind; readonly bytes: Uint8Array }[];
};

type SegmentEntry = {
  readonly size: number;
  readonly terms: number;
  readonly skus: readonly string[];
  readonly deletedSize: number;
  readonly deletedCounts: readonly (readonly [number, number])[];
};

type Entry = {
  readonly values: IndexState["values"];
  readonly segments: readonly SegmentEntry[];
  readonly fieldCount: number;
};

const kinds: readonly (readonly [Kind, new (buffer: ArrayBuffer) => AnyArray])[] = [
  ["u8", Uint8Array],
  ["i8", Int8Array],
  ["u16", Uint16Array],
  ["u32", Uint32Array],
  ["f32", Float32Array],
  ["f64", Float64Array],
];

function bytesOf(array: AnyArray): IndexImage["arrays"][number] {
  const [kind] = kinds.find(([, type]) => array instanceof type) ?? ["u8" as const];
  return { kind, bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) };
}

/** All arrays of a segment, in the order of the image. */
export function segmentArrays(segment: Segment): readonly AnyArray[] {
  return [
    ...[segment.terms.bytes, segment.terms.starts, segment.postingStarts, segment.postingDocs],
    ...[segment.postingProfiles, segment.forwardStarts, segment.forwardBytes, segment.valueStarts, segment.valueIds],
    ...[segment.skuSlots, segment.prices, segment.ratings, segment.createdAt, segment.nameKeys, segment.flags],
    ...[segment.deleted, ...segment.lengths],
  ];
}

export function toImage(state: IndexState): IndexImage {
  const { profiles, values, segments, totals, counts, maxLengths } = state;
  const entry: Entry = {
    values,
    fieldCount: totals.length,
    segments: segments.map(({ size, terms, skus, deletedSize, deletedCounts }) => ({
      ...{ size, terms: terms.size, skus, deletedSize },
      deletedCounts: [...deletedCounts],
    })),
  };
  const shared = [profiles.successors, profiles.counts, profiles.lastFields, totals, counts, maxLengths];
  return { json: JSON.stringify(entry), arrays: [...shared, ...segments.flatMap(segmentArrays)].map(bytesOf) };
}

/** @throws {Error} when the image is not one that `toImage` made */
export function fromImage({ json, arrays }: IndexImage): IndexState {
  const entry = JSON.parse(json) as Entry; // written by `toImage`; the file's checksum was compared
  let at = 0;
  const next = <T extends AnyArray>(type: new (buffer: ArrayBuffer) => T): T => {
    const array = arrays[at++];
    const [kind] = kinds.find(([, known]) => Object.is(known, type)) ?? [];
    if (!array || array.kind !== kind) throw new Error(`array ${at} of the index is ${array?.kind}, not ${kind}`);
    const { buffer, byteOffset, byteLength } = array.bytes;
    return new type(
      byteOffset === 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer
        ? buffer
        : new Uint8Array(array.bytes).buffer,
    );
  };
  const profiles = { successors: next(Uint16Array), counts: next(Uint8Array), lastFields: next(Int8Array) };
  const sums = { totals: next(Float64Array), counts: next(Float64Array), maxLengths: next(Uint32Array) };
  const segments = entry.segments.map(
    ({ size, terms, skus, deletedSize, deletedCounts }): Segment => ({
      size,
      skus,
      terms: { bytes: next(Uint8Array), starts: next(Uint32Array), size: terms },
      ...{ postingStarts: next(Uint32Array), postingDocs: next(Uint32Array), postingProfiles: next(Uint16Array) },
      ...{ forwardStarts: next(Uint32Array), forwardBytes: next(Uint8Array) },
      ...{ valueStarts: next(Uint32Array), valueIds: next(Uint32Array), skuSlots: next(Uint32Array) },
      ...{ prices: next(Float64Array), ratings: next(Float32Array), createdAt: next(Float64Array) },
      ...{ nameKeys: next(Float64Array), flags: next(Uint8Array), deleted: next(Uint32Array) },
      lengths: Array.from({ length: entry.fieldCount }, () => next(Uint16Array)),
      deletedSize,
      deletedCounts: new Map(deletedCounts),
    }),
  );
  return { profiles, values: entry.values, segments, ...sums };
}
