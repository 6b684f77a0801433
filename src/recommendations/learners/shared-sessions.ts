import { lastPlaces, type SessionLog } from "./session-log.ts";

/** A distinct item of the running session. */
export type CurrentItem = {
  readonly item: number;
  /** 1 = the newest view. */
  readonly stepsBack: number;
};

/** Past sessions that share an item with the running one, newest first; the first `count` places are meant. */
export type SharedSessions = {
  count: number;
  readonly sessions: Int32Array;
  /** Sum of the linear weights of the shared items, place / length. */
  readonly linear: Float32Array;
  /** Sum of their exponential weights, e^((place − length) / λ). */
  readonly decayed: Float32Array;
  /** How many items they share. */
  readonly sharedItems: Uint8Array;
  /** Which of the current items is the newest shared one. */
  readonly newest: Uint8Array;
};

export type SharedSettings = { readonly maxCandidates: number; readonly recencyDecay: number };

/** @param items of the running session, oldest first; unknown ones are -1 and count as steps */
export function currentItems(items: readonly number[]): readonly CurrentItem[] {
  return lastPlaces(items).map(({ item, place }) => ({ item, stepsBack: items.length - place }));
}

export function createSharedSessions(maxCandidates: number): SharedSessions {
  return {
    count: 0,
    sessions: new Int32Array(maxCandidates),
    linear: new Float32Array(maxCandidates),
    decayed: new Float32Array(maxCandidates),
    sharedItems: new Uint8Array(maxCandidates),
    newest: new Uint8Array(maxCandidates),
  };
}

/**
 * Finds the newest past sessions that share an item, by merging the ends of the items' lists.
 *
 * @param current at most 255 items
 * @param length of the running session, repeats and unknown items included
 * @param into overwritten
 */
export function findSharedSessions(
  log: SessionLog,
  current: readonly CurrentItem[],
  length: number,
  settings: SharedSettings,
  into: SharedSessions,
): void {
  const lists = current.length;
  const heads = new Int32Array(lists);
  const stops = new Int32Array(lists);
  const fronts = new Int32Array(lists);
  const linear = new Float64Array(lists);
  const decayed = new Float64Array(lists);
  for (const [list, { item, stepsBack }] of current.entries()) {
    stops[list] = log.postingStarts[item] ?? 0;
    heads[list] = (log.postingStarts[item + 1] ?? 0) - 1;
    fronts[list] = (heads[list] ?? 0) >= (stops[list] ?? 0) ? (log.postings[heads[list] ?? 0] ?? -1) : -1;
    linear[list] = (length - stepsBack + 1) / length;
    decayed[list] = Math.exp((1 - stepsBack) / settings.recencyDecay);
  }
  let count = 0;
  while (count < settings.maxCandidates) {
    let newest = -1;
    for (let list = 0; list < lists; list += 1) if ((fronts[list] ?? -1) > newest) newest = fronts[list] ?? -1;
    if (newest < 0) break;
    let [sumLinear, sumDecayed, sharedItems, shared] = [0, 0, 0, 0];
    for (let list = 0; list < lists; list += 1) {
      if (fronts[list] !== newest) continue;
      sumLinear += linear[list] ?? 0;
      sumDecayed += decayed[list] ?? 0;
      sharedItems += 1;
      // The lists are in the order of the last places: the last that matches is the newest.
      shared = list;
      const head = (heads[list] ?? 0) - 1;
      heads[list] = head;
      fronts[list] = head >= (stops[list] ?? 0) ? (log.postings[head] ?? -1) : -1;
    }
    into.sessions[count] = newest;
    into.linear[count] = sumLinear;
    into.decayed[count] = sumDecayed;
    into.sharedItems[count] = sharedItems;
    into.newest[count] = shared;
    count += 1;
  }
  into.count = count;
}
