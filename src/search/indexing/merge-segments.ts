import { fillSkuSlots, forEachTermOf, isDeleted, type Segment, writeForward } from "./segment.ts";
import { compareBytes } from "./term-dictionary.ts";

/** A merged segment, and for each input the new number of each document (`goneDocument` when it was deleted). */
export type MergedSegment = { readonly segment: Segment; readonly newDocs: readonly Uint32Array[] };

export const goneDocument = 0xffffffff;
/** Steps between two pauses of a merge: a few milliseconds of work. */
const stepsPerPause = 50_000;

/**
 * Merges segments into one, leaving deleted documents out.
 *
 * A generator that pauses every few milliseconds, so that a merge of a million products runs between requests. Documents
 * deleted while it runs are still in the result: the caller deletes them there before it swaps.
 */
export function* mergeSegments(inputs: readonly Segment[]): Generator<undefined, MergedSegment> {
  const { newDocs, size } = numberDocuments(inputs);
  const layout = yield* mergePostings(inputs, newDocs);
  const forward = yield* mergeForward(inputs, newDocs, layout.newTerms, size);
  const columns = yield* mergeColumns(inputs, newDocs, size);
  const { newTerms: _, ...postings } = layout;
  const segment: Segment = {
    size,
    ...postings,
    ...forward,
    ...columns,
    skuSlots: yield* fillSkuSlots(columns.skus),
    deleted: new Uint32Array((size + 31) >>> 5),
    deletedCounts: new Map(),
    deletedSize: 0,
  };
  return { segment, newDocs };
}

function numberDocuments(inputs: readonly Segment[]) {
  let size = 0;
  const newDocs = inputs.map((input) => {
    const numbers = new Uint32Array(input.size).fill(goneDocument);
    for (let doc = 0; doc < input.size; doc += 1) {
      if (isDeleted(input, doc)) continue;
      numbers[doc] = size;
      size += 1;
    }
    return numbers;
  });
  return { newDocs, size };
}

const sum = (inputs: readonly Segment[], of: (input: Segment) => number) =>
  inputs.reduce((total, input) => total + of(input), 0);

/** Walks all dictionaries side by side and copies the live postings of each term. */
function* mergePostings(inputs: readonly Segment[], newDocs: readonly Uint32Array[]) {
  const postingRoom = sum(inputs, (input) => input.postingDocs.length);
  const termRoom = sum(inputs, (input) => input.terms.size);
  const docs = new Uint32Array(postingRoom);
  const profiles = new Uint16Array(postingRoom);
  const starts = new Uint32Array(termRoom + 1);
  const termStarts = new Uint32Array(termRoom + 1);
  const termBytes = new Uint8Array(sum(inputs, (input) => input.terms.bytes.length));
  const newTerms = inputs.map((input) => new Uint32Array(input.terms.size));
  const heads = inputs.map(() => 0);
  let terms = 0;
  let end = 0;
  let bytesEnd = 0;
  let steps = 0;
  for (;;) {
    const first = smallestHead(inputs, heads);
    if (first < 0) break;
    const smallest = inputs[first];
    const head = heads[first] ?? 0;
    if (!smallest) break;
    const from = smallest.terms.starts[head] ?? 0;
    const to = smallest.terms.starts[head + 1] ?? 0;
    const before = end;
    for (let at = first; at < inputs.length; at += 1) {
      const input = inputs[at];
      const term = heads[at] ?? 0;
      const numbers = newDocs[at];
      const mapping = newTerms[at];
      if (!input || !numbers || !mapping || term >= input.terms.size) continue;
      const { bytes, starts: inputStarts } = input.terms;
      if (compareBytes(bytes, inputStarts[term] ?? 0, inputStarts[term + 1] ?? 0, smallest.terms.bytes, from, to) !== 0)
        continue;
      heads[at] = term + 1;
      mapping[term] = terms;
      const stop = input.postingStarts[term + 1] ?? 0;
      for (let posting = input.postingStarts[term] ?? 0; posting < stop; posting += 1) {
        const doc = numbers[input.postingDocs[posting] ?? 0] ?? goneDocument;
        if (doc === goneDocument) continue;
        docs[end] = doc;
        profiles[end] = input.postingProfiles[posting] ?? 0;
        end += 1;
      }
    }
    steps += 8 + end - before;
    if (end > before) {
      termBytes.set(smallest.terms.bytes.subarray(from, to), bytesEnd);
      bytesEnd += to - from;
      terms += 1;
      termStarts[terms] = bytesEnd;
      starts[terms] = end;
    }
    if (steps > stepsPerPause) {
      steps = 0;
      yield;
    }
  }
  return {
    newTerms,
    terms: { bytes: termBytes.slice(0, bytesEnd), starts: termStarts.slice(0, terms + 1), size: terms },
    postingStarts: starts.slice(0, terms + 1),
    postingDocs: docs.length === end ? docs : docs.slice(0, end),
    postingProfiles: profiles.length === end ? profiles : profiles.slice(0, end),
  };
}

/** The input whose next term comes first, -1 when all are at their end. */
function smallestHead(inputs: readonly Segment[], heads: readonly number[]): number {
  let best = -1;
  for (let at = 0; at < inputs.length; at += 1) {
    const input = inputs[at];
    const head = heads[at] ?? 0;
    if (!input || head >= input.terms.size) continue;
    const leader = best < 0 ? undefined : inputs[best];
    const leaderHead = heads[best] ?? 0;
    if (
      !leader ||
      compareBytes(
        input.terms.bytes,
        input.terms.starts[head] ?? 0,
        input.terms.starts[head + 1] ?? 0,
        leader.terms.bytes,
        leader.terms.starts[leaderHead] ?? 0,
        leader.terms.starts[leaderHead + 1] ?? 0,
      ) < 0
    ) {
      best = at;
    }
  }
  return best;
}

/** Renumbers the terms of each live document; the order within a document stays, since both numberings follow the terms' order. */
function* mergeForward(
  inputs: readonly Segment[],
  newDocs: readonly Uint32Array[],
  newTerms: readonly Uint32Array[],
  size: number,
) {
  const forwardStarts = new Uint32Array(size + 1);
  let bytes = new Uint8Array(Math.ceil(sum(inputs, (input) => input.forwardBytes.length) * 1.2) + 1_024);
  let end = 0;
  let steps = 0;
  let scratch = new Uint32Array(256);
  for (const [at, input] of inputs.entries()) {
    const numbers = newDocs[at];
    const mapping = newTerms[at];
    if (!numbers || !mapping) continue;
    for (let doc = 0; doc < input.size; doc += 1) {
      const made = numbers[doc] ?? goneDocument;
      if (made === goneDocument) continue;
      let count = 0;
      forEachTermOf(input, doc, (term) => {
        if (count === scratch.length) {
          const wider = new Uint32Array(count * 2);
          wider.set(scratch);
          scratch = wider;
        }
        scratch[count] = mapping[term] ?? 0;
        count += 1;
      });
      if (end + count * 5 > bytes.length) {
        const wider = new Uint8Array(bytes.length * 2 + count * 5);
        wider.set(bytes);
        bytes = wider;
      }
      end = writeForward(scratch, count, bytes, end);
      forwardStarts[made + 1] = end;
      steps += count;
      if (steps > stepsPerPause) {
        steps = 0;
        yield;
      }
    }
  }
  return { forwardStarts, forwardBytes: bytes.slice(0, end) };
}

type Column = Float64Array | Float32Array | Uint8Array | Uint16Array;

function* mergeColumns(inputs: readonly Segment[], newDocs: readonly Uint32Array[], size: number) {
  function column<T extends Column>(target: T, of: (input: Segment) => T | undefined): T {
    for (const [at, input] of inputs.entries()) {
      const source = of(input);
      const numbers = newDocs[at];
      if (!source || !numbers || source.length === 0) continue;
      for (let doc = 0; doc < input.size; doc += 1) {
        const made = numbers[doc] ?? goneDocument;
        if (made !== goneDocument) target[made] = source[doc] ?? 0;
      }
    }
    return target;
  }
  const skus = new Array<string>(size).fill("");
  const valueStarts = new Uint32Array(size + 1);
  const valueIds = new Uint32Array(sum(inputs, (input) => input.valueIds.length));
  let valueEnd = 0;
  for (const [at, input] of inputs.entries()) {
    for (let doc = 0; doc < input.size; doc += 1) {
      const made = newDocs[at]?.[doc] ?? goneDocument;
      if (made === goneDocument) continue;
      skus[made] = input.skus[doc] ?? "";
      const own = input.valueIds.subarray(input.valueStarts[doc], input.valueStarts[doc + 1]);
      valueIds.set(own, valueEnd);
      valueEnd += own.length;
      valueStarts[made + 1] = valueEnd;
    }
  }
  yield;
  const prices = column(new Float64Array(size), (input) => input.prices);
  yield;
  const ratings = column(new Float32Array(size), (input) => input.ratings);
  const createdAt = column(new Float64Array(size), (input) => input.createdAt);
  yield;
  const nameKeys = column(new Float64Array(size), (input) => input.nameKeys);
  const flags = column(new Uint8Array(size), (input) => input.flags);
  const lengths: Uint16Array[] = [];
  const fieldCount = inputs[0]?.lengths.length ?? 0;
  for (let field = 0; field < fieldCount; field += 1) {
    yield;
    const isUsed = inputs.some((input) => (input.lengths[field]?.length ?? 0) > 0);
    lengths.push(isUsed ? column(new Uint16Array(size), (input) => input.lengths[field]) : new Uint16Array(0));
  }
  return {
    skus,
    valueStarts,
    valueIds: valueIds.slice(0, valueEnd),
    prices,
    ratings,
    createdAt,
    nameKeys,
    flags,
    lengths,
  };
}
