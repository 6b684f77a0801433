// How a scoring model did on people and a time that it had not seen, beside what a shop would do without it.

import {
  areaUnderCurve,
  type CalibrationRow,
  calibrationError,
  calibrationTable,
  type LiftRow,
  liftTable,
  logLoss,
  meanAbsoluteError,
  rankCorrelation,
  totalError,
} from "../metrics.ts";
import type { Columns } from "../trees/bin-features.ts";
import type { Baselines } from "./baselines.ts";
import { meaningOf, rawScore, type ScoreModel, typicalOf } from "./score-model.ts";

export type Metrics = {
  readonly auc?: number | null;
  readonly logLoss?: number | null;
  readonly calibrationError?: number | null;
  /** Minor units. */
  readonly mae?: number | null;
  readonly rankCorrelation?: number | null;
  /** Sum of what was expected by sum of what came, less 1. */
  readonly totalError?: number | null;
};

export type Measured = {
  readonly metrics: Metrics;
  readonly baselines: { readonly rfm: Metrics; readonly spendContinues: Metrics };
  readonly calibration: readonly CalibrationRow[];
  readonly lift: readonly LiftRow[];
  readonly rows: number;
  readonly positives: number;
};

function probabilityMetrics(
  ranking: Float64Array,
  probability: Float64Array | undefined,
  outcome: Float64Array,
): Metrics {
  return {
    auc: areaUnderCurve(ranking, outcome),
    rankCorrelation: rankCorrelation(ranking, outcome),
    ...(probability
      ? { logLoss: logLoss(probability, outcome), calibrationError: calibrationError(probability, outcome) }
      : {}),
  };
}

function amountMetrics(
  ranking: Float64Array,
  typical: Float64Array,
  mean: Float64Array,
  outcome: Float64Array,
): Metrics {
  return {
    mae: meanAbsoluteError(typical, outcome),
    rankCorrelation: rankCorrelation(ranking, outcome),
    totalError: totalError(mean, outcome),
  };
}

/** Measures a model on rows with known outcomes. */
export function measureModel(
  model: ScoreModel,
  columns: Columns,
  outcome: Float64Array,
  baselines: Baselines,
): Measured {
  const readerOf = (row: number) => (feature: number) => columns[feature]?.[row] ?? Number.NaN;
  const raw = outcome.map((_, row) => rawScore(model, readerOf(row)));
  const mean = raw.map((score, row) => meaningOf(model, score, readerOf(row)));
  const { rfm, continues } = baselines;
  const shared = { calibration: calibrationTable(mean, outcome), lift: liftTable(mean, outcome), rows: outcome.length };
  const positives = outcome.reduce((sum, each) => sum + (each > 0 ? 1 : 0), 0);
  if (model.meaning.kind === "probability")
    return {
      ...shared,
      positives,
      metrics: probabilityMetrics(raw, mean, outcome),
      baselines: {
        rfm: probabilityMetrics(rfm, rfm, outcome),
        spendContinues: probabilityMetrics(continues, undefined, outcome),
      },
    };
  return {
    ...shared,
    positives,
    metrics: amountMetrics(
      raw,
      raw.map((score, row) => typicalOf(model, score, readerOf(row))),
      mean,
      outcome,
    ),
    baselines: {
      rfm: amountMetrics(rfm, baselines.rfmTypical, rfm, outcome),
      spendContinues: amountMetrics(continues, continues, continues, outcome),
    },
  };
}
