// Learns a bandit from logged decisions: ridge regression over all offers gives the prior, each offer moves away from it as far as its
// own decisions say.
import type { Arm, Bandit } from "./bandit.ts";

export type BanditRow = {
  readonly arm: string;
  readonly x: readonly number[];
  /** 0 to 1. */
  readonly reward: number;
};

/** Trials that the prior is worth (ranking.md 8.1). */
const priorTrials = 20;
/** Keeps an input without spread from having a certain weight. */
const ridge = 0.05;
const leastNoise = 1e-5;

type Matrix = Float64Array;

/** Inverse of a symmetric positive matrix by Gauss–Jordan; n is at most about twenty. */
function invert(matrix: Matrix, n: number): Matrix {
  const left = matrix.slice();
  const right = new Float64Array(n * n);
  for (let at = 0; at < n; at += 1) right[at * n + at] = 1;
  const get = (from: Matrix, row: number, column: number): number => from[row * n + column] ?? 0;
  for (let pivot = 0; pivot < n; pivot += 1) {
    // Positive definite with a ridge: the pivot is never 0.
    const scale = get(left, pivot, pivot);
    for (let column = 0; column < n; column += 1) {
      left[pivot * n + column] = get(left, pivot, column) / scale;
      right[pivot * n + column] = get(right, pivot, column) / scale;
    }
    for (let row = 0; row < n; row += 1) {
      const factor = get(left, row, pivot);
      if (row === pivot || factor === 0) continue;
      for (let column = 0; column < n; column += 1) {
        left[row * n + column] = get(left, row, column) - factor * get(left, pivot, column);
        right[row * n + column] = get(right, row, column) - factor * get(right, pivot, column);
      }
    }
  }
  return right;
}

function multiply(matrix: Matrix, vector: ArrayLike<number>, n: number): number[] {
  return Array.from({ length: n }, (_, row) => {
    let sum = 0;
    for (let column = 0; column < n; column += 1) sum += (matrix[row * n + column] ?? 0) * (vector[column] ?? 0);
    return sum;
  });
}

const short = (value: number): number => Number(value.toPrecision(6));

function upperHalf(matrix: Matrix, n: number): number[] {
  const half: number[] = [];
  for (let row = 0; row < n; row += 1)
    for (let column = row; column < n; column += 1) half.push(short(matrix[row * n + column] ?? 0));
  return half;
}

type Sums = { n: number; readonly products: Matrix; readonly rewards: Float64Array };

const emptySums = (n: number): Sums => ({
  n: 0,
  products: new Float64Array(n * n),
  rewards: new Float64Array(n),
});

function add(sums: Sums, x: readonly number[], reward: number, n: number): void {
  sums.n += 1;
  for (let row = 0; row < n; row += 1) {
    const own = x[row] ?? 0;
    sums.rewards[row] = (sums.rewards[row] ?? 0) + own * reward;
    for (let column = 0; column < n; column += 1) {
      const at = row * n + column;
      sums.products[at] = (sums.products[at] ?? 0) + own * (x[column] ?? 0);
    }
  }
}

/** Learns from rows; may be repeated with the same result. Rows with other lengths are left out. */
export function fitBandit(features: readonly string[], rows: Iterable<BanditRow>): Bandit {
  const n = features.length;
  const all = emptySums(n);
  const byArm = new Map<string, Sums>();
  let rewards = 0;
  for (const { arm, x, reward } of rows) {
    if (x.length !== n) continue;
    const sums = byArm.get(arm) ?? emptySums(n);
    byArm.set(arm, sums);
    add(sums, x, reward, n);
    add(all, x, reward, n);
    rewards += reward;
  }
  const rate = all.n === 0 ? 0.5 : rewards / all.n;
  // One trial of the prior has the average visitor.
  const trial = all.products.map((value, at) => value / Math.max(1, all.n) + (at % (n + 1) === 0 ? ridge : 0));
  const whole = all.products.map((value, at) => value + (at % (n + 1) === 0 ? 1 : 0));
  const mean = multiply(invert(whole, n), all.rewards, n);
  const prior = trial.map((value) => value * priorTrials);
  const pull = multiply(prior, mean, n);
  const armOf = ({ n: count, products, rewards: seen }: Sums): Arm => {
    const covariance = invert(
      prior.map((value, at) => value + (products[at] ?? 0)),
      n,
    );
    const target = pull.map((value, at) => value + (seen[at] ?? 0));
    return { n: count, mean: multiply(covariance, target, n).map(short), covariance: upperHalf(covariance, n) };
  };
  return {
    features,
    noise: Math.max(leastNoise, rate * (1 - rate)),
    pooled: { n: 0, mean: mean.map(short), covariance: upperHalf(invert(prior, n), n) },
    arms: Object.fromEntries([...byArm].map(([arm, sums]) => [arm, armOf(sums)])),
  };
}
