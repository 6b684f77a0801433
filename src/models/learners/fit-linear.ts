// Logistic and ridge regression: an L2 penalty, by Newton steps. Features are put on one scale first: logarithm where they are counts or
// amounts, mean 0, deviation 1, no value = mean with a feature of its own that says so.
import type { Columns } from "../trees/bin-features.ts";
import { sigmoid } from "../trees/boost-trees.ts";

export type LinearModel = {
  readonly intercept: number;
  readonly inputs: readonly {
    readonly feature: number;
    readonly kind: "value" | "missing";
    readonly isLog: boolean;
    readonly mean: number;
    readonly deviation: number;
    /** What was seen, but for the outermost; beyond it a straight line knows nothing. */
    readonly low: number;
    readonly high: number;
    readonly weight: number;
  }[];
};

type Input = LinearModel["inputs"][number];

const maxSteps = 25;
const outermost = 0.005;

function plain(value: number, isLog: boolean): number {
  return isLog ? Math.sign(value) * Math.log1p(Math.abs(value)) : value;
}

function scaledValue(input: Input, raw: number): number {
  if (input.kind === "missing") return (Number.isNaN(raw) ? 1 : 0) - input.mean;
  if (Number.isNaN(raw)) return 0;
  const value = Math.min(input.high, Math.max(input.low, plain(raw, input.isLog)));
  return (value - input.mean) / input.deviation;
}

function inputsOf(columns: Columns, rows: Int32Array, isLog: readonly boolean[]): Input[] {
  return columns.flatMap((column, feature): Input[] => {
    const log = isLog[feature] ?? false;
    let [sum, squares, known] = [0, 0, 0];
    for (const row of rows) {
      const raw = column[row] as number;
      if (Number.isNaN(raw)) continue;
      const value = plain(raw, log);
      sum += value;
      squares += value * value;
      known += 1;
    }
    const mean = known === 0 ? 0 : sum / known;
    const deviation = known === 0 ? 0 : Math.sqrt(Math.max(0, squares / known - mean * mean));
    const sorted = Float64Array.from(rows, (row) => plain(column[row] ?? Number.NaN, log))
      .filter((value) => !Number.isNaN(value))
      .sort();
    const [low = 0, high = 0] = [
      sorted[Math.floor(outermost * known)],
      sorted[Math.floor((1 - outermost) * (known - 1))],
    ];
    const common = { feature, isLog: log, low, high, weight: 0 };
    const missing = rows.length - known;
    return [
      ...(deviation > 1e-9 ? [{ ...common, kind: "value" as const, mean, deviation }] : []),
      ...(missing > 0 && known > 0
        ? [{ ...common, kind: "missing" as const, mean: missing / rows.length, deviation: 1 }]
        : []),
    ];
  });
}

/** Solves A x = b for a symmetric positive definite A (lower triangle, row by row), by Cholesky. */
export function solveSymmetric(matrix: Float64Array, size: number, right: Float64Array): Float64Array {
  const lower = matrix.slice();
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = lower[i * size + j] as number;
      for (let k = 0; k < j; k += 1) sum -= (lower[i * size + k] as number) * (lower[j * size + k] as number);
      lower[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (lower[j * size + j] as number);
    }
  }
  const solution = right.slice();
  for (let i = 0; i < size; i += 1) {
    let sum = solution[i] as number;
    for (let k = 0; k < i; k += 1) sum -= (lower[i * size + k] as number) * (solution[k] as number);
    solution[i] = sum / (lower[i * size + i] as number);
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    let sum = solution[i] as number;
    for (let k = i + 1; k < size; k += 1) sum -= (lower[k * size + i] as number) * (solution[k] as number);
    solution[i] = sum / (lower[i * size + i] as number);
  }
  return solution;
}

/** How a score becomes what is expected. */
export type Link = "logit" | "identity";

/**
 * Fits on some rows of a table.
 *
 * @param labels 0 or 1 with the link logit, else any number
 * @param penalty of the squared weights, in rows; the intercept is free
 * @param isLog features that are read as logarithms
 */
export function fitLinear(
  link: Link,
  columns: Columns,
  rows: Int32Array,
  labels: Float64Array,
  penalty: number,
  isLog: readonly boolean[],
): LinearModel {
  const inputs = inputsOf(columns, rows, isLog);
  const size = inputs.length + 1;
  const table = Array.from(rows, (row) => {
    const line = new Float64Array(size);
    for (const [place, input] of inputs.entries())
      line[place] = scaledValue(input, columns[input.feature]?.[row] ?? Number.NaN);
    line[size - 1] = 1;
    return line;
  });
  let weights: Float64Array = new Float64Array(size);
  for (let step = 0; step < maxSteps && rows.length > 0; step += 1) {
    const gradient = new Float64Array(size);
    const hessian = new Float64Array(size * size);
    for (const [at, line] of table.entries()) {
      let score = 0;
      for (let i = 0; i < size; i += 1) score += (weights[i] as number) * (line[i] as number);
      const expected = link === "logit" ? sigmoid(score) : score;
      const error = expected - (labels[rows[at] ?? 0] ?? 0);
      const curve = link === "logit" ? Math.max(1e-6, expected * (1 - expected)) : 1;
      for (let i = 0; i < size; i += 1) {
        const x = line[i] as number;
        (gradient[i] as number) += error * x;
        const scaled = curve * x;
        for (let j = 0; j <= i; j += 1) (hessian[i * size + j] as number) += scaled * (line[j] as number);
      }
    }
    for (let i = 0; i < size; i += 1) {
      const own = i === size - 1 ? 1e-6 : penalty;
      (gradient[i] as number) += own * (weights[i] as number);
      (hessian[i * size + i] as number) += own;
    }
    const change = solveSymmetric(hessian, size, gradient);
    // Half a unit at most: a full Newton step far from the optimum can overshoot without end.
    const largest = change.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    const factor = link === "logit" && largest > 2 ? 2 / largest : 1;
    weights = weights.map((weight, at) => weight - factor * (change[at] as number));
    if (largest < 1e-6) break;
  }
  return {
    intercept: weights[size - 1] ?? 0,
    inputs: inputs.map((input, place) => ({ ...input, weight: weights[place] ?? 0 })),
  };
}

/** Score of a row; log odds with the link logit. @param raw the value of a feature, NaN = none */
export function linearScore(model: LinearModel, raw: (feature: number) => number): number {
  return model.inputs.reduce(
    (sum, input) => sum + input.weight * scaledValue(input, raw(input.feature)),
    model.intercept,
  );
}
