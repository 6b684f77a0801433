// Deletions of persons in the event store. A deletion is a mutation, whose text ClickHouse keeps on disk: it names keys by a hash
// with a secret of its own, never by their text. An event's key is part of the sort key and cannot be changed in place, so what
// stays of an order is inserted anew without its person before the events of the person are deleted.
import { randomBytes } from "node:crypto";
import type { Person, PersonIdentifier } from "../profiles/index.ts";
import type { ClickHouse } from "../storage/index.ts";
import { createEventExpiry } from "./store-expiry.clickhouse.ts";

export type EventStorePrivacyDeps = {
  readonly clickhouse: ClickHouse;
  /** Name of the cluster whose tables are replicated; empty = none. */
  readonly cluster: string;
  /**
   * Tables beside `events` that keep their rows without the person, with the columns that are emptied; none of them may be part of
   * the sort key.
   */
  readonly keptTables?: Readonly<Record<string, readonly string[]>>;
};

type Column = { readonly table: string; readonly name: string; readonly type: string; readonly kind: string };
type Table = { readonly name: string; readonly columns: ReadonlyMap<string, Column> };
/** One row of any table, as JSON. */
export type StoredRow = Readonly<Record<string, unknown>>;

const farFuture = 4_102_444_800_000;
const keysPerMutation = 400;
const pageSize = 2_000;
const localSuffix = "_local";

const keyOf = ({ namespace, value }: PersonIdentifier): string => `${namespace}:${value}`;

function ownedArrays(identifiers: readonly PersonIdentifier[]) {
  return {
    keys: identifiers.map(keyOf),
    froms: identifiers.map(({ validFrom }) => validFrom),
    tos: identifiers.map(({ validTo }) => validTo ?? farFuture),
  };
}

/** Column `ts` within the time in which its key belonged to the person. */
const isOwned = `identity_key in {keys:Array(String)} and arrayExists(o -> o.1 = identity_key and toUnixTimestamp64Milli(ts) >= o.2
  and toUnixTimestamp64Milli(ts) < o.3, arrayZip({keys:Array(String)}, {froms:Array(Int64)}, {tos:Array(Int64)}))`;

export function createEventStorePrivacy({ clickhouse, cluster, keptTables = {} }: EventStorePrivacyDeps) {
  const physical = (table: string): string =>
    cluster === "" ? table : `${table}${localSuffix} on cluster '${cluster}'`;

  /** Tables with rows of persons; a table of a later version is found by its columns. */
  const tables = async (): Promise<readonly Table[]> => {
    const columns = await clickhouse.query<Column>(
      `select c.table as table, c.name as name, c.type as type, c.default_kind as kind from system.columns as c
       inner join system.tables as t on t.database = c.database and t.name = c.table
       where c.database = currentDatabase() and t.engine like '%MergeTree' order by c.table, c.position`,
    );
    const byTable = new Map<string, Map<string, Column>>();
    for (const column of columns) {
      const name =
        column.table.endsWith(localSuffix) && cluster !== ""
          ? column.table.slice(0, -localSuffix.length)
          : column.table;
      const known = byTable.get(name) ?? new Map<string, Column>();
      byTable.set(name, known.set(column.name, column));
    }
    return [...byTable]
      .map(([name, known]) => ({ name, columns: known }))
      .filter(({ columns: known }) => known.has("profile_id") || known.has("identity_key"));
  };

  /** A condition over hashed keys, for the text of a mutation. */
  const hashedCondition = async (identifiers: readonly PersonIdentifier[], hasTime: boolean): Promise<string> => {
    const [first, second] = [randomBytes(8).readBigUInt64LE(), randomBytes(8).readBigUInt64LE()];
    const hash = (column: string) => `hex(sipHash128Keyed((toUInt64(${first}), toUInt64(${second})), ${column}))`;
    const rows = await clickhouse.query<{ h: string }>(
      `select ${hash("k")} as h from (select arrayJoin({keys:Array(String)}) as k)`,
      {
        keys: identifiers.map(keyOf),
      },
    );
    const whole: string[] = [];
    const parts: string[] = [];
    for (const [index, { validFrom, validTo }] of identifiers.entries()) {
      const name = rows[index]?.h ?? "";
      if (!hasTime || (validFrom <= 0 && validTo === null)) whole.push(`'${name}'`);
      else
        parts.push(
          `(${hash("identity_key")} = '${name}' and toUnixTimestamp64Milli(ts) >= ${Math.floor(validFrom)} and toUnixTimestamp64Milli(ts) < ${Math.floor(validTo ?? farFuture)})`,
        );
    }
    return [...(whole.length > 0 ? [`${hash("identity_key")} in (${whole.join(", ")})`] : []), ...parts].join(" or ");
  };

  /** Waits until every part is written anew, on every replica. */
  const mutate = (table: string, change: string, condition: string): Promise<void> =>
    clickhouse.command(`alter table ${physical(table)} ${change} where ${condition} settings mutations_sync = 2`);

  const count = async (
    table: string,
    condition: string,
    params: Readonly<Record<string, unknown>> = {},
  ): Promise<number> => {
    const rows = await clickhouse.query<{ n: number }>(`select count() as n from ${table} where ${condition}`, params);
    return Number(rows[0]?.n ?? 0);
  };

  const conditionsFor = async (table: Table, person: Person): Promise<readonly string[]> => {
    const conditions: string[] = [];
    const { profileIds, identifiers } = person;
    if (table.columns.has("profile_id") && profileIds.length > 0)
      conditions.push(
        `toString(profile_id) in (${profileIds.map((id) => `'${id.replace(/[^0-9a-f-]/gi, "")}'`).join(", ")})`,
      );
    if (table.columns.has("identity_key") && table.name !== "identity_links") {
      for (let at = 0; at < identifiers.length; at += keysPerMutation)
        conditions.push(await hashedCondition(identifiers.slice(at, at + keysPerMutation), table.columns.has("ts")));
    }
    return conditions.filter((condition) => condition !== "");
  };

  return {
    /** Keys of events that name the person and lead to nobody: an address that was refused as an identifier. */
    async orphanKeys({ identifiers }: Person): Promise<readonly string[]> {
      if (identifiers.length === 0) return [];
      const rows = await clickhouse.query<{ k: string }>(
        `select distinct identity_key as k from events
         where hasAny(identifiers, {keys:Array(String)}) and identity_key != '' and identity_key not in {keys:Array(String)}
           and identity_key not in (select identity_key from identity_links) limit 1000`,
        { keys: identifiers.map(keyOf) },
      );
      return rows.map((row) => row.k);
    },

    /** Events of a person, in the order of the table, in pages of 2,000; every column that can be inserted. */
    async *eventsOf({ identifiers }: Person, typePattern = ""): AsyncGenerator<readonly StoredRow[]> {
      if (identifiers.length === 0) return;
      const events = (await tables()).find(({ name }) => name === "events");
      const columns = [...(events?.columns.values() ?? [])]
        .filter(({ kind }) => kind === "" || kind === "DEFAULT")
        .map(({ name }) => name);
      let after: readonly unknown[] = ["", "", Number.MIN_SAFE_INTEGER, "", ""];
      for (;;) {
        const [key, type, at, source, id] = after;
        const rows: StoredRow[] = await clickhouse.query(
          `select ${columns.map((name) => `e.${name} as ${name}`).join(", ")}, toUnixTimestamp64Milli(e.ts) as _at
           from (select * from events final where ${isOwned} and match(event_type, {pattern:String})) as e
           where (e.identity_key, e.event_type, toUnixTimestamp64Milli(e.ts), e.source_id, e.event_id) > ({key:String}, {type:String}, {at:Int64}, {source:String}, {id:String})
           order by e.identity_key, e.event_type, e.ts, e.source_id, e.event_id limit {limit:UInt32}`,
          { ...ownedArrays(identifiers), pattern: typePattern, key, type, at, source, id, limit: pageSize },
        );
        if (rows.length > 0) yield rows.map(({ _at: _, ...row }) => row);
        const last = rows.at(-1);
        if (!last || rows.length < pageSize) return;
        after = [last["identity_key"], last["event_type"], last["_at"], last["source_id"], last["event_id"]];
      }
    },

    /** Column types of `events`, by name. */
    async eventColumns(): Promise<ReadonlyMap<string, string>> {
      const events = (await tables()).find(({ name }) => name === "events");
      return new Map([...(events?.columns ?? [])].map(([name, { type }]) => [name, type]));
    },

    insertEvents: (rows: readonly object[], deduplicationToken: string): Promise<void> =>
      clickhouse.insert("events", rows, { deduplicationToken }),

    /** Deletes every row of a person, in every table that names them. May be repeated. @returns rows deleted or emptied */
    async erase(person: Person): Promise<number> {
      let touched = 0;
      for (const table of await tables()) {
        const emptied = keptTables[table.name]?.filter((column) => table.columns.has(column));
        for (const condition of await conditionsFor(table, person)) {
          const rows = await count(table.name, condition);
          if (rows === 0) continue;
          const change = emptied
            ? `update ${emptied.map((column) => `${column} = defaultValueOfTypeName(toTypeName(${column}))`).join(", ")}`
            : "delete";
          await mutate(table.name, change, condition);
          touched += rows;
        }
      }
      return touched;
    },

    /**
     * Rows of every other table that names the person, table by table. `identity_links` repeats the identifiers and is left out.
     */
    async *otherRowsOf({
      profileIds,
      identifiers,
    }: Person): AsyncGenerator<{ readonly table: string; readonly row: StoredRow }> {
      for (const table of await tables()) {
        if (table.name === "events" || table.name === "identity_links") continue;
        const ways = [
          ...(table.columns.has("profile_id") ? ["toString(profile_id) in {ids:Array(String)}"] : []),
          ...(table.columns.has("identity_key")
            ? [table.columns.has("ts") ? `(${isOwned})` : "identity_key in {keys:Array(String)}"]
            : []),
        ];
        for (let offset = 0; ; offset += pageSize) {
          const rows = await clickhouse.query<Record<string, unknown>>(
            `select * from ${table.name} where ${ways.join(" or ")} order by all limit {limit:UInt32} offset {offset:UInt32}`,
            { ids: profileIds, ...ownedArrays(identifiers), limit: pageSize, offset },
          );
          for (const row of rows) yield { table: table.name, row };
          if (rows.length < pageSize) break;
        }
      }
    },

    /** Writes of attributes, newest first. */
    async traitChanges({ identifiers }: Person, limit: number): Promise<readonly StoredRow[]> {
      if (identifiers.length === 0) return [];
      return clickhouse.query(
        `select toUnixTimestamp64Milli(ts) as at, event_id, event_type, source_id, JSONExtractRaw(properties, 'traits') as traits
         from events final where ${isOwned} and JSONHas(properties, 'traits') order by ts desc, event_id desc limit {limit:UInt32}`,
        { ...ownedArrays(identifiers), limit },
      );
    },

    /** Deletes events past their retention, types apart. @returns rows deleted */
    async forget(before: number, types: { readonly pattern: string; readonly matching: boolean }): Promise<number> {
      const isType = `${types.matching ? "" : "not "}match(event_type, '${types.pattern.replace(/[\\']/g, "\\$&")}')`;
      const condition = `ts < fromUnixTimestamp64Milli(${Math.floor(before)}) and ${isType}`;
      const rows = await count("events", condition);
      if (rows > 0) await mutate("events", "delete", condition);
      return rows;
    },

    /** Deletes the exposures past their retention. @returns rows deleted */
    async forgetExposures(before: number): Promise<number> {
      const condition = `ts < fromUnixTimestamp64Milli(${Math.floor(before)})`;
      const rows = await count("exposures", condition);
      if (rows > 0) await mutate("exposures", "delete", condition);
      return rows;
    },

    /** What of events goes before the events go. */
    expiry: createEventExpiry({ clickhouse, count, mutate }),

    /** Parts that were replaced and are still on disk, of all tables; the embedded engine removes them within seconds. */
    async replacedParts(): Promise<number> {
      const rows = await clickhouse.query<{ n: number }>(
        "select count() as n from system.parts where not active and database = currentDatabase()",
      );
      return Number(rows[0]?.n ?? 0);
    },

    kind: clickhouse.kind,
  };
}

export type EventStorePrivacy = ReturnType<typeof createEventStorePrivacy>;
