// The rows that a tree is grown on, as the machine likes them: packed bins that are read once for several features, and rows of a node
// beside each other.
import type { Binned } from "./bin-features.ts";

/** Rows from `start` to before `end`. */
export type RowRange = { readonly start: number; readonly end: number };
/** Sums of first and second derivatives of the loss. */
export type Slopes = { readonly g: number; readonly h: number };

/** Bins of a feature, the one of no value included. */
export const slots = 64;
/** Sums of one feature: of gradient and of curvature for each bin. */
const featureSums = slots * 2;

/**
 * The rows that a tree is grown on. Rows of a node stand together, and everything that is known of them moves with them: looked up
 * in the table they would be scattered, and waiting for the memory took four times as long as adding.
 */
export type PackedRows = {
  readonly pairs: readonly Pairs[];
  readonly g: Float64Array;
  readonly h: Float64Array;
  /** Halves that hold bins; the one behind them holds the row. */
  readonly halves: number;
};

/**
 * Two numbers of 32 bits a row that move as one of 64: bins of five features, six bits each, in both; behind the last of them the row
 * itself. No half reaches 2^30, so that no pair reads as a double that is no number, whose bits may change on the way.
 */
type Pairs = { readonly whole: Float64Array; readonly halves: Uint32Array };

const featuresOfHalf = 5;
const bitsOfFeature = 6;
const lastBin = (1 << bitsOfFeature) - 1;

/** Tables for up to `rows` rows, to be filled for one tree after the other. */
export function createPackedRows(rows: number, features: number): PackedRows {
  const halves = Math.ceil(features / featuresOfHalf);
  const pairs = Array.from({ length: (halves >> 1) + 1 }, () => pairsOf(rows));
  return { pairs, g: new Float64Array(rows), h: new Float64Array(rows), halves };
}

/** Fills the tables with the given rows. */
export function packRows(
  into: PackedRows,
  data: Binned,
  rows: Int32Array,
  slopes: { readonly g: Float64Array; readonly h: Float64Array },
  features: readonly number[],
): void {
  const { halves, pairs } = into;
  const none = new Uint8Array(data.rows);
  for (let half = 0; half < halves; half += 1) {
    const columns = Array.from(
      { length: featuresOfHalf },
      (_, at) => data.bins[features[half * featuresOfHalf + at] ?? -1] ?? none,
    );
    packHalf((pairs[half >> 1] as Pairs).halves, half & 1, rows, columns);
  }
  const own = (pairs[halves >> 1] as Pairs).halves;
  for (let at = 0; at < rows.length; at += 1) own[2 * at + (halves & 1)] = rows[at] as number;
  take(into.g, slopes.g, rows);
  take(into.h, slopes.h, rows);
}

/** The rows themselves. */
export function rowsIn({ halves, pairs }: PackedRows, { start, end }: RowRange): Int32Array {
  const own = (pairs[halves >> 1] as Pairs).halves;
  const rows = new Int32Array(end - start);
  for (let at = start; at < end; at += 1) rows[at - start] = own[2 * at + (halves & 1)] as number;
  return rows;
}

function pairsOf(rows: number): Pairs {
  const whole = new Float64Array(rows);
  return { whole, halves: new Uint32Array(whole.buffer) };
}

function packHalf(halves: Uint32Array, side: number, rows: Int32Array, columns: readonly Uint8Array[]): void {
  const [a, b, c, d, e] = columns as readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as number;
    halves[2 * at + side] =
      (a[row] as number) |
      ((b[row] as number) << 6) |
      ((c[row] as number) << 12) |
      ((d[row] as number) << 18) |
      ((e[row] as number) << 24);
  }
}

function take(into: Float64Array, values: Float64Array, rows: Int32Array): void {
  for (let at = 0; at < rows.length; at += 1) into[at] = values[rows[at] as number] as number;
}

/** Where the bins of five features of some rows are: every second number. */
function halvesOf({ pairs }: PackedRows, half: number, { start, end }: RowRange): Uint32Array {
  return (pairs[half >> 1] as Pairs).halves.subarray(2 * start + (half & 1), 2 * end);
}

/** Sums of gradient and curvature by feature and bin. */
export function sumUp(given: PackedRows, range: RowRange): Float64Array {
  const { halves } = given;
  const sums = new Float64Array(halves * featuresOfHalf * featureSums);
  const g = given.g.subarray(range.start, range.end);
  const h = given.h.subarray(range.start, range.end);
  for (let half = 0; half < halves; half += 1) {
    const first = half * featuresOfHalf * featureSums;
    sumFive(sums.subarray(first, first + featuresOfHalf * featureSums), halvesOf(given, half, range), g, h);
  }
  return sums;
}

function sumFive(own: Float64Array, halves: Uint32Array, gradients: Float64Array, curvatures: Float64Array): void {
  for (let at = 0; at < gradients.length; at += 1) {
    const g = gradients[at] as number;
    const h = curvatures[at] as number;
    const bins = halves[2 * at] as number;
    let slot = (bins & lastBin) * 2;
    (own[slot] as number) += g;
    (own[slot + 1] as number) += h;
    slot = featureSums + ((bins >>> 6) & lastBin) * 2;
    (own[slot] as number) += g;
    (own[slot + 1] as number) += h;
    slot = 2 * featureSums + ((bins >>> 12) & lastBin) * 2;
    (own[slot] as number) += g;
    (own[slot + 1] as number) += h;
    slot = 3 * featureSums + ((bins >>> 18) & lastBin) * 2;
    (own[slot] as number) += g;
    (own[slot + 1] as number) += h;
    slot = 4 * featureSums + (bins >>> 24) * 2;
    (own[slot] as number) += g;
    (own[slot + 1] as number) += h;
  }
}

/** Rows by feature and bin. */
export function countUp(given: PackedRows, range: RowRange): Int32Array {
  const { halves } = given;
  const counts = new Int32Array(halves * featuresOfHalf * slots);
  for (let half = 0; half < halves; half += 1) {
    const first = half * featuresOfHalf * slots;
    countFive(counts.subarray(first, first + featuresOfHalf * slots), halvesOf(given, half, range));
  }
  return counts;
}

function countFive(own: Int32Array, halves: Uint32Array): void {
  for (let at = 0; at < halves.length; at += 2) {
    const bins = halves[at] as number;
    (own[bins & lastBin] as number) += 1;
    (own[slots + ((bins >>> 6) & lastBin)] as number) += 1;
    (own[2 * slots + ((bins >>> 12) & lastBin)] as number) += 1;
    (own[3 * slots + ((bins >>> 18) & lastBin)] as number) += 1;
    (own[4 * slots + (bins >>> 24)] as number) += 1;
  }
}

/**
 * 1 if a row's bin is above the one of a split, else 0. The sign of a difference instead of a comparison: a processor cannot foresee
 * where a row goes, and guessing wrong costs more than reckoning.
 */
export const isAbove = (own: number, bin: number): number => (bin - own) >>> 31;

/** Rows in the bins up to `bin`. */
export function countUnder(given: PackedRows, place: number, bin: number, range: RowRange): number {
  const halves = halvesOf(given, Math.floor(place / featuresOfHalf), range);
  const shift = bitsOfFeature * (place % featuresOfHalf);
  let under = 0;
  for (let at = 0; at < halves.length; at += 2) under += 1 - isAbove(((halves[at] as number) >>> shift) & lastBin, bin);
  return under;
}

/** Gradient and curvature of some rows. */
export function slopesOf({ g, h }: PackedRows, { start, end }: RowRange): Slopes {
  let [sumG, sumH] = [0, 0];
  for (let at = start; at < end; at += 1) {
    sumG += g[at] as number;
    sumH += h[at] as number;
  }
  return { g: sumG, h: sumH };
}

/** Puts the values of the rows from `start` on to their new places. */
function moveValues(from: Float64Array, to: Float64Array, start: number, places: Int32Array): void {
  for (let at = 0; at < places.length; at += 1) to[places[at] as number] = from[start + at] as number;
}

/**
 * Parts the rows of a node: those on the left of its split first, in their order, then the others, at the same places of `to`.
 *
 * @param canSplit false: the children are leaves, whose bins nobody asks for
 * @param spare as long as all rows
 * @returns the first row of the right child
 */
export function partition(
  [from, to]: readonly [PackedRows, PackedRows],
  { start, end }: RowRange,
  { bin, place, under }: { readonly bin: number; readonly place: number; readonly under: number },
  spare: Int32Array,
  canSplit: boolean,
): number {
  const half = Math.floor(place / featuresOfHalf);
  const shift = bitsOfFeature * (place % featuresOfHalf);
  const own = halvesOf(from, half, { start, end });
  const places = spare.subarray(0, end - start);
  const middle = start + under;
  let [left, right] = [start, middle];
  for (let at = 0; at < places.length; at += 1) {
    const isRight = isAbove(((own[2 * at] as number) >>> shift) & lastBin, bin);
    places[at] = left + (right - left) * isRight;
    left += 1 - isRight;
    right += isRight;
  }
  // The rows themselves are in the last.
  for (let pair = canSplit ? 0 : from.pairs.length - 1; pair < from.pairs.length; pair += 1)
    moveValues((from.pairs[pair] as Pairs).whole, (to.pairs[pair] as Pairs).whole, start, places);
  moveValues(from.g, to.g, start, places);
  moveValues(from.h, to.h, start, places);
  return middle;
}
