// Fits the trees of a ranker on the older lists and stops by the newer ones. Deterministic: the same lists and seed give the same one.
import { type Binned, binRows, boostTrees, fitIsotonic } from "../models/index.ts";
import { lambdaObjective } from "./lambda-objective.ts";
import { listCount, type RankedLists } from "./lists.ts";
import { ndcgOf } from "./ndcg.ts";
import type { RankerModel } from "./ranker.ts";

export type FitOptions = {
  readonly trees: number;
  readonly maxLeaves: number;
  readonly maxDepth: number;
  readonly minRows: number;
  readonly rate: number;
  readonly featureShare: number;
  readonly rowShare: number;
  /** Ends when the lists that are held back have not become better for so many trees. */
  readonly patience: number;
  /** Draws leaves towards 0. */
  readonly ridge: number;
  readonly seed: number;
};

/** The settings of ranking.md 6.4. */
export const plainFit: Omit<FitOptions, "seed"> = {
  trees: 200,
  maxLeaves: 31,
  maxDepth: 6,
  minRows: 50,
  rate: 0.05,
  featureShare: 0.8,
  rowShare: 0.8,
  patience: 20,
  ridge: 1,
};

export type Span = { readonly from: number; readonly to: number };

/** Rows to learn from, of lists that tell something: one without a click, or where all did the same, pulls nothing apart. */
function learnedRows({ starts, learned, gains }: RankedLists, { from, to }: Span): Int32Array {
  const rows = new Int32Array((starts[to] ?? 0) - (starts[from] ?? 0));
  let count = 0;
  for (let list = from; list < to; list += 1) {
    const [start, end] = [starts[list] ?? 0, starts[list + 1] ?? 0];
    let best = 0;
    for (let row = start; row < end; row += 1) if (learned[row] === 1) best = Math.max(best, gains[row] ?? 0);
    if (best === 0) continue;
    for (let row = start; row < end; row += 1)
      if (learned[row] === 1) {
        rows[count] = row;
        count += 1;
      }
  }
  return rows.slice(0, count);
}

/** Mean NDCG@10 of some lists by their scores, each weighted by how seldom what was clicked is looked at. */
export function meanNdcg(lists: RankedLists, scores: ArrayLike<number>, { from, to }: Span): number {
  let [sum, weights] = [0, 0];
  for (let list = from; list < to; list += 1) {
    const [start, end] = [lists.starts[list] ?? 0, lists.starts[list + 1] ?? 0];
    const ndcg = ndcgOf(scores, lists.gains, start, end);
    if (ndcg === undefined) continue;
    const weight = weightOf(lists, start, end);
    sum += ndcg * weight;
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

/** Mean weight of the rows with a gain. */
export function weightOf({ gains, weights }: RankedLists, from: number, to: number): number {
  let [sum, count] = [0, 0];
  for (let row = from; row < to; row += 1) {
    if ((gains[row] ?? 0) <= 0) continue;
    sum += weights[row] ?? 1;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}

function missingOf(lists: RankedLists, { from, to }: Span): readonly number[] {
  const width = lists.features.length;
  const [start, end] = [lists.starts[from] ?? 0, lists.starts[to] ?? 0];
  return lists.features.map((_, feature) => {
    let none = 0;
    for (let row = start; row < end; row += 1) if (Number.isNaN(lists.values[row * width + feature])) none += 1;
    return none / Math.max(1, end - start);
  });
}

/**
 * @param train lists to learn from, at most all that stand before `stop`
 * @param stop lists that tell when more trees do no good; empty = all trees are grown
 * @param rising features that must not make a score fall
 */
export function fitRanker(
  lists: RankedLists,
  spans: { readonly train: Span; readonly stop: Span },
  rising: ReadonlySet<string>,
  options: FitOptions,
  binned: Binned = binRows(lists.values, lists.features.length),
): RankerModel {
  const { train, stop } = spans;
  let best = { trees: 0, ndcg: Number.NEGATIVE_INFINITY };
  let held: Float64Array = new Float64Array();
  const [stopStart, stopEnd] = [lists.starts[stop.from] ?? 0, lists.starts[stop.to] ?? 0];
  const watch = (trees: number, scores: Float64Array): boolean => {
    const ndcg = meanNdcg(lists, scores, stop);
    if (ndcg > best.ndcg + 1e-6) {
      best = { trees, ndcg };
      held = scores.slice(stopStart, stopEnd);
    }
    return trees - best.trees < options.patience;
  };
  const hasStop = stop.to > stop.from;
  const boosted = boostTrees(
    binned,
    learnedRows(lists, train),
    lambdaObjective(lists, train.from, train.to),
    { ...options, rising: Uint8Array.from(lists.features, (name) => (rising.has(name) ? 1 : 0)) },
    hasStop ? watch : undefined,
  );
  const trees = hasStop ? boosted.trees.slice(0, best.trees) : boosted.trees;
  const allGains = boosted.gains.reduce((sum, gain) => sum + gain, 0);
  const clicked = Float64Array.from(lists.gains.subarray(stopStart, stopEnd), (gain) => (gain > 0 ? 1 : 0));
  return {
    format: 1,
    start: boosted.start,
    rate: boosted.rate,
    trees: trees.map(({ feature, threshold, left, right, value }) => ({ feature, threshold, left, right, value })),
    features: lists.features,
    bins: binned.edges,
    missing: missingOf(lists, train),
    importance: boosted.gains.map((gain) => (allGains === 0 ? 0 : gain / allGains)),
    calibration: held.length > 0 ? fitIsotonic(held, clicked) : { kind: "isotonic", x: [0], y: [0] },
    trainedOn: {
      from: lists.at[train.from] ?? 0,
      to: lists.at[Math.max(0, train.to - 1)] ?? 0,
      lists: train.to - train.from,
      rows: (lists.starts[train.to] ?? 0) - (lists.starts[train.from] ?? 0),
    },
  };
}

/** Oldest lists to learn from, newer ones to stop by, the newest to judge by. */
export function splitByTime(lists: RankedLists, share = 0.15): Readonly<Record<"train" | "stop" | "test", Span>> {
  const count = listCount(lists);
  const held = Math.floor(count * share);
  return {
    train: { from: 0, to: count - 2 * held },
    stop: { from: count - 2 * held, to: count - held },
    test: { from: count - held, to: count },
  };
}
