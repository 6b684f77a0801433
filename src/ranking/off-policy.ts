// What another policy would have earned, from what a logged one showed by chance (experiments.md 6.4): each logged reward counts by how
// much likelier the other policy would have shown the same.

/** One logged choice. */
export type LoggedChoice = {
  readonly reward: number;
  /** Chance with which the logged policy made it, above 0 to 1. */
  readonly logged: number;
  /** Chance with which the other policy would make it, 0 to 1. */
  readonly target: number;
  /** What a model expects of the choice that was made; for the doubly robust figure. */
  readonly expected?: number;
  /** What a model expects of the other policy here: Σ over choices of its chance times their expectation. */
  readonly expectedOfTarget?: number;
};

export type OffPolicyReport = {
  /** Σ w·r / n. */
  readonly ips: number;
  /** With weights cut at `clip`. */
  readonly clippedIps: number;
  /** Σ w·r / Σ w. */
  readonly snips: number;
  /** Mean of the model's expectation alone; null without a model. */
  readonly dm: number | null;
  /** The model's expectation, corrected where it was wrong about what was shown; null without a model. */
  readonly dr: number | null;
  /** As `dr`, the correction divided by Σ w. */
  readonly sndr: number | null;
  /** (Σ w)² / Σ w². */
  readonly effectiveSize: number;
  readonly meanWeight: number;
  readonly size: number;
  /** 95 % interval of `snips`. */
  readonly interval: readonly [number, number];
  /** Reasons why no verdict may be drawn; empty = one may. */
  readonly refusals: readonly string[];
};

const leastEffective = 200;
const plausibleWeights = [0.8, 1.25] as const;
const z95 = 1.959964;

type Weighted = LoggedChoice & { readonly weight: number };

function modelFigures(rows: readonly Weighted[], weights: number): Pick<OffPolicyReport, "dm" | "dr" | "sndr"> {
  if (
    rows.length === 0 ||
    rows.some(({ expected, expectedOfTarget }) => expected === undefined || expectedOfTarget === undefined)
  )
    return { dm: null, dr: null, sndr: null };
  let [direct, correction] = [0, 0];
  for (const { expected = 0, expectedOfTarget = 0, reward, weight } of rows) {
    direct += expectedOfTarget;
    correction += weight * (reward - expected);
  }
  const dm = direct / rows.length;
  return { dm, dr: dm + correction / rows.length, sndr: weights === 0 ? null : dm + correction / weights };
}

/**
 * Judges a policy by the choices of another one. Choices with a logged chance that is not above 0 are left out.
 *
 * @param clip weights above it are cut for `clippedIps`; default 10
 */
export function evaluateOffPolicy(choices: readonly LoggedChoice[], clip = 10): OffPolicyReport {
  const rows = choices
    .filter(({ logged, target, reward }) => logged > 0 && Number.isFinite(target / logged) && Number.isFinite(reward))
    .map((row): Weighted => ({ ...row, weight: row.target / row.logged }));
  const size = rows.length;
  let [weights, squares, earned, clipped] = [0, 0, 0, 0];
  for (const { weight, reward } of rows) {
    weights += weight;
    squares += weight * weight;
    earned += weight * reward;
    clipped += Math.min(clip, weight) * reward;
  }
  const snips = weights === 0 ? 0 : earned / weights;
  const spread = Math.sqrt(rows.reduce((sum, { weight, reward }) => sum + (weight * (reward - snips)) ** 2, 0));
  const margin = weights === 0 ? Number.POSITIVE_INFINITY : (z95 * spread) / weights;
  const effectiveSize = squares === 0 ? 0 : (weights * weights) / squares;
  const meanWeight = size === 0 ? 0 : weights / size;
  const refusals: string[] = [];
  if (effectiveSize < leastEffective)
    refusals.push(`the choices in common are worth ${effectiveSize.toFixed(0)}; ${leastEffective} are needed`);
  if (meanWeight < plausibleWeights[0] || meanWeight > plausibleWeights[1])
    refusals.push(
      `weights are ${meanWeight.toFixed(2)} on average, which ${plausibleWeights.join(" to ")} does not hold: the logged chances are wrong or leave something out`,
    );
  return {
    ips: size === 0 ? 0 : earned / size,
    clippedIps: size === 0 ? 0 : clipped / size,
    snips,
    ...modelFigures(rows, weights),
    effectiveSize,
    meanWeight,
    size,
    interval: [snips - margin, snips + margin],
    refusals,
  };
}
