import type { ClickHouse } from "../../storage/index.ts";

type Row = { readonly value: string; readonly people: number };

const maxRows = 500_000;
const maxValues = 2_000;
const maxLength = 200;
const timeoutMs = 3_000;

/** All ClickHouse of the values of events. */
export function createEventValueStore(clickhouse: ClickHouse) {
  return {
    /**
     * Values of a property since a time, with how many people sent each; from about half a million events at most, and from what was
     * read when the time is over.
     */
    async valuesOf(keys: readonly string[], sinceMs: number, leastPeople: number): Promise<readonly Row[]> {
      const names = keys.map((_key, at) => `{key${at}:String}`).join(", ");
      return clickhouse.query<Row>(
        `select found.value as value, uniq(found.identity_key) as people from (
           select events.identity_key as identity_key, if(JSONType(events.properties, ${names}) = 'String',
             JSONExtractString(events.properties, ${names}), JSONExtractRaw(events.properties, ${names})) as value
           from events
           where events.ts >= fromUnixTimestamp64Milli({since:Int64})
             and JSONType(events.properties, ${names}) in ('String', 'Int64', 'UInt64', 'Double')
         ) as found
         where found.value != '' and length(found.value) <= {length:UInt32}
         group by found.value having people >= {least:UInt32} order by people desc, value limit {most:UInt32}
         settings max_rows_to_read = ${maxRows}, read_overflow_mode = 'break', max_execution_time = 1.5, timeout_overflow_mode = 'break'`,
        {
          ...Object.fromEntries(keys.map((key, at) => [`key${at}`, key])),
          since: sinceMs,
          length: maxLength,
          least: leastPeople,
          most: maxValues,
        },
        { timeoutMs },
      );
    },
  };
}

export type EventValueStore = ReturnType<typeof createEventValueStore>;
