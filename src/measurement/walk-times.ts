// Times of past events by the person they belong to, for counts that ask for nothing else. Identifiers are read in ranges, so that
// each stored event is read once, and the condition on an event is judged where the event is.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EventLists, LinkRow, PastEventStore, TimesRow } from "./store-past.clickhouse.ts";
import { keyOf, notPersons, type WalkOptions } from "./walk-past.ts";

export type WalkTimesOptions = Pick<WalkOptions, "cutoff" | "of" | "owns" | "progress" | "isStopped"> & {
  readonly events: EventLists;
  /** Called with ascending times of a list, an array to keep; more than once for a person with several identifiers. */
  readonly visit: (profileId: string, list: number, times: readonly number[]) => void;
  /** Links read at first; default 1,000, then as many as have a million events. */
  readonly pageSize?: number;
};

/** Half-open. */
type Interval = { readonly profileId: string; readonly from: number; readonly to: number };
type Range = {
  readonly owners: ReadonlyMap<string, readonly Interval[]>;
  readonly between: readonly [first: string, last: string];
  /** Only these identifiers of the range; undefined = all. */
  readonly keys: readonly string[] | undefined;
};

const firstLinks = 1_000;
const mostLinks = 20_000;
/** About 200 MB in the event store, 20 MB of JSON. */
const eventsAtOnce = 1_000_000;
const keysAtOnce = 2_000;

/** Intervals of links that are in order of their start: one ends where the next begins. */
function toIntervals(links: readonly LinkRow[]): readonly Interval[] {
  return links.map((link, index) => {
    const next = links[index + 1];
    const to = Math.min(Number(link.valid_to ?? Infinity), Number(next?.valid_from ?? Infinity));
    return { profileId: link.profile_id, from: Number(link.valid_from), to };
  });
}

/** Neighbours of one identifier together. */
function byIdentifier(links: readonly LinkRow[]): Map<string, LinkRow[]> {
  const byKey = new Map<string, LinkRow[]>();
  for (const link of links) {
    const known = byKey.get(link.identity_key);
    if (known) known.push(link);
    else byKey.set(link.identity_key, [link]);
  }
  return byKey;
}

/** @param sizeOf links to read next */
async function* rangesOfLinks(
  store: Pick<PastEventStore, "linksAfter">,
  sizeOf: () => number,
): AsyncGenerator<Range, void> {
  for (let [after, least] = ["", 0]; ; ) {
    const limit = Math.max(least, sizeOf());
    const links: readonly LinkRow[] = await store.linksAfter(after, limit);
    const byKey = byIdentifier(links);
    const isLast = links.length < limit;
    // The last identifier of a full page may go on in the next one.
    if (!isLast) byKey.delete(links.at(-1)?.identity_key ?? "");
    const keys = [...byKey.keys()];
    const [first, last] = [keys[0], keys.at(-1)];
    if (first !== undefined && last !== undefined) {
      const owners = new Map(keys.map((key) => [key, toIntervals(byKey.get(key) ?? [])] as const));
      yield { owners, between: [first, last], keys: undefined };
      [after, least] = [last, 0];
    } else if (!isLast) least = 2 * limit;
    if (isLast) return;
  }
}

function* rangesOfOwners(of: NonNullable<WalkOptions["of"]>): Generator<Range> {
  const byKey = new Map<string, Interval[]>();
  for (const { profileId, identifiers } of of)
    for (const identifier of identifiers) {
      const own = { profileId, from: identifier.validFrom, to: identifier.validTo ?? Infinity };
      const known = byKey.get(keyOf(identifier));
      if (known) known.push(own);
      else byKey.set(keyOf(identifier), [own]);
    }
  const all = [...byKey.keys()].sort(byBytes);
  for (let start = 0; start < all.length; start += keysAtOnce) {
    const keys = all.slice(start, start + keysAtOnce);
    const [first, last] = [keys[0] ?? "", keys.at(-1) ?? ""];
    yield { owners: byKey, between: [first, last], keys };
  }
}

/** The order of the event store. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

function hasEqualNeighbours(times: readonly number[]): boolean {
  for (let at = 1; at < times.length; at += 1) if (times[at] === times[at - 1]) return true;
  return false;
}

/** Each event once. Where an identifier has two events of one millisecond, one may be the other, stored twice: those are read again. */
async function timesOf(
  { between, keys }: Range,
  store: Pick<PastEventStore, "times">,
  { events, cutoff }: WalkTimesOptions,
): Promise<readonly TimesRow[]> {
  const rows = await store.times(events, cutoff, between, keys, "kept");
  const isDoubtful = (row: TimesRow): boolean => row.times.some(hasEqualNeighbours);
  const doubtful = rows.filter(isDoubtful).map((row) => row.identity_key);
  if (doubtful.length === 0) return rows;
  const all = rows.filter((row) => !isDoubtful(row));
  for (let start = 0; start < doubtful.length; start += keysAtOnce) {
    const again = doubtful.slice(start, start + keysAtOnce);
    all.push(...(await store.times(events, cutoff, between, again, "removed")));
  }
  return all;
}

function within(times: readonly number[], { from, to }: Interval): readonly number[] {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || (first >= from && last < to)) return times;
  return times.filter((at) => at >= from && at < to);
}

/**
 * Visits the times of past events with their owners, each event once for each list that it is in; may be repeated.
 *
 * @returns the number of events read; undefined when it was stopped
 */
export async function walkTimes(
  store: Pick<PastEventStore, "times" | "linksAfter">,
  options: WalkTimesOptions,
): Promise<number | undefined> {
  const { of, owns = () => true, visit, progress, isStopped = () => false } = options;
  let done = 0;
  let size = options.pageSize ?? firstLinks;
  for await (const range of of ? rangesOfOwners(of) : rangesOfLinks(store, () => size)) {
    if (isStopped()) return undefined;
    const before = done;
    for (const row of await timesOf(range, store, options)) {
      done += Number(row.events);
      for (const interval of range.owners.get(row.identity_key) ?? []) {
        if (notPersons.has(interval.profileId) || !owns(interval.profileId)) continue;
        for (const [list, times] of row.times.entries()) {
          const own = within(times, interval);
          if (own.length > 0) visit(interval.profileId, list, own);
        }
      }
    }
    const fitting = (size * eventsAtOnce) / Math.max(1, done - before);
    size = Math.ceil(Math.min(Math.max(fitting, size / 8), 4 * size, mostLinks));
    await progress?.(done);
    await nextTurn();
  }
  return done;
}
