import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineOverlaps } from "./line-overlaps.ts";

const unitArbitrary = fc.record({
  byRule: fc.uniqueArray(fc.tuple(fc.constantFrom(..."abcdefghij"), fc.integer({ min: 0, max: 2 })), {
    maxLength: 6,
    selector: ([key]) => key,
  }),
});

describe("rules that discount the same lines", () => {
  it("are counted once an order, as by comparing every two rules of every line", () => {
    const orders = fc.array(fc.array(unitArbitrary, { maxLength: 70 }), { maxLength: 12 });
    fc.assert(
      fc.property(orders, (all) => {
        const overlaps = createLineOverlaps();
        const naive = new Map<string, number>();
        for (const units of all) {
          overlaps.add(units);
          const pairs = units.flatMap(({ byRule }) => {
            const keys = byRule.flatMap(([key, minor]) => (minor > 0 ? [key] : [])).sort();
            return keys.flatMap((a, at) => keys.slice(at + 1).map((b) => `${a},${b}`));
          });
          for (const pair of new Set(pairs)) naive.set(pair, (naive.get(pair) ?? 0) + 1);
        }
        const counted = overlaps.most(1_000).map(({ rules, orders: times }) => [rules.join(), times] as const);
        expect(new Map(counted)).toEqual(naive);
        expect(counted.map(([, times]) => times)).toEqual([...naive.values()].sort((a, b) => b - a));
      }),
    );
  });

  it("are counted for the rules that come first when there are thousands", () => {
    const overlaps = createLineOverlaps();
    const byRule = Array.from({ length: 3_000 }, (_, at) => [`rule-${at}`, 1] as const);
    for (let at = 0; at < byRule.length; at += 100) overlaps.add([{ byRule: byRule.slice(at, at + 100) }]);
    const found = overlaps.most(1_000_000);
    expect(found.length).toBe((20 * (100 * 99)) / 2);
    expect(new Set(found.map(({ orders }) => orders))).toEqual(new Set([1]));
  });
});
