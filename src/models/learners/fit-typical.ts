// What the middle one of people of a score spends. A curve alone knows only the score; how far spend simply goes on as it did is
// learned for each tenth of the scores, because it does so for regular customers and not for the others.
import { type Curve, fitMedianCurve, onCurve } from "./calibrate.ts";

export type Typical = {
  readonly curve: Curve;
  /** How much of the spend before goes on, by score; the curve has the rest. */
  readonly share: Curve;
  /** What people of a score spend on average beyond that: few spend much more. Minor units, by score. */
  readonly beyond: Curve;
};

const tenths = 10;
const steps = 20;

/** @param before what was spent before the cut-off, scaled to the days that are asked for */
export function typicalAmount(
  { curve, share }: Pick<Typical, "curve" | "share">,
  score: number,
  before: number,
): number {
  const part = onCurve(share, score);
  return Math.max(0, (1 - part) * onCurve(curve, score) + part * before);
}

/** What is spent on average; minor units, at least 0. */
export function meanAmount(typical: Typical, score: number, before: number): number {
  return Math.max(0, typicalAmount(typical, score, before) + onCurve(typical.beyond, score));
}

/** Least absolute error; scores of rows that the model was not fitted on. */
export function fitTypical(scores: Float64Array, outcomes: Float64Array, before: Float64Array): Typical {
  const curve = fitMedianCurve(scores, outcomes);
  const order = Int32Array.from(scores, (_, row) => row).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);
  const groups = Math.max(1, Math.min(tenths, Math.floor(order.length / 100)));
  const [x, y, beyond]: [number[], number[], number[]] = [[], [], []];
  for (let group = 0; group < groups; group += 1) {
    const rows = order.subarray(
      Math.floor((group * order.length) / groups),
      Math.floor(((group + 1) * order.length) / groups),
    );
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let step = 0; step <= steps; step += 1) {
      const part = step / steps;
      let error = 0;
      for (const row of rows)
        error += Math.abs(
          (1 - part) * onCurve(curve, scores[row] ?? 0) + part * (before[row] ?? 0) - (outcomes[row] ?? 0),
        );
      if (error < least) [best, least] = [part, error];
    }
    let sum = 0;
    for (const row of rows) sum += scores[row] ?? 0;
    x.push(sum / Math.max(1, rows.length));
    y.push(best);
    const rest = rows.reduce(
      (total, row) =>
        total +
        (outcomes[row] ?? 0) -
        Math.max(0, (1 - best) * onCurve(curve, scores[row] ?? 0) + best * (before[row] ?? 0)),
      0,
    );
    beyond.push(rest / Math.max(1, rows.length));
  }
  return { curve, share: { x, y }, beyond: { x, y: beyond } };
}
