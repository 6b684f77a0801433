import { describe, expect, it } from "vitest";
import { type Reading, rateOf, withReading } from "./progress-rate.ts";

const readingsOf = (...values: readonly (readonly [number, number, number])[]) =>
  values.reduce<readonly Reading[]>((known, [atMs, bytes, rows]) => withReading(known, { atMs, bytes, rows }), []);

describe("the rate of an import", () => {
  it("is rows a second, with the time that the rest takes at that rate", () => {
    const readings = readingsOf([0, 0, 0], [1000, 500, 10], [2000, 1000, 20]);
    expect(rateOf(readings, 4000)).toEqual({ rowsPerSecond: 10, leftMs: 6000 });
  });

  it("is of the last 30 seconds, so that a slow start is forgotten", () => {
    const readings = readingsOf([0, 0, 0], [10_000, 1, 1], [40_000, 3001, 301]);
    expect(rateOf(readings, 3001)).toEqual({ rowsPerSecond: 10, leftMs: 0 });
  });

  it("is not known from one reading, and no end is told while nothing moves", () => {
    expect(rateOf(readingsOf([0, 5, 5]), 10)).toBeNull();
    expect(rateOf(readingsOf([0, 5, 5], [1000, 5, 5]), 10)).toEqual({ rowsPerSecond: 0, leftMs: null });
  });

  it("begins anew when the figures go back, and does not count one reading twice", () => {
    expect(readingsOf([0, 5, 5], [1000, 2, 2])).toEqual([{ atMs: 1000, bytes: 2, rows: 2 }]);
    expect(readingsOf([0, 5, 5], [0, 5, 5])).toHaveLength(1);
  });
});
