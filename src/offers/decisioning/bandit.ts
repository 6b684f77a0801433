// A contextual bandit over offers: for each, a Bayesian linear model of the chance that it leads to the goal; Thompson sampling chooses
// (ranking.md 8.1, 8.4). All offers together give the prior, worth twenty trials, so that a new offer starts as an average one that
// nobody is sure of.
import { createRandom, drawNormal, fnv1a } from "../../kernel/index.ts";

export type Arm = {
  /** Decisions that it was learned from. */
  readonly n: number;
  readonly mean: readonly number[];
  /** Upper half of the covariance, row by row, in units of the noise. */
  readonly covariance: readonly number[];
};

export type Bandit = {
  /** Names of the inputs, in order. */
  readonly features: readonly string[];
  /** Variance of one outcome around its expectation. */
  readonly noise: number;
  readonly pooled: Arm;
  readonly arms: Readonly<Record<string, Arm>>;
};

export type Belief = { readonly key: string; readonly mean: number; readonly sd: number; readonly n: number };

/** Below so many decisions an offer is little known, and gets its share of the exploration. */
export const littleKnown = 500;
const draws = 400;
/** Draws for long lists: the answer must not wait. */
const maxNormals = 40_000;
const leastPropensity = 0.0005;

const dot = (a: readonly number[], b: readonly number[]): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
};

/** xᵀ C x of a covariance kept as its upper half. */
function spreadOf(covariance: readonly number[], x: readonly number[]): number {
  let [sum, at] = [0, 0];
  for (let row = 0; row < x.length; row += 1) {
    const own = x[row] ?? 0;
    for (let column = row; column < x.length; column += 1) {
      sum += (row === column ? 1 : 2) * own * (x[column] ?? 0) * (covariance[at] ?? 0);
      at += 1;
    }
  }
  return Math.max(0, sum);
}

/** What is believed of an offer for a visitor. */
export function believe(bandit: Bandit, key: string, x: readonly number[]): Belief {
  const arm = Object.hasOwn(bandit.arms, key) ? (bandit.arms[key] ?? bandit.pooled) : bandit.pooled;
  const isKnown = arm !== bandit.pooled;
  return {
    key,
    mean: dot(arm.mean, x),
    sd: Math.sqrt(bandit.noise * spreadOf(arm.covariance, x)),
    n: isKnown ? arm.n : 0,
  };
}

/** Normal distribution function, to 1.5e-7 (Abramowitz and Stegun 7.1.26). */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.327_591_1 * Math.abs(z) * Math.SQRT1_2);
  const tail =
    ((((1.061_405_429 * t - 1.453_152_027) * t + 1.421_413_741) * t - 0.284_496_736) * t + 0.254_829_592) *
    t *
    Math.exp((-z * z) / 2);
  return z >= 0 ? 1 - tail / 2 : tail / 2;
}

const gridSteps = 384;
const gridWidth = 6;

/**
 * The chance that a draw of one belief is above those of all others: ∫ φ(z) Π Φ, by the trapezoid rule. Within 0.005 of the truth, as a
 * test against a million draws holds.
 */
export function chanceToWin(beliefs: readonly Belief[], at: number): number {
  const own = beliefs[at];
  if (!own) return 0;
  if (beliefs.length === 1) return 1;
  let sum = 0;
  for (let step = 0; step <= gridSteps; step += 1) {
    const z = -gridWidth + (2 * gridWidth * step) / gridSteps;
    const value = own.mean + own.sd * z;
    let weight = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    for (let other = 0; other < beliefs.length && weight > 1e-9; other += 1) {
      const belief = beliefs[other];
      if (other === at || !belief) continue;
      weight *= belief.sd > 0 ? normalBelow((value - belief.mean) / belief.sd) : value > belief.mean ? 1 : 0;
    }
    sum += weight;
  }
  return Math.min(1, (sum * 2 * gridWidth) / gridSteps);
}

const fewestSteps = 200;
const mostSteps = 3_000;

/** The chances of all beliefs to win, on one grid: a training asks for thousands. They sum to 1. */
export function chancesToWin(beliefs: readonly Belief[]): readonly number[] {
  const count = beliefs.length;
  if (count <= 1) return beliefs.map(() => 1);
  let [low, high, narrow] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { mean, sd } of beliefs) {
    // The highest draw is above every lower end, but for nothing that counts.
    low = Math.max(low, mean - gridWidth * sd);
    high = Math.max(high, mean + gridWidth * sd);
    if (sd > 0) narrow = Math.min(narrow, sd);
  }
  const range = Math.max(high - low, 1e-12);
  const steps = Math.max(fewestSteps, Math.min(mostSteps, Math.ceil((3 * range) / narrow)));
  const least = range / steps;
  const chances = new Float64Array(count);
  const before = new Float64Array(count + 1);
  const below = new Float64Array(count);
  for (let step = 0; step <= steps; step += 1) {
    const value = low + (range * step) / steps;
    before[0] = 1;
    for (const [at, { mean, sd }] of beliefs.entries()) {
      below[at] = normalBelow((value - mean) / Math.max(sd, least));
      before[at + 1] = (before[at] ?? 0) * (below[at] ?? 0);
    }
    let after = 1;
    for (let at = count - 1; at >= 0; at -= 1) {
      const { mean, sd } = beliefs[at] ?? { mean: 0, sd: 1 };
      const own = Math.max(sd, least);
      const z = (value - mean) / own;
      chances[at] = (chances[at] ?? 0) + (Math.exp((-z * z) / 2) / own) * (before[at] ?? 0) * after;
      after *= below[at] ?? 0;
    }
  }
  const sum = chances.reduce((total, chance) => total + chance, 0);
  return sum === 0 ? beliefs.map(() => 1 / count) : Array.from(chances, (chance) => chance / sum);
}

export type BanditChoice = {
  /** Numbers of the candidates, the best first. */
  readonly order: readonly number[];
  /** Of each of the first `wanted` of `order`: the chance to be among them. */
  readonly propensities: readonly number[];
  /** Standard error of the propensities: 0 = computed, not drawn. */
  readonly error: number;
  /** Whether chance alone chose the first. */
  readonly isExplored: boolean;
};

function orderByDraw(beliefs: readonly Belief[], normal: (at: number) => number): number[] {
  const scores = beliefs.map(({ mean, sd }, at) => mean + sd * normal(at));
  return beliefs.map((_, at) => at).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
}

/** Puts a little-known offer first, by chance. */
function exploring(order: readonly number[], fresh: readonly number[], draw: number): number[] {
  const first = fresh[Math.floor(draw * fresh.length)] ?? order[0] ?? 0;
  return [first, ...order.filter((at) => at !== first)];
}

/** The best of one draw each, without sorting the rest: lists are long, and few are wanted. */
function bestOf(beliefs: readonly Belief[], wanted: number, random: () => number): number[] {
  const best: number[] = [];
  const scores: number[] = [];
  for (const [at, { mean, sd }] of beliefs.entries()) {
    const score = mean + sd * drawNormal(random);
    if (best.length >= wanted && score <= (scores[best.length - 1] ?? 0)) continue;
    let place = best.length;
    while (place > 0 && (scores[place - 1] ?? 0) < score) place -= 1;
    best.splice(place, 0, at);
    scores.splice(place, 0, score);
    if (best.length > wanted) {
      best.pop();
      scores.pop();
    }
  }
  return best;
}

function drawnPropensities(
  beliefs: readonly Belief[],
  fresh: readonly number[],
  share: number,
  wanted: number,
  random: () => number,
): { readonly chances: Float64Array; readonly rounds: number } {
  const rounds = Math.max(50, Math.min(draws, Math.floor(maxNormals / Math.max(1, beliefs.length))));
  const hits = new Float64Array(beliefs.length);
  for (let round = 0; round < rounds; round += 1) {
    let best = bestOf(beliefs, wanted, random);
    if (fresh.length > 0 && random() < share) best = exploring(best, fresh, random()).slice(0, wanted);
    for (const at of best) hits[at] = (hits[at] ?? 0) + 1;
  }
  return { chances: hits.map((n) => (n + 0.5) / (rounds + 1)), rounds };
}

/**
 * Chooses by Thompson sampling; a share of the choices puts a little-known offer first, by chance.
 *
 * The same seed and beliefs give the same answer; the draw of an offer does not depend on who else is eligible.
 *
 * @param share 0 to 1
 */
export function sampleOrder(beliefs: readonly Belief[], wanted: number, share: number, seed: string): BanditChoice {
  const drawOf = (name: string): (() => number) => createRandom(fnv1a(`${seed}|${name}`));
  let order = orderByDraw(beliefs, (at) => drawNormal(drawOf(beliefs[at]?.key ?? "")));
  const fresh = beliefs.flatMap(({ n }, at) => (n < littleKnown ? [at] : []));
  // Where all are little known, the draws explore by themselves.
  const chanced = fresh.length === beliefs.length ? [] : fresh;
  const explore = drawOf("explore");
  const isExplored = chanced.length > 0 && explore() < share;
  if (isExplored) order = exploring(order, chanced, explore());
  const taken = order.slice(0, wanted);
  if (wanted >= beliefs.length) return { order, propensities: taken.map(() => 1), error: 0, isExplored };
  if (wanted === 1) {
    const [first = 0] = order;
    const own = chanced.length > 0 ? share : 0;
    const byChance = chanced.includes(first) ? own / chanced.length : 0;
    const chance = byChance + (1 - own) * chanceToWin(beliefs, first);
    return { order, propensities: [Math.max(leastPropensity, chance)], error: 0, isExplored };
  }
  const { chances, rounds } = drawnPropensities(beliefs, chanced, share, wanted, drawOf("propensities"));
  return {
    order,
    propensities: taken.map((at) => chances[at] ?? leastPropensity),
    error: Math.sqrt(0.25 / rounds),
    isExplored,
  };
}

/**
 * Before anything is learned: the order of priority, and in a share of the decisions one by chance. Propensities are exact.
 */
export function priorityWithChance(count: number, wanted: number, share: number, seed: string): BanditChoice {
  const random = createRandom(fnv1a(`${seed}|priority`));
  const order = Array.from({ length: count }, (_, at) => at);
  const isExplored = random() < share;
  if (isExplored)
    for (let at = 0; at < count - 1; at += 1) {
      const other = at + Math.floor(random() * (count - at));
      [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
    }
  const taken = Math.min(wanted, count);
  return {
    order,
    propensities: order.slice(0, taken).map((at) => (at < taken ? 1 - share : 0) + (share * taken) / count),
    error: 0,
    isExplored,
  };
}
