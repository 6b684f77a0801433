import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateCount } from "./estimate.ts";
import { maskedLabel } from "./preview.ts";
import { intersectionsOf, sizeHistory } from "./size-history.ts";

const hour = 3_600_000;

/** Mulberry32: the same numbers each time. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("an estimate from a sample", () => {
  it("holds the true number in its interval about 19 times out of 20", () => {
    const total = 2_000;
    let held = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round += 1) {
      const share = (round % 20) / 40 + 0.01;
      const random = randomOf(round);
      const everybody = Array.from({ length: total }, () => ({ isMember: random() < share, order: random() }));
      const truth = everybody.filter(({ isMember }) => isMember).length;
      const sample = everybody.sort((a, b) => a.order - b.order).slice(0, 300);
      const { low, high } = estimateCount(sample.filter(({ isMember }) => isMember).length, sample.length, total);
      if (low <= truth && truth <= high) held += 1;
    }
    expect(held / rounds).toBeGreaterThan(0.92);
    expect(held / rounds).toBeLessThan(0.995);
  });

  it("is exact when everybody was seen, and never rules out what was seen", () => {
    expect(estimateCount(7, 50, 50)).toMatchObject({ count: 7, low: 7, high: 7, margin: 0 });
    expect(estimateCount(0, 0, 50)).toMatchObject({ count: 0, low: 0, high: 50 });
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.nat(1_000), (hits, others, unseen) => {
        const { low, high, count, margin } = estimateCount(hits, hits + others, hits + others + unseen);
        expect(low).toBeGreaterThanOrEqual(Math.min(hits, low));
        expect(low).toBeLessThanOrEqual(high);
        expect(high).toBeLessThanOrEqual(hits + others + unseen);
        expect(Math.abs(count - low)).toBeLessThanOrEqual(margin);
      }),
    );
  });
});

describe("overlap", () => {
  it("counts every intersection as looking at each member does", () => {
    const keys = ["a", "b", "c", "d"];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 15 }), { maxLength: 40 }), (members) => {
        const bySet = new Map<number, number>();
        for (const bits of members) bySet.set(bits, (bySet.get(bits) ?? 0) + 1);
        const { sizes, intersections } = intersectionsOf(keys, bySet);
        const isIn = (bits: number, key: string): boolean => (bits & (1 << keys.indexOf(key))) !== 0;
        for (const key of keys) expect(sizes[key]).toBe(members.filter((bits) => isIn(bits, key)).length);
        expect(intersections).toHaveLength(11);
        for (const { audiences, count } of intersections)
          expect(count).toBe(members.filter((bits) => audiences.every((key) => isIn(bits, key))).length);
      }),
    );
  });
});

describe("size history", () => {
  it("fills the periods in which nothing happened, backwards from what is known", () => {
    const movements = [
      { at: 1 * hour, entered: 5, exited: 1, size: null },
      { at: 3 * hour, entered: 2, exited: 3, size: null },
    ];
    expect(sizeHistory(movements, { from: 0, to: 4.5 * hour, step: "hour" }, 10).map(({ size }) => size)).toEqual([
      7, 11, 11, 10, 10,
    ]);
  });

  it("takes sizes that were written down, and counts from them", () => {
    const movements = [{ at: 1 * hour, entered: 1, exited: 0, size: 4 }];
    expect(sizeHistory(movements, { from: 0, to: 3 * hour, step: "hour" }, 9)).toEqual([
      { at: 0, size: 3, entered: 0, exited: 0 },
      { at: hour, size: 4, entered: 1, exited: 0 },
      { at: 2 * hour, size: 9, entered: 0, exited: 0 },
    ]);
  });
});

it("masks names and addresses", () => {
  expect(maskedLabel("Veronica Costello")).toBe("V••• C•••");
  expect(maskedLabel("roni@example.com")).toBe("r•••@•••.com");
  expect(maskedLabel("")).toBe("•••");
});
