// How good predictions are. All of them take plain lists and give null where there is nothing to say.

type Numbers = ArrayLike<number>;

/** Ranks from 1, equal values share their mean rank. */
export function ranksOf(values: Numbers): Float64Array {
  const order = Int32Array.from({ length: values.length }, (_, at) => at).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b,
  );
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (let at = from; at < to; at += 1) ranks[order[at] ?? 0] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/** Area under the ROC curve: how often a positive stands above a negative. Null without both. */
export function areaUnderCurve(scores: Numbers, labels: Numbers): number | null {
  const ranks = ranksOf(scores);
  let [sum, positives] = [0, 0];
  for (let row = 0; row < ranks.length; row += 1) {
    if (labels[row] !== 1) continue;
    sum += ranks[row] as number;
    positives += 1;
  }
  const negatives = ranks.length - positives;
  return positives === 0 || negatives === 0
    ? null
    : (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

const least = 1e-6;

export function logLoss(probabilities: Numbers, labels: Numbers): number | null {
  if (probabilities.length === 0) return null;
  let sum = 0;
  for (let row = 0; row < probabilities.length; row += 1) {
    const p = Math.min(1 - least, Math.max(least, probabilities[row] ?? 0));
    sum -= labels[row] === 1 ? Math.log(p) : Math.log(1 - p);
  }
  return sum / probabilities.length;
}

export type CalibrationRow = { readonly expected: number; readonly actual: number; readonly count: number };

/** Groups of equal size by rising prediction: what was expected of each and what came. */
export function calibrationTable(predictions: Numbers, outcomes: Numbers, groups = 10): readonly CalibrationRow[] {
  const order = Int32Array.from({ length: predictions.length }, (_, at) => at).sort(
    (a, b) => (predictions[a] ?? 0) - (predictions[b] ?? 0) || a - b,
  );
  return Array.from({ length: Math.min(groups, order.length) }, (_, group) => {
    const size = Math.min(groups, order.length);
    const members = order.subarray(
      Math.floor((group * order.length) / size),
      Math.floor(((group + 1) * order.length) / size),
    );
    let [expected, actual] = [0, 0];
    for (const row of members) {
      expected += predictions[row] ?? 0;
      actual += outcomes[row] ?? 0;
    }
    const count = members.length;
    return { expected: expected / count, actual: actual / count, count };
  });
}

/** Mean distance between expected and actual over ten groups of equal size. */
export function calibrationError(probabilities: Numbers, labels: Numbers): number | null {
  const table = calibrationTable(probabilities, labels);
  const rows = table.reduce((sum, { count }) => sum + count, 0);
  if (rows === 0) return null;
  return table.reduce((sum, { expected, actual, count }) => sum + (Math.abs(expected - actual) * count) / rows, 0);
}

export type LiftRow = { readonly decile: number; readonly rate: number; readonly lift: number | null };

/** Decile 1 has the highest predictions; lift = its rate of outcomes by the rate of all. */
export function liftTable(predictions: Numbers, outcomes: Numbers): readonly LiftRow[] {
  const table = [...calibrationTable(predictions, outcomes)].reverse();
  const rows = table.reduce((sum, { count }) => sum + count, 0);
  const mean = table.reduce((sum, { actual, count }) => sum + actual * count, 0) / Math.max(1, rows);
  return table.map(({ actual }, at) => ({ decile: at + 1, rate: actual, lift: mean === 0 ? null : actual / mean }));
}

export function meanAbsoluteError(predictions: Numbers, outcomes: Numbers): number | null {
  if (predictions.length === 0) return null;
  let sum = 0;
  for (let row = 0; row < predictions.length; row += 1) sum += Math.abs((predictions[row] ?? 0) - (outcomes[row] ?? 0));
  return sum / predictions.length;
}

/** Spearman's rank correlation, equal values sharing their mean rank; null when one side is all equal. */
export function rankCorrelation(a: Numbers, b: Numbers): number | null {
  const [x, y] = [ranksOf(a), ranksOf(b)];
  const mean = (x.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let row = 0; row < x.length; row += 1) {
    const [dx, dy] = [(x[row] as number) - mean, (y[row] as number) - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy);
}

/** Sum of predictions by sum of outcomes, less 1: 0.1 = a tenth too much. */
export function totalError(predictions: Numbers, outcomes: Numbers): number | null {
  let [expected, actual] = [0, 0];
  for (let row = 0; row < predictions.length; row += 1) {
    expected += predictions[row] ?? 0;
    actual += outcomes[row] ?? 0;
  }
  return actual === 0 ? null : expected / actual - 1;
}
