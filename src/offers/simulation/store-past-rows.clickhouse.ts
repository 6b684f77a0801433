// What reading orders and carts of the past has in common.
import type { FoundPast, PastQuery } from "./past-store.ts";

export type Num = number | string;
export const timeoutMs = 120_000;
export const spill = "settings max_bytes_before_external_group_by = 250000000";
// What a browser tells is a claim: prices and all.
export const isTrusted = "(verified = 1 or source_kind in ('server', 'connector', 'history'))";
/** Of the period and store view; with `trusted`, only what a server told. */
export const inPeriod = `ts >= fromUnixTimestamp64Milli({from:Int64}) and ts < fromUnixTimestamp64Milli({to:Int64})
  and ({storeView:String} = '' or store_view = {storeView:String}) and ({trusted:UInt8} = 0 or ${isTrusted})`;
/** Columns of one that was found, beside its `id`. */
export const foundColumns = `anyLast(toString(currency)) as money, groupUniqArray(20)(identity_key) as keys,
  toUnixTimestamp64Milli(min(ts)) as since, toUnixTimestamp64Milli(max(ts)) as until`;
export type FoundRow = { id: string; money: string; keys: string[]; since: Num; until: Num };

export function foundOf(rows: readonly FoundRow[]): readonly FoundPast[] {
  return rows.map(({ id, keys, since, until }) => ({ id, keys, sinceMs: Number(since), untilMs: Number(until) }));
}

/** Parameters of looking for the newest of a period. */
export function periodOf({ fromMs: from, toMs: to, storeView, trusted, limit }: PastQuery) {
  return { from, to, storeView, limit, trusted: trusted ? 1 : 0 };
}

/** Parameters of reading those that were found. @param earlierMs what belongs to one may be older than when it was found */
export function placesOf({ storeView, trusted }: PastQuery, found: readonly FoundPast[], earlierMs = 0) {
  return {
    storeView,
    trusted: trusted ? 1 : 0,
    ids: found.map(({ id }) => id),
    // The table is in order of these.
    keys: [...new Set(found.flatMap(({ keys }) => keys))],
    from: Math.min(...found.map(({ sinceMs }) => sinceMs)) - earlierMs,
    to: Math.max(...found.map(({ untilMs }) => untilMs)) + 1,
  };
}
