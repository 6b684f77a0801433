import type { ClickHouse } from "../storage/index.ts";

/** Place of a row in the order of the events table. */
export type EventPosition = {
  readonly key: string;
  readonly type: string;
  readonly at: number;
  readonly source: string;
  readonly id: string;
};

export type EventRow = {
  readonly identity_key: string;
  readonly event_type: string;
  readonly ts: number;
  readonly received_at: number;
  readonly source_id: string;
  readonly source_kind: string;
  readonly event_id: string;
  readonly store_view: string;
  readonly properties: string;
  readonly context: string;
};

export type LinkRow = {
  readonly identity_key: string;
  readonly valid_from: number;
  readonly valid_to: number | null;
  readonly profile_id: string;
};

const start: EventPosition = { key: "", type: "", at: Number.MIN_SAFE_INTEGER, source: "", id: "" };
const queryTimeoutMs = 300_000;

/** Only what the traits read: most of an event is text that nobody asks for. */
function projection(column: string, keys: readonly string[] | null): string {
  if (keys === null) return column;
  if (keys.length === 0) return "'{}'";
  const members = keys.map((key) => {
    const name = key.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
    const label = JSON.stringify(key).replaceAll("\\", "\\\\").replaceAll("'", "\\'");
    return `if(JSONHas(${column}, '${name}'), concat('${label}:', JSONExtractRaw(${column}, '${name}'), ','), '')`;
  });
  return `concat('{', ${members.join(", ")}, '"":0}')`;
}

/** All ClickHouse of traits. */
export function createTraitEventStore(clickhouse: ClickHouse) {
  return {
    async countEvents(types: readonly string[], receivedUntil: number): Promise<number> {
      const [row] = await clickhouse.query<{ n: number }>(
        "select count() as n from events where event_type in {types:Array(String)} and toUnixTimestamp64Milli(received_at) <= {until:Int64}",
        { types, until: receivedUntil },
        { timeoutMs: queryTimeoutMs },
      );
      return Number(row?.n ?? 0);
    },

    /**
     * Events in the order of the table, which reads them without sorting. One that was stored twice follows itself.
     *
     * @param options.properties top-level keys to read; null = all
     */
    async page(
      types: readonly string[],
      receivedUntil: number,
      after: EventPosition | null,
      options: {
        readonly limit: number;
        readonly properties: readonly string[] | null;
        readonly context: boolean;
        /** Only events since this instant, ms. */
        readonly from: number;
        /** Only events of these identifiers. */
        readonly keys?: readonly string[] | undefined;
      },
    ): Promise<readonly EventRow[]> {
      const ofKeys = options.keys ? "and identity_key in {keys:Array(String)}" : "";
      return clickhouse.query<EventRow>(
        `select identity_key, event_type, toUnixTimestamp64Milli(events.ts) as ts, toUnixTimestamp64Milli(events.received_at) as received_at,
           source_id, source_kind, event_id, store_view, ${projection("events.properties", options.properties)} as properties,
           ${options.context ? "events.context" : "'{}'"} as context
         from events
         where event_type in {types:Array(String)} and identity_key >= {key:String} ${ofKeys}
           and toUnixTimestamp64Milli(events.received_at) <= {until:Int64} and events.ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
           and (identity_key, event_type, toUnixTimestamp64Milli(events.ts), source_id, event_id)
             > ({key:String}, {type:String}, {at:Int64}, {source:String}, {id:String})
         order by identity_key, event_type, events.ts, source_id, event_id limit {limit:UInt32}`,
        {
          types,
          until: receivedUntil,
          from: options.from,
          limit: options.limit,
          ...(options.keys ? { keys: options.keys } : {}),
          ...(after ?? start),
        },
        { timeoutMs: queryTimeoutMs },
      );
    },

    /** Owners of identifiers from one to another, in order of identifier and time. */
    async linksBetween(first: string, last: string): Promise<readonly LinkRow[]> {
      return clickhouse.query<LinkRow>(
        `select identity_key, toUnixTimestamp64Milli(identity_links.valid_from) as valid_from,
           if(isNull(identity_links.valid_to), null, toUnixTimestamp64Milli(assumeNotNull(identity_links.valid_to))) as valid_to,
           toString(identity_links.profile_id) as profile_id
         from identity_links final
         where identity_key >= {first:String} and identity_key <= {last:String}
         order by identity_key, identity_links.valid_from`,
        { first, last },
        { timeoutMs: queryTimeoutMs },
      );
    },

    /** How the engine reads a query, line by line. */
    async explain(query: string): Promise<readonly string[]> {
      const rows: readonly unknown[] = await clickhouse.query<object>(`explain ast ${query}`);
      // The embedded engine answers texts, a server objects with one.
      return rows.map((row) => (typeof row === "string" ? row : String(Object.values(row ?? {})[0] ?? "")));
    },

    /** Rows of an SQL trait, at most `limit`, in order of profile. */
    async runQuery(query: string, afterProfileId: string, limit: number): Promise<readonly Record<string, unknown>[]> {
      return clickhouse.query<Record<string, unknown>>(
        `select * from (${query}) as trait_rows where toString(profile_id) > {after:String}
         order by toString(profile_id) limit {limit:UInt32}`,
        { after: afterProfileId, limit },
        { timeoutMs: queryTimeoutMs },
      );
    },
  };
}

export type TraitEventStore = ReturnType<typeof createTraitEventStore>;
