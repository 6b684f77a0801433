import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { type SparseRows, strongestDirections } from "./randomised-svd.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

function sparse(rows: readonly (readonly number[])[]): SparseRows {
  const columnCount = rows[0]?.length ?? 0;
  const starts = [0];
  const columns: number[] = [];
  const values: number[] = [];
  for (const row of rows) {
    for (const [column, value] of row.entries()) {
      if (value === 0) continue;
      columns.push(column);
      values.push(value);
    }
    starts.push(columns.length);
  }
  return {
    starts: Uint32Array.from(starts),
    columns: Uint32Array.from(columns),
    values: Float32Array.from(values),
    columnCount,
  };
}

function covariance(rows: readonly (readonly number[])[], size: number): Float64Array {
  const sums = new Float64Array(size * size);
  for (const row of rows)
    for (let p = 0; p < size; p += 1) for (let q = 0; q < size; q += 1) sums[p * size + q]! += row[p]! * row[q]!;
  return sums;
}

describe("eigenvectors of a symmetric matrix", () => {
  it("give the matrix back", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer(), (size, seed) => {
        const random = createRandom(seed);
        const rows = Array.from({ length: size + 2 }, () => Array.from({ length: size }, () => random() - 0.5));
        const matrix = covariance(rows, size);
        const { values, vectors } = symmetricEigen(matrix, size);
        for (let p = 0; p < size; p += 1)
          for (let q = 0; q < size; q += 1) {
            let sum = 0;
            for (let k = 0; k < size; k += 1) sum += values[k]! * vectors[p * size + k]! * vectors[q * size + k]!;
            expect(sum).toBeCloseTo(matrix[p * size + q]!, 8);
          }
        expect([...values]).toEqual([...values].sort((a, b) => b - a));
      }),
      { numRuns: 30 },
    );
  });
});

describe("the strongest directions of a table", () => {
  it("are those of the exact decomposition", () => {
    const random = createRandom(4);
    // Five directions of falling strength, and a little noise.
    const bases = Array.from({ length: 5 }, () => Array.from({ length: 40 }, () => random() - 0.5));
    const rows = Array.from({ length: 200 }, () => {
      const shares = bases.map((_, at) => (random() - 0.5) * 2 ** -at * 8);
      return Array.from({ length: 40 }, (_, column) =>
        shares.reduce((sum, share, at) => sum + share * bases[at]![column]!, 0.01 * (random() - 0.5)),
      );
    });
    const exact = symmetricEigen(covariance(rows, 40), 40);
    const { columns: found, strengths } = strongestDirections(sparse(rows), 5, { seed: 1 });
    for (let k = 0; k < 5; k += 1) {
      let cosine = 0;
      for (let column = 0; column < 40; column += 1) cosine += found[column * 5 + k]! * exact.vectors[column * 40 + k]!;
      expect(Math.abs(cosine)).toBeGreaterThan(0.999);
      expect(strengths[k]).toBeCloseTo(Math.sqrt(exact.values[k]!), 3);
    }
  });

  it("are zero beyond the rank of the table", () => {
    const rows = [
      [1, 0, 1, 0],
      [2, 0, 2, 0],
      [0, 3, 0, 0],
    ];
    const { columns: found } = strongestDirections(sparse(rows), 4, { seed: 1 });
    const lengths = [0, 1, 2, 3].map((k) => [0, 1, 2, 3].reduce((sum, column) => sum + found[column * 4 + k]! ** 2, 0));
    expect(lengths.slice(0, 2).every((length) => Math.abs(length - 1) < 1e-4)).toBe(true);
    expect(lengths.slice(2)).toEqual([0, 0]);
  });

  it("follow from the seed", () => {
    const random = createRandom(8);
    const rows = Array.from({ length: 30 }, () => Array.from({ length: 20 }, () => (random() < 0.3 ? random() : 0)));
    expect(strongestDirections(sparse(rows), 6, { seed: 2 })).toEqual(
      strongestDirections(sparse(rows), 6, { seed: 2 }),
    );
  });
});
