// The order of a list: candidates of rules come in by priority and are brought into order by one of three modes. Chance comes
// from a seed, so that the same seed gives the same list in every process.
import { fnv1a } from "../kernel/index.ts";
import { compareText } from "../kernel/rules/index.ts";
import type { Rotation } from "./list-kind.ts";

/** What has a place to win. */
export type Ranked = { readonly sku: string; readonly priority: number };

export type Rotated<C> = {
  readonly chosen: readonly C[];
  /** Probability of this draw, 0 to 1; 1 where chance has no part. Of a weighted draw, that of the order it was drawn in. */
  readonly propensity: number;
};

/**
 * The first `maximum` candidates.
 *
 * `priority-then-id`: by priority, then SKU. `priority-then-random`: by priority, at random within one. `weighted-random`: drawn
 * one by one without return; of k different priorities the highest weighs k, the next k − 1, the lowest 1; what was drawn is
 * grouped by priority again.
 */
export function rotate<C extends Ranked>(
  candidates: readonly C[],
  rotation: Rotation,
  maximum: number,
  seed: string,
): Rotated<C> {
  const places = Math.max(0, maximum);
  if (rotation === "priority-then-id") {
    const sorted = [...candidates].sort((a, b) => a.priority - b.priority || compareText(a.sku, b.sku));
    return { chosen: sorted.slice(0, places), propensity: 1 };
  }
  const weights = rotation === "weighted-random" ? weightsOf(candidates) : undefined;
  const weightOf = (candidate: C): number => weights?.get(candidate.priority) ?? 1;
  // A race of exponential clocks draws without return in proportion to the weights.
  const timeOf = new Map(candidates.map((each) => [each, -Math.log(chance(seed, each.sku)) / weightOf(each)]));
  const byTime = (a: C, b: C): number => (timeOf.get(a) ?? 0) - (timeOf.get(b) ?? 0) || compareText(a.sku, b.sku);
  if (weights === undefined) {
    const sorted = [...candidates].sort((a, b) => a.priority - b.priority || byTime(a, b));
    return { chosen: sorted.slice(0, places), propensity: withinPriorities(candidates, sorted.slice(0, places)) };
  }
  const drawn = [...candidates].sort(byTime).slice(0, places);
  return {
    chosen: [...drawn].sort((a, b) => a.priority - b.priority),
    propensity: drawInTurn(candidates, drawn, weightOf),
  };
}

function weightsOf(candidates: readonly Ranked[]): ReadonlyMap<number, number> {
  const priorities = [...new Set(candidates.map(({ priority }) => priority))].sort((a, b) => b - a);
  return new Map(priorities.map((priority, at) => [priority, at + 1]));
}

/** A number in (0, 1), evenly spread also for seeds and SKUs that differ in one character. */
function chance(seed: string, sku: string): number {
  let hash = fnv1a(`${seed}/${sku}`);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}

function withinPriorities(candidates: readonly Ranked[], chosen: readonly Ranked[]): number {
  const left = new Map<number, number>();
  for (const { priority } of candidates) left.set(priority, (left.get(priority) ?? 0) + 1);
  let probability = 1;
  for (const { priority } of chosen) {
    const count = left.get(priority) ?? 1;
    probability /= count;
    left.set(priority, count - 1);
  }
  return probability;
}

function drawInTurn<C>(candidates: readonly C[], drawn: readonly C[], weightOf: (candidate: C) => number): number {
  let left = candidates.reduce((sum, candidate) => sum + weightOf(candidate), 0);
  let probability = 1;
  for (const candidate of drawn) {
    probability *= weightOf(candidate) / left;
    left -= weightOf(candidate);
  }
  return probability;
}
