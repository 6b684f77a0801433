// V-SKNN and STAN in one pass (ranking.md 5.1): both look at the same past sessions, and differ in how alike two sessions are and
// in what a neighbour says about each of its items.
import { kthLargest } from "./kth-largest.ts";
import type { SessionLog } from "./session-log.ts";
import { createSharedSessions, currentItems, findSharedSessions } from "./shared-sessions.ts";

export type NeighbourSettings = {
  /** Newest sessions that share an item. */
  readonly maxCandidates: number;
  readonly sknn: {
    readonly neighbours: number;
    /** g of 1 + g · ln(N / n_i). */
    readonly idfWeight: number;
  };
  readonly stan: {
    readonly neighbours: number;
    /** λ1, views: how fast the views of the running session lose weight. */
    readonly recencyDecay: number;
    /** λ2, days. */
    readonly ageDecayDays: number;
    /** λ3, places between an item and the shared one. */
    readonly distanceDecay: number;
    /** λ4, views back to the newest shared item. */
    readonly stepsDecay: number;
    readonly idfWeight: number;
  };
  readonly purchaseWeight: number;
};

/** Reused from request to request: valid until the next one. */
export type NeighbourScores = {
  /** The items with a score: the first `count`. */
  count: number;
  readonly items: Int32Array;
  /** By item; 0 outside `items`. */
  readonly sknn: Float32Array;
  readonly stan: Float32Array;
  /** The item of the running session that speaks most for this one. */
  readonly because: Int32Array;
};

/** Views of the running session that count. */
export const maxLength = 20;

/** @returns scores of what followed in past sessions; the arrays are reused by the next call */
export function createNeighbourScores(log: SessionLog, settings: NeighbourSettings) {
  const itemCount = log.numbers.names.length;
  const shared = createSharedSessions(settings.maxCandidates);
  const scratch = new Float32Array(settings.maxCandidates);
  const likeness = { sknn: new Float32Array(settings.maxCandidates), stan: new Float32Array(settings.maxCandidates) };
  const scores: NeighbourScores = {
    count: 0,
    items: new Int32Array(itemCount),
    sknn: new Float32Array(itemCount),
    stan: new Float32Array(itemCount),
    because: new Int32Array(itemCount),
  };
  const best = new Float32Array(itemCount);
  const isTouched = new Uint8Array(itemCount);
  const idf = Float32Array.from(log.frequency, (count) => Math.log(log.sessionCount / Math.max(1, count)));
  const stepFactor = Float32Array.from({ length: maxLength + 1 }, (_, step) =>
    Math.exp((1 - step) / settings.stan.stepsDecay),
  );
  const distanceFactor = Float32Array.from({ length: 64 }, (_, distance) =>
    Math.exp(-distance / settings.stan.distanceDecay),
  );

  const clear = () => {
    for (let at = 0; at < scores.count; at += 1) {
      const item = scores.items[at] ?? 0;
      scores.sknn[item] = 0;
      scores.stan[item] = 0;
      best[item] = 0;
      isTouched[item] = 0;
    }
    scores.count = 0;
  };

  const measure = (distinct: number) => {
    const decayRate = 1 / settings.stan.ageDecayDays;
    const shownRoot = Math.sqrt(distinct);
    for (let at = 0; at < shared.count; at += 1) {
      const session = shared.sessions[at] ?? 0;
      const size = (log.starts[session + 1] ?? 0) - (log.starts[session] ?? 0);
      likeness.sknn[at] = (shared.linear[at] ?? 0) / distinct;
      likeness.stan[at] =
        ((shared.decayed[at] ?? 0) / (shownRoot * Math.sqrt(size))) *
        Math.exp(-(log.agesDays[session] ?? 0) * decayRate);
    }
  };

  /** The likeness that the last neighbour has. */
  const leastOf = (values: Float32Array, neighbours: number): number => {
    scratch.set(values.subarray(0, shared.count));
    return kthLargest(scratch, shared.count, neighbours);
  };

  const addSession = (at: number, sknn: number, stan: number, sharedItem: number) => {
    const session = shared.sessions[at] ?? 0;
    const [start, end] = [log.starts[session] ?? 0, log.starts[session + 1] ?? 0];
    let place = 0;
    for (let entry = start; entry < end; entry += 1)
      if (log.items[entry] === sharedItem) place = log.places[entry] ?? 0;
    for (let entry = start; entry < end; entry += 1) {
      const item = log.items[entry] ?? 0;
      if (isTouched[item] === 0) {
        isTouched[item] = 1;
        scores.items[scores.count] = item;
        scores.count += 1;
      }
      scores.sknn[item] = (scores.sknn[item] ?? 0) + sknn;
      if (stan > 0) {
        const distance = Math.abs((log.places[entry] ?? 0) - place);
        scores.stan[item] = (scores.stan[item] ?? 0) + stan * (distanceFactor[Math.min(63, distance)] ?? 0);
      }
      if (item !== sharedItem && sknn + stan > (best[item] ?? 0)) {
        best[item] = sknn + stan;
        scores.because[item] = sharedItem;
      }
    }
  };

  /** @param items of the running session, oldest first; -1 = unknown */
  return (items: readonly number[]): NeighbourScores => {
    clear();
    const latest = items.slice(-maxLength);
    const current = currentItems(latest);
    findSharedSessions(
      log,
      current,
      latest.length,
      { maxCandidates: settings.maxCandidates, recencyDecay: settings.stan.recencyDecay },
      shared,
    );
    measure(current.length);
    const leastSknn = leastOf(likeness.sknn, settings.sknn.neighbours);
    const leastStan = leastOf(likeness.stan, settings.stan.neighbours);
    for (let at = 0; at < shared.count; at += 1) {
      const isNear = (likeness.sknn[at] ?? 0) >= leastSknn;
      const isNearStan = (likeness.stan[at] ?? 0) >= leastStan;
      if (!isNear && !isNearStan) continue;
      const newest = current[shared.newest[at] ?? 0];
      if (!newest) continue;
      const bought = log.hasPurchase[shared.sessions[at] ?? 0] === 1 ? settings.purchaseWeight : 1;
      addSession(
        at,
        isNear ? ((likeness.sknn[at] ?? 0) / newest.stepsBack) * bought : 0,
        isNearStan ? (likeness.stan[at] ?? 0) * (stepFactor[newest.stepsBack] ?? 0) * bought : 0,
        newest.item,
      );
    }
    for (let at = 0; at < scores.count; at += 1) {
      const item = scores.items[at] ?? 0;
      scores.sknn[item] = (scores.sknn[item] ?? 0) * (1 + settings.sknn.idfWeight * (idf[item] ?? 0));
      scores.stan[item] = (scores.stan[item] ?? 0) * (1 + settings.stan.idfWeight * (idf[item] ?? 0));
    }
    return scores;
  };
}
