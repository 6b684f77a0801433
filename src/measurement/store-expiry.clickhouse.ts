// What of events goes before the events go: fields whose own time is over, and user agents. The JSON columns are texts, so a field
// is taken out by writing the text anew. Conditions name fields and times, never persons: ClickHouse keeps their text on disk.
import type { ClickHouse } from "../storage/index.ts";

export type EventExpiryDeps = {
  readonly clickhouse: ClickHouse;
  readonly count: (table: string, condition: string) => Promise<number>;
  readonly mutate: (table: string, change: string, condition: string) => Promise<void>;
};

/** Fields of one age limit. */
export type ExpiredFields = {
  readonly names: readonly string[];
  /** Events before it, UTC ms. */
  readonly before: number;
  /** Event types, RE2; `matching` false = all others. */
  readonly types: { readonly pattern: string; readonly matching: boolean };
};

/** Columns that repeat a property, with what stands there when it is gone. */
const columnsOf: Readonly<Record<string, readonly string[]>> = {
  searchQuery: ["search_query = ''"],
  searchId: ["search_id = ''"],
  cartId: ["cart_id = ''"],
  categoryPath: ["category_path = ''"],
  orderId: ["order_id = ''"],
  orderTotal: ["order_total = 0"],
  items: ["skus = []", "items_qty = []", "items_total = []"],
};
const maxTraitKeys = 5_000;
/** A user agent that is no empty text, under any usual spelling, at any depth. A quote inside of a JSON text is escaped, so no value matches. */
const userAgentPattern = `(?i)"(user[-_]?agent)":"(?:[^"\\\\]|\\\\.)+"`;
const agentColumns = ["context", "extra", "properties"] as const;

const literal = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;
const list = (texts: readonly string[]): string => `[${texts.map(literal).join(", ")}]`;
const isBefore = (before: number): string => `ts < fromUnixTimestamp64Milli(${Math.floor(before)})`;
const isType = ({ pattern, matching }: ExpiredFields["types"]): string =>
  `${matching ? "" : "not "}match(event_type, ${literal(pattern)})`;

/**
 * What JSON.stringify writes and ClickHouse does not read, whole numbers from 2^64 on and halves of surrogate pairs, written so that it
 * does: otherwise one odd number would keep every field of its event. Numbers stand twice, for two that share a comma.
 */
const unreadable: readonly (readonly [pattern: string, instead: string])[] = [
  ["([:,\\[])(-?[0-9]{19,})([,\\]}])", "\\1\\2.0\\3"],
  ["([:,\\[])(-?[0-9]{19,})([,\\]}])", "\\1\\2.0\\3"],
  ["(?i)\\\\ud[89a-f][0-9a-f]{2}", "\\\\ufffd"],
];
const readable = (column: string): string =>
  `if(isValidJSON(${column}), ${column}, ${unreadable.reduce(
    (text, [pattern, instead]) => `replaceRegexpAll(${text}, ${literal(pattern)}, ${literal(instead)})`,
    column,
  )})`;
const properties = readable("properties");

/** A JSON object of pairs (key, raw value), which stand in `name`. */
const objectOf = (name: string, pairs: string, value = `${name}.2`): string =>
  `concat('{', arrayStringConcat(arrayMap(${name} -> concat(toJSONString(${name}.1), ':', ${value}), ${pairs}), ','), '}')`;
const without = (keys: readonly string[], pairs: string): string =>
  `arrayFilter(pair -> not has(${list(keys)}, pair.1), ${pairs})`;
const allPairs = `JSONExtractKeysAndValuesRaw(${properties})`;
// Not the pairs of the raw text of `traits`: a raw text may hold a number that cannot be read again.
const traitPairs = `JSONExtractKeysAndValuesRaw(${properties}, 'traits')`;

/** Expiry inside of events; every function may be repeated. */
export function createEventExpiry({ clickhouse, count, mutate }: EventExpiryDeps) {
  const apply = async (change: string, condition: string): Promise<number> => {
    const rows = await count("events", condition);
    if (rows > 0) await mutate("events", `update ${change}`, condition);
    return rows;
  };
  const hasAgent = agentColumns.map((column) => `match(${column}, ${literal(userAgentPattern)})`).join(" or ");
  const agentCondition = (before: number): string => `${isBefore(before)} and (${hasAgent})`;

  return {
    countEvents: (before: number, types: ExpiredFields["types"]): Promise<number> =>
      count("events", `${isBefore(before)} and ${isType(types)}`),
    countExposures: (before: number): Promise<number> => count("exposures", isBefore(before)),
    countUserAgents: (before: number): Promise<number> => count("events", agentCondition(before)),

    /** Empties user agents. @returns events changed */
    forgetUserAgents: (before: number): Promise<number> =>
      apply(
        agentColumns
          .map(
            (column) => `${column} = replaceRegexpAll(${column}, ${literal(userAgentPattern)}, ${literal('"\\1":""')})`,
          )
          .join(", "),
        agentCondition(before),
      ),

    /** Takes properties out, with the columns that repeat them. @returns events changed */
    forgetProperties: async ({ names, before, types }: ExpiredFields): Promise<number> => {
      if (names.length === 0) return 0;
      const columns = names.flatMap((name) => (Object.hasOwn(columnsOf, name) ? (columnsOf[name] ?? []) : []));
      return apply(
        [`properties = ${objectOf("property", without(names, allPairs))}`, ...columns].join(", "),
        `${isBefore(before)} and ${isType(types)} and hasAny(JSONExtractKeys(${properties}), ${list(names)})`,
      );
    },

    /** Keys under `traits` in events before a time, as they were sent; at most 5,000. */
    async traitKeys(before: number): Promise<readonly string[]> {
      const rows = await clickhouse.query<{ key: string }>(
        `select distinct arrayJoin(JSONExtractKeys(${properties}, 'traits')) as key from events
         where ${isBefore(before)} and match(properties, '"traits":') limit ${maxTraitKeys}`,
      );
      return rows.map(({ key }) => key);
    },

    /** Takes traits out, named as they were sent. @returns events changed */
    forgetTraits: async (keys: readonly string[], before: number): Promise<number> => {
      if (keys.length === 0) return 0;
      const kept = objectOf("trait", without(keys, traitPairs));
      const value = `if(property.1 = 'traits', ${kept}, property.2)`;
      return apply(
        `properties = ${objectOf("property", allPairs, value)}`,
        `${isBefore(before)} and hasAny(JSONExtractKeys(${properties}, 'traits'), ${list(keys)})`,
      );
    },
  };
}

export type EventExpiry = ReturnType<typeof createEventExpiry>;
