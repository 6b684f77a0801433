import { type ClickHouse, encodeRows } from "../storage/index.ts";

export type StoredEvent = {
  readonly event_id: string;
  readonly event_type: string;
  readonly original_name: string;
  readonly ts: number;
  readonly source_kind: string;
  readonly properties: string;
  readonly context: string;
};

/** One key with the time in which its events belong to somebody; null = no bound. */
export type KeyInterval = { readonly key: string; readonly from: number; readonly to: number | null };

/** Place of a row in the order of the events table, as far as `eventsOfTypes` reads it. */
export type EventPosition = {
  readonly key: string;
  readonly type: string;
  readonly at: number;
  readonly source: string;
  readonly id: string;
};

const start: EventPosition = { key: "", type: "", at: Number.MIN_SAFE_INTEGER, source: "", id: "" };

export type OwnedRow = StoredEvent & {
  readonly identity_key: string;
  readonly profile_id: string;
  readonly source_id: string;
};

/** All ClickHouse of measurement. */
export type MeasurementStore = ReturnType<typeof createMeasurementStore>;

const farFuture = 4_102_444_800_000;

export function createMeasurementStore(clickhouse: ClickHouse) {
  return {
    /** Rows as they are sent: made once, so that a repeated delivery costs and holds nothing more. */
    encodeEvents: encodeRows,
    insertEncodedEvents: (encoded: readonly Buffer[], deduplicationToken: string) =>
      clickhouse.insertEncoded("events", encoded, { deduplicationToken }),
    insertLinks: (rows: readonly object[], deduplicationToken: string) =>
      clickhouse.insert("identity_links", rows, { deduplicationToken }),
    insertExposures: (rows: readonly object[]) => clickhouse.insert("exposures", rows),

    /** Events of the given keys within their intervals, newest first. */
    async timeline(
      intervals: readonly KeyInterval[],
      before: { readonly at: number; readonly id: string } | null,
      limit: number,
    ): Promise<readonly StoredEvent[]> {
      if (intervals.length === 0) return [];
      return clickhouse.query<StoredEvent>(
        `with arrayZip({keys:Array(String)}, {froms:Array(Int64)}, {tos:Array(Int64)}) as owned
         select event_id, event_type, original_name, toUnixTimestamp64Milli(ts) as ts, source_kind, properties, context
         from events final
         where identity_key in {keys:Array(String)}
           and (toUnixTimestamp64Milli(events.ts), event_id) < ({at:Int64}, {id:String})
           and arrayExists(o -> o.1 = identity_key and toUnixTimestamp64Milli(events.ts) >= o.2 and toUnixTimestamp64Milli(events.ts) < o.3, owned)
         order by events.ts desc, event_id desc limit {limit:UInt32}`,
        {
          keys: intervals.map((interval) => interval.key),
          froms: intervals.map((interval) => interval.from),
          tos: intervals.map((interval) => interval.to ?? farFuture),
          at: before?.at ?? farFuture,
          id: before?.id ?? "",
          limit,
        },
      );
    },

    /** Events of the given types, each with the person it belongs to now, in the order of the table. */
    async eventsOfTypes(
      types: readonly string[],
      after: EventPosition | null,
      limit: number,
    ): Promise<readonly OwnedRow[]> {
      return clickhouse.query(
        `select e.identity_key as identity_key, toString(l.profile_id) as profile_id, e.source_id as source_id, e.event_id as event_id, e.event_type as event_type,
                e.original_name as original_name, toUnixTimestamp64Milli(e.ts) as ts, e.source_kind as source_kind, e.properties as properties, e.context as context
         from events as e final
         asof inner join (select identity_key, valid_from, valid_to, profile_id from identity_links final) as l
           on e.identity_key = l.identity_key and e.ts >= l.valid_from
         where e.event_type in {types:Array(String)} and e.identity_key >= {key:String}
           and (l.valid_to is null or e.ts < l.valid_to)
           and (e.identity_key, e.event_type, toUnixTimestamp64Milli(e.ts), e.source_id, e.event_id) > ({key:String}, {type:String}, {at:Int64}, {source:String}, {id:String})
         order by e.identity_key, e.event_type, e.ts, e.source_id, e.event_id limit {limit:UInt32}`,
        { types, limit, ...(after ?? start) },
      );
    },

    async countEvents(): Promise<number> {
      const rows = await clickhouse.query<{ n: number }>("select count() as n from events");
      return Number(rows[0]?.n ?? 0);
    },
  };
}
