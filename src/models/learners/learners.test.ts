import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, sampleIndexes } from "../../kernel/index.ts";
import { areaUnderCurve, calibrationTable, liftTable, rankCorrelation } from "../metrics.ts";
import { fitScoreModel } from "../training/fit-score-model.ts";
import { meaningOf, rawScore } from "../training/score-model.ts";
import { binFeatures } from "../trees/bin-features.ts";
import {
  absoluteObjective,
  boostTrees,
  logisticObjective,
  plainBoost,
  scoreTable,
  sigmoid,
} from "../trees/boost-trees.ts";
import { growTree } from "../trees/grow-tree.ts";
import { readTree } from "../trees/tree.ts";
import { calibrated, fitIsotonic, fitPlatt, poolAdjacent } from "./calibrate.ts";
import { fitClusters, nearestCentre, scaledRow } from "./cluster-people.ts";
import { fitLinear, linearScore, solveSymmetric } from "./fit-linear.ts";

const labelled = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), { minLength: 2, maxLength: 40 });
const all = (rows: number) => Int32Array.from({ length: rows }, (_, at) => at);

describe("metrics", () => {
  it("counts how often a positive stands above a negative, equal scores as half", () => {
    fc.assert(
      fc.property(labelled, (pairs) => {
        const scores = pairs.map(([score]) => score);
        const labels = pairs.map(([, label]) => (label ? 1 : 0));
        let [wins, count] = [0, 0];
        for (const [a, isA] of pairs)
          for (const [b, isB] of pairs)
            if (isA && !isB) {
              wins += a > b ? 1 : a === b ? 0.5 : 0;
              count += 1;
            }
        const area = areaUnderCurve(scores, labels);
        if (count === 0) expect(area).toBeNull();
        else expect(area).toBeCloseTo(wins / count, 10);
      }),
    );
  });

  it("correlates ranks as the textbook does, and says nothing of a constant", () => {
    expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 40])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
    // Ties share the mean rank: ranks 1.5 1.5 3 against 1 2 3.
    expect(rankCorrelation([1, 1, 2], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(1.5 * 2), 12);
    expect(rankCorrelation([1, 1], [1, 2])).toBeNull();
  });

  it("puts everybody into one tenth, the best first in the lift", () => {
    const scores = Array.from({ length: 95 }, (_, at) => at / 95);
    const came = scores.map((score) => (score > 0.5 ? 1 : 0));
    const rows = calibrationTable(scores, came);
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(95);
    expect(liftTable(scores, came)[0]?.rate).toBe(1);
    expect(liftTable(scores, came)[9]?.lift).toBe(0);
  });
});

describe("trees", () => {
  it("learn what no straight line can: exclusive or", () => {
    const random = createRandom(3);
    const columns = [0, 1].map(() => Float64Array.from({ length: 400 }, () => random()));
    const labels = Float64Array.from(columns[0] ?? [], (a, row) =>
      a > 0.5 !== (columns[1]?.[row] ?? 0) > 0.5 ? 1 : 0,
    );
    const options = { ...plainBoost, trees: 60, minRows: 5, rowShare: 1, featureShare: 1, rate: 0.2, seed: 1 };
    const model = boostTrees(binFeatures(columns), all(400), logisticObjective(labels), options);
    expect(areaUnderCurve(scoreTable(model, columns), labels)).toBeGreaterThan(0.99);
    const line = fitLinear("logit", columns, all(400), labels, 1, [false, false]);
    const straight = labels.map((_, row) => linearScore(line, (feature) => columns[feature]?.[row] ?? 0));
    expect(areaUnderCurve(straight, labels)).toBeLessThan(0.65);
  });

  it("split where a search over every threshold says", () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, fc.integer({ min: -5, max: 5 })), { minLength: 4, maxLength: 30 }),
        (rows) => {
          const column = Float64Array.from(rows, ([x]) => x);
          const gradient = Float64Array.from(rows, ([, g]) => g);
          const curvature = new Float64Array(rows.length).fill(1);
          const use = { maxLeaves: 2, maxDepth: 1, minRows: 1, ridge: 1, features: [0] };
          const { tree } = growTree(binFeatures([column]), all(rows.length), gradient, curvature, use);
          const gainOf = (isLeft: (x: number) => boolean) => {
            const part = (wanted: boolean) => rows.filter(([x]) => isLeft(x) === wanted);
            const score = (members: typeof rows) =>
              members.reduce((sum, [, g]) => sum + g, 0) ** 2 / (members.length + 1);
            const [left, right] = [part(true), part(false)];
            return left.length === 0 || right.length === 0 ? 0 : score(left) + score(right) - score(rows);
          };
          const thresholds = [-1, 0, 1, 2, 3, 4, 5, 6, 7].map((edge) => edge + 0.5);
          const best = Math.max(0, ...thresholds.map((edge) => gainOf((x) => !(x > edge))));
          const chosen = tree.feature[0] === 0 ? gainOf((x) => !(x > (tree.threshold[0] ?? 0))) : 0;
          expect(chosen).toBeCloseTo(best, 8);
        },
      ),
    );
  });

  it("read raw values as they read bins, also values never seen and none", () => {
    const random = createRandom(9);
    const column = Float64Array.from({ length: 300 }, () => (random() < 0.1 ? Number.NaN : random() * 100));
    const data = binFeatures([column]);
    const gradient = column.map((value) => Math.sin(Number.isNaN(value) ? 3 : value));
    const use = { maxLeaves: 8, maxDepth: 4, minRows: 2, ridge: 1, features: [0] };
    const { tree, leafOf } = growTree(data, all(300), gradient, new Float64Array(300).fill(1), use);
    for (const [row, value] of column.entries()) expect(readTree(tree, () => value)).toBe(tree.value[leafOf(row)]);
    expect(Number.isFinite(readTree(tree, () => 1e12))).toBe(true);
    expect(Number.isFinite(readTree(tree, () => -1e12))).toBe(true);
  });

  it("find the median with the absolute loss, whatever one enormous value says", () => {
    const labels = Float64Array.from({ length: 201 }, (_, at) => (at === 200 ? 1e9 : at));
    const columns = [new Float64Array(201).fill(1)];
    const options = { ...plainBoost, trees: 5, rowShare: 1, featureShare: 1, seed: 1 };
    expect(boostTrees(binFeatures(columns), all(201), absoluteObjective(labels), options).start).toBe(100);
  });
});

describe("linear models", () => {
  it("solve symmetric systems", () => {
    const solution = solveSymmetric(Float64Array.from([4, 0, 2, 3]), 2, Float64Array.from([8, 7]));
    expect([...solution].map((each) => Math.round(each * 1e9) / 1e9)).toEqual([1.25, 1.5]);
  });

  it("stand where the slope of the penalised likelihood is zero", () => {
    const random = createRandom(5);
    const column = Float64Array.from({ length: 300 }, () => random() * 4);
    const labels = Float64Array.from(column, (x) => (random() < sigmoid(x - 2) ? 1 : 0));
    const model = fitLinear("logit", [column], all(300), labels, 7, [false]);
    const [input] = model.inputs;
    let slope = 7 * (input?.weight ?? 0);
    for (const [row, x] of column.entries()) {
      const kept = Math.min(input?.high ?? 0, Math.max(input?.low ?? 0, x));
      const scaled = (kept - (input?.mean ?? 0)) / (input?.deviation ?? 1);
      slope += (sigmoid(linearScore(model, () => x)) - (labels[row] ?? 0)) * scaled;
    }
    expect(Math.abs(slope)).toBeLessThan(1e-4);
  });
});

describe("calibration", () => {
  it("pools to a rising curve that keeps the sum", () => {
    fc.assert(
      fc.property(labelled, (pairs) => {
        const scores = Float64Array.from(pairs, ([score]) => score);
        const labels = Float64Array.from(pairs, ([, label]) => (label ? 1 : 0));
        const blocks = poolAdjacent(scores, labels);
        const means = blocks.map(({ sum, count }) => sum / count);
        expect(means.every((mean, at) => at === 0 || mean > (means[at - 1] ?? 0))).toBe(true);
        expect(blocks.reduce((sum, each) => sum + each.sum, 0)).toBe(labels.reduce((sum, each) => sum + each, 0));
      }),
    );
  });

  it("brings overconfident scores back to what comes true, and never turns their order", () => {
    const random = createRandom(11);
    const truth = Float64Array.from({ length: 4_000 }, () => random() * 4 - 2);
    const labels = Float64Array.from(truth, (score) => (random() < sigmoid(score) ? 1 : 0));
    const tooSure = truth.map((score) => 3 * score + 1);
    for (const calibration of [fitPlatt(tooSure, labels), fitIsotonic(tooSure, labels)]) {
      const said = tooSure.map((score) => calibrated(calibration, score));
      const off = calibrationTable(said, labels).map(({ expected, actual }) => Math.abs(expected - actual));
      expect(Math.max(...off)).toBeLessThan(0.06);
      const rising = [...tooSure].sort((a, b) => a - b).map((score) => calibrated(calibration, score));
      expect(rising.every((p, at) => at === 0 || p >= (rising[at - 1] ?? 0))).toBe(true);
    }
  });
});

describe("clusters", () => {
  const random = createRandom(2);
  const spots = [0, 10, 20];
  const truth = Int32Array.from({ length: 300 }, (_, row) => row % 3);
  const columns = [
    Float64Array.from(truth, (spot) => (spots[spot] ?? 0) + random()),
    Float64Array.from(truth, (spot) => (spots[(spot + 1) % 3] ?? 0) + random()),
  ];

  it("find groups that are there, and keep their names when trained again", () => {
    const model = fitClusters(columns, ["a", "b"], [false, false], 3, 1);
    const groupOf = (row: number) =>
      model.ids[
        nearestCentre(
          model.centres,
          scaledRow(model, (feature) => columns[feature]?.[row] ?? 0),
        )
      ];
    const names = [0, 1, 2].map(groupOf);
    expect(new Set(names).size).toBe(3);
    for (const [row, spot] of truth.entries()) expect(groupOf(row)).toBe(names[spot]);
    const again = fitClusters(columns, ["a", "b"], [false, false], 3, 99, model);
    for (const [at, centre] of again.centres.entries())
      expect(again.ids[at]).toBe(model.ids[nearestCentre(model.centres, centre)]);
  });
});

describe("a scoring model", () => {
  const random = createRandom(4);
  const rows = 1_200;
  const strength = Float64Array.from({ length: rows }, () => random() * 6 - 3);
  const input = {
    task: "probability" as const,
    horizonDays: 30,
    columns: [strength, Float64Array.from({ length: rows }, () => random())],
    outcome: Float64Array.from(strength, (score) => (random() < sigmoid(score) ? 1 : 0)),
    person: Int32Array.from({ length: rows }, (_, row) => row >> 1),
    features: ["strength", "noise"],
    isLog: [false, false],
    seed: 6,
  };

  it("recovers known probabilities", () => {
    const { model } = fitScoreModel(input);
    const off = strength.map((score, row) => {
      const read = (feature: number) => input.columns[feature]?.[row] ?? 0;
      return Math.abs(meaningOf(model, rawScore(model, read), read) - sigmoid(score));
    });
    expect(off.reduce((sum, each) => sum + each, 0) / rows).toBeLessThan(0.04);
  });

  it("is the same for the same seed, to the last bit", () => {
    expect(JSON.stringify(fitScoreModel(input))).toBe(JSON.stringify(fitScoreModel(input)));
  });
});

it("draws different numbers without repeats", () => {
  const drawn = sampleIndexes(50, 20, createRandom(1));
  expect(new Set(drawn).size).toBe(20);
  expect(Math.max(...drawn)).toBeLessThan(50);
});
