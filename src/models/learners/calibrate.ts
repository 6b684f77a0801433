// Scores as probabilities that come true as often as they say. Platt: two numbers, for few positives; isotonic: any rising curve.
import { sigmoid } from "../trees/boost-trees.ts";

/** A rising curve through points, straight between them. */
export type Calibration =
  | { readonly kind: "platt"; readonly slope: number; readonly offset: number }
  | { readonly kind: "isotonic"; readonly x: readonly number[]; readonly y: readonly number[] };

/** Fewer positives do not tell a curve from a line. */
const isotonicFrom = 1_000;
const lowest = 1e-4;

/** @param scores log odds */
export function calibrated(calibration: Calibration, score: number): number {
  if (calibration.kind === "platt") return sigmoid(calibration.slope * score + calibration.offset);
  return onCurve(calibration, score);
}

export type Curve = { readonly x: readonly number[]; readonly y: readonly number[] };

/** Straight between the points, level outside of them. */
export function onCurve({ x, y }: Curve, score: number): number {
  let [low, high] = [0, x.length - 1];
  if (score <= (x[0] ?? 0)) return y[0] ?? 0;
  if (score >= (x[high] ?? 0)) return y[high] ?? 0;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) <= score) low = middle;
    else high = middle;
  }
  const [x0, x1, y0, y1] = [x[low] ?? 0, x[high] ?? 0, y[low] ?? 0, y[high] ?? 0];
  return x1 === x0 ? y1 : y0 + ((y1 - y0) * (score - x0)) / (x1 - x0);
}

/** Platt scaling with his targets, which keep a perfect separation from an infinite slope. The slope stays positive. */
export function fitPlatt(scores: Float64Array, labels: Float64Array): Calibration {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (labels.length - positives + 2)];
  let [slope, offset] = [1, 0];
  for (let step = 0; step < 50; step += 1) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-9, 0, 1e-9];
    for (let row = 0; row < scores.length; row += 1) {
      const score = scores[row] as number;
      const p = sigmoid(slope * score + offset);
      const error = p - (labels[row] === 1 ? high : low);
      const curve = Math.max(1e-9, p * (1 - p));
      ga += error * score;
      gb += error;
      haa += curve * score * score;
      hab += curve * score;
      hbb += curve;
    }
    const determinant = haa * hbb - hab * hab;
    if (determinant <= 1e-12) break;
    const [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
    slope = Math.max(0.01, slope - Math.max(-1, Math.min(1, da)));
    offset -= Math.max(-2, Math.min(2, db));
    if (Math.abs(da) + Math.abs(db) < 1e-9) break;
  }
  return { kind: "platt", slope, offset };
}

type Block = { readonly score: number; readonly sum: number; readonly count: number };

/** Means of rising score that never fall: neighbours that would are pooled. Equal scores share one mean. */
export function poolAdjacent(scores: Float64Array, labels: Float64Array): readonly Block[] {
  const order = Int32Array.from(scores, (_, row) => row).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);
  const ties: Block[] = [];
  for (const row of order) {
    const [score, label] = [scores[row] ?? 0, labels[row] ?? 0];
    const last = ties.at(-1);
    if (last?.score === score) ties[ties.length - 1] = { score, sum: last.sum + label, count: last.count + 1 };
    else ties.push({ score, sum: label, count: 1 });
  }
  const blocks: Block[] = [];
  for (const tie of ties) {
    let block = tie;
    for (let last = blocks.at(-1); last && last.sum / last.count >= block.sum / block.count; last = blocks.at(-1)) {
      blocks.pop();
      const count = last.count + block.count;
      block = {
        score: (last.score * last.count + block.score * block.count) / count,
        sum: last.sum + block.sum,
        count,
      };
    }
    blocks.push(block);
  }
  return blocks;
}

export function fitIsotonic(scores: Float64Array, labels: Float64Array): Calibration {
  const blocks = poolAdjacent(scores, labels);
  return {
    kind: "isotonic",
    x: blocks.map(({ score }) => score),
    y: blocks.map(({ sum, count }) => Math.min(1 - lowest, Math.max(lowest, sum / count))),
  };
}

/** Isotonic with 1,000 positives and as many negatives, else Platt. @param scores of rows that the model was not fitted on */
export function fitCalibration(scores: Float64Array, labels: Float64Array): Calibration {
  const positives = labels.reduce((sum, label) => sum + label, 0);
  return Math.min(positives, labels.length - positives) >= isotonicFrom
    ? fitIsotonic(scores, labels)
    : fitPlatt(scores, labels);
}

const curvePoints = 30;
const leastRows = 25;

/** Groups of equal size, those of the highest tenth finer: amounts differ most among the best. */
function groupsOf(order: Int32Array): readonly Int32Array[] {
  const cut = (rows: Int32Array, wanted: number): readonly Int32Array[] => {
    const groups = Math.max(1, Math.min(wanted, Math.floor(rows.length / leastRows)));
    return Array.from({ length: groups }, (_, group) =>
      rows.subarray(Math.floor((group * rows.length) / groups), Math.floor(((group + 1) * rows.length) / groups)),
    );
  };
  const top = Math.floor(order.length * 0.9);
  return [...cut(order.subarray(0, top), curvePoints), ...cut(order.subarray(top), curvePoints / 2)];
}

function middleOf(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/**
 * A rising curve from a score to what the middle one of people of that score does.
 *
 * Groups of equal size first, so that one enormous order does not lift a point of its own.
 */
export function fitMedianCurve(scores: Float64Array, outcomes: Float64Array): Curve {
  const order = Int32Array.from(scores, (_, row) => row).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);
  const points = groupsOf(order).map((members) => {
    const rows = [...members];
    const values = rows.map((row) => outcomes[row] ?? 0).sort((a, b) => a - b);
    const score = rows.reduce((total, row) => total + (scores[row] ?? 0), 0) / Math.max(1, rows.length);
    return { score, value: middleOf(values) };
  });
  const blocks = poolAdjacent(
    Float64Array.from(points, ({ score }) => score),
    Float64Array.from(points, ({ value }) => value),
  );
  return { x: blocks.map(({ score }) => score), y: blocks.map(({ sum, count }) => sum / count) };
}
