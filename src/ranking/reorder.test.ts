import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { diversify, plainDiversity, similarity } from "./diversify.ts";
import { drawBeta, exploreOne, exploringSlots } from "./explore.ts";
import type { ItemFacts } from "./item-facts.ts";
import { createReorder, type ReorderInput } from "./reorder.ts";

function anItem(sku: string, more: Partial<ItemFacts> = {}): ItemFacts {
  return {
    ...{ sku, brand: "", category: "a", categories: ["a"], colours: [], sizes: [], price: 1_000, discount: 0 },
    ...{ qty: 1, isInStock: true, rating: 3.5, reviews: 0, images: 1, variants: 0, createdAt: 0 },
    ...more,
  };
}

const plain: ReorderInput["settings"] = { diversity: null, isExploring: false, shuffleShare: 0 };

function anInput(more: Partial<ReorderInput> = {}): ReorderInput {
  return {
    ...{ itemOf: (sku) => anItem(sku), knownOf: () => ({ clicks: 0, shown: 0 }), exploredOf: () => 0, seed: "s" },
    ...{ query: "", page: { offset: 0, limit: 24 }, settings: plain, mayExplore: () => true, note: () => undefined },
    ...more,
  };
}

function aList(count: number, pinned: readonly number[] = []) {
  return {
    skus: Array.from({ length: count }, (_, at) => `p${at}`),
    scores: Float64Array.from({ length: count }, (_, at) => 1 - at / 1_000),
    pinned: new Set(pinned),
  };
}

const natural = (count: number) => Array.from({ length: count }, (_, at) => at);

describe("the last word on an order", () => {
  it("keeps every product exactly once, with a chance above 0, whatever is switched on", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.string(),
        fc.boolean(),
        fc.constantFrom(0, 0.5, 1),
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 3 }),
        (count, seed, isExploring, shuffleShare, pinned) => {
          const settings = { diversity: plainDiversity, isExploring, shuffleShare };
          const itemOf = (sku: string) => anItem(sku, { brand: `b${sku.length}`, price: 100 * sku.length });
          const { order, propensities } = createReorder(anInput({ settings, seed, itemOf }))(aList(count, pinned));
          expect([...order].sort((a, b) => a - b)).toEqual(natural(count));
          expect(propensities).toHaveLength(count);
          for (const chance of propensities) {
            expect(chance).toBeGreaterThan(0);
            expect(chance).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it("is the same for the same list and day", () => {
    const settings = { diversity: null, isExploring: true, shuffleShare: 0.5 };
    const run = () => createReorder(anInput({ settings, seed: "anonymous_id:1|search|red|20000" }))(aList(40));
    expect(run()).toEqual(run());
  });

  it("leaves a page alone that somebody has arranged by hand", () => {
    const settings = { diversity: null, isExploring: true, shuffleShare: 1 };
    const { order, propensities } = createReorder(anInput({ settings }))(aList(30, [2]));
    expect(order).toEqual(natural(30));
    expect(propensities.every((chance) => chance === 1)).toBe(true);
  });

  it("explores in the sixth slot only, and notes the chance", () => {
    const notes: [string, number, number][] = [];
    const settings = { diversity: null, isExploring: true, shuffleShare: 0 };
    const { order, propensities } = createReorder(
      anInput({ settings, note: (sku, chance, kind) => notes.push([sku, chance, kind]) }),
    )(aList(24));
    expect(order.slice(0, 5)).toEqual(natural(5));
    expect(order.filter((number) => number !== order[5])).toEqual(natural(24).filter((number) => number !== order[5]));
    expect(notes).toEqual([[`p${order[5]}`, propensities[5], 1]]);
    expect(propensities[5]).toBeLessThan(0.3);
    expect(exploringSlots(0, 50)).toEqual([5, 25, 45]);
    expect(exploringSlots(24, 48)).toEqual([25, 45]);
  });

  it("explores neither well-known products, nor weak ones, nor ones that had their turn, nor small grids", () => {
    const settings = { diversity: null, isExploring: true, shuffleShare: 0 };
    const order = (more: Partial<ReorderInput>, list = aList(24)) =>
      createReorder(anInput({ settings, ...more }))(list).order;
    expect(order({ knownOf: () => ({ clicks: 3, shown: 500 }) })).toEqual(natural(24));
    expect(order({ exploredOf: () => 1_000 })).toEqual(natural(24));
    expect(order({ page: { offset: 0, limit: 7 } })).toEqual(natural(24));
    expect(order({ mayExplore: () => false })).toEqual(natural(24));
    const steep = { ...aList(24), scores: Float64Array.from({ length: 24 }, (_, at) => 0.5 ** at) };
    expect(order({}, steep)).toEqual(natural(24));
  });

  it("says how likely each of the first three was to stand where it stands", () => {
    const share = 0.4;
    const settings = { diversity: null, isExploring: false, shuffleShare: share };
    const seen = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()];
    const told = new Map<string, number>();
    const rounds = 6_000;
    for (let round = 0; round < rounds; round += 1) {
      const { order, propensities } = createReorder(anInput({ settings, seed: `visitor ${round}` }))(aList(5));
      expect(order.slice(3)).toEqual([3, 4]);
      for (let at = 0; at < 3; at += 1) {
        seen[at]!.set(order[at]!, (seen[at]!.get(order[at]!) ?? 0) + 1);
        told.set(`${at} ${order[at]}`, propensities[at]!);
      }
    }
    for (let at = 0; at < 3; at += 1)
      for (const [number, times] of seen[at]!) expect(told.get(`${at} ${number}`)).toBeCloseTo(times / rounds, 1);
  });
});

describe("exploring", () => {
  it("draws from the beta distribution", () => {
    const random = createRandom(1);
    for (const [a, b] of [
      [1, 1],
      [3, 9],
      [40, 10],
    ] as const) {
      const values = Array.from({ length: 20_000 }, () => drawBeta(a, b, random));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(mean).toBeCloseTo(a / (a + b), 2);
      expect(variance).toBeCloseTo((a * b) / ((a + b) ** 2 * (a + b + 1)), 3);
    }
  });

  it("tells the chance of its choice", () => {
    const candidates = [
      { clicks: 30, shown: 300 },
      { clicks: 0, shown: 0 },
      { clicks: 1, shown: 100 },
    ];
    const counts = [0, 0, 0];
    const told = [0, 0, 0];
    for (let seed = 0; seed < 2_000; seed += 1) {
      const { at, propensity } = exploreOne(candidates, seed)!;
      counts[at]! += 1;
      told[at]! += propensity;
    }
    for (let at = 0; at < 3; at += 1)
      if (counts[at]! > 50) expect(told[at]! / counts[at]!).toBeCloseTo(counts[at]! / 2_000, 1);
    expect(exploreOne([], 1)).toBeUndefined();
  });

  it("earns all but √(K·T·ln T) of what the best arm would have, on Bernoulli arms", () => {
    const rates = [0.05, 0.1, 0.15, 0.3];
    const random = createRandom(7);
    const known = rates.map(() => ({ clicks: 0, shown: 0 }));
    const rounds = 3_000;
    let regret = 0;
    for (let round = 0; round < rounds; round += 1) {
      const draws = known.map(({ clicks, shown }) => drawBeta(1 + clicks, 1 + shown - clicks, random));
      const arm = draws.indexOf(Math.max(...draws));
      known[arm]!.shown += 1;
      if (random() < rates[arm]!) known[arm]!.clicks += 1;
      regret += 0.3 - rates[arm]!;
    }
    expect(regret).toBeLessThan(Math.sqrt(rates.length * rounds * Math.log(rounds)));
  });
});

describe("variety", () => {
  const many = (brands: readonly string[]) => brands.map((brand, at) => anItem(`p${at}`, { brand, price: 1_000 + at }));
  const falling = (count: number) => Float64Array.from({ length: count }, (_, at) => 1 - at / 100);

  it("shows at most three products of one brand among the first twelve, when there are others", () => {
    const brands = Array.from({ length: 40 }, (_, at) => (at < 15 ? "loud" : `b${at % 8}`));
    const order = diversify(many(brands), falling(40));
    expect(order.slice(0, 12).filter((at) => brands[at] === "loud")).toHaveLength(3);
    expect(order[0]).toBe(0);
  });

  it("fills the list with the brand there is", () => {
    const order = diversify(many(Array.from({ length: 12 }, () => "only")), falling(12));
    expect([...order].sort((a, b) => a - b)).toEqual(natural(12));
  });

  it("leaves an order alone in which all scores are equal", () => {
    expect(diversify(many(["a", "a", "a", "a", "b"]), new Float64Array(5).fill(1))).toEqual([0, 1, 2, 3, 4]);
  });

  it("is off for a query that names a brand", () => {
    const brands = Array.from({ length: 20 }, () => "Blue Sky");
    const items = new Map(many(brands).map((item) => [item.sku, item]));
    const settings = { diversity: plainDiversity, isExploring: false, shuffleShare: 0 };
    const itemOf = (sku: string) => items.get(sku);
    const { order } = createReorder(anInput({ settings, itemOf, query: "blue sky jacket" }))(aList(20));
    expect(order).toEqual(natural(20));
  });

  it("finds products more alike the more they share", () => {
    const one = anItem("1", { brand: "x", categories: ["a", "a/b"], price: 1_000 });
    const same = anItem("2", { brand: "x", categories: ["a", "a/b"], price: 1_000 });
    const near = anItem("3", { brand: "y", categories: ["a", "a/c"], price: 1_200 });
    const far = anItem("4", { brand: "z", categories: ["q"], price: 90_000 });
    expect(similarity(one, same)).toBeCloseTo(1, 12);
    expect(similarity(one, near)).toBeLessThan(similarity(one, same));
    expect(similarity(one, far)).toBeLessThan(similarity(one, near));
  });
});
