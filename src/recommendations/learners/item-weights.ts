// What one item says about others: a sparse matrix by rows, the common form of rules, co-occurrence and linear models.
import { kthLargest } from "./kth-largest.ts";
import type { ScoredItem } from "./scored-item.ts";
import type { ItemNumbers } from "./session-log.ts";

/** Row i holds `items[starts[i] … starts[i + 1]]`, the heaviest first. Plain data: a worker can hand it over. */
export type ItemWeights = {
  readonly starts: Int32Array;
  readonly items: Int32Array;
  readonly weights: Float32Array;
};

/** Rows of a growing matrix, cut to their heaviest entries. */
export function toItemWeights(rows: readonly (readonly (readonly [item: number, weight: number])[])[]): ItemWeights {
  const starts = new Int32Array(rows.length + 1);
  for (const [row, entries] of rows.entries()) starts[row + 1] = (starts[row] ?? 0) + entries.length;
  const items = new Int32Array(starts.at(-1) ?? 0);
  const weights = new Float32Array(items.length);
  let at = 0;
  for (const entries of rows) {
    for (const [item, weight] of entries) {
      items[at] = item;
      weights[at] = weight;
      at += 1;
    }
  }
  return { starts, items, weights };
}

/** The heaviest entries first; of equal ones the smaller number. */
export function heaviest(
  entries: Iterable<readonly [item: number, weight: number]>,
  kept: number,
): readonly (readonly [item: number, weight: number])[] {
  return [...entries].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, kept);
}

/** Adds weight × row `row` to the sums. */
export function addRow(matrix: ItemWeights, row: number, weight: number, sums: Map<number, number>): void {
  for (let at = matrix.starts[row] ?? 0; at < (matrix.starts[row + 1] ?? 0); at += 1) {
    const item = matrix.items[at] ?? 0;
    sums.set(item, (sums.get(item) ?? 0) + weight * (matrix.weights[at] ?? 0));
  }
}

/** Sorting thousands costs more than all the rest: only those that can be among the first are sorted. */
function leastOf(scores: Float32Array, limit: number): number {
  return Math.max(kthLargest(scores, scores.length, limit), Number.MIN_VALUE);
}

function sorted(found: readonly (readonly [number, number])[], limit: number) {
  return [...found].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, limit);
}

/** The largest positive sums, best first; of equal ones the smaller number. */
export function bestOf(sums: ReadonlyMap<number, number>, limit: number): readonly (readonly [number, number])[] {
  const least = leastOf(Float32Array.from(sums.values()), limit);
  return sorted(
    [...sums].filter(([, score]) => score > 0 && Math.fround(score) >= least),
    limit,
  );
}

/** The same of a score for every item. */
export function bestScores(scores: Float32Array, limit: number): readonly (readonly [number, number])[] {
  const least = leastOf(scores.slice(), limit);
  const found: (readonly [number, number])[] = [];
  for (let item = 0; item < scores.length; item += 1) {
    const score = scores[item] ?? 0;
    if (score >= least) found.push([item, score]);
  }
  return sorted(found, limit);
}

/** Sums as an answer. */
export function toScored(
  sums: ReadonlyMap<number, number>,
  { names }: Pick<ItemNumbers, "names">,
  limit: number,
  becauseOf: (item: number) => string = () => "",
): readonly ScoredItem[] {
  return bestOf(sums, limit).map(([item, score]) => ({ item: names[item] ?? "", score, because: becauseOf(item) }));
}
