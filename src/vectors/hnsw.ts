// Near vectors without looking at all of them: a hierarchical navigable small world graph (Malkov and Yashunin, 2016) over vectors of
// length one. Level 0 holds every vector with up to 2·M neighbours, each level above a sixteenth of the one below with up to M; a
// search walks down with a few of the best and keeps the best `ef` on level 0. All of it is flat arrays, which a worker thread can hand over.
import { createRandom } from "../kernel/index.ts";
import { dotProduct } from "./dot-products.ts";

/** The graph; plain arrays only. */
export type NearGraph = {
  readonly size: number;
  readonly count: number;
  readonly top: number;
  readonly entry: number;
  readonly levels: Uint8Array;
  /** By vector: number of neighbours, then the neighbours. */
  readonly ground: Uint32Array;
  /** The same for the levels above, vector by vector; `aboveStarts` says where those of a vector begin. */
  readonly above: Uint32Array;
  readonly aboveStarts: Uint32Array;
  /** By vector: the next one that is the same, plus 1; only the first of them is linked. */
  readonly twins: Uint32Array;
};

export const graphSettings = { neighbours: 16, efConstruction: 200, ef: 64 };
const groundWidth = 2 * graphSettings.neighbours + 1;
const aboveWidth = graphSettings.neighbours + 1;
const maxLevel = 12;
const descentWidth = 32;
/** Vectors this near are one: hundreds of the same would have links to each other only, and the rest out of reach. */
const sameCosine = 1 - 1e-6;

type Near = { readonly numbers: Uint32Array; readonly scores: Float32Array; count: number };

/** A heap of vectors; `sign` 1 has the best at its root, -1 the worst. */
function createHeap(size: number, sign: 1 | -1) {
  const numbers = new Uint32Array(size);
  const scores = new Float32Array(size);
  let count = 0;
  const isAbove = (a: number, b: number): boolean => sign * ((scores[a] as number) - (scores[b] as number)) > 0;
  const swap = (a: number, b: number): void => {
    const [number, score] = [numbers[a] as number, scores[a] as number];
    numbers[a] = numbers[b] as number;
    scores[a] = scores[b] as number;
    numbers[b] = number;
    scores[b] = score;
  };
  return {
    numbers,
    scores,
    count: () => count,
    clear: () => {
      count = 0;
    },
    push: (number: number, score: number): void => {
      numbers[count] = number;
      scores[count] = score;
      let at = count;
      count += 1;
      while (at > 0 && isAbove(at, (at - 1) >> 1)) {
        swap(at, (at - 1) >> 1);
        at = (at - 1) >> 1;
      }
    },
    /** Takes the root away; it is left behind the end. */
    pop: (): void => {
      count -= 1;
      swap(0, count);
      for (let at = 0; ; ) {
        let best = at;
        for (let child = 2 * at + 1; child <= 2 * at + 2 && child < count; child += 1)
          if (isAbove(child, best)) best = child;
        if (best === at) return;
        swap(at, best);
        at = best;
      }
    },
  };
}

/** @param vectors one run of `size` a vector, each one long; may hold room for more */
export function createNearIndex(vectors: Float32Array, size: number, given?: NearGraph, seed = 1) {
  const capacity = Math.floor(vectors.length / size);
  const random = createRandom(seed + (given?.count ?? 0));
  const levels = new Uint8Array(capacity);
  const ground = new Uint32Array(capacity * groundWidth);
  const aboveStarts = new Uint32Array(capacity);
  const twins = new Uint32Array(capacity);
  let above = new Uint32Array(Math.max(64, Math.ceil(capacity / 8) * aboveWidth));
  let aboveEnd = 0;
  let count = 0;
  let [top, entry] = [0, 0];
  if (given) {
    levels.set(given.levels);
    ground.set(given.ground);
    aboveStarts.set(given.aboveStarts);
    twins.set(given.twins);
    above = given.above.slice();
    aboveEnd = above.length;
    [count, top, entry] = [given.count, given.top, given.entry];
  }
  const seen = new Uint32Array(capacity);
  let round = 0;
  const { neighbours, efConstruction } = graphSettings;
  const open = createHeap(capacity + 1, 1);
  const best = createHeap(Math.max(efConstruction, 1_024) + 1, -1);

  const scoreOf = (number: number, query: Float32Array, at: number): number =>
    dotProduct(vectors, number * size, query, at, size);
  const listOf = (number: number, level: number): { readonly table: Uint32Array; readonly at: number } =>
    level === 0
      ? { table: ground, at: number * groundWidth }
      : { table: above, at: (aboveStarts[number] as number) + (level - 1) * aboveWidth };

  /** The nearest `ef` that are met from the starts, unsorted, in `best`. */
  const explore = (query: Float32Array, queryAt: number, starts: Uint32Array, ef: number, level: number): void => {
    round += 1;
    open.clear();
    best.clear();
    for (const start of starts) {
      const score = scoreOf(start, query, queryAt);
      seen[start] = round;
      open.push(start, score);
      best.push(start, score);
    }
    while (open.count() > 0) {
      const number = open.numbers[0] as number;
      if (best.count() >= ef && (open.scores[0] as number) < (best.scores[0] as number)) return;
      open.pop();
      const { table, at } = listOf(number, level);
      const end = at + (table[at] as number);
      for (let place = at + 1; place <= end; place += 1) {
        const other = table[place] as number;
        if (seen[other] === round) continue;
        seen[other] = round;
        const score = scoreOf(other, query, queryAt);
        if (best.count() >= ef && score <= (best.scores[0] as number)) continue;
        open.push(other, score);
        if (best.count() >= ef) best.pop();
        best.push(other, score);
      }
    }
  };

  /** What `explore` found, best first. */
  const ranked = (limit: number): Near => {
    const total = best.count();
    const numbers = new Uint32Array(total);
    const scores = new Float32Array(total);
    for (let at = total - 1; at >= 0; at -= 1) {
      numbers[at] = best.numbers[0] as number;
      scores[at] = best.scores[0] as number;
      best.pop();
    }
    return { numbers: numbers.subarray(0, limit), scores: scores.subarray(0, limit), count: Math.min(limit, total) };
  };

  /** Neighbours that lie in different directions: one that is as near to a chosen one as to the vector is left out. */
  const choose = (found: Near, most: number): readonly number[] => {
    const chosen: number[] = [];
    const passed: number[] = [];
    for (let at = 0; at < found.count && chosen.length < most; at += 1) {
      const number = found.numbers[at] as number;
      const score = found.scores[at] as number;
      if (chosen.some((other) => dotProduct(vectors, number * size, vectors, other * size, size) >= score))
        passed.push(number);
      else chosen.push(number);
    }
    // Places that are left are filled, nearest first: clusters stay reachable.
    for (const number of passed) if (chosen.length < most) chosen.push(number);
    return chosen;
  };

  const write = (number: number, level: number, chosen: readonly number[]): void => {
    const { table, at } = listOf(number, level);
    table[at] = chosen.length;
    for (const [place, other] of chosen.entries()) table[at + 1 + place] = other;
  };

  const link = (from: number, to: number, level: number): void => {
    const { table, at } = listOf(from, level);
    const most = level === 0 ? 2 * neighbours : neighbours;
    const own = table[at] as number;
    if (own < most) {
      table[at] = own + 1;
      table[at + own + 1] = to;
      return;
    }
    const all = [...table.subarray(at + 1, at + 1 + own), to]
      .map((number) => ({ number, score: dotProduct(vectors, from * size, vectors, number * size, size) }))
      .sort((a, b) => b.score - a.score || a.number - b.number);
    const found = {
      numbers: Uint32Array.from(all, ({ number }) => number),
      scores: Float32Array.from(all, ({ score }) => score),
      count: all.length,
    };
    write(from, level, choose(found, most));
  };

  const makeRoom = (level: number): void => {
    const needed = aboveEnd + level * aboveWidth;
    if (needed > above.length) {
      const wider = new Uint32Array(Math.max(needed, above.length * 2));
      wider.set(above);
      above = wider;
    }
  };

  /** Where to begin on a level: several places, for clusters that lie equally near need not be linked below. */
  const descend = (query: Float32Array, queryAt: number, to: number): Uint32Array => {
    let starts: Uint32Array = Uint32Array.of(entry);
    for (let level = top; level > to; level -= 1) {
      explore(query, queryAt, starts, descentWidth, level);
      starts = ranked(descentWidth).numbers;
    }
    return starts;
  };

  /** The first of the vectors that are the same as this one; -1 without one. */
  const twinOf = (number: number): number => {
    explore(vectors, number * size, descend(vectors, number * size, 0), descentWidth, 0);
    const { numbers, scores } = ranked(1);
    return (scores[0] ?? 0) >= sameCosine ? (numbers[0] ?? -1) : -1;
  };

  /** With those that are the same as one of them. */
  const withTwins = (found: Near, limit: number): Near => {
    const numbers: number[] = [];
    const scores: number[] = [];
    for (let at = 0; at < found.count && numbers.length < limit; at += 1) {
      for (
        let next = (found.numbers[at] as number) + 1;
        next > 0 && numbers.length < limit;
        next = twins[next - 1] ?? 0
      ) {
        numbers.push(next - 1);
        scores.push(found.scores[at] as number);
      }
    }
    return { numbers: Uint32Array.from(numbers), scores: Float32Array.from(scores), count: numbers.length };
  };

  return {
    count: (): number => count,
    capacity,
    /** Adds the vector that stands behind the last one. */
    add: (): void => {
      const number = count;
      const twin = number === 0 ? -1 : twinOf(number);
      if (twin >= 0) {
        twins[number] = twins[twin] ?? 0;
        twins[twin] = number + 1;
        count += 1;
        return;
      }
      const level = Math.min(maxLevel, Math.floor(-Math.log(1 - random()) / Math.log(neighbours)));
      levels[number] = level;
      makeRoom(level);
      aboveStarts[number] = aboveEnd;
      aboveEnd += level * aboveWidth;
      count += 1;
      if (number === 0) {
        [top, entry] = [level, 0];
        return;
      }
      let starts = descend(vectors, number * size, Math.min(level, top));
      for (let own = Math.min(level, top); own >= 0; own -= 1) {
        explore(vectors, number * size, starts, efConstruction, own);
        const found = ranked(efConstruction);
        starts = found.numbers;
        const chosen = choose(found, neighbours);
        write(number, own, chosen);
        for (const other of chosen) link(other, number, own);
      }
      if (level > top) [top, entry] = [level, number];
    },
    /** The nearest vectors, best first; almost always the true ones. */
    nearest: (query: Float32Array, limit: number, ef = graphSettings.ef): Near => {
      if (count === 0) return { numbers: new Uint32Array(), scores: new Float32Array(), count: 0 };
      explore(query, 0, descend(query, 0, 0), Math.min(1_024, Math.max(ef, limit)), 0);
      return withTwins(ranked(limit), limit);
    },
    graph: (): NearGraph => ({
      ...{ size, count, top, entry },
      levels: levels.slice(0, count),
      ground: ground.slice(0, count * groundWidth),
      above: above.slice(0, aboveEnd),
      aboveStarts: aboveStarts.slice(0, count),
      twins: twins.slice(0, count),
    }),
  };
}

export type NearIndex = ReturnType<typeof createNearIndex>;

/** The graph of all vectors at once: about 1 ms each. */
export function buildNearGraph(vectors: Float32Array, size: number, seed = 1): NearGraph {
  const index = createNearIndex(vectors, size, undefined, seed);
  while (index.count() < index.capacity) index.add();
  return index.graph();
}
