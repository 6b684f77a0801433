import { describe, expect, it } from "vitest";
import { createRandom } from "../kernel/index.ts";
import { fitRanker, meanNdcg, plainFit, splitByTime } from "./fit-ranker.ts";
import type { RankedLists } from "./lists.ts";
import { flattenRanker, missingShare } from "./ranker.ts";
import { trainRanker } from "./train-ranker.ts";

const width = 4;
const names = ["a", "b", "c", "noise"];

/** Lists of ten; what is clicked follows from the features by `worth`. */
function someLists(count: number, seed: number, worth: (values: Float32Array) => number): RankedLists {
  const random = createRandom(seed);
  const size = 10;
  const values = new Float32Array(count * size * width);
  const gains = new Float32Array(count * size);
  for (let row = 0; row < count * size; row += 1) {
    for (let at = 0; at < width; at += 1) values[row * width + at] = random() < 0.1 ? Number.NaN : random();
    gains[row] = random() < worth(values.subarray(row * width, (row + 1) * width)) ? 1 : 0;
  }
  return {
    features: names,
    values,
    starts: Int32Array.from({ length: count + 1 }, (_, list) => list * size),
    at: Float64Array.from({ length: count }, (_, list) => list * 1_000),
    gains,
    learned: new Uint8Array(count * size).fill(1),
    slots: Uint16Array.from({ length: count * size }, (_, row) => 1 + (row % size)),
    weights: new Float32Array(count * size).fill(1),
    segments: [{ name: "device", parts: ["desktop", "mobile"], partOf: new Uint8Array(count) }],
  };
}

const either = (values: Float32Array): number => (values[0]! > 0.5 !== values[1]! > 0.5 ? 0.5 : 0.02);
const all = (lists: RankedLists) => ({ from: 0, to: lists.at.length });
const nothing = { from: 0, to: 0 };
const small = { ...plainFit, trees: 40, rate: 0.1, seed: 5 };

describe("a ranker", () => {
  it("learns what only two features together tell", () => {
    const lists = someLists(1_500, 1, either);
    const model = fitRanker(lists, { train: { from: 0, to: 1_000 }, stop: nothing }, new Set(), small);
    const scores = new Float64Array(lists.gains.length);
    flattenRanker(model, names).score(lists.values, scores.length, scores);
    const test = { from: 1_000, to: 1_500 };
    const chance = meanNdcg(
      lists,
      scores.map((_, row) => (row * 7_919) % 101),
      test,
    );
    const known = Float64Array.from(scores, (_, row) => either(lists.values.subarray(row * width, (row + 1) * width)));
    const best = meanNdcg(lists, known, test);
    expect(best).toBeGreaterThan(chance + 0.15);
    expect(meanNdcg(lists, scores, test)).toBeGreaterThan(best - 0.02);
    const [a, b, , noise] = model.importance;
    expect((a ?? 0) + (b ?? 0)).toBeGreaterThan(0.8);
    expect(noise).toBeLessThan(0.1);
  });

  it("is the same for the same lists and seed", () => {
    const lists = someLists(300, 2, either);
    const trained = () => fitRanker(lists, { train: all(lists), stop: nothing }, new Set(), small);
    expect(trained()).toEqual(trained());
  });

  it("never thinks less of a product because a rising feature rises", () => {
    // The lists say the opposite for small values of c.
    const lists = someLists(
      1_000,
      3,
      (values) => (values[2]! < 0.3 || values[2]! > 0.8 ? 0.4 : 0.1) * (values[0]! > 0.5 ? 1 : 0.5),
    );
    const model = fitRanker(lists, { train: all(lists), stop: nothing }, new Set(["c"]), small);
    const flat = flattenRanker(model, names);
    const random = createRandom(9);
    const steps = 60;
    let rises = 0;
    for (let round = 0; round < 100; round += 1) {
      const [a, b, noise] = [random(), random(), random()];
      const values = Float32Array.from({ length: (steps + 1) * width }, (_, place) => {
        const [step, at] = [Math.floor(place / width), place % width];
        if (at === 2) return step === 0 ? Number.NaN : step / steps;
        return [a, b, 0, noise][at]!;
      });
      const scores = new Float64Array(steps + 1);
      flat.score(values, steps + 1, scores);
      for (let step = 1; step <= steps; step += 1)
        expect(scores[step]! - scores[step - 1]!).toBeGreaterThanOrEqual(-1e-12);
      if (scores[steps]! > scores[1]! + 1e-6) rises += 1;
    }
    expect(rises).toBeGreaterThan(50);
  });

  it("ends early when more trees do no good on lists that are held back", () => {
    const lists = someLists(600, 4, () => 0.2);
    const { train, stop } = splitByTime(lists, 0.25);
    const model = fitRanker(lists, { train, stop }, new Set(), { ...small, trees: 200 });
    expect(model.trees.length).toBeLessThan(100);
  });

  it("keeps the newest lists for the test and the next ones for stopping", () => {
    const { train, stop, test } = splitByTime(someLists(100, 5, either));
    expect([train, stop, test]).toEqual([
      { from: 0, to: 70 },
      { from: 70, to: 85 },
      { from: 85, to: 100 },
    ]);
  });

  it("reads rows that hold its features in another order, and tells when too many are missing", () => {
    const lists = someLists(400, 6, either);
    const model = fitRanker(lists, { train: all(lists), stop: nothing }, new Set(), small);
    const turned = ["noise", "c", "b", "a"];
    const values = Float32Array.from({ length: width * 10 }, (_, place) => {
      const row = Math.floor(place / width);
      return lists.values[row * width + names.indexOf(turned[place % width]!)]!;
    });
    const [one, other] = [new Float64Array(10), new Float64Array(10)];
    flattenRanker(model, names).score(lists.values, 10, one);
    flattenRanker(model, turned).score(values, 10, other);
    expect(other).toEqual(one);

    const flat = flattenRanker(model, ["a", "b", "c", "unrelated"]);
    expect(flat.unknown).toEqual(["noise"]);
    expect(missingShare(flattenRanker(model, names), lists.values, 400, width)).toBeLessThan(0.05);
    expect(missingShare(flat, new Float32Array(width * 10).fill(Number.NaN), 10, width)).toBeGreaterThan(0.9);
  });
});

describe("a training", () => {
  const job = (lists: RankedLists) => ({ lists, rising: [], plainFeature: "c", seed: 7 });

  it("passes its gate when the lists were shown in no good order", () => {
    const { gate, report, model } = trainRanker(job(someLists(3_000, 8, either)));
    expect(gate.reasons.join()).toContain("ahead of what was shown");
    expect(gate.passed).toBe(true);
    expect(report.difference.low).toBeGreaterThan(0);
    expect(report.segments.find(({ part }) => part === "desktop")?.lists).toBe(report.lists);
    expect(model.calibration.kind).toBe("isotonic");
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });

  it("is refused when there is nothing to learn", () => {
    const { gate } = trainRanker(job(someLists(3_000, 9, () => 0.15)));
    expect(gate.passed).toBe(false);
    expect(gate.reasons.join()).toContain("not surely ahead");
  });

  it("is refused when there are too few lists to judge by", () => {
    const { gate } = trainRanker(job(someLists(300, 10, either)));
    expect(gate.reasons.join()).toContain("lists with a click to test on");
  });

  it("is refused when what it learned no longer holds", () => {
    // The newest lists are clicked for the opposite reason, as if a feature had gone stale.
    const [older, newer] = [someLists(2_550, 11, either), someLists(450, 12, (values) => 0.52 - either(values))];
    const join = (key: "values" | "gains" | "weights") => {
      const both = new Float32Array(older[key].length + newer[key].length);
      both.set(older[key]);
      both.set(newer[key], older[key].length);
      return both;
    };
    const whole = someLists(3_000, 11, either);
    const { gate } = trainRanker(
      job({ ...whole, values: join("values"), gains: join("gains"), weights: join("weights") }),
    );
    expect(gate.passed).toBe(false);
  });
});
