import type { ClickHouse } from "../storage/index.ts";
import { dayMs, inWindow, type Num, purchases, spill, timeoutMs } from "./event-sql.ts";

/** A session that is over: nothing for 30 minutes, or a purchase. */
export type EndedSession = {
  /** The same at every look. */
  readonly key: number;
  /** Views in order, repeats included. */
  readonly items: readonly string[];
  readonly hasPurchase: boolean;
  readonly endedAt: number;
};

export const silenceMs = 30 * 60_000;
/** Before the newest view: retention rarely keeps more, and shops change. A log of the past counts from where it ends. */
const windowMs = 400 * dayMs;
const maxEventsOfOne = 5_000;
const maxItems = 500;
const types = `('productPageView', 'completeCheckout', 'orderPlaced')`;
// A sender without session ids has its visits cut where nothing happened for 30 minutes.
const who = "if(session_id = '', identity_key, concat('#', session_id))";

export type SessionSpan = { readonly fromMs: number; readonly nowMs: number };

type Row = { readonly key: Num; readonly items: readonly string[]; readonly bought: Num; readonly ended: Num };

/** Sessions out of the event store. */
export function createSessionStore(clickhouse: Pick<ClickHouse, "query">) {
  const query = (condition: string, params: Readonly<Record<string, unknown>>, limit: number) =>
    clickhouse.query<Row>(
      `select bitShiftRight(cityHash64(who, part[1].1), 11) as key, part[-1].1 as ended,
         arrayExists(x -> x.4, part) as bought,
         arraySlice(arrayMap(x -> x.3, arrayFilter(x -> x.3 != '' and not x.4, part)), -${maxItems}) as items
       from (
         select who, arraySplit((x, gap) -> gap > ${silenceMs} and not startsWith(who, '#'), steps,
             arrayDifference(arrayMap(x -> x.1, steps))) as parts
         from (
           select who, arraySort(x -> (x.1, x.2, x.5), groupArray(${maxEventsOfOne})((at, event_id, sku, is_order, place))) as steps
           from (
             select ${who} as who, toUnixTimestamp64Milli(ts) as at, event_id, sku, place, event_type in ${purchases} as is_order
             from events array join if(empty(skus), [''], skus) as sku, arrayEnumerate(if(empty(skus), [''], skus)) as place
             where event_type in ${types} and ${inWindow} and ${condition}
           ) group by who
         )
       ) array join parts as part
       where length(items) >= 2 and (bought or ended <= {now:Int64} - ${silenceMs})
       order by ended desc, key limit ${limit} ${spill}`,
      params,
      { timeoutMs },
    );
  const toSessions = (rows: readonly Row[]): readonly EndedSession[] =>
    rows.map((row) => ({
      key: Number(row.key),
      items: row.items,
      hasPurchase: Number(row.bought) > 0,
      endedAt: Number(row.ended),
    }));

  return {
    /** Since when sessions count; null = there are no views. */
    async start(nowMs: number): Promise<number | null> {
      const [row] = await clickhouse.query<{ n: Num; newest: Num }>(
        `select count() as n, toUnixTimestamp64Milli(max(ts)) as newest from events
         where event_type = 'productPageView' and ts < fromUnixTimestamp64Milli({now:Int64})`,
        { now: nowMs },
        { timeoutMs },
      );
      return row && Number(row.n) > 0 ? Number(row.newest) - windowMs : null;
    },

    /** Roughly how many there are. */
    async count(fromMs: number, nowMs: number): Promise<number> {
      const [row] = await clickhouse.query<{ n: Num }>(
        `select uniq(${who}) as n from events where event_type = 'productPageView' and ${inWindow} ${spill}`,
        { now: nowMs, from: fromMs },
        { timeoutMs },
      );
      return Number(row?.n ?? 0);
    },

    /**
     * The newest ended sessions of one part of all, in no order that matters.
     *
     * @param part 0 to `parts` - 1: each session is in one of them
     */
    async part(
      { fromMs, nowMs }: SessionSpan,
      part: number,
      parts: number,
      limit: number,
    ): Promise<readonly EndedSession[]> {
      const params = { now: nowMs, from: fromMs, part, parts };
      return toSessions(await query(`cityHash64(${who}) % {parts:UInt32} = {part:UInt32}`, params, limit));
    },

    /** Sessions that ended or got events since; ones that were read before come again. */
    async since(sinceMs: number, { fromMs, nowMs }: SessionSpan, limit: number): Promise<readonly EndedSession[]> {
      const touched = `${who} global in (
        select ${who} from events
        where event_type in ${types} and ${inWindow}
          and (received_at >= fromUnixTimestamp64Milli({since:Int64}) or ts >= fromUnixTimestamp64Milli({since:Int64} - ${silenceMs})))`;
      return toSessions(await query(touched, { now: nowMs, from: fromMs, since: sinceMs }, limit));
    },
  };
}

export type SessionStore = ReturnType<typeof createSessionStore>;
