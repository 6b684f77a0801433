import { describe, expect, it } from "vitest";
import { countDistinct, type DistinctValues, distinctCode, exactDistinct, uniteDistinct } from "./distinct-values.ts";

const single = (value: string): DistinctValues => ({ set: distinctCode(value) });
/** Values `from` to before `to`, as one. */
function range(from: number, to: number): DistinctValues {
  if (to - from === 1) return single(`value-${from}`);
  const middle = (from + to) >> 1;
  return uniteDistinct(range(from, middle), range(middle, to));
}

describe("counting different values", () => {
  it("is exact up to ten thousand, whatever comes twice and in which order", () => {
    const all = range(0, exactDistinct);
    expect(countDistinct(all)).toBe(exactDistinct);
    expect(uniteDistinct(all, range(500, 900))).toEqual(all);
    expect(uniteDistinct(range(5, 9), range(0, 7))).toEqual(range(0, 9));
  });

  it("is off by at most two per cent beyond", () => {
    for (const count of [10_001, 15_000, 40_000, 100_000]) {
      const estimate = countDistinct(range(0, count));
      expect(Math.abs(estimate - count) / count, `${count}`).toBeLessThan(0.02);
    }
  });

  it("is the same for any split, on both sides of the limit", () => {
    const whole = range(0, 12_000);
    expect(uniteDistinct(range(0, 11_000), range(9_000, 12_000))).toEqual(whole);
    expect(uniteDistinct(range(11_990, 12_000), range(0, 11_995))).toEqual(whole);
    expect("hll" in whole && whole.hll).toHaveLength(2 ** 14);
  });
});
