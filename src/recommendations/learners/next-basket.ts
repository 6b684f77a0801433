// What somebody buys next, from baskets in time order (ranking.md 5.5): their own frequency with decay, and TIFU-KNN, which adds
// what the people with the most similar decayed frequencies buy.

import { bestOf } from "./item-weights.ts";
import { kthLargest } from "./kth-largest.ts";
import { transpose } from "./person-items.ts";
import type { ScoredItem } from "./scored-item.ts";
import { type ItemNumbers, numberItems } from "./session-log.ts";

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
  baskets: readonly (readonly number[])[],
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
    for (const item of new Set(basket)) vector.set(item, (vector.get(item) ?? 0) + weight);
  }
  return vector;
}

/** What everybody buys, by people and by items. Plain data: a worker can hand it over; 200,000 people with 30 items take 100 MB. */
export type LearnedBaskets = {
  readonly settings: TifuSettings;
  readonly itemCount: number;
  /** Person p has the vector `items[starts[p] … starts[p + 1]]` with these weights, by item. */
  readonly starts: Int32Array;
  readonly items: Int32Array;
  readonly weights: Float32Array;
  /** |v|² of each person. */
  readonly squares: Float32Array;
  /** People by |v|², smallest first: who shares nothing with the asker is the nearer the shorter the vector. */
  readonly bySquare: Int32Array;
  /** Item i is in the vectors of `holders[holderStarts[i] … holderStarts[i + 1]]`. */
  readonly holderStarts: Int32Array;
  readonly holders: Int32Array;
  readonly holderWeights: Float32Array;
};

/** @param people numbered items of the baskets of everybody who may be a neighbour, oldest first */
export function learnBaskets(
  people: Iterable<readonly (readonly number[])[]>,
  itemCount: number,
  given: Partial<TifuSettings> = {},
): LearnedBaskets {
  const settings = { ...defaults, ...given };
  const starts = [0];
  const items: number[] = [];
  const values: number[] = [];
  const squares: number[] = [];
  for (const baskets of people) {
    let square = 0;
    for (const [item, weight] of [...tifuVector(baskets, settings)].sort((a, b) => a[0] - b[0])) {
      items.push(item);
      values.push(weight);
      square += weight ** 2;
    }
    starts.push(items.length);
    squares.push(square);
  }
  const table = { itemCount, starts: Int32Array.from(starts), items: Int32Array.from(items) };
  const held = transpose({ ...table, values: Float32Array.from(values) });
  return {
    ...{ settings, ...table, weights: Float32Array.from(values), squares: Float32Array.from(squares) },
    bySquare: Int32Array.from(squares.keys()).sort((a, b) => (squares[a] ?? 0) - (squares[b] ?? 0) || a - b),
    ...{ holderStarts: held.starts, holders: held.items, holderWeights: held.values },
  };
}

type Vector = ReadonlyMap<number, number>;

/** Finds the people with the nearest vectors. Its arrays are used again by every call. */
function createNeighbours(model: LearnedBaskets) {
  const { starts, items, weights, squares, bySquare, holderStarts, holders, holderWeights } = model;
  const products = new Float32Array(squares.length);
  const near = new Int32Array(squares.length);
  const closeness = new Float32Array(squares.length);

  const touch = (own: Vector): number => {
    let count = 0;
    for (const [item, value] of own) {
      for (let at = holderStarts[item] ?? 0; at < (holderStarts[item + 1] ?? 0); at += 1) {
        const person = holders[at] ?? 0;
        if (products[person] === 0) {
          near[count] = person;
          count += 1;
        }
        products[person] = (products[person] ?? 0) + value * (holderWeights[at] ?? 0);
      }
    }
    return count;
  };
  const isSame = (person: number, own: Vector): boolean => {
    const [start, end] = [starts[person] ?? 0, starts[person + 1] ?? 0];
    if (end - start !== own.size) return false;
    for (let at = start; at < end; at += 1)
      if (Math.fround(own.get(items[at] ?? 0) ?? -1) !== weights[at]) return false;
    return true;
  };

  /** The asker's sharers, then those without anything in common who are nearest: one more than asked for. */
  const collect = (own: Vector): number => {
    const count = touch(own);
    let end = count;
    for (const person of bySquare) {
      if (end > count + model.settings.neighbours) break;
      if (products[person] !== 0) continue;
      near[end] = person;
      end += 1;
    }
    // −|u − v|² = 2uv − |v|² − |u|²; the last is the same for all.
    for (let at = 0; at < end; at += 1) {
      const person = near[at] ?? 0;
      closeness[at] = 2 * (products[person] ?? 0) - (squares[person] ?? 0);
    }
    for (let at = 0; at < count; at += 1) products[near[at] ?? 0] = 0;
    return end;
  };

  return (own: Vector): readonly number[] => {
    const end = collect(own);
    // Who asks is often among them.
    const wanted = model.settings.neighbours + 1;
    const least = kthLargest(closeness.slice(0, end), end, wanted);
    const nearest: number[] = [];
    for (let at = 0; at < end && nearest.length < wanted; at += 1)
      if ((closeness[at] ?? 0) >= least) nearest.push(near[at] ?? 0);
    return nearest.filter((person) => !isSame(person, own));
  };
}

/** Answers from what was learned; items that nobody else bought count by the asker's own baskets. */
export function nextBasketOf(model: LearnedBaskets, numbers: ItemNumbers): NextBasket {
  const neighboursOf = createNeighbours(model);
  const { settings, starts, items, weights, itemCount } = model;
  return {
    next: (baskets, limit = 100) => {
      const unknown = new Map<string, number>();
      const numberOf = (name: string): number => {
        const known = numbers.of(name);
        if (known >= 0) return known;
        const given = unknown.get(name) ?? itemCount + unknown.size;
        unknown.set(name, given);
        return given;
      };
      const own = tifuVector(
        baskets.slice(-maxBaskets).map((basket) => basket.map(numberOf)),
        settings,
      );
      const near = neighboursOf(own);
      const sums = new Map([...own].map(([item, value]) => [item, settings.ownShare * value]));
      const share = (1 - settings.ownShare) / Math.max(1, near.length);
      for (const person of near)
        for (let at = starts[person] ?? 0; at < (starts[person + 1] ?? 0); at += 1) {
          const item = items[at] ?? 0;
          sums.set(item, (sums.get(item) ?? 0) + share * (weights[at] ?? 0));
        }
      const others = [...unknown.keys()];
      return bestOf(sums, limit).map(([item, score]) => ({
        item: numbers.names[item] ?? others[item - itemCount] ?? "",
        score,
        because: "",
      }));
    },
  };
}

/** @param people the baskets of everybody who may be a neighbour */
export function createTifuKnn(people: readonly Baskets[], settings: Partial<TifuSettings> = {}): NextBasket {
  const numbers = numberItems(people.map((baskets) => ({ items: baskets.flat() })));
  const numbered = people.map((baskets) => baskets.map((basket) => basket.map(numbers.of)));
  return nextBasketOf(learnBaskets(numbered, numbers.names.length, settings), numbers);
}
