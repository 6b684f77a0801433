// EASE: the linear model over items that explains each history best by its other items, in closed form (ranking.md 5.4).
import { invertSymmetric } from "./invert-symmetric.ts";
import { addRow, type ItemWeights, toItemWeights, toScored } from "./item-weights.ts";
import type { PersonItems } from "./person-items.ts";
import type { ItemAnswers } from "./scored-item.ts";
import { type ItemNumbers, numberItems } from "./session-log.ts";

/** What somebody did: items with the sum of their signal weights; default 1 an occurrence. */
export type History = { readonly items: readonly string[]; readonly weights?: readonly number[] };

export type EaseSettings = {
  /** λ, 200 to 1,000; more = closer to popularity. */
  readonly regularisation: number;
  /** Weights kept for each item that is scored. */
  readonly kept: number;
  /** Items above this number are refused: the matrix takes 4 bytes × items². */
  readonly maxItems: number;
};

const defaults: EaseSettings = { regularisation: 500, kept: 200, maxItems: 10_000 };

/** Histories as flat arrays. */
export function toPersonItems(histories: readonly History[], numbers: ItemNumbers): PersonItems {
  const values = histories.map((history) => toValues(history, numbers));
  const starts = new Int32Array(values.length + 1);
  for (const [person, { size }] of values.entries()) starts[person + 1] = (starts[person] ?? 0) + size;
  return {
    itemCount: numbers.names.length,
    starts,
    items: Int32Array.from(values.flatMap((one) => [...one.keys()])),
    values: Float32Array.from(values.flatMap((one) => [...one.values()])),
  };
}

/** Distinct items with ln(1 + Σ weights). */
export function toValues({ items, weights }: History, numbers: ItemNumbers): ReadonlyMap<number, number> {
  const sums = new Map<number, number>();
  for (const [at, name] of items.entries()) {
    const item = numbers.of(name);
    if (item >= 0) sums.set(item, (sums.get(item) ?? 0) + (weights?.[at] ?? 1));
  }
  for (const [item, sum] of sums) sums.set(item, Math.log1p(Math.max(0, sum)));
  return sums;
}

function gramOf({ itemCount, starts, items, values }: PersonItems, regularisation: number): Float32Array {
  const gram = new Float32Array(itemCount * itemCount);
  for (let person = 0; person + 1 < starts.length; person += 1) {
    const end = starts[person + 1] ?? 0;
    for (let a = starts[person] ?? 0; a < end; a += 1) {
      const [row, value] = [items[a] ?? 0, values[a] ?? 0];
      for (let b = starts[person] ?? 0; b < end; b += 1) {
        const column = items[b] ?? 0;
        if (column <= row)
          gram[row * itemCount + column] = (gram[row * itemCount + column] ?? 0) + value * (values[b] ?? 0);
      }
    }
  }
  for (let item = 0; item < itemCount; item += 1)
    gram[item * itemCount + item] = (gram[item * itemCount + item] ?? 0) + regularisation;
  return gram;
}

/** −P_ij / P_jj with the largest of each column kept, by rows. */
function weightsOf(inverse: Float32Array, size: number, kept: number): ItemWeights {
  const rows: [number, number][][] = Array.from({ length: size }, () => []);
  for (let column = 0; column < size; column += 1) {
    const diagonal = inverse[column * size + column] ?? 1;
    // The matrix is symmetric: the column is read as a row.
    const values = inverse.slice(column * size, (column + 1) * size).map((value) => -value / diagonal);
    values[column] = 0;
    const least = kept < size ? (values.slice().sort()[size - kept] ?? 0) : Number.NEGATIVE_INFINITY;
    for (let row = 0; row < size; row += 1) {
      const value = values[row] ?? 0;
      if (value !== 0 && value >= least) rows[row]?.push([column, value]);
    }
  }
  return toItemWeights(rows);
}

/**
 * Learns what each item says of the others: row i holds what i adds to the scores of others.
 *
 * @throws {RangeError} when there are more than `maxItems` items
 */
export function learnEase(people: PersonItems, settings: Partial<EaseSettings> = {}): ItemWeights {
  const { regularisation, kept, maxItems } = { ...defaults, ...settings };
  const size = people.itemCount;
  if (size > maxItems) throw new RangeError(`EASE takes at most ${maxItems} items, here are ${size}`);
  const matrix = gramOf(people, regularisation);
  invertSymmetric(matrix, size);
  return weightsOf(matrix, size, kept);
}

/** @throws {RangeError} when the histories hold more than `maxItems` items */
export function createEase(histories: readonly History[], settings: Partial<EaseSettings> = {}): ItemAnswers {
  const numbers = numberItems(histories);
  const weights = learnEase(toPersonItems(histories, numbers), settings);
  return {
    next: (items, limit = 100) => {
      const sums = new Map<number, number>();
      for (const [item, value] of toValues({ items }, numbers)) addRow(weights, item, value, sums);
      return toScored(sums, numbers, limit);
    },
  };
}
