// The directions in which the rows of a large sparse table differ most: a random projection, sharpened by power iterations
// (Halko, Martinsson and Tropp, 2011). Only the directions are kept; a row's place follows by multiplication.
import { createRandom, drawNormal } from "../kernel/index.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/** Row r holds `values[starts[r] .. starts[r + 1])` in the columns beside them. */
export type SparseRows = {
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
  readonly columnCount: number;
};

/** Directions beyond those that are wanted: they catch what the random start missed. */
const spare = 10;
/** Directions with less than a ten-thousandth of the strongest are noise of the arithmetic. */
const leastShare = 1e-8;

/** rows · dense: one run of `width` a row. */
function multiply({ starts, columns, values }: SparseRows, dense: Float32Array, width: number): Float32Array {
  const count = starts.length - 1;
  const result = new Float32Array(count * width);
  for (let row = 0; row < count; row += 1) {
    const to = row * width;
    const end = starts[row + 1] as number; // one more start than rows
    for (let at = starts[row] as number; at < end; at += 1) {
      const value = values[at] as number;
      const from = (columns[at] as number) * width;
      for (let place = 0; place < width; place += 1)
        result[to + place] = (result[to + place] as number) + value * (dense[from + place] as number);
    }
  }
  return result;
}

/** rowsᵀ · dense: one run of `width` a column of the table. */
function multiplyTransposed(rows: SparseRows, dense: Float32Array, width: number): Float32Array {
  const { starts, columns, values, columnCount } = rows;
  const result = new Float32Array(columnCount * width);
  for (let row = 0; row < starts.length - 1; row += 1) {
    const from = row * width;
    const end = starts[row + 1] as number; // one more start than rows
    for (let at = starts[row] as number; at < end; at += 1) {
      const value = values[at] as number;
      const to = (columns[at] as number) * width;
      for (let place = 0; place < width; place += 1)
        result[to + place] = (result[to + place] as number) + value * (dense[from + place] as number);
    }
  }
  return result;
}

/** denseᵀ · dense. */
function gram(dense: Float32Array, width: number): Float64Array {
  const result = new Float64Array(width * width);
  for (let from = 0; from < dense.length; from += width) {
    for (let p = 0; p < width; p += 1) {
      const left = dense[from + p] as number; // whole runs of width
      if (left === 0) continue;
      for (let q = p; q < width; q += 1)
        result[p * width + q] = (result[p * width + q] as number) + left * (dense[from + q] as number);
    }
  }
  for (let p = 0; p < width; p += 1) for (let q = 0; q < p; q += 1) result[p * width + q] = result[q * width + p] ?? 0;
  return result;
}

type Turned = { readonly columns: Float32Array; readonly lengths: Float32Array };

/** Turns the columns so that they are of length one and at right angles, strongest first; weak ones become zero. */
function orthonormal(dense: Float32Array, width: number, kept: number): Turned {
  const { values, vectors } = symmetricEigen(gram(dense, width), width);
  const strongest = values[0] ?? 0;
  const turn = new Float64Array(width * kept);
  for (let to = 0; to < kept; to += 1) {
    const value = values[to] ?? 0;
    if (!(value > leastShare * strongest)) continue;
    for (let from = 0; from < width; from += 1)
      turn[from * kept + to] = (vectors[from * width + to] ?? 0) / Math.sqrt(value);
  }
  const count = dense.length / width;
  const result = new Float32Array(count * kept);
  const sums = new Float64Array(kept);
  for (let row = 0; row < count; row += 1) {
    sums.fill(0);
    for (let from = 0; from < width; from += 1) {
      const value = dense[row * width + from] as number; // whole runs of width
      if (value === 0) continue;
      for (let to = 0; to < kept; to += 1) sums[to] = (sums[to] as number) + value * (turn[from * kept + to] as number);
    }
    result.set(sums, row * kept);
  }
  return {
    columns: result,
    lengths: Float32Array.from(values.subarray(0, kept), (value) => Math.sqrt(Math.max(0, value))),
  };
}

export type Directions = {
  /** `size` numbers for each column of the table. */
  readonly columns: Float32Array;
  /** Singular values: how much the rows differ in each direction. */
  readonly strengths: Float32Array;
};

/**
 * The strongest directions among the columns (right singular vectors), strongest first.
 *
 * @param size directions that are wanted; ones beyond the rank of the table are zero
 */
export function strongestDirections(
  rows: SparseRows,
  size: number,
  { seed, powerIterations = 2 }: { readonly seed: number; readonly powerIterations?: number },
): Directions {
  const random = createRandom(seed);
  const width = size + spare;
  const start = Float32Array.from({ length: rows.columnCount * width }, () => drawNormal(random));
  let left = orthonormal(multiply(rows, start, width), width, width).columns;
  for (let round = 0; round < powerIterations; round += 1) {
    const right = orthonormal(multiplyTransposed(rows, left, width), width, width).columns;
    left = orthonormal(multiply(rows, right, width), width, width).columns;
  }
  const { columns, lengths } = orthonormal(multiplyTransposed(rows, left, width), width, size);
  return { columns, strengths: lengths };
}
