/**
 * Solves A x = b for a symmetric positive definite A by Cholesky, in place.
 *
 * @param matrix size × size by rows; only the lower triangle is read, it is overwritten
 * @param values b; x afterwards
 * @throws {RangeError} when A is not positive definite
 */
export function solvePositive(matrix: Float64Array, values: Float64Array, size: number): void {
  for (let row = 0; row < size; row += 1) {
    const start = row * size;
    for (let column = 0; column <= row; column += 1) {
      const other = column * size;
      let sum = matrix[start + column] ?? 0;
      for (let k = 0; k < column; k += 1) sum -= (matrix[start + k] ?? 0) * (matrix[other + k] ?? 0);
      if (row !== column) matrix[start + column] = sum / (matrix[other + column] ?? 1);
      else if (sum > 0) matrix[start + row] = Math.sqrt(sum);
      else throw new RangeError("matrix is not positive definite");
    }
  }
  for (let row = 0; row < size; row += 1) {
    let sum = values[row] ?? 0;
    for (let k = 0; k < row; k += 1) sum -= (matrix[row * size + k] ?? 0) * (values[k] ?? 0);
    values[row] = sum / (matrix[row * size + row] ?? 1);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = values[row] ?? 0;
    for (let k = row + 1; k < size; k += 1) sum -= (matrix[k * size + row] ?? 0) * (values[k] ?? 0);
    values[row] = sum / (matrix[row * size + row] ?? 1);
  }
}
