// Whether a version may be published: enough to judge by, ahead of what a shop would do without a model, no worse than what serves.
import type { Measured, Metrics } from "./score-report.ts";

export type Gate = { readonly passed: boolean; readonly reasons: readonly string[] };

/** Fewer people or outcomes tell nothing. */
export const leastTestRows = 200;
export const leastOutcomes = 30;
/** Of all that was expected against all that came (measurement.md 8). */
const maxTotalError = 0.25;
const maxCalibrationError = 0.1;
/** A version may be that much worse than the live one, for the test is another time. */
const tolerance = 0.02;

const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
const short = (value: number | null | undefined): string => (typeof value === "number" ? value.toFixed(3) : "unknown");

function isAhead(own: number | null | undefined, other: number | null | undefined): boolean {
  return typeof own === "number" && (typeof other !== "number" || own > other);
}

function expectedTotal({ calibration }: Measured): number | undefined {
  const [expected, actual] = calibration.reduce(
    ([e, a], row) => [e + row.expected * row.count, a + row.actual * row.count],
    [0, 0],
  );
  return actual === 0 ? undefined : expected / actual - 1;
}

/** Reasons are sentences; those of a passed gate say what it was ahead of. */
export function judgeScores(measured: Measured, live: Metrics | undefined): Gate {
  const { metrics, baselines, rows, positives } = measured;
  const faults: string[] = [];
  if (rows < leastTestRows) faults.push(`only ${rows} people to test on, ${leastTestRows} are needed`);
  const rare = metrics.mae === undefined ? Math.min(positives, rows - positives) : positives;
  if (rare < leastOutcomes)
    faults.push(`only ${rare} people of the rarer outcome in the test, ${leastOutcomes} are needed`);
  const total = expectedTotal(measured);
  if (total === undefined || Math.abs(total) >= maxTotalError)
    faults.push(
      `expected ${total === undefined ? "something where nothing came" : `${percent(total)} off in total`}, less than ${percent(maxTotalError)} is asked for`,
    );
  for (const [name, base] of [
    ["RFM", baselines.rfm],
    ["spend that goes on", baselines.spendContinues],
  ] as const) {
    if (metrics.auc !== undefined && !isAhead(metrics.auc, base.auc))
      faults.push(`AUC ${short(metrics.auc)} is not ahead of ${name} with ${short(base.auc)}`);
    // Who stands first is one thing, how likely it is another: a rule that asks for 0.3 goes by the latter.
    if (typeof metrics.logLoss === "number" && typeof base.logLoss === "number" && metrics.logLoss >= base.logLoss)
      faults.push(`log loss ${short(metrics.logLoss)} is not below that of ${name} with ${short(base.logLoss)}`);
    if (metrics.mae === undefined) continue;
    if (!isAhead(metrics.rankCorrelation, base.rankCorrelation))
      faults.push(
        `rank correlation ${short(metrics.rankCorrelation)} is not ahead of ${name} with ${short(base.rankCorrelation)}`,
      );
    if (!isAhead(base.mae, metrics.mae))
      faults.push(`mean error ${short(metrics.mae)} is not below that of ${name} with ${short(base.mae)}`);
  }
  if (typeof metrics.calibrationError === "number" && metrics.calibrationError > maxCalibrationError)
    faults.push(
      `calibration is ${percent(metrics.calibrationError)} off, at most ${percent(maxCalibrationError)} is asked for`,
    );
  const [own, other] =
    metrics.auc === undefined ? [metrics.rankCorrelation, live?.rankCorrelation] : [metrics.auc, live?.auc];
  if (typeof own === "number" && typeof other === "number" && own < other - tolerance)
    faults.push(`worse than the live version: ${short(own)} after ${short(other)}`);
  if (faults.length > 0) return { passed: false, reasons: faults };
  const figure = metrics.auc === undefined ? "rank correlation" : "AUC";
  const [rfm, continues] =
    metrics.auc === undefined
      ? [baselines.rfm.rankCorrelation, baselines.spendContinues.rankCorrelation]
      : [baselines.rfm.auc, baselines.spendContinues.auc];
  return {
    passed: true,
    reasons: [
      `${figure} ${short(own)} is ahead of RFM with ${short(rfm)} and of spend that goes on with ${short(continues)}`,
    ],
  };
}
