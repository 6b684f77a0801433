// The shipped answer to "what is next": candidates of the features, ordered by a conditional logit. Its weights were fitted on
// the logs of three shops; a shop with enough sessions of its own adapts them on its newest tenth.
import { type Choice, fitWeights } from "./fit-weights.ts";
import { learnHabits } from "./item-habits.ts";
import { learnPairs } from "./item-pairs.ts";
import { kthLargest } from "./kth-largest.ts";
import { createNextFeatures, featureCount, type NextFeatures, type NextModel } from "./next-features.ts";
import type { NextItems } from "./scored-item.ts";
import { createSessionLog, type LearnedSession } from "./session-log.ts";

/** Everything a request reads: plain arrays but for `numbers`. */
export type LearnedNext = NextModel & {
  /** In the order of `featureNames`. */
  readonly weights: Float64Array;
};

/**
 * Fitted on sessions 80 to 90 % of Diginetica, RetailRocket and YooChoose, learned from those before (bench/tune-next.ts).
 * In the order of `featureNames`.
 */
export const defaultWeights: Readonly<Record<keyof NextFeatures, number>> = {
  sknn: 0.05,
  cosine: 0.39,
  stan: 0.54,
  follows: 3.24,
  twoSteps: 0.4,
  popularity: -0.46,
  recentViews: 0.27,
  isNotNeighbour: 0.68,
  isLast: 3.35,
  isBeforeLast: 0.91,
  isInSession: -0.09,
  viewsInSession: 1.38,
  againNext: 0.19,
  againLater: 0.69,
  lengthIfInSession: -0.07,
  cosineInSession: 0.31,
  stanInSession: 0,
};
/** With fewer sessions the defaults stand: the newest tenth would be too few views to learn from. */
const adaptFrom = 10_000;
const heldOutShare = 0.1;
const maxChoices = 3_000;

function learnParts(sessions: readonly LearnedSession[]): NextModel {
  const log = createSessionLog(sessions);
  return { ...log, ...learnHabits(sessions, log.numbers), ...learnPairs(log) };
}

/** Each view of the sessions but the first as a choice among the candidates before it; evenly drawn, at most `most`. */
export function choicesOf(model: NextModel, sessions: readonly LearnedSession[], most: number): readonly Choice[] {
  const candidatesOf = createNextFeatures(model);
  const views = sessions.reduce((sum, { items }) => sum + Math.max(0, items.length - 1), 0);
  const step = Math.max(1, Math.floor(views / most));
  const choices: Choice[] = [];
  let view = 0;
  for (const { items } of sessions) {
    const numbers = items.map(model.numbers.of);
    for (let at = 1; at < numbers.length; at += 1) {
      view += 1;
      if (view % step !== 0 || numbers[at] === -1) continue;
      const candidates = candidatesOf(numbers.slice(0, at));
      const chosen = candidates.items.indexOf(numbers[at] ?? -1);
      if (chosen >= 0) choices.push({ count: candidates.items.length, chosen, features: candidates.features });
    }
  }
  return choices;
}

/**
 * Learns what {@link nextItemsOf} reads; 200,000 sessions take some seconds: do it in a worker. Repeatable.
 *
 * @param sessions oldest first
 */
export function learnNext(sessions: readonly LearnedSession[]): LearnedNext {
  const start = Float64Array.from(Object.values(defaultWeights));
  const model = learnParts(sessions);
  if (sessions.length < adaptFrom) return { ...model, weights: start };
  const cut = Math.floor(sessions.length * (1 - heldOutShare));
  const choices = choicesOf(learnParts(sessions.slice(0, cut)), sessions.slice(cut), maxChoices);
  return { ...model, weights: fitWeights(choices, start) };
}

/** Of each candidate: Σ weight · feature. */
export function scoreCandidates(features: Float32Array, weights: Float64Array, count: number): Float32Array {
  const scores = new Float32Array(count);
  for (let row = 0; row < count; row += 1) {
    let sum = 0;
    for (let feature = 0; feature < featureCount; feature += 1)
      sum += (weights[feature] ?? 0) * (features[row * featureCount + feature] ?? 0);
    scores[row] = sum;
  }
  return scores;
}

/** Answers from what was learned; scores are probabilities among all candidates. Empty for unknown items only. */
export function nextItemsOf(model: LearnedNext): NextItems {
  const candidatesOf = createNextFeatures(model);
  const nameOf = (item: number) => model.numbers.names[item] ?? "";
  return {
    sessionCount: model.sessionCount,
    next: (items, limit = 100) => {
      const { items: candidates, features, because } = candidatesOf(items.map(model.numbers.of));
      const scores = scoreCandidates(features, model.weights, candidates.length);
      const most = scores.reduce((best, score) => Math.max(best, score), Number.NEGATIVE_INFINITY);
      const total = scores.reduce((sum, score) => sum + Math.exp(score - most), 0);
      const least = kthLargest(scores.slice(), candidates.length, limit);
      const best: { readonly item: number; readonly score: number }[] = [];
      for (const [row, item] of candidates.entries())
        if ((scores[row] ?? 0) >= least) best.push({ item, score: scores[row] ?? 0 });
      return best
        .sort((a, b) => b.score - a.score || a.item - b.item)
        .slice(0, limit)
        .map(({ item, score }) => ({
          item: nameOf(item),
          score: Math.exp(score - most) / total,
          because: nameOf(because[item] ?? -1),
        }));
    },
  };
}

/** Next items from past sessions: learns and answers. @param sessions oldest first */
export function createNextItems(sessions: readonly LearnedSession[]): NextItems {
  return nextItemsOf(learnNext(sessions));
}
