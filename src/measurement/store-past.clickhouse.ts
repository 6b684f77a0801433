import type { ClickHouse } from "../storage/index.ts";

/** Place of a row in the order of the events table. */
export type PastPosition = {
  readonly key: string;
  readonly type: string;
  readonly at: number;
  readonly source: string;
  readonly id: string;
};

export type PastRow = {
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

/** `times` in ms, ascending, for each list; `events` were looked at. */
export type TimesRow = {
  readonly identity_key: string;
  readonly times: readonly (readonly number[])[];
  readonly events: number;
};

/** Which events are asked for: lists of names, each with a condition. */
export type EventLists = {
  /** `where` is SQL over the columns of `events`; null = all of these names. */
  readonly lists: readonly { readonly names: readonly string[]; readonly where: string | null }[];
  /** What the conditions call `events.<name>`, worked out once for each event. */
  readonly reads: readonly (readonly [name: string, expression: string])[];
  /** Values of the placeholders in both. */
  readonly params: Readonly<Record<string, unknown>>;
};

export type LinkRow = {
  readonly identity_key: string;
  readonly valid_from: number;
  readonly valid_to: number | null;
  readonly profile_id: string;
};

export type PastRead = {
  readonly limit: number;
  /** Top-level keys of `properties` to read; null = all. */
  readonly properties: readonly string[] | null;
  readonly context: boolean;
  /** Only events since this instant, ms. */
  readonly from: number;
  /** Only events of these identifiers. */
  readonly keys?: readonly string[] | undefined;
};

const start: PastPosition = { key: "", type: "", at: Number.MIN_SAFE_INTEGER, source: "", id: "" };
const queryTimeoutMs = 300_000;
const linkColumns = `identity_key, toUnixTimestamp64Milli(identity_links.valid_from) as valid_from,
  if(isNull(identity_links.valid_to), null, toUnixTimestamp64Milli(assumeNotNull(identity_links.valid_to))) as valid_to,
  toString(identity_links.profile_id) as profile_id`;

/** Only what is asked for: most of an event is text that nobody reads. */
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

/** Events up to a time of receipt, for whatever is counted after the fact. */
export function createPastEventStore(clickhouse: ClickHouse) {
  return {
    async countEvents(types: readonly string[], receivedUntil: number): Promise<number> {
      const [row] = await clickhouse.query<{ n: number }>(
        "select count() as n from events where event_type in {types:Array(String)} and toUnixTimestamp64Milli(received_at) <= {until:Int64}",
        { types, until: receivedUntil },
        { timeoutMs: queryTimeoutMs },
      );
      return Number(row?.n ?? 0);
    },

    /** Events in the order of the table, which reads them without sorting. One that was stored twice follows itself. */
    async page(
      types: readonly string[],
      receivedUntil: number,
      after: PastPosition | null,
      read: PastRead,
    ): Promise<readonly PastRow[]> {
      const ofKeys = read.keys ? "and identity_key in {keys:Array(String)}" : "";
      return clickhouse.query<PastRow>(
        `select identity_key, event_type, toUnixTimestamp64Milli(events.ts) as ts, toUnixTimestamp64Milli(events.received_at) as received_at,
           source_id, source_kind, event_id, store_view, ${projection("events.properties", read.properties)} as properties,
           ${read.context ? "events.context" : "'{}'"} as context
         from events
         where event_type in {types:Array(String)} and identity_key >= {key:String} ${ofKeys}
           and toUnixTimestamp64Milli(events.received_at) <= {until:Int64} and events.ts >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
           and (identity_key, event_type, toUnixTimestamp64Milli(events.ts), source_id, event_id)
             > ({key:String}, {type:String}, {at:Int64}, {source:String}, {id:String})
         order by identity_key, event_type, events.ts, source_id, event_id limit {limit:UInt32}`,
        {
          types,
          until: receivedUntil,
          from: read.from,
          limit: read.limit,
          ...(read.keys ? { keys: read.keys } : {}),
          ...(after ?? start),
        },
        { timeoutMs: queryTimeoutMs },
      );
    },

    /**
     * Times of the events of each list by identifier, ascending: far less to read than the events themselves.
     *
     * @param between first and last identifier
     * @param repeats whether an event that was stored twice may come twice: telling takes four times as long as all the rest
     */
    async times(
      { lists, reads, params }: EventLists,
      receivedUntil: number,
      between: readonly [first: string, last: string],
      keys: readonly string[] | undefined,
      repeats: "kept" | "removed",
    ): Promise<readonly TimesRow[]> {
      const ofKeys = keys ? "and identity_key in {keys:Array(String)}" : "";
      const cells = reads.map(([name, expression]) => `, ${expression} as ${name}`);
      const arrays = lists.map(({ where }, index) => {
        const named = `events.event_type in {names${index}:Array(String)}`;
        return `arraySort(groupArrayIf(events.at, ${where === null ? named : `${named} and ${where}`}))`;
      });
      return clickhouse.query<TimesRow>(
        `select events.identity_key as identity_key, [${arrays.join(", ")}] as times, count() as events from (
           select identity_key, event_type, toUnixTimestamp64Milli(events.ts) as at, source_id, event_id, events.ts as ts,
             store_view${cells.join("")}
           from events
           where event_type in {types:Array(String)} and identity_key >= {first:String} and identity_key <= {last:String} ${ofKeys}
             and toUnixTimestamp64Milli(events.received_at) <= {until:Int64}
           ${repeats === "removed" ? "limit 1 by identity_key, event_type, at, source_id, event_id" : ""}
         ) as events group by events.identity_key`,
        {
          ...params,
          ...Object.fromEntries(lists.map(({ names }, index) => [`names${index}`, names])),
          types: [...new Set(lists.flatMap(({ names }) => names))],
          until: receivedUntil,
          first: between[0],
          last: between[1],
          ...(keys ? { keys } : {}),
        },
        { timeoutMs: queryTimeoutMs },
      );
    },

    /** The next rows of the links, in order of identifier and time. */
    async linksAfter(after: string, limit: number): Promise<readonly LinkRow[]> {
      return clickhouse.query<LinkRow>(
        `select ${linkColumns} from identity_links final where identity_key > {after:String}
         order by identity_key, identity_links.valid_from limit {limit:UInt32}`,
        { after, limit },
        { timeoutMs: queryTimeoutMs },
      );
    },

    /** Owners of identifiers from one to another, in order of identifier and time. */
    async linksBetween(first: string, last: string): Promise<readonly LinkRow[]> {
      return clickhouse.query<LinkRow>(
        `select ${linkColumns} from identity_links final
         where identity_key >= {first:String} and identity_key <= {last:String}
         order by identity_key, identity_links.valid_from`,
        { first, last },
        { timeoutMs: queryTimeoutMs },
      );
    },
  };
}

export type PastEventStore = ReturnType<typeof createPastEventStore>;
