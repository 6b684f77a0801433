import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { lambdaObjective } from "./lambda-objective.ts";
import { discounts, idealDcg, ndcgOf } from "./ndcg.ts";

/** Σ over pairs of |ΔNDCG| · ln(1 + e^−(s_i − s_j)) with the changes of rank held fixed: what the derivatives are of. */
function lossOf(scores: Float64Array, gains: Float32Array, weights: Float32Array, changes: Float64Array): number {
  let sum = 0;
  const count = gains.length;
  for (let i = 0; i < count; i += 1)
    for (let j = 0; j < count; j += 1)
      if (gains[i]! > gains[j]!)
        sum += changes[i * count + j]! * weights[i]! * Math.log1p(Math.exp(-(scores[i]! - scores[j]!)));
  return sum;
}

function changesOf(scores: Float64Array, gains: Float32Array): Float64Array {
  const count = gains.length;
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
  const rank = new Map(order.map((row, at) => [row, at]));
  const ideal = idealDcg(gains, 0, count);
  const changes = new Float64Array(count * count);
  for (let i = 0; i < count; i += 1)
    for (let j = 0; j < count; j += 1)
      changes[i * count + j] =
        Math.abs(discounts[rank.get(i)!]! - discounts[rank.get(j)!]!) * (gains[i]! - gains[j]!) * (1 / ideal);
  return changes;
}

describe("the loss of lists", () => {
  it("has the derivatives that finite differences find", () => {
    const random = createRandom(3);
    for (let round = 0; round < 20; round += 1) {
      const count = 3 + Math.floor(random() * 14);
      const gains = Float32Array.from({ length: count }, () => (random() < 0.3 ? 1 + Math.floor(random() * 3) : 0));
      gains[0] = 2;
      gains[1] = 0;
      const weights = Float32Array.from({ length: count }, () => 1 + random() * 4);
      const scores = Float64Array.from({ length: count }, () => random() * 4 - 2);
      const changes = changesOf(scores, gains);
      const lists = { starts: Int32Array.of(0, count), gains, learned: new Uint8Array(count).fill(1), weights };
      const [g, h] = [new Float64Array(count), new Float64Array(count)];
      lambdaObjective(lists, 0, 1).derive(scores, g, h);
      const at = (row: number, by: number) =>
        lossOf(
          scores.map((score, other) => (other === row ? score + by : score)),
          gains,
          weights,
          changes,
        );
      for (let row = 0; row < count; row += 1) {
        expect(g[row]).toBeCloseTo((at(row, 1e-4) - at(row, -1e-4)) / 2e-4, 2);
        expect(h[row]).toBeCloseTo((at(row, 1e-3) - 2 * at(row, 0) + at(row, -1e-3)) / 1e-6, 2);
      }
    }
  });

  it("leaves rows alone of which nothing was logged", () => {
    const lists = {
      starts: Int32Array.of(0, 3),
      gains: Float32Array.of(0, 1, 0),
      learned: Uint8Array.of(1, 1, 0),
      weights: Float32Array.of(1, 1, 1),
    };
    const [g, h] = [new Float64Array(3), new Float64Array(3)];
    lambdaObjective(lists, 0, 1).derive(Float64Array.of(0, 0, 0), g, h);
    expect(g[0]).toBeGreaterThan(0);
    expect(g[1]).toBeLessThan(0);
    expect(g[2]).toBe(0);
  });

  it("pulls nothing apart in lists outside of its span or without a gain", () => {
    const lists = {
      starts: Int32Array.of(0, 2, 4),
      gains: Float32Array.of(0, 0, 0, 1),
      learned: new Uint8Array(4).fill(1),
      weights: new Float32Array(4).fill(1),
    };
    const [g, h] = [new Float64Array(4), new Float64Array(4)];
    lambdaObjective(lists, 0, 1).derive(new Float64Array(4), g, h);
    expect([...g]).toEqual([0, 0, 0, 0]);
  });
});

describe("NDCG", () => {
  it("is 1 for the best order and as worked out by hand for another", () => {
    const gains = Float32Array.of(0, 1, 3);
    expect(ndcgOf(Float64Array.of(1, 2, 3), gains, 0, 3)).toBe(1);
    // Order 0, 1, 3: 1/log2(3) + 3/log2(4) by 3 + 1/log2(3).
    const expected = (1 / Math.log2(3) + 3 / 2) / (3 + 1 / Math.log2(3));
    expect(ndcgOf(Float64Array.of(3, 2, 1), gains, 0, 3)).toBeCloseTo(expected, 12);
    expect(ndcgOf(Float64Array.of(1, 2), Float32Array.of(0, 0), 0, 2)).toBeUndefined();
  });

  it("equals sorting by score, whatever the list", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ score: fc.integer({ min: -5, max: 5 }), gain: fc.constantFrom(0, 0, 1, 2, 3) }), {
          minLength: 1,
          maxLength: 40,
        }),
        (rows) => {
          const gains = rows.map(({ gain }) => gain);
          const sorted = rows.map((row, at) => ({ ...row, at })).sort((a, b) => b.score - a.score || a.at - b.at);
          const dcg = (list: readonly number[]) =>
            list.slice(0, 10).reduce((sum, gain, at) => sum + gain / Math.log2(at + 2), 0);
          const ideal = dcg([...gains].sort((a, b) => b - a));
          const found = ndcgOf(
            rows.map(({ score }) => score),
            gains,
            0,
            rows.length,
          );
          if (ideal === 0) expect(found).toBeUndefined();
          else expect(found).toBeCloseTo(dcg(sorted.map(({ gain }) => gain)) / ideal, 9);
        },
      ),
    );
  });
});
