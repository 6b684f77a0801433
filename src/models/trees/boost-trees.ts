// Gradient boosting: each tree is grown on what the ones before leave unexplained. The loss is a parameter, so that ranking can
// boost the same trees with gradients over lists.
import { createRandom, sampleIndexes } from "../../kernel/index.ts";
import type { Binned, Columns } from "./bin-features.ts";
import { createGrowSpace, growTree } from "./grow-tree.ts";
import { readTree, type Tree } from "./tree.ts";

/** A loss over the rows of a table. */
export type Objective = {
  /** Score that everybody starts with, from the given rows. */
  readonly start: (rows: Int32Array) => number;
  /** Fills first and second derivatives at the scores, for all rows. */
  readonly derive: (scores: Float64Array, gradient: Float64Array, curvature: Float64Array) => void;
  /** Value of a leaf instead of the Newton step, for losses without curvature. */
  readonly leaf?: (rows: Int32Array, scores: Float64Array) => number;
};

export type BoostOptions = {
  readonly trees: number;
  readonly maxLeaves: number;
  readonly maxDepth: number;
  readonly minRows: number;
  readonly ridge: number;
  /** Share of a tree that is added, 0..1. */
  readonly rate: number;
  /** Share of the rows that each tree sees, 0..1. */
  readonly rowShare: number;
  /** Share of the features that each tree sees, 0..1. */
  readonly featureShare: number;
  readonly seed: number;
  /** See `GrowOptions`. */
  readonly rising?: Uint8Array;
};

/** JSON of a boosted model: score = start + rate · Σ trees. */
export type TreeModel = { readonly start: number; readonly rate: number; readonly trees: readonly Tree[] };

export const plainBoost: Omit<BoostOptions, "seed"> = {
  trees: 200,
  maxLeaves: 8,
  maxDepth: 4,
  minRows: 30,
  ridge: 5,
  rate: 0.05,
  rowShare: 0.7,
  featureShare: 0.6,
};

/** Score of one row. @param upTo only so many trees */
export function scoreOf(model: TreeModel, read: (feature: number) => number, upTo = model.trees.length): number {
  let score = model.start;
  for (let at = 0; at < upTo; at += 1) {
    const tree = model.trees[at];
    if (tree) score += model.rate * readTree(tree, read);
  }
  return score;
}

/** Score of each row of a table. */
export function scoreTable(model: TreeModel, columns: Columns): Float64Array {
  const scores = new Float64Array(columns[0]?.length ?? 0);
  for (let row = 0; row < scores.length; row += 1)
    scores[row] = scoreOf(model, (feature) => columns[feature]?.[row] ?? Number.NaN);
  return scores;
}

/**
 * Boosts trees on some rows of a table.
 *
 * @param watch called after each tree with the scores of all rows of the table; false ends the training
 */
export function boostTrees(
  data: Binned,
  rows: Int32Array,
  objective: Objective,
  options: BoostOptions,
  watch?: (tree: number, scores: Float64Array) => boolean,
): TreeModel & { readonly gains: readonly number[] } {
  const random = createRandom(options.seed);
  const start = objective.start(rows);
  const scores = new Float64Array(data.rows).fill(start);
  const [gradient, curvature] = [new Float64Array(data.rows), new Float64Array(data.rows)];
  const known = new Uint8Array(data.rows);
  const gains = new Array<number>(data.bins.length).fill(0);
  const trees: Tree[] = [];
  const rowCount = Math.max(1, Math.round(rows.length * options.rowShare));
  const featureCount = Math.max(1, Math.round(data.bins.length * options.featureShare));
  const space = createGrowSpace(Math.min(rowCount, rows.length), featureCount);
  for (let at = 0; at < options.trees && rows.length > 0; at += 1) {
    objective.derive(scores, gradient, curvature);
    const seen = sampleIndexes(rows.length, rowCount, random);
    for (let place = 0; place < seen.length; place += 1) seen[place] = rows[seen[place] as number] as number;
    const features = [...sampleIndexes(data.bins.length, featureCount, random)];
    const grown = growTree(data, seen, gradient, curvature, { ...options, features }, space);
    const value = [...grown.tree.value];
    if (objective.leaf) for (const [node, members] of grown.leaves) value[node] = objective.leaf(members, scores);
    trees.push({ ...grown.tree, value });
    for (const [feature, gain] of grown.gains) gains[feature] = (gains[feature] ?? 0) + gain;
    // Rows that the tree has seen stand in its leaves already; only the others walk down.
    known.fill(0);
    for (const [node, members] of grown.leaves) {
      const step = options.rate * (value[node] ?? 0);
      for (const row of members) {
        (scores[row] as number) += step;
        known[row] = 1;
      }
    }
    for (let row = 0; row < data.rows; row += 1)
      if (known[row] === 0) (scores[row] as number) += options.rate * (value[grown.leafOf(row)] ?? 0);
    if (watch && !watch(at + 1, scores)) break;
  }
  return { start, rate: options.rate, trees, gains };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

export function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

/** Probability of `labels` = 1; scores are log odds. */
export function logisticObjective(labels: Float64Array): Objective {
  return {
    start: (rows) => {
      let sum = 0;
      for (const row of rows) sum += labels[row] as number;
      const mean = clamp(sum / Math.max(1, rows.length), 1e-4, 1 - 1e-4);
      return Math.log(mean / (1 - mean));
    },
    derive: (scores, gradient, curvature) => {
      for (let row = 0; row < scores.length; row += 1) {
        const p = sigmoid(scores[row] as number);
        gradient[row] = p - (labels[row] as number);
        curvature[row] = Math.max(1e-6, p * (1 - p));
      }
    },
  };
}

function medianOf(values: Float64Array): number {
  const sorted = values.sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** The median of `labels`: half of the people do more, half less. */
export function absoluteObjective(labels: Float64Array): Objective {
  return {
    start: (rows) => medianOf(Float64Array.from(rows, (row) => labels[row] ?? 0)),
    derive: (scores, gradient, curvature) => {
      for (let row = 0; row < scores.length; row += 1) {
        gradient[row] = Math.sign((scores[row] as number) - (labels[row] as number));
        curvature[row] = 1;
      }
    },
    leaf: (rows, scores) => medianOf(Float64Array.from(rows, (row) => (labels[row] ?? 0) - (scores[row] ?? 0))),
  };
}

/** The mean of `labels`. */
export function squaredObjective(labels: Float64Array): Objective {
  return {
    start: (rows) => {
      let sum = 0;
      for (const row of rows) sum += labels[row] as number;
      return sum / Math.max(1, rows.length);
    },
    derive: (scores, gradient, curvature) => {
      for (let row = 0; row < scores.length; row += 1) {
        gradient[row] = (scores[row] as number) - (labels[row] as number);
        curvature[row] = 1;
      }
    },
  };
}
