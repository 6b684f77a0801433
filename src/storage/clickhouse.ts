// ClickHouse through `@clickhouse/client`; embedded, chDB stands in for the HTTP connection.
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { type ClickHouseClient, ClickHouseLogLevel, type ClickHouseSettings, createClient } from "@clickhouse/client";
import { joinToBuffer } from "../kernel/index.ts";
import { createChdbConnection } from "./chdb-connection.ts";
import { translateClickHouseError } from "./clickhouse-errors.ts";

export type ClickHouse = {
  readonly kind: "embedded" | "server";
  /**
   * Rows of a SELECT. Placeholders are `{name:Type}`; a Date binds as its UTC time. 64-bit integers come as numbers (select
   * `toString(x)` for one above 2^53), dates as ISO 8601 texts, decimals as numbers.
   *
   * @param options.timeoutMs the engine stops the query after it; default 60,000
   * @throws {ClienteleError} `storage.timeout`, `storage.unavailable`, `storage.diskFull`; faults of the statement keep their own error
   */
  readonly query: <Row extends object>(
    sql: string,
    params?: Readonly<Record<string, unknown>>,
    options?: { readonly timeoutMs?: number },
  ) => Promise<Row[]>;
  /**
   * Resolves when the rows are stored. With a token, a repeat within the table's `non_replicated_deduplication_window` stores
   * nothing; without one, equal rows are stored again. A column the table does not have is an error.
   */
  readonly insert: (
    table: string,
    rows: readonly object[],
    options?: { readonly deduplicationToken?: string },
  ) => Promise<void>;
  /** As `insert`, of what `encodeRows` made. */
  readonly insertEncoded: (
    table: string,
    encoded: readonly Buffer[],
    options?: { readonly deduplicationToken?: string },
  ) => Promise<void>;
  /** A statement without rows: DDL, INSERT … SELECT, OPTIMIZE. */
  readonly command: (sql: string, params?: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly ping: () => Promise<void>;
  /** Waits for what runs. */
  readonly close: () => Promise<void>;
};

/** Rows as JSON lines. A text column also takes an object: the text that stands for it in the row. */
export function encodeRows(rows: readonly object[]): Buffer {
  if (rows.length === 0) return Buffer.alloc(0);
  const texts = rows.map((row) => JSON.stringify(row));
  return joinToBuffer(texts, "\n", ["", "\n"]);
}

const defaultTimeoutMs = 60_000;
/** Above the longest statement limit: the engine's own limit should answer first. */
const requestTimeoutMs = 600_000;
const serverConnections = 16;

const settings: ClickHouseSettings = {
  date_time_output_format: "iso",
  date_time_input_format: "best_effort",
  output_format_json_quote_64bit_integers: 0,
  input_format_skip_unknown_fields: 0,
  input_format_json_read_objects_as_strings: 1,
  async_insert: 0,
  // A backfill over years touches more months than the default of 100 allows.
  max_partitions_per_insert_block: "0",
  join_use_nulls: 0,
  max_execution_time: defaultTimeoutMs / 1000,
};

// One machine shares its memory with the rest of the program.
const embeddedSettings: ClickHouseSettings = { ...settings, max_memory_usage: "1000000000", max_threads: 2 };
// An insert through a Distributed table is acknowledged only when its shard has it.
const serverSettings: ClickHouseSettings = { ...settings, distributed_foreground_insert: 1 };

/** The client logs failed statements with their parameters, which may be personal data; errors are logged by who catches them. */
const log = { level: ClickHouseLogLevel.OFF };

/** The client and chDB print a Date differently; one text for both. */
function toParameter(value: unknown): unknown {
  if (value instanceof Date)
    return value
      .toISOString()
      .replace("T", " ")
      .replace(/(\.000)?Z$/, "");
  return Array.isArray(value) ? value.map(toParameter) : value;
}

function toParameters(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, toParameter(value)]));
}

/** A token of its own keeps equal rows; `insert_deduplicate: 0` no longer does in newer engines (`deduplicate_insert` overrides it). */
const insertSettings = (token: string | undefined): ClickHouseSettings => ({
  insert_deduplicate: 1,
  insert_deduplication_token: token ?? randomUUID(),
});

/** The adapter that both kinds share. */
function wrap(client: ClickHouseClient, kind: ClickHouse["kind"]): ClickHouse {
  const translated = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw translateClickHouseError(error);
    });
  const select = async <Row extends object>(
    sql: string,
    params: Readonly<Record<string, unknown>>,
    timeoutMs: number,
  ): Promise<Row[]> => {
    const result = await client.query({
      query: sql,
      query_params: toParameters(params),
      format: "JSONEachRow",
      clickhouse_settings: timeoutMs === defaultTimeoutMs ? {} : { max_execution_time: timeoutMs / 1000 },
    });
    return result.json<Row>();
  };
  const insert = async (table: string, rows: readonly object[], token: string | undefined): Promise<void> => {
    await client.insert({ table, values: rows, format: "JSONEachRow", clickhouse_settings: insertSettings(token) });
  };
  const insertEncoded = async (table: string, chunks: readonly Buffer[], token: string | undefined): Promise<void> => {
    const { stream } = await client.exec({
      query: `insert into ${table} format JSONEachRow`,
      values: Readable.from(chunks, { objectMode: false }),
      clickhouse_settings: insertSettings(token),
    });
    // The answer is empty; it has to be read for the connection to be free again.
    for await (const _chunk of stream);
  };
  return {
    kind,
    query: (sql, params = {}, { timeoutMs = defaultTimeoutMs } = {}) => translated(select(sql, params, timeoutMs)),
    insert: async (table, rows, { deduplicationToken } = {}) => {
      if (rows.length > 0) await translated(insert(table, rows, deduplicationToken));
    },
    insertEncoded: async (table, encoded, { deduplicationToken } = {}) => {
      const chunks = encoded.filter(({ length }) => length > 0);
      if (chunks.length > 0) await translated(insertEncoded(table, chunks, deduplicationToken));
    },
    command: async (sql, params = {}) => {
      await translated(
        client.command({
          query: sql,
          query_params: toParameters(params),
          clickhouse_settings: { max_execution_time: requestTimeoutMs / 1000 },
        }),
      );
    },
    ping: async () => {
      await translated(select("select 1 as one", {}, defaultTimeoutMs));
    },
    close: () => client.close(),
  };
}

/** chDB in this process; one data directory a process. */
export function openEmbeddedClickHouse(dataDir: string, syncToDisk: boolean): ClickHouse {
  const connection = createChdbConnection({ dataDir, settings: embeddedSettings, syncToDisk });
  return wrap(createClient({ connection, log }), "embedded");
}

/** A ClickHouse server or cluster over HTTP; user, password and database are parts of the URL. */
export function openServerClickHouse(url: string): ClickHouse {
  const client = createClient({
    url,
    log,
    clickhouse_settings: serverSettings,
    compression: { request: true, response: true },
    request_timeout: requestTimeoutMs,
    max_open_connections: serverConnections,
    // Long lists as parameters do not fit into a URL.
    use_multipart_params_auto: true,
  });
  return wrap(client, "server");
}
