import { expect, it } from "vitest";
import { judgeScores } from "./gate.ts";
import type { Measured } from "./score-report.ts";

const good: Measured = {
  metrics: { auc: 0.8, logLoss: 0.4, calibrationError: 0.02, rankCorrelation: 0.4 },
  baselines: { rfm: { auc: 0.75 }, spendContinues: { auc: 0.7 } },
  calibration: [{ expected: 0.2, actual: 0.21, count: 1_000 }],
  lift: [],
  rows: 1_000,
  positives: 210,
};

it("lets through what is ahead of both baselines, calibrated and tested on enough people", () => {
  expect(judgeScores(good, undefined)).toMatchObject({ passed: true });
});

it.each([
  ["not ahead of RFM", { ...good, metrics: { ...good.metrics, auc: 0.74 } }],
  [
    "log loss 0.400 is not below that of RFM",
    { ...good, baselines: { ...good.baselines, rfm: { auc: 0.75, logLoss: 0.39 } } },
  ],
  ["people to test on", { ...good, rows: 50 }],
  ["rarer outcome", { ...good, positives: 3 }],
  ["off in total", { ...good, calibration: [{ expected: 0.4, actual: 0.2, count: 1_000 }] }],
  ["calibration is", { ...good, metrics: { ...good.metrics, calibrationError: 0.2 } }],
] as const)("refuses a version: %s", (reason, measured) => {
  const { passed, reasons } = judgeScores(measured, undefined);
  expect({ passed, reason: reasons.join("; ") }).toEqual({ passed: false, reason: expect.stringContaining(reason) });
});

it("refuses a version that is worse than the live one, but not for a breath", () => {
  expect(judgeScores(good, { auc: 0.81 }).passed).toBe(true);
  expect(judgeScores(good, { auc: 0.83 })).toMatchObject({
    passed: false,
    reasons: [expect.stringContaining("worse than the live version")],
  });
});

it("judges amounts by mean error and order of people", () => {
  const amounts: Measured = {
    ...good,
    metrics: { mae: 100, rankCorrelation: 0.5, totalError: 0.1 },
    baselines: { rfm: { mae: 120, rankCorrelation: 0.4 }, spendContinues: { mae: 99, rankCorrelation: 0.45 } },
  };
  expect(judgeScores(amounts, undefined).reasons).toEqual([
    expect.stringContaining("mean error 100.000 is not below that of spend"),
  ]);
});
