import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rotations } from "./list-kind.ts";
import { type Ranked, rotate } from "./rotate.ts";

const candidates = fc.uniqueArray(
  fc.record({ sku: fc.string({ minLength: 1, maxLength: 4 }), priority: fc.integer({ min: 1, max: 4 }) }),
  { selector: ({ sku }) => sku, maxLength: 30 },
);
const of = (priority: number, ...skus: string[]): Ranked[] => skus.map((sku) => ({ sku, priority }));
const skus = (list: readonly Ranked[]) => list.map(({ sku }) => sku);

describe("rotate", () => {
  it("shows candidates by priority, then SKU", () => {
    const { chosen, propensity } = rotate(
      [...of(2, "b"), ...of(1, "d", "c"), ...of(2, "a")],
      "priority-then-id",
      3,
      "",
    );
    expect(skus(chosen)).toEqual(["c", "d", "a"]);
    expect(propensity).toBe(1);
  });

  it("gives distinct candidates, no more than there are places, in groups by priority, and the same for the same seed", () => {
    fc.assert(
      fc.property(
        candidates,
        fc.constantFrom(...rotations),
        fc.integer({ min: 0, max: 20 }),
        fc.string(),
        (list, mode, maximum, seed) => {
          const { chosen, propensity } = rotate(list, mode, maximum, seed);
          expect(chosen).toHaveLength(Math.min(maximum, list.length));
          expect(new Set(skus(chosen)).size).toBe(chosen.length);
          const priorities = chosen.map(({ priority }) => priority);
          expect(priorities).toEqual([...priorities].sort((a, b) => a - b));
          expect(propensity).toBeGreaterThan(0);
          expect(propensity).toBeLessThanOrEqual(1);
          const again = rotate([...list].reverse(), mode, maximum, seed);
          expect(skus(again.chosen)).toEqual(skus(chosen));
        },
      ),
    );
  });

  it("leaves no better priority out when chance decides only within one", () => {
    fc.assert(
      fc.property(candidates, fc.integer({ min: 1, max: 20 }), fc.string(), (list, maximum, seed) => {
        const { chosen } = rotate(list, "priority-then-random", maximum, seed);
        const expected = list.map(({ priority }) => priority).sort((a, b) => a - b);
        expect(chosen.map(({ priority }) => priority)).toEqual(expected.slice(0, maximum));
      }),
    );
  });

  it("gives every product of one priority the same chance", () => {
    const list = of(1, "p-1", "p-2", "p-3", "p-4", "p-5", "p-6");
    const shown = new Map<string, number>();
    const draws = 6_000;
    for (let draw = 0; draw < draws; draw += 1) {
      const { chosen, propensity } = rotate(list, "priority-then-random", 2, `seed-${draw}`);
      expect(propensity).toBeCloseTo(1 / 30, 10);
      for (const sku of skus(chosen)) shown.set(sku, (shown.get(sku) ?? 0) + 1);
    }
    // Standard deviation 36 around 2,000; six of them happen once in 500 million.
    for (const count of shown.values()) expect(Math.abs(count - draws / 3)).toBeLessThan(220);
  });

  it("draws higher priorities oftener in proportion to their weight, the highest of three three times as often as the lowest", () => {
    const list = [...of(10, "a"), ...of(20, "b"), ...of(90, "c")];
    const first = new Map<string, number>();
    const draws = 12_000;
    for (let draw = 0; draw < draws; draw += 1) {
      const { chosen, propensity } = rotate(list, "weighted-random", 1, `s${draw}`);
      const sku = chosen[0]?.sku ?? "";
      first.set(sku, (first.get(sku) ?? 0) + 1);
      expect(propensity).toBeCloseTo(({ a: 3, b: 2, c: 1 }[sku] as number) / 6, 10);
    }
    // Standard deviation at most 55.
    for (const [sku, weight] of Object.entries({ a: 3, b: 2, c: 1 })) {
      expect(Math.abs((first.get(sku) ?? 0) - (draws * weight) / 6)).toBeLessThan(330);
    }
  });
});
