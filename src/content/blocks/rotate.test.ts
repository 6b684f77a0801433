import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../kernel/index.ts";
import { blockMark, nextAtRandom, nextInSeries, nextInShuffle, type RotationState } from "./rotate.ts";

type Load = { readonly order: readonly string[]; readonly showable: ReadonlySet<string> };

/** Loads of one visitor after the other; what each showed. */
function walk(
  loads: readonly Load[],
  next: typeof nextInShuffle,
  random: () => number = () => 0,
): readonly (string | undefined)[] {
  let state: RotationState | undefined;
  return loads.map(({ order, showable }) => {
    const turn = next({ order, isShowable: (index) => showable.has(order[index] ?? ""), state }, random);
    if (turn) state = turn.state;
    return turn && order[turn.index];
  });
}

const keys = ["a", "b", "c", "d", "e", "f"];
const same = (order: readonly string[], times: number): readonly Load[] =>
  Array.from({ length: times }, () => ({ order, showable: new Set(order) }));
/** Rotations whose blocks come and go, and which the visitor may not always see. */
const changing = fc.array(
  fc.record({ order: fc.shuffledSubarray(keys, { minLength: 0 }), hidden: fc.subarray(keys, { maxLength: 3 }) }),
  { minLength: 1, maxLength: 40 },
);
const sortedLoads = (given: readonly { readonly order: readonly string[]; readonly hidden: readonly string[] }[]) =>
  given.map(({ order, hidden }) => ({
    order: keys.filter((key) => order.includes(key)),
    showable: new Set(order.filter((key) => !hidden.includes(key))),
  }));

describe("a series", () => {
  it("shows the blocks in order and begins again", () => {
    expect(walk(same(["a", "b", "c"], 7), nextInSeries)).toEqual(["a", "b", "c", "a", "b", "c", "a"]);
    expect(walk(same([], 2), nextInSeries)).toEqual([undefined, undefined]);
  });

  it("goes on with the next in line when the block shown last has left, and with a new one in its place", () => {
    const load = (order: string[]): Load => ({ order, showable: new Set(order) });
    expect(walk([load(["a", "b", "c"]), load(["b", "c"]), load(["a", "b", "x", "c"])], nextInSeries)).toEqual([
      "a",
      "b",
      "x",
    ]);
    expect(walk([load(["a", "b"]), load(["a", "b"]), load(["a"])], nextInSeries)).toEqual(["a", "b", "a"]);
  });

  it("shows the first block after the last one that the visitor may see, also when blocks come and go", () => {
    fc.assert(
      fc.property(changing, (given) => {
        const loads = sortedLoads(given);
        const seen = walk(loads, nextInSeries);
        let last: string | undefined;
        for (const [at, { order, showable }] of loads.entries()) {
          // Naive: of all keys in their one order, those after the last one first.
          const from = last === undefined ? 0 : keys.indexOf(last) + 1;
          const line = [...keys.slice(from), ...keys.slice(0, from)].filter((key) => order.includes(key));
          const expected = line.find((key) => showable.has(key));
          if (last === undefined || order.includes(last)) expect(seen[at]).toBe(expected);
          else expect(seen[at] === undefined).toBe(expected === undefined);
          last = seen[at] ?? last;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a shuffle", () => {
  it("repeats no block until all were shown, and none twice in a row", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), (seed, size) => {
        const order = keys.slice(0, size);
        const seen = walk(same(order, size * 4), nextInShuffle, createRandom(seed));
        for (let round = 0; round < 4; round += 1)
          expect(new Set(seen.slice(round * size, (round + 1) * size)).size).toBe(size);
        if (size > 1) expect(seen.some((key, at) => key === seen[at + 1])).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("never shows again while there is one that was not shown, also when blocks come and go", () => {
    fc.assert(
      fc.property(changing, fc.integer(), (given, seed) => {
        const loads = sortedLoads(given);
        const seen = walk(loads, nextInShuffle, createRandom(seed));
        let round = new Set<string>();
        for (const [at, { order, showable }] of loads.entries()) {
          const shown = seen[at];
          expect(shown === undefined).toBe(showable.size === 0);
          if (shown === undefined) continue;
          round = new Set([...round].filter((key) => order.includes(key)));
          const left = [...showable].filter((key) => !round.has(key));
          if (left.length > 0) expect(left).toContain(shown);
          else round = new Set();
          round.add(shown);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("chooses each that is left with the same probability, and says which", () => {
    const counts = new Map<string, number>();
    const random = createRandom(7);
    const input = { order: keys, isShowable: () => true, state: undefined };
    for (let load = 0; load < 6_000; load += 1) {
      const turn = nextInShuffle(input, random);
      expect(turn?.propensity).toBeCloseTo(1 / 6);
      const key = keys[turn?.index ?? -1] ?? "";
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    // 1,000 expected each, standard deviation 29.
    for (const key of keys) expect(Math.abs((counts.get(key) ?? 0) - 1_000)).toBeLessThan(150);
    const second = nextInShuffle(
      { ...input, state: { count: 1, last: blockMark("a"), place: 0, shown: [blockMark("a")] } },
      random,
    );
    expect(second?.propensity).toBeCloseTo(1 / 5);
  });
});

describe("at random", () => {
  it("shows only what the visitor may see", () => {
    const random = createRandom(1);
    for (let load = 0; load < 50; load += 1) {
      const turn = nextAtRandom(
        { order: keys, isShowable: (index) => index === 2 || index === 4, state: undefined },
        random,
      );
      expect([2, 4]).toContain(turn?.index);
    }
    expect(nextAtRandom({ order: keys, isShowable: () => false, state: undefined }, random)).toBeUndefined();
  });
});
