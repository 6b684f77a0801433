import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Count, logLikelihoodRatio, type PairCount, scorePairs, scorePairsInSlices } from "./pair-scores.ts";

const counts = (entries: Record<string, number>): ReadonlyMap<string, Count> =>
  new Map(Object.entries(entries).map(([sku, n]) => [sku, { n, w: n }]));
const pair = (a: string, b: string, n: number): PairCount => ({ a, b, n, w: n });

describe("the log-likelihood ratio", () => {
  it("gives the published value of Dunning's bigram example", () => {
    // "the swiss": 110 together, 2,442 and 111 + … alone, as in Dunning (1993), table 1: k = (110, 2442, 111, 29114), −2 log λ = 270.72.
    expect(logLikelihoodRatio(110, 110 + 2442, 110 + 111, 110 + 2442 + 111 + 29114)).toBeCloseTo(270.72, 1);
  });

  it("is zero for independent products and never negative", () => {
    expect(logLikelihoodRatio(10, 100, 100, 1_000)).toBeCloseTo(0, 9);
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(50), fc.nat(500), (both, onlyA, onlyB, none) => {
        expect(
          logLikelihoodRatio(both, both + onlyA, both + onlyB, both + onlyA + onlyB + none + 1),
        ).toBeGreaterThanOrEqual(-1e-9);
      }),
    );
  });
});

describe("pairs of products", () => {
  it("score by shrunk conditional probability", () => {
    const scored = scorePairs({
      total: { n: 1_000, w: 1_000 },
      items: counts({ a: 50, b: 40 }),
      pairs: [pair("a", "b", 30)],
    });
    expect(scored.get("a")).toEqual([{ sku: "b", support: 30, lift: 15, score: (30 + 20 * 0.04) / (50 + 20) }]);
  });

  it("are left out below three baskets, near chance, and when the products avoid each other", () => {
    const items = counts({ a: 500, b: 500, rare: 3, other: 400 });
    const scored = scorePairs({
      total: { n: 1_000, w: 1_000 },
      items,
      pairs: [pair("a", "rare", 2), pair("a", "b", 252), pair("a", "other", 20)],
    });
    expect(scored.size).toBe(0);
  });

  it("rank a popular product behind a specific one", () => {
    const scored = scorePairs({
      total: { n: 10_000, w: 10_000 },
      items: counts({ tent: 100, bestseller: 4_000, peg: 60 }),
      pairs: [pair("tent", "bestseller", 62), pair("tent", "peg", 40)],
    });
    expect(scored.get("tent")?.map((neighbour) => neighbour.sku)).toContain("peg");
    expect(scored.get("tent")?.find((neighbour) => neighbour.sku === "peg")?.lift).toBeGreaterThan(50);
  });
});

describe("scores in slices", () => {
  it("equal scores at once, also of more pairs than a slice takes", async () => {
    const skus = Array.from({ length: 60 }, (_, at) => `p${at}`);
    const all = {
      total: { n: 10_000, w: 9_000 },
      items: new Map(skus.map((sku, at) => [sku, { n: 40 + at, w: 30 + at }])),
      pairs: skus.flatMap((a, at) => skus.map((b, to) => ({ a, b, n: (at * 7 + to * 3) % 30, w: (at + to) % 25 }))),
    };
    const sliced = await scorePairsInSlices(all);
    expect(sliced.size).toBeGreaterThan(50);
    expect(sliced).toEqual(scorePairs(all));
  });
});
