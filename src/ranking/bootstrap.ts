import { createRandom } from "../kernel/index.ts";

export type Interval = { readonly mean: number; readonly low: number; readonly high: number };

const rounds = 2_000;

/**
 * Weighted mean of paired differences with its 95 % interval, by drawing the pairs again.
 *
 * @param weights by pair; at least one above 0, else all figures are 0
 */
export function bootstrapMean(differences: ArrayLike<number>, weights: ArrayLike<number>, seed: number): Interval {
  const count = differences.length;
  const meanOf = (pick: (at: number) => number): number => {
    let [sum, total] = [0, 0];
    for (let at = 0; at < count; at += 1) {
      const place = pick(at);
      const weight = weights[place] ?? 0;
      sum += weight * (differences[place] ?? 0);
      total += weight;
    }
    return total === 0 ? 0 : sum / total;
  };
  const random = createRandom(seed);
  const means = Float64Array.from({ length: count === 0 ? 0 : rounds }, () =>
    meanOf(() => Math.floor(random() * count)),
  ).sort();
  const at = (share: number): number => means[Math.min(means.length - 1, Math.floor(share * means.length))] ?? 0;
  return { mean: meanOf((place) => place), low: at(0.025), high: at(0.975) };
}
