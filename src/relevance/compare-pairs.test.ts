import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { comparePairs } from "./compare-pairs.ts";
import { judgedShareOf, ndcgOf } from "./ndcg.ts";

describe("ndcgOf", () => {
  it("agrees with a calculation by hand", () => {
    const grades = new Map([
      ["a", 3],
      ["b", 2],
      ["c", 0],
    ]);
    // Ideal: 1/log2(2) + (2/3)/log2(3) = 1.42062; shown: b first, then an unjudged one, then a.
    const ideal = 1 + 2 / 3 / Math.log2(3);
    expect(ndcgOf(["b", "x", "a"], grades, 10)).toBeCloseTo((2 / 3 + 1 / 2) / ideal, 12);
    expect(ndcgOf(["b", "x", "a"], grades, 2)).toBeCloseTo(2 / 3 / ideal, 12);
    expect(ndcgOf([], grades, 10)).toBe(0);
    expect(ndcgOf(["a"], new Map([["a", 0]]), 10)).toBeUndefined();
    expect(judgedShareOf(["b", "x", "a"], grades, 10)).toBeCloseTo(2 / 3, 12);
  });

  it("is 1 for the ideal order and never above", () => {
    const judged = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.integer({ min: 0, max: 3 })), {
      selector: ([sku]) => sku,
      minLength: 1,
    });
    fc.assert(
      fc.property(judged, fc.integer({ min: 1, max: 12 }), (pairs, cutoff) => {
        const grades = new Map(pairs);
        const best = [...pairs].sort((a, b) => b[1] - a[1]).map(([sku]) => sku);
        const ndcg = ndcgOf(best, grades, cutoff);
        if (pairs.every(([, grade]) => grade === 0)) expect(ndcg).toBeUndefined();
        else {
          expect(ndcg).toBeCloseTo(1, 12);
          const shown = pairs.map(([sku]) => sku);
          expect(ndcgOf(shown, grades, cutoff)).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });
});

describe("comparePairs", () => {
  const noise = createRandom(7);
  const base = Array.from({ length: 60 }, () => noise());

  it("sees a steady gain, and calls noise chance", () => {
    const better = base.map((value) => value + 0.05 + 0.02 * noise());
    const gain = comparePairs(base, better);
    expect(gain?.mean).toBeCloseTo(0.06, 2);
    expect(gain?.p).toBeLessThan(0.001);
    expect(gain?.interval[0]).toBeGreaterThan(0.05);
    const shaken = comparePairs(
      base,
      base.map((value) => value + 0.1 * (noise() - 0.5)),
    );
    expect(shaken?.p).toBeGreaterThan(0.05);
    expect(shaken?.interval[0]).toBeLessThan(0);
    expect(shaken?.interval[1]).toBeGreaterThan(0);
  });

  it("agrees with all possible exchanges of a small case", () => {
    const [a, b] = [
      [0.1, 0.4, 0.3, 0.2, 0.5],
      [0.3, 0.5, 0.2, 0.6, 0.9],
    ];
    const differences = a.map((value, at) => (b[at] ?? 0) - value);
    const mean = differences.reduce((sum, value) => sum + value, 0) / 5;
    let asLarge = 0;
    for (let signs = 0; signs < 32; signs += 1) {
      const sum = differences.reduce((total, value, at) => total + (signs & (1 << at) ? value : -value), 0);
      if (Math.abs(sum / 5) >= Math.abs(mean) - 1e-12) asLarge += 1;
    }
    expect(comparePairs(a, b)?.p).toBeCloseTo(asLarge / 32, 1);
  });

  it("is repeatable, and says nothing of one query", () => {
    const better = base.map((value) => value + 0.01 * noise());
    expect(comparePairs(base, better)).toEqual(comparePairs(base, better));
    expect(comparePairs([0.2], [0.9])).toBeUndefined();
  });
});
