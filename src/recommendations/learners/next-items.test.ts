import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addGradient, type Choice, fitWeights } from "./fit-weights.ts";
import { kthLargest } from "./kth-largest.ts";
import { createNextItems } from "./next-items.ts";
import { createSessionLog, type LearnedSession } from "./session-log.ts";
import { createSessionNeighbours } from "./session-neighbours.ts";

const item = fc.constantFrom(..."abcdefgh");
const session: fc.Arbitrary<LearnedSession> = fc.record({
  items: fc.array(item, { minLength: 1, maxLength: 6 }),
  hasPurchase: fc.boolean(),
});
const logs = fc.array(session, { maxLength: 150 });
const queries = fc.array(item, { minLength: 1, maxLength: 12 });

/** V-SKNN straight from its formula, over all sessions. */
function naiveSknn(sessions: readonly LearnedSession[], current: readonly string[]): ReadonlyMap<string, number> {
  const known = new Set(sessions.flatMap(({ items }) => items));
  const distinct = [...new Set(current)].filter((one) => known.has(one));
  const alike = sessions
    .map(({ items, hasPurchase }, number) => {
      const shared = distinct.filter((one) => items.includes(one));
      const newest = Math.max(...shared.map((one) => current.lastIndexOf(one)));
      const sum = shared.reduce((total, one) => total + (current.lastIndexOf(one) + 1) / current.length, 0);
      return { items, hasPurchase, number, shared, steps: current.length - newest, likeness: sum / distinct.length };
    })
    .filter(({ shared }) => shared.length > 0)
    .sort((a, b) => b.likeness - a.likeness || b.number - a.number);
  const least = alike[99]?.likeness ?? 0;
  const scores = new Map<string, number>();
  for (const { items, hasPurchase, steps, likeness } of alike.filter((one) => one.likeness >= least)) {
    for (const one of new Set(items)) {
      const frequency = sessions.filter((other) => other.items.includes(one)).length;
      const idf = 1 + Math.log(sessions.length / frequency);
      scores.set(one, (scores.get(one) ?? 0) + (likeness / steps) * (hasPurchase ? 1.5 : 1) * idf);
    }
  }
  return scores;
}

describe("neighbours of a session", () => {
  it("equal the formula of V-SKNN computed over all sessions", () => {
    fc.assert(
      fc.property(logs, queries, (sessions, current) => {
        const expected = naiveSknn(sessions, current);
        const found = createSessionNeighbours(createSessionLog(sessions), "sknn").next(current);
        for (const { item: name, score } of found) expect(score / (expected.get(name) ?? 0)).toBeCloseTo(1, 4);
        expect(found).toHaveLength(expected.size);
      }),
    );
  });

  it("hold the newest sessions of an item only", () => {
    const log = createSessionLog(
      Array.from({ length: 10 }, () => ({ items: ["a", "b"] })),
      3,
    );
    expect([...log.postings.subarray(0, log.postingStarts[1])]).toEqual([7, 8, 9]);
    expect(log.frequency[0]).toBe(10);
  });
});

describe("next items", () => {
  it("come best first, each once, as shares of one", () => {
    fc.assert(
      fc.property(logs, queries, fc.integer({ min: 1, max: 9 }), (sessions, current, limit) => {
        const learner = createNextItems(sessions);
        const found = learner.next(current, limit);
        expect(found.length).toBeLessThanOrEqual(limit);
        expect(new Set(found.map((one) => one.item)).size).toBe(found.length);
        for (const [at, { score }] of found.entries()) {
          expect(score).toBeGreaterThan(0);
          expect(score).toBeLessThanOrEqual(found[at - 1]?.score ?? 1);
        }
        expect(found.reduce((sum, { score }) => sum + score, 0)).toBeLessThanOrEqual(1.000001);
        // What is known of the running session stays eligible, and a request leaves nothing behind for the next one.
        const known = new Set(sessions.flatMap(({ items }) => items));
        const all = learner.next(current).map((one) => one.item);
        for (const one of current.slice(-20)) expect(all.includes(one)).toBe(known.has(one));
        learner.next(["a", "b"]);
        expect(learner.next(current, limit)).toEqual(found);
      }),
    );
  });

  it("know what follows in two steps where no session holds both", () => {
    const sessions = [...Array.from({ length: 5 }, () => ({ items: ["tent", "mat"] })), { items: ["mat", "lamp"] }];
    const found = createNextItems(sessions).next(["tent"]);
    expect(found.map((one) => one.item)).toEqual(expect.arrayContaining(["mat", "lamp"]));
    expect(found.find((one) => one.item === "mat")?.because).toBe("tent");
  });

  it("answer nothing to unknown, empty and hostile names, and nothing without sessions", () => {
    const learner = createNextItems([{ items: ["a", "b"] }]);
    for (const items of [[], [""], ["__proto__"], ["constructor", "toString"]]) expect(learner.next(items)).toEqual([]);
    expect(createNextItems([]).next(["a"])).toEqual([]);
    expect(learner.next(["__proto__", "a"]).map((one) => one.item)).toContain("b");
  });

  it("look at the last 20 views, and at 500 items of a machine's session", () => {
    const machine = Array.from({ length: 5_000 }, (_, at) => `m${at}`);
    const learner = createNextItems([{ items: machine }, { items: ["a", "b"] }]);
    expect(learner.next(["a", ...machine.slice(-20)], 1_000).map((one) => one.item)).not.toContain("b");
    expect(learner.next(["m0"])).toEqual([]);
  });

  it("adapt to a shop whose visitors do otherwise than the defaults say", () => {
    // Here nobody ever looks at the same product again, and always at the next number.
    const sessions = Array.from({ length: 12_000 }, (_, at) => ({
      items: Array.from({ length: 4 }, (_item, step) => `p${((at * 7) % 100) + step}`),
    }));
    const learner = createNextItems(sessions);
    for (const at of [3, 40, 77]) expect(learner.next([`p${at}`, `p${at + 1}`], 1)[0]?.item).toBe(`p${at + 2}`);
    expect(createNextItems(sessions).next(["p3"])).toEqual(learner.next(["p3"]));
  });
});

describe("weights", () => {
  it("follow a gradient that equals finite differences", () => {
    const values = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 12, maxLength: 12 });
    const weightsOf = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(values, weightsOf, fc.integer({ min: 0, max: 3 }), (features, start, chosen) => {
        const choice: Choice = { count: 4, chosen, features: Float32Array.from(features) };
        const loss = (weights: readonly number[]) => {
          const scores = [0, 1, 2, 3].map((row) =>
            weights.reduce((sum, weight, at) => sum + weight * (choice.features[row * 3 + at] ?? 0), 0),
          );
          return Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)) - (scores[chosen] ?? 0);
        };
        const gradient = new Float64Array(3);
        addGradient(choice, Float64Array.from(start), gradient);
        for (const at of [0, 1, 2]) {
          const moved = (by: number) => loss(start.map((weight, index) => (index === at ? weight + by : weight)));
          expect(gradient[at]).toBeCloseTo((moved(1e-4) - moved(-1e-4)) / 2e-4, 3);
        }
      }),
    );
  });

  it("stay where they are without choices, and find the feature that decides", () => {
    const start = new Float64Array([0.5, 0.5]);
    expect(fitWeights([], start)).toEqual(start);
    const choices = Array.from({ length: 200 }, (_, at) => {
      const chosen = at % 3;
      const features = Float32Array.from({ length: 6 }, (_value, index) =>
        index % 2 === 0 ? Number(index / 2 === chosen) : (at * 31 + index * 17) % 7,
      );
      return { count: 3, chosen, features };
    });
    const [decides, noise] = fitWeights(choices, start);
    expect(decides).toBeGreaterThan(1.5);
    expect(Math.abs(noise ?? 0)).toBeLessThan(0.3);
  });
});

describe("the k-th largest value", () => {
  it("is that of a sorted list", () => {
    const values = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 70 }), (list, rank) => {
        const sorted = [...list].sort((a, b) => b - a);
        expect(kthLargest(Float32Array.from(list), list.length, rank)).toBe(
          sorted[rank - 1] ?? Number.NEGATIVE_INFINITY,
        );
      }),
    );
  });
});
