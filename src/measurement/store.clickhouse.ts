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

    async countEvents(): Promise<number> {
      const rows = await clickhouse.query<{ n: number }>("select count() as n from events");
      return Number(rows[0]?.n ?? 0);
    },
  };
}
