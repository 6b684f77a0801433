// Inverse of a symmetric positive definite matrix in place, in Float32, by the sweep operator on blocks of 64 columns. It does
// as many multiplications as Cholesky with both triangular products (n³ / 2) and needs one loop that matters instead of three.

const block = 64;

/** Gauss-Jordan of one small block in Float64; no pivots: the matrix is positive definite. */
function invertBlock(values: Float64Array, size: number): void {
  for (let pivot = 0; pivot < size; pivot += 1) {
    const diagonal = values[pivot * size + pivot] ?? 0;
    if (!(diagonal > 0)) throw new RangeError("matrix is not positive definite");
    values[pivot * size + pivot] = 1;
    for (let column = 0; column < size; column += 1)
      values[pivot * size + column] = (values[pivot * size + column] ?? 0) / diagonal;
    for (let row = 0; row < size; row += 1) {
      if (row === pivot) continue;
      const factor = values[row * size + pivot] ?? 0;
      values[row * size + pivot] = 0;
      for (let column = 0; column < size; column += 1)
        values[row * size + column] =
          (values[row * size + column] ?? 0) - factor * (values[pivot * size + column] ?? 0);
    }
  }
}

/** row −= Σ_k weights[k] · panel[k], up to `end`: four rows of the panel at once, so that `row` is read and written less. */
function subtractRows(row: Float32Array, weights: Float64Array, panel: readonly Float32Array[], end: number): void {
  let k = 0;
  for (; k + 3 < panel.length; k += 4) {
    const [first, second, third, fourth] = [panel[k], panel[k + 1], panel[k + 2], panel[k + 3]];
    if (!first || !second || !third || !fourth) return;
    const [a, b, c, d] = [weights[k] ?? 0, weights[k + 1] ?? 0, weights[k + 2] ?? 0, weights[k + 3] ?? 0];
    for (let at = 0; at < end; at += 1)
      row[at] =
        (row[at] ?? 0) - (a * (first[at] ?? 0) + b * (second[at] ?? 0) + c * (third[at] ?? 0) + d * (fourth[at] ?? 0));
  }
  for (; k < panel.length; k += 1) {
    const only = panel[k];
    const weight = weights[k] ?? 0;
    if (only) for (let at = 0; at < end; at += 1) row[at] = (row[at] ?? 0) - weight * (only[at] ?? 0);
  }
}

/**
 * Inverts in place.
 *
 * @param matrix size × size by rows; only the lower triangle is read, both are written
 * @throws {RangeError} when it is not positive definite
 */
export function invertSymmetric(matrix: Float32Array, size: number): void {
  const rows = Array.from({ length: size }, (_, row) => matrix.subarray(row * size, (row + 1) * size));
  const weights = new Float64Array(block);
  for (let start = 0; start < size; start += block) {
    const width = Math.min(block, size - start);
    const at = (row: number, column: number): number =>
      (row >= column ? rows[row]?.[column] : rows[column]?.[row]) ?? 0;
    const inverse = Float64Array.from({ length: width * width }, (_, index) =>
      at(start + Math.floor(index / width), start + (index % width)),
    );
    invertBlock(inverse, width);
    const crossing = Array.from({ length: width }, (_, k) =>
      Float32Array.from({ length: size }, (_value, column) => at(start + k, column)),
    );
    const solved = crossing.map((_, k) => {
      const sum = new Float32Array(size);
      subtractRows(
        sum,
        inverse.subarray(k * width, (k + 1) * width).map((value) => -value),
        crossing,
        size,
      );
      return sum;
    });
    for (let row = 0; row < size; row += 1) {
      const target = rows[row];
      if (!target || (row >= start && row < start + width)) continue;
      for (let k = 0; k < width; k += 1) weights[k] = crossing[k]?.[row] ?? 0;
      // What this writes into the columns of the block is replaced below.
      subtractRows(target, weights, solved, row + 1);
      if (row > start) for (let k = 0; k < width; k += 1) target[start + k] = solved[k]?.[row] ?? 0;
    }
    for (let k = 0; k < width; k += 1) {
      const target = rows[start + k];
      const values = solved[k];
      if (!target || !values) continue;
      for (let column = 0; column < start; column += 1) target[column] = values[column] ?? 0;
      for (let column = 0; column <= k; column += 1) target[start + column] = -(inverse[k * width + column] ?? 0);
    }
  }
  for (let row = 0; row < size; row += 1) {
    const target = rows[row];
    if (!target) continue;
    for (let column = 0; column <= row; column += 1) {
      const value = -(target[column] ?? 0);
      target[column] = value;
      const mirrored = rows[column];
      if (mirrored) mirrored[row] = value;
    }
  }
}
