// Past sessions as flat arrays: items by number, sessions in time order, and for each item the ascending numbers of the newest
// sessions that hold it. 10 M views take about 120 MB; nothing here is ever sorted.

/** One past session: items in the order they were seen, oldest first. */
export type LearnedSession = {
  readonly items: readonly string[];
  /** Default false. */
  readonly hasPurchase?: boolean;
  /** UTC ms; where a session has none, age is counted in sessions. */
  readonly endedAt?: number;
};

/** Items by number, in the order they were first seen. */
export type ItemNumbers = {
  readonly names: readonly string[];
  /** @returns -1 for an unknown item */
  of(name: string): number;
};

export type SessionLog = {
  readonly sessionCount: number;
  readonly numbers: ItemNumbers;
  /** Session s holds `items[starts[s] … starts[s + 1]]`: each distinct item once, by its last place. */
  readonly starts: Int32Array;
  readonly items: Int32Array;
  /** The last place of the item in the session as it was, repeats included; from 0. */
  readonly places: Uint16Array;
  readonly hasPurchase: Uint8Array;
  /** Days before the newest session. */
  readonly agesDays: Float32Array;
  /** Sessions that hold the item, all of them counted. */
  readonly frequency: Int32Array;
  /** Item i is in the sessions `postings[postingStarts[i] … postingStarts[i + 1]]`, the newest ones only. */
  readonly postingStarts: Int32Array;
  readonly postings: Int32Array;
};

const dayMs = 86_400_000;
/** Without times the log counts as so long: the lengths of the logs the defaults were chosen on. */
const assumedSpanDays = 90;
/** Longer sessions are machines; the newest part says enough. */
const maxSessionItems = 500;

/** Numbers for every item of the sessions. */
export function numberItems(sessions: Iterable<{ readonly items: readonly string[] }>): ItemNumbers {
  const byName = new Map<string, number>();
  for (const { items } of sessions) for (const item of items) if (!byName.has(item)) byName.set(item, byName.size);
  return { names: [...byName.keys()], of: (name) => byName.get(name) ?? -1 };
}

/** Each distinct item with its last place, in the order of these places. */
export function lastPlaces(items: readonly number[]): { readonly item: number; readonly place: number }[] {
  const seen = new Set<number>();
  const found: { readonly item: number; readonly place: number }[] = [];
  for (let place = items.length - 1; place >= 0; place -= 1) {
    const item = items[place] ?? -1;
    if (item < 0 || seen.has(item)) continue;
    seen.add(item);
    found.push({ item, place });
  }
  return found.reverse();
}

function agesOf(sessions: readonly LearnedSession[]): Float32Array {
  let newest = Number.NEGATIVE_INFINITY;
  for (const { endedAt } of sessions) newest = Math.max(newest, endedAt ?? Number.NEGATIVE_INFINITY);
  const count = sessions.length;
  return Float32Array.from(sessions, ({ endedAt }, at) =>
    endedAt === undefined ? ((count - 1 - at) / Math.max(1, count)) * assumedSpanDays : (newest - endedAt) / dayMs,
  );
}

function countFrequency(itemCount: number, items: Int32Array): Int32Array {
  const frequency = new Int32Array(itemCount);
  for (const item of items) frequency[item] = (frequency[item] ?? 0) + 1;
  return frequency;
}

/** Walks the sessions from the newest and fills each item's list from its end. */
function postingsOf(starts: Int32Array, items: Int32Array, frequency: Int32Array, maxPostings: number) {
  const postingStarts = new Int32Array(frequency.length + 1);
  for (let item = 0; item < frequency.length; item += 1)
    postingStarts[item + 1] = (postingStarts[item] ?? 0) + Math.min(maxPostings, frequency[item] ?? 0);
  const postings = new Int32Array(postingStarts.at(-1) ?? 0);
  const ends = postingStarts.slice(1);
  for (let session = starts.length - 2; session >= 0; session -= 1) {
    for (let at = starts[session] ?? 0; at < (starts[session + 1] ?? 0); at += 1) {
      const item = items[at] ?? 0;
      const end = ends[item] ?? 0;
      if (end === (postingStarts[item] ?? 0)) continue;
      postings[end - 1] = session;
      ends[item] = end - 1;
    }
  }
  return { postingStarts, postings };
}

/**
 * Sessions as arrays.
 *
 * @param sessions oldest first
 * @param maxPostings newest sessions kept an item, default 5,000
 */
export function createSessionLog(sessions: readonly LearnedSession[], maxPostings = 5_000): SessionLog {
  const numbers = numberItems(sessions);
  const starts = new Int32Array(sessions.length + 1);
  const kept = sessions.map(({ items }) => lastPlaces(items.slice(-maxSessionItems).map(numbers.of)));
  for (const [at, session] of kept.entries()) starts[at + 1] = (starts[at] ?? 0) + session.length;
  const items = new Int32Array(starts.at(-1) ?? 0);
  const places = new Uint16Array(items.length);
  let next = 0;
  for (const session of kept) {
    for (const { item, place } of session) {
      items[next] = item;
      places[next] = place;
      next += 1;
    }
  }
  const frequency = countFrequency(numbers.names.length, items);
  return {
    ...{ sessionCount: sessions.length, numbers, starts, items, places, frequency },
    hasPurchase: Uint8Array.from(sessions, ({ hasPurchase }) => (hasPurchase ? 1 : 0)),
    agesDays: agesOf(sessions),
    ...postingsOf(starts, items, frequency, maxPostings),
  };
}
