// What speaks for each item being the next: sums over past sessions that share an item with the running one, in three views
// (V-SKNN, cosine, STAN), plus what the items lead to in two steps, plus how each item behaves by itself.
import type { ItemHabits } from "./item-habits.ts";
import type { ItemPairs } from "./item-pairs.ts";
import { kthLargest } from "./kth-largest.ts";
import type { SessionLog } from "./session-log.ts";
import { type CurrentItem, createSharedSessions, currentItems, findSharedSessions } from "./shared-sessions.ts";

export type NextModel = SessionLog & ItemHabits & ItemPairs;

/** In the order of the weights. Logarithms are of shares of the best item that is not in the running session. */
export const featureNames = [
  "sknn",
  "cosine",
  "stan",
  "follows",
  "twoSteps",
  "popularity",
  "recentViews",
  "isNotNeighbour",
  "isLast",
  "isBeforeLast",
  "isInSession",
  "viewsInSession",
  "againNext",
  "againLater",
  "lengthIfInSession",
  "cosineInSession",
  "stanInSession",
] as const;
export type NextFeatures = Readonly<Record<(typeof featureNames)[number], number>>;
export const featureCount = featureNames.length;

/** Valid until the next request. */
export type Candidates = {
  readonly items: readonly number[];
  /** `featureCount` values an item. */
  readonly features: Float32Array;
  /** By item: which item of the running session speaks most for it; -1 = none. */
  readonly because: Int32Array;
};

/** Views of the running session that count. */
export const maxLength = 20;
const maxSessions = 5_000;
const stanRecency = 3;
const stanAgeDays = 30;
const stanDistance = 2;
const maxSteps = 10;
const purchaseWeight = 1.5;
const keptTwoSteps = 300;
/** Less than this share of the best in every view: not looked at. */
const leastShare = 0.03;

const [sknn, cosine, stan, follows] = [0, 1, 2, 3];
const views = 4;

/** @returns candidates of a running session; the arrays are reused by the next call */
export function createNextFeatures(model: NextModel) {
  const size = model.numbers.names.length;
  const shared = createSharedSessions(maxSessions);
  const sums = new Float32Array(size * views);
  const twoSteps = new Float32Array(size);
  const isTouched = new Uint8Array(size);
  const best = new Float32Array(size);
  const because = new Int32Array(size).fill(-1);
  const touched = new Int32Array(size);
  const scratch = new Float32Array(size);
  let count = 0;
  const distanceFactor = Float32Array.from({ length: 64 }, (_, distance) => Math.exp(-distance / stanDistance));
  // Of every past session, so that a request takes no root and no power: 5,000 sessions are looked at.
  const inverseRoot = Float32Array.from(
    { length: model.sessionCount },
    (_, session) => 1 / Math.sqrt(Math.max(1, (model.starts[session + 1] ?? 0) - (model.starts[session] ?? 0))),
  );
  const ageFactor = model.agesDays.map((days) => Math.exp(-days / stanAgeDays));
  const logFrequency = Float32Array.from(model.frequency, (value) => Math.log(Math.max(1, value)));
  const logRecent = Float32Array.from(model.recentViews, (value) => Math.log1p(value));

  const touch = (item: number) => {
    if (isTouched[item] === 1) return;
    isTouched[item] = 1;
    touched[count] = item;
    count += 1;
  };

  const clear = () => {
    for (let at = 0; at < count; at += 1) {
      const item = touched[at] ?? 0;
      sums.fill(0, item * views, item * views + views);
      twoSteps[item] = 0;
      isTouched[item] = 0;
      best[item] = 0;
      because[item] = -1;
    }
    count = 0;
  };

  const addSession = (at: number, current: readonly CurrentItem[]) => {
    const session = shared.sessions[at] ?? 0;
    const newest = current[shared.newest[at] ?? 0];
    if (!newest) return;
    const [start, end] = [model.starts[session] ?? 0, model.starts[session + 1] ?? 0];
    const weight = model.hasPurchase[session] === 1 ? purchaseWeight : 1;
    const byRoot = weight * (inverseRoot[session] ?? 0);
    const bySknn = (weight * (shared.linear[at] ?? 0)) / (current.length * newest.stepsBack);
    const byCosine = byRoot * (shared.sharedItems[at] ?? 0);
    const byStan = byRoot * (shared.decayed[at] ?? 0) * (ageFactor[session] ?? 0);
    let place = 0;
    for (let entry = start; entry < end; entry += 1)
      if (model.items[entry] === newest.item) place = model.places[entry] ?? 0;
    for (let entry = start; entry < end; entry += 1) {
      const item = model.items[entry] ?? 0;
      touch(item);
      const from = item * views;
      const steps = (model.places[entry] ?? 0) - place;
      const near = byStan * (distanceFactor[Math.min(63, Math.abs(steps))] ?? 0);
      sums[from + sknn] = (sums[from + sknn] ?? 0) + bySknn;
      sums[from + cosine] = (sums[from + cosine] ?? 0) + byCosine;
      sums[from + stan] = (sums[from + stan] ?? 0) + near;
      if (newest.stepsBack === 1 && steps > 0 && steps <= maxSteps)
        sums[from + follows] = (sums[from + follows] ?? 0) + weight / steps;
      if (steps !== 0 && near > (best[item] ?? 0)) {
        best[item] = near;
        because[item] = newest.item;
      }
    }
  };

  /** What the last item leads to, and what that leads to. */
  const walk = (last: number): void => {
    const found: number[] = [];
    for (let pair = model.pairStarts[last] ?? 0; pair < (model.pairStarts[last + 1] ?? 0); pair += 1) {
      const middle = model.pairItems[pair] ?? 0;
      const weight = model.pairWeights[pair] ?? 0;
      for (let next = model.pairStarts[middle] ?? 0; next < (model.pairStarts[middle + 1] ?? 0); next += 1) {
        const item = model.pairItems[next] ?? 0;
        if (item === last) continue;
        if (twoSteps[item] === 0) found.push(item);
        twoSteps[item] = (twoSteps[item] ?? 0) + weight * (model.pairWeights[next] ?? 0);
      }
    }
    for (const [at, item] of found.entries()) scratch[at] = twoSteps[item] ?? 0;
    const least = kthLargest(scratch, found.length, keptTwoSteps);
    for (const item of found) {
      if ((twoSteps[item] ?? 0) < least) twoSteps[item] = 0;
      else {
        if (isTouched[item] === 0) because[item] = last;
        touch(item);
      }
    }
  };

  /** The best of each view among items that are not in the running session, and the sum of what follows. */
  const measure = (inSession: ReadonlyMap<number, number>) => {
    const most = new Float64Array(views).fill(1e-9);
    let following = 0;
    for (let at = 0; at < count; at += 1) {
      const item = touched[at] ?? 0;
      following += sums[item * views + follows] ?? 0;
      if (inSession.has(item)) continue;
      for (let view = 0; view < views; view += 1)
        most[view] = Math.max(most[view] ?? 0, sums[item * views + view] ?? 0);
    }
    return { most, following };
  };

  const isWorth = (item: number, most: Float64Array): boolean => {
    if ((twoSteps[item] ?? 0) > 0) return true;
    for (let view = 0; view < follows; view += 1)
      if ((sums[item * views + view] ?? 0) > leastShare * (most[view] ?? 0)) return true;
    return false;
  };

  /** @param items of the running session, oldest first; -1 = unknown */
  return (items: readonly number[]): Candidates => {
    clear();
    const latest = items.filter((item) => item >= 0).slice(-maxLength);
    const current = currentItems(latest);
    findSharedSessions(
      model,
      current,
      latest.length,
      { maxCandidates: maxSessions, recencyDecay: stanRecency },
      shared,
    );
    for (let at = 0; at < shared.count; at += 1) addSession(at, current);
    const [last, beforeLast] = [current.at(-1)?.item ?? -1, current.at(-2)?.item ?? -1];
    if (last >= 0) walk(last);
    const inSession = new Map<number, number>();
    for (const item of latest) inSession.set(item, (inSession.get(item) ?? 0) + 1);
    const { most, following } = measure(inSession);
    const found = Array.from(touched.subarray(0, count)).filter((item) => inSession.has(item) || isWorth(item, most));
    const features = new Float32Array(found.length * featureCount);
    const logShare = (item: number, view: number) =>
      Math.log((sums[item * views + view] ?? 0) / (most[view] ?? 1) + 0.01);
    for (const [row, item] of found.entries()) {
      const times = inSession.get(item) ?? 0;
      const own = times > 0;
      const values = [
        own ? 0 : logShare(item, sknn),
        own ? 0 : logShare(item, cosine),
        own ? 0 : logShare(item, stan),
        own ? 0 : (sums[item * views + follows] ?? 0) / (following + 1),
        Math.log((twoSteps[item] ?? 0) + 0.001),
        logFrequency[item] ?? 0,
        logRecent[item] ?? 0,
        sums[item * views + cosine] === 0 ? 1 : 0,
        item === last ? 1 : 0,
        item === beforeLast ? 1 : 0,
        own ? 1 : 0,
        Math.log1p(times),
        item === last ? (model.againNext[item] ?? 0) : 0,
        own ? (model.againLater[item] ?? 0) : 0,
        own ? Math.log(latest.length) : 0,
        own ? logShare(item, cosine) : 0,
        own ? logShare(item, stan) : 0,
      ];
      features.set(values, row * featureCount);
    }
    return { items: found, features, because };
  };
}
