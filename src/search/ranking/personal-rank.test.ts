import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { percentiles, rankPersonally } from "./personal-rank.ts";

const candidate = (sku: string, score: number) => ({ sku, score });
const skuOf = ({ sku }: { readonly sku: string }) => sku;

describe("personal ranking", () => {
  it("counts smaller values and half of the equal ones", () => {
    expect([...percentiles(Float64Array.of(1, 2, 2, 5))]).toEqual([0, 0.5, 0.5, 1]);
    expect([...percentiles(Float64Array.of(0, 0, 0))]).toEqual([0.5, 0.5, 0.5]);
    expect([...percentiles(Float64Array.of(7))]).toEqual([0.5]);
  });

  it("agrees with counting by hand", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 40 }), (values) => {
        const expected = values.map((value, at) => {
          const smaller = values.filter((other) => other < value).length;
          const equal = values.filter((other, place) => other === value && place !== at).length;
          return (smaller + equal / 2) / (values.length - 1);
        });
        for (const [at, percentile] of percentiles(Float64Array.from(values)).entries())
          expect(percentile).toBeCloseTo(expected[at] ?? -1, 12);
      }),
    );
  });

  it("multiplies the normalised text score by one factor a signal", () => {
    const affinity = new Map([
      ["a", 0],
      ["b", 10],
    ]);
    const [first, second] = rankPersonally(
      [candidate("a", 4), candidate("b", 3.8)],
      [{ name: "brand", beta: 0.3, valueOf: (sku) => affinity.get(sku) }],
      skuOf,
    );
    expect(first).toMatchObject({ candidate: { sku: "b" }, base: 0.95 });
    expect(first?.score).toBeCloseTo(0.95 * 1.15, 10);
    expect(first?.signalsAt(first.at)).toEqual([{ name: "brand", beta: 0.3, value: 10, percentile: 1, factor: 1.15 }]);
    expect(second?.score).toBeCloseTo(0.85, 10);
  });

  it("cuts a share beyond 0.3, so that text is never drowned", () => {
    const rows = rankPersonally(
      [candidate("a", 10), candidate("b", 5)],
      [{ name: "loud", beta: 50, valueOf: (sku) => (sku === "b" ? 1 : 0) }],
      skuOf,
    );
    expect(rows.map(({ candidate: { sku } }) => sku)).toEqual(["a", "b"]);
    expect(rows[1]?.signalsAt(rows[1].at)[0]?.factor).toBe(1.15);
  });

  it("keeps the incoming order of equal scores and reads missing values as 0", () => {
    const rows = rankPersonally(
      [candidate("x", 1), candidate("a", 1)],
      [{ name: "none", beta: 0.3, valueOf: () => undefined }],
      skuOf,
    );
    expect(rows.map(({ candidate: { sku } }) => sku)).toEqual(["x", "a"]);
    expect(rows[0]?.signalsAt(rows[0].at)[0]).toMatchObject({ value: 0, percentile: 0.5, factor: 1 });
  });
});
