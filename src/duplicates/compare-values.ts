// Comparisons by the numbers of values in a column: equal numbers are equal texts, and what was worked out once is kept in
// direct-mapped tables, whose size is fixed and where a collision only costs the work again.
import { type PreparedText, prepareText, typo } from "./compare-fields.ts";
import { maxContacts } from "./person-record.ts";
import type { Column } from "./record-table.ts";

/** Level of two different values, by their numbers. */
export type CompareValues = (x: number, y: number) => number;

const memorySlots = 1 << 16;
const preparedSlots = 1 << 14;

function remember(width: number, compare: CompareValues): CompareValues {
  const keys = new Float64Array(memorySlots);
  const levels = new Uint8Array(memorySlots);
  return (x, y) => {
    const low = x < y ? x : y;
    const high = x < y ? y : x;
    const key = low * width + high;
    const slot = (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 16;
    if (keys[slot] === key) return levels[slot] ?? 0;
    const level = compare(low, high);
    keys[slot] = key;
    levels[slot] = level;
    return level;
  };
}

function prepareColumn({ values }: Column): (value: number) => PreparedText {
  const made: (PreparedText | undefined)[] = new Array(preparedSlots).fill(undefined);
  return (value) => {
    const text = values[value] ?? "";
    const known = made[value % preparedSlots];
    if (known?.text === text) return known;
    const fresh = prepareText(text);
    made[value % preparedSlots] = fresh;
    return fresh;
  };
}

/** For comparisons that need the text only. */
export function compareTexts(column: Column, compare: (a: string, b: string) => number): CompareValues {
  const { values } = column;
  return remember(values.length, (x, y) => compare(values[x] ?? "", values[y] ?? ""));
}

/** For comparisons that need the text prepared. */
export function comparePrepared(column: Column, compare: (a: PreparedText, b: PreparedText) => number): CompareValues {
  const preparedOf = prepareColumn(column);
  return remember(column.values.length, (x, y) => compare(preparedOf(x), preparedOf(y)));
}

/** Level of two records: 0 missing, 1 the same, else as compared. */
export function oneValue({ cells }: Column, compare: CompareValues): (a: number, b: number) => number {
  return (a, b) => {
    const x = cells[a] ?? 0;
    const y = cells[b] ?? 0;
    if (x === 0 || y === 0) return 0;
    return x === y ? 1 : compare(x, y);
  };
}

/** The best level of any value of one record with any value of the other. */
export function bestOfValues({ cells }: Column, compare: CompareValues): (a: number, b: number) => number {
  return (a, b) => {
    let best = 0;
    for (let i = a * maxContacts; i < (a + 1) * maxContacts; i += 1) {
      const x = cells[i] ?? 0;
      if (x === 0) break;
      for (let j = b * maxContacts; j < (b + 1) * maxContacts; j += 1) {
        const y = cells[j] ?? 0;
        if (y === 0) break;
        if (x === y) return 1;
        const level = compare(x, y);
        if (best === 0 || level < best) best = level;
      }
    }
    return best;
  };
}

/**
 * For two columns that people mix up.
 *
 * @returns true when one record's first agrees with the other's second, and the other way round nothing contradicts
 */
export function crosswise(
  first: Column,
  second: Column,
  compare: (a: PreparedText, b: PreparedText) => number,
): (a: number, b: number) => boolean {
  const firstOf = prepareColumn(first);
  const secondOf = prepareColumn(second);
  const agree = (a: number, b: number): number => {
    const x = first.cells[a] ?? 0;
    const y = second.cells[b] ?? 0;
    if (x === 0 || y === 0) return 0;
    const one = firstOf(x);
    const other = secondOf(y);
    return one.text === other.text || compare(one, other) === typo ? 1 : -1;
  };
  return (a, b) => {
    const one = agree(a, b);
    if (one < 0) return false;
    const other = agree(b, a);
    return other >= 0 && one + other >= 1;
  };
}
