// Fits a scoring model on rows of a table. People are dealt into folds; each fold is scored by a model that has not seen its people,
// and these scores choose the learner, the number of trees and the curve.

import { createRandom } from "../../kernel/index.ts";
import { fitCalibration } from "../learners/calibrate.ts";
import { fitLinear, type LinearModel, linearScore } from "../learners/fit-linear.ts";
import { fitTypical } from "../learners/fit-typical.ts";
import { binFeatures, type Columns } from "../trees/bin-features.ts";
import {
  type BoostOptions,
  boostTrees,
  logisticObjective,
  plainBoost,
  scoreOf,
  squaredObjective,
  type TreeModel,
} from "../trees/boost-trees.ts";
import type { ScoreModel } from "./score-model.ts";

export type Task = "probability" | "amount";

export type FitInput = {
  readonly task: Task;
  readonly columns: Columns;
  /** 0 or 1, or an amount in minor units. */
  readonly outcome: Float64Array;
  readonly horizonDays: number;
  /** Rows of one person are in one fold. */
  readonly person: Int32Array;
  readonly features: readonly string[];
  readonly isLog: readonly boolean[];
  readonly seed: number;
};

export type Fitted = {
  readonly model: ScoreModel;
  readonly learner: "trees" | "linear" | "both";
  readonly treeCount: number;
  /** Bare score of each row by a model that has not seen its person. */
  readonly outOfFold: Float64Array;
  /** Loss of each candidate on people that it had not seen: log loss, or squared error of the logarithm. */
  readonly losses: Readonly<Record<string, number>>;
};

const folds = 4;
/** Trees without getting better, after which a fold is done. */
const patience = 20;
/** Features of few rows are told apart by a heavy hand. */
const penaltyRows = 20;

function foldsOf(person: Int32Array, seed: number): Uint8Array {
  const random = createRandom(seed);
  const byPerson = new Map<number, number>();
  return Uint8Array.from(person, (id) => {
    const known = byPerson.get(id);
    if (known !== undefined) return known;
    const fold = Math.floor(random() * folds);
    byPerson.set(id, fold);
    return fold;
  });
}

function rowsOf(fold: Uint8Array, holds: (fold: number) => boolean): Int32Array {
  const found: number[] = [];
  for (let row = 0; row < fold.length; row += 1) if (holds(fold[row] ?? 0)) found.push(row);
  return Int32Array.from(found);
}

function lossAt(task: Task, scores: Float64Array, target: Float64Array, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) {
    const [score, wanted] = [scores[row] ?? 0, target[row] ?? 0];
    sum += task === "amount" ? (score - wanted) ** 2 : Math.log1p(Math.exp(wanted === 1 ? -score : score));
  }
  return sum / Math.max(1, rows.length);
}

function boostOptions(rows: number, seed: number): BoostOptions {
  return { ...plainBoost, minRows: Math.max(20, Math.min(200, Math.round(rows / 150))), seed };
}

function outOfFold({ task, columns, isLog, seed }: FitInput, target: Float64Array, fold: Uint8Array) {
  const rows = target.length;
  const objective = task === "amount" ? squaredObjective(target) : logisticObjective(target);
  const linear = new Float64Array(rows);
  const trees = new Float64Array(rows);
  const losses = new Float64Array(plainBoost.trees);
  const grown: { readonly held: Int32Array; readonly model: TreeModel }[] = [];
  const binned = binFeatures(columns);
  for (let part = 0; part < folds; part += 1) {
    const seen = rowsOf(fold, (each) => each !== part);
    const held = rowsOf(fold, (each) => each === part);
    if (seen.length === 0 || held.length === 0) continue;
    const line = fitLinear(task === "amount" ? "identity" : "logit", columns, seen, target, penaltyRows, isLog);
    for (const row of held) linear[row] = linearScore(line, (feature) => columns[feature]?.[row] ?? Number.NaN);
    const known = new Float64Array(plainBoost.trees);
    let [least, leastAt] = [Number.POSITIVE_INFINITY, 0];
    const model = boostTrees(binned, seen, objective, boostOptions(seen.length, seed + part), (tree, all) => {
      const loss = lossAt(task, all, target, held) * held.length;
      if (loss < least) [least, leastAt] = [loss, tree];
      for (let at = tree - 1; at < losses.length; at += 1) losses[at] = (losses[at] ?? 0) + loss - (known[at] ?? 0);
      known.fill(loss, tree - 1);
      return tree - leastAt < patience;
    });
    grown.push({ held, model });
  }
  let best = 0;
  for (let at = 1; at < losses.length; at += 1) if ((losses[at] ?? 0) < (losses[best] ?? 0)) best = at;
  for (const { held, model } of grown)
    for (const row of held) trees[row] = scoreOf(model, (feature) => columns[feature]?.[row] ?? Number.NaN, best + 1);
  return { linear, trees, treeCount: best + 1, binned, objective };
}

function amountMeaning(
  { columns, features, outcome, horizonDays }: FitInput,
  scores: Float64Array,
): ScoreModel["meaning"] {
  const days = horizonDays <= 30 ? 30 : 90;
  const before = { feature: features.indexOf(`spend_${days}d`), factor: horizonDays / days };
  const spent = outcome.map((_, row) => (columns[before.feature]?.[row] ?? 0) * before.factor);
  return {
    kind: "amount",
    typical: fitTypical(scores, outcome, spent),
    before,
  };
}

/** Fits on all rows given; the same input gives the same model. */
export function fitScoreModel(input: FitInput): Fitted {
  const { task, columns, outcome, isLog, features, seed } = input;
  const target = task === "amount" ? outcome.map((amount) => Math.log1p(Math.max(0, amount))) : outcome;
  const fold = foldsOf(input.person, seed);
  const all = rowsOf(fold, () => true);
  const { linear, trees, treeCount, binned, objective } = outOfFold(input, target, fold);
  const both = linear.map((score, row) => (score + (trees[row] ?? 0)) / 2);
  const candidates = { linear, trees, both };
  const losses = Object.fromEntries(
    Object.entries(candidates).map(([name, scores]) => [name, lossAt(task, scores, target, all)]),
  );
  const names = ["both", "trees", "linear"] as const;
  const learner = names.reduce((best, name) => ((losses[name] ?? 0) < (losses[best] ?? 0) ? name : best));
  const scores = candidates[learner];
  const options = { ...boostOptions(all.length, seed), trees: treeCount };
  const model: { trees?: TreeModel; linear?: LinearModel } = {};
  if (learner !== "linear") {
    const { start, rate, trees: grown } = boostTrees(binned, all, objective, options);
    model.trees = { start, rate, trees: grown };
  }
  if (learner !== "trees")
    model.linear = fitLinear(task === "amount" ? "identity" : "logit", columns, all, target, penaltyRows, isLog);
  const meaning: ScoreModel["meaning"] =
    task === "amount"
      ? amountMeaning(input, scores)
      : { kind: "probability", calibration: fitCalibration(scores, outcome) };
  return { model: { format: 1, features, ...model, meaning }, learner, treeCount, outOfFold: scores, losses };
}
