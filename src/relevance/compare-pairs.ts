import { createRandom } from "../kernel/index.ts";

const rounds = 10_000;

export type PairedDifference = {
  /** Mean of b − a. */
  readonly mean: number;
  /** 95 % of the means of resampled queries lie between. */
  readonly interval: readonly [number, number];
  /** Chance of a difference at least as large when a and b are alike, by exchanging them at random. */
  readonly p: number;
};

/**
 * Paired randomisation and bootstrap over queries, 10,000 rounds (ranking.md 9.4). Repeatable: the seed is fixed.
 *
 * @returns undefined below two pairs, which say nothing about chance
 */
export function comparePairs(a: readonly number[], b: readonly number[], seed = 1): PairedDifference | undefined {
  const differences = Float64Array.from(a, (value, at) => (b[at] ?? 0) - value);
  const size = differences.length;
  if (size < 2) return undefined;
  const random = createRandom(seed);
  const mean = differences.reduce((sum, value) => sum + value, 0) / size;
  const means = new Float64Array(rounds);
  let asLarge = 0;
  for (let round = 0; round < rounds; round += 1) {
    let [exchanged, resampled] = [0, 0];
    for (let at = 0; at < size; at += 1) {
      const difference = differences[at] ?? 0;
      exchanged += random() < 0.5 ? difference : -difference;
      resampled += differences[Math.floor(random() * size)] ?? 0;
    }
    // The sums differ in their last bits by the order of addition alone.
    if (Math.abs(exchanged / size) >= Math.abs(mean) - 1e-12) asLarge += 1;
    means[round] = resampled / size;
  }
  means.sort();
  const at = (share: number): number => means[Math.round(share * (rounds - 1))] ?? mean;
  // One more than counted: the order that was seen is one of the possible ones.
  return { mean, interval: [at(0.025), at(0.975)], p: (asLarge + 1) / (rounds + 1) };
}
