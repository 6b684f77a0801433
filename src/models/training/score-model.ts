// A model that scores people: trees, a straight line or both, and a curve from the score to what it means.
import { type Calibration, calibrated } from "../learners/calibrate.ts";
import { type LinearModel, linearScore } from "../learners/fit-linear.ts";
import { meanAmount, type Typical, typicalAmount } from "../learners/fit-typical.ts";
import { scoreOf, type TreeModel } from "../trees/boost-trees.ts";

/** JSON of a scoring model; readable by itself: names, trees, weights, curves. */
export type ScoreModel = {
  readonly format: 1;
  /** Features in the order in which trees and weights number them. */
  readonly features: readonly string[];
  readonly trees?: TreeModel;
  readonly linear?: LinearModel;
  readonly meaning:
    | { readonly kind: "probability"; readonly calibration: Calibration }
    /** Minor units: what people of a score spend, the middle one of them and on average. */
    | {
        readonly kind: "amount";
        readonly typical: Typical;
        /** The feature that says what was spent before, and its factor to the days that are asked for. */
        readonly before: { readonly feature: number; readonly factor: number };
      };
};

/** The bare score, comparable within one model: log odds, or the logarithm of an amount. */
export function rawScore(model: Pick<ScoreModel, "trees" | "linear">, read: (feature: number) => number): number {
  const parts = [
    ...(model.trees ? [scoreOf(model.trees, read)] : []),
    ...(model.linear ? [linearScore(model.linear, read)] : []),
  ];
  return parts.length === 0 ? 0 : parts.reduce((sum, part) => sum + part, 0) / parts.length;
}

function amountBefore(
  before: Extract<ScoreModel["meaning"], { kind: "amount" }>["before"],
  read: (feature: number) => number,
): number {
  const spent = read(before.feature) * before.factor;
  return Number.isNaN(spent) ? 0 : spent;
}

/** Probability 0..1, or the mean amount in minor units. */
export function meaningOf(
  { meaning }: Pick<ScoreModel, "meaning">,
  score: number,
  read: (feature: number) => number,
): number {
  return meaning.kind === "probability"
    ? calibrated(meaning.calibration, score)
    : meanAmount(meaning.typical, score, amountBefore(meaning.before, read));
}

/** What is most likely close: half of the people of that score spend more, half less. Probabilities are as they are. */
export function typicalOf(
  { meaning }: Pick<ScoreModel, "meaning">,
  score: number,
  read: (feature: number) => number,
): number {
  return meaning.kind === "probability"
    ? calibrated(meaning.calibration, score)
    : typicalAmount(meaning.typical, score, amountBefore(meaning.before, read));
}
