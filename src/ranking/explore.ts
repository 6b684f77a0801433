// Gives little-known products a look (ranking.md 8.2): each has a click rate drawn from what is known of it, the best draw is shown.
import { createRandom, drawNormal } from "../kernel/index.ts";

/** What lists have shown of a product so far. */
export type Known = {
  readonly clicks: number;
  /** Impressions, each by how likely its place is looked at. */
  readonly shown: number;
};

const draws = 200;

const maxTries = 100;

/** A draw from the gamma distribution of scale 1 (Marsaglia and Tsang). @param shape from 1 on */
function drawGamma(shape: number, random: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let tries = 0; tries < maxTries; tries += 1) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
  // Each try succeeds with more than 95 %.
  return d;
}

/** A draw from Beta(a, b). @param a from 1 on, as `b` */
export function drawBeta(a: number, b: number, random: () => number): number {
  const x = drawGamma(a, random);
  return x / (x + drawGamma(b, random));
}

function drawBest(candidates: readonly Known[], random: () => number): number {
  let [best, highest] = [0, -1];
  for (const [at, { clicks, shown }] of candidates.entries()) {
    const theta = drawBeta(1 + clicks, 1 + Math.max(0, shown - clicks), random);
    if (theta > highest) [best, highest] = [at, theta];
  }
  return best;
}

export type Explored = { readonly at: number; readonly propensity: number };

/**
 * Chooses whom to show: θ ~ Beta(1 + clicks, 1 + shown − clicks) for each, the highest wins.
 *
 * @returns the number of the candidate, with the chance of that choice from 200 further draws, never 0; undefined without candidates
 */
export function exploreOne(candidates: readonly Known[], seed: number): Explored | undefined {
  if (candidates.length === 0) return undefined;
  const random = createRandom(seed);
  const at = drawBest(candidates, random);
  let same = 1;
  for (let draw = 0; draw < draws; draw += 1) if (drawBest(candidates, random) === at) same += 1;
  return { at, propensity: same / (draws + 1) };
}

/** Slots for exploration, 0-based: the sixth, and one in twenty after it. */
export function exploringSlots(from: number, to: number): readonly number[] {
  const slots: number[] = [];
  for (let slot = 5; slot < to; slot += 20) if (slot >= from) slots.push(slot);
  return slots;
}
