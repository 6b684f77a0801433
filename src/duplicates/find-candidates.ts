// Pairs of records that share a block key, each pair once. A block that is too large to compare everybody with everybody
// (a common name, a block of flats) is sorted and each record compared with its neighbours only (the sorted neighbourhood of
// Hernández and Stolfo 1995): work stays linear in the number of records whatever the data.
import { schemes, slotCount } from "./block-keys.ts";

export type CandidateOptions = {
  /** Up to this size everybody in a block is compared with everybody. */
  readonly maxBlock: number;
  /** Neighbours on each side in larger blocks. */
  readonly window: number;
};

export const defaultCandidateOptions: CandidateOptions = { maxBlock: 40, window: 10 };

/** Records of one scheme in order of key; of one key in order of record. */
function sortByKey(keys: Uint32Array, firstSlot: number, slots: number, records: number): Float64Array {
  const entries = new Float64Array(records * slots);
  let used = 0;
  for (let record = 0; record < records; record += 1) {
    for (let slot = 0; slot < slots; slot += 1) {
      const key = keys[record * slotCount + firstSlot + slot] ?? 0;
      // 32 bits of key and 21 of record fit in the 53 bits of a number.
      if (key !== 0) entries[used++] = key * maxRecords + record;
    }
  }
  return entries.subarray(0, used).sort();
}

/** Records that one run can hold. */
export const maxRecords = 2 ** 21;

/**
 * Calls `onPair(a, b)` with a < b for each pair to compare.
 *
 * @param keys as written by `writeBlockKeys`; keys of large blocks are set to 0 on the way
 * @param isWanted pairs of two records that are both not wanted are left out: the unchanged ones of a later run
 */
export function findCandidates(
  keys: Uint32Array,
  orderOf: (record: number) => string,
  isWanted: (record: number) => boolean,
  onPair: (a: number, b: number) => void,
  { maxBlock, window }: CandidateOptions = defaultCandidateOptions,
): void {
  const records = keys.length / slotCount;
  /** True when the pair was found under an earlier key already. */
  const isKnown = (a: number, b: number, upTo: number): boolean => {
    const fromA = a * slotCount;
    const fromB = b * slotCount;
    let slot = 0;
    for (const scheme of schemes) {
      if (slot >= upTo) return false;
      for (let i = slot; i < slot + scheme.slots; i += 1) {
        const key = keys[fromA + i] ?? 0;
        if (key === 0) continue;
        for (let j = slot; j < slot + scheme.slots; j += 1) if (key === keys[fromB + j]) return true;
      }
      slot += scheme.slots;
    }
    return false;
  };
  const offer = (a: number, b: number, firstSlot: number): void => {
    if (a !== b && (isWanted(a) || isWanted(b)) && !isKnown(a, b, firstSlot)) onPair(Math.min(a, b), Math.max(a, b));
  };

  let firstSlot = 0;
  for (const { slots } of schemes) {
    const entries = sortByKey(keys, firstSlot, slots, records);
    for (let start = 0; start < entries.length; ) {
      const key = Math.floor((entries[start] ?? 0) / maxRecords);
      let end = start + 1;
      while (end < entries.length && Math.floor((entries[end] ?? 0) / maxRecords) === key) end += 1;
      if (end - start > 1) {
        const block = Array.from(entries.subarray(start, end), (entry) => entry % maxRecords);
        if (block.length <= maxBlock) {
          for (let i = 0; i < block.length; i += 1)
            for (let j = i + 1; j < block.length; j += 1) offer(block[i] ?? 0, block[j] ?? 0, firstSlot);
        } else {
          block.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : orderOf(a) > orderOf(b) ? 1 : a - b));
          for (let i = 0; i < block.length; i += 1)
            for (let j = i + 1; j <= Math.min(block.length - 1, i + window); j += 1)
              offer(block[i] ?? 0, block[j] ?? 0, firstSlot);
          // Not everybody of this block has met: later schemes must not take it for done.
          for (const record of block)
            for (let slot = firstSlot; slot < firstSlot + slots; slot += 1)
              if (keys[record * slotCount + slot] === key) keys[record * slotCount + slot] = 0;
        }
      }
      start = end;
    }
    firstSlot += slots;
  }
}
