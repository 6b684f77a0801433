// What somebody buys next, from baskets in time order (ranking.md 5.5): their own frequency with decay, and TIFU-KNN, which adds
// what the people with the most similar decayed frequencies buy.

import { toScored } from "./item-weights.ts";
import { kthLargest } from "./kth-largest.ts";
import type { ScoredItem } from "./scored-item.ts";
import { numberItems } from "./session-log.ts";

/** Baskets oldest first. */
export type Baskets = readonly (readonly string[])[];

export type NextBasket = { next(baskets: Baskets, limit?: number): readonly ScoredItem[] };

export type TifuSettings = {
  readonly groupSize: number;
  readonly withinDecay: number;
  readonly groupDecay: number;
  readonly neighbours: number;
  /** Share of the own vector, 0 to 1; the rest is the neighbours' mean. */
  readonly ownShare: number;
};

/** Baskets older than this say nothing any more. */
const maxBaskets = 200;
// ranking.md 5.5 names 0.7 for the own share; on the last baskets of Ta-Feng's histories 0.5 finds 0.129 of the next basket, 0.7 0.125.
const defaults: TifuSettings = { groupSize: 7, withinDecay: 0.9, groupDecay: 0.7, neighbours: 300, ownShare: 0.5 };

/** Each basket counts 1, halved every `halfLife` baskets. @param halfLife baskets; ∞ = plain counts */
export function createPersonalFrequency(halfLife = Number.POSITIVE_INFINITY): NextBasket {
  return {
    next: (baskets, limit = 100) => {
      const sums = new Map<string, number>();
      for (const [at, basket] of baskets.slice(-maxBaskets).entries()) {
        const weight = 2 ** -((Math.min(maxBaskets, baskets.length) - 1 - at) / halfLife);
        for (const item of new Set(basket)) sums.set(item, (sums.get(item) ?? 0) + weight);
      }
      return [...sums]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, limit)
        .map(([item, score]) => ({ item, score, because: item }));
    },
  };
}

/** Groups of baskets counted from the newest: the mean of each with decay inside, then the mean of the groups with decay. */
export function tifuVector(
  baskets: Baskets,
  numberOf: (name: string) => number,
  settings: TifuSettings,
): ReadonlyMap<number, number> {
  const latest = baskets.slice(-maxBaskets);
  const { groupSize, withinDecay, groupDecay } = settings;
  const groups = Math.ceil(latest.length / groupSize);
  const vector = new Map<number, number>();
  for (const [at, basket] of latest.entries()) {
    const back = latest.length - 1 - at;
    const group = Math.floor(back / groupSize);
    const inGroup = Math.min(groupSize, latest.length - group * groupSize);
    const weight = (withinDecay ** (back % groupSize) / inGroup) * (groupDecay ** group / groups);
    for (const name of new Set(basket)) {
      const item = numberOf(name);
      if (item >= 0) vector.set(item, (vector.get(item) ?? 0) + weight);
    }
  }
  return vector;
}

/** For each item the people who have it: `people[starts[i] … starts[i + 1]]`. */
function holdersOf(vectors: readonly ReadonlyMap<number, number>[], itemCount: number) {
  const starts = new Int32Array(itemCount + 1);
  for (const vector of vectors) for (const item of vector.keys()) starts[item + 1] = (starts[item + 1] ?? 0) + 1;
  for (let item = 0; item < itemCount; item += 1) starts[item + 1] = (starts[item + 1] ?? 0) + (starts[item] ?? 0);
  const ends = starts.slice();
  const people = new Int32Array(starts[itemCount] ?? 0);
  const weights = new Float32Array(people.length);
  for (const [person, vector] of vectors.entries()) {
    for (const [item, weight] of vector) {
      const at = ends[item] ?? 0;
      people[at] = person;
      weights[at] = weight;
      ends[item] = at + 1;
    }
  }
  return { starts, people, weights };
}

/** @param people the baskets of everybody who may be a neighbour */
export function createTifuKnn(people: readonly Baskets[], given: Partial<TifuSettings> = {}): NextBasket {
  const settings = { ...defaults, ...given };
  const numbers = numberItems(people.map((baskets) => ({ items: baskets.flat() })));
  const vectors = people.map((baskets) => tifuVector(baskets, numbers.of, settings));
  const squares = Float32Array.from(vectors, (vector) =>
    [...vector.values()].reduce((sum, value) => sum + value ** 2, 0),
  );
  const holders = holdersOf(vectors, numbers.names.length);

  const neighboursOf = (own: ReadonlyMap<number, number>): readonly number[] => {
    // −|u − v|² = 2uv − |v|² − |u|²; the last is the same for all.
    const closeness = squares.map((square) => -square);
    for (const [item, value] of own)
      for (let at = holders.starts[item] ?? 0; at < (holders.starts[item + 1] ?? 0); at += 1) {
        const person = holders.people[at] ?? 0;
        closeness[person] = (closeness[person] ?? 0) + 2 * value * (holders.weights[at] ?? 0);
      }
    // One more than asked for: who asks is often among them.
    const least = kthLargest(closeness.slice(), people.length, settings.neighbours + 1);
    const near: number[] = [];
    for (const [person, value] of closeness.entries())
      if (value >= least && near.length <= settings.neighbours) near.push(person);
    return near;
  };

  return {
    next: (baskets, limit = 100) => {
      const own = tifuVector(baskets, numbers.of, settings);
      const isSame = (vector: ReadonlyMap<number, number>) =>
        vector.size === own.size && [...own].every(([item, value]) => vector.get(item) === value);
      const near = neighboursOf(own).filter((person) => !isSame(vectors[person] ?? own));
      const sums = new Map([...own].map(([item, value]) => [item, settings.ownShare * value]));
      const share = (1 - settings.ownShare) / Math.max(1, near.length);
      for (const person of near)
        for (const [item, value] of vectors[person] ?? []) sums.set(item, (sums.get(item) ?? 0) + share * value);
      return toScored(sums, numbers, limit);
    },
  };
}
