import type { ClickHouse } from "../storage/index.ts";
import type { KeyInterval } from "./store.clickhouse.ts";

/** One row of `events` with everything that a canonical event is made of. */
export type StoredEventRow = {
  readonly event_id: string;
  readonly source_id: string;
  readonly source_kind: string;
  readonly event_type: string;
  readonly original_name: string;
  readonly ts: number;
  readonly received_at: number;
  readonly identifiers: readonly string[];
  readonly verified: number;
  readonly store_view: string;
  readonly flags: readonly string[];
  readonly properties: string;
  readonly context: string;
  readonly extra: string;
};

export type StoredPosition = {
  readonly at: number;
  readonly receivedAt: number;
  readonly id: string;
  readonly source: string;
};

const farFuture = 4_102_444_800_000;
const start: StoredPosition = { at: -1, receivedAt: -1, id: "", source: "" };

/** Reads of whole events. */
export type StoredEventsStore = ReturnType<typeof createStoredEventsStore>;

export function createStoredEventsStore(clickhouse: ClickHouse) {
  return {
    /** Events of the given keys within their intervals, in order of time, receipt, id; not those that follow from memberships. */
    async eventsOfKeys(
      intervals: readonly KeyInterval[],
      after: StoredPosition | null,
      limit: number,
    ): Promise<readonly StoredEventRow[]> {
      if (intervals.length === 0) return [];
      return clickhouse.query<StoredEventRow>(
        `with arrayZip({keys:Array(String)}, {froms:Array(Int64)}, {tos:Array(Int64)}) as owned
         select event_id, source_id, source_kind, event_type, original_name, toUnixTimestamp64Milli(events.ts) as ts,
                toUnixTimestamp64Milli(events.received_at) as received_at, identifiers, verified, store_view, flags, properties, context, extra
         from events final
         where identity_key in {keys:Array(String)}
           and event_type not in ('audienceEntered', 'audienceExited')
           and (toUnixTimestamp64Milli(events.ts), toUnixTimestamp64Milli(events.received_at), event_id, source_id)
             > ({at:Int64}, {receivedAt:Int64}, {id:String}, {source:String})
           and arrayExists(o -> o.1 = identity_key and toUnixTimestamp64Milli(events.ts) >= o.2 and toUnixTimestamp64Milli(events.ts) < o.3, owned)
         order by events.ts, events.received_at, event_id, source_id limit {limit:UInt32}`,
        {
          keys: intervals.map((interval) => interval.key),
          froms: intervals.map((interval) => interval.from),
          tos: intervals.map((interval) => interval.to ?? farFuture),
          limit,
          ...(after ?? start),
        },
      );
    },
  };
}
