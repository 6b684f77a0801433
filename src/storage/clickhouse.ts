// ClickHouse through `@clickhouse/client`; embedded, chDB stands in for the HTTP connection.
import { randomUUID } from "node:crypto";
import { type ClickHouseClient, type ClickHouseClientConfigOptions, type ClickHouseSettings, createClient } from "@clickhouse/client";
import { createChdbConnection } from "chdb/connection";
import { ClienteleError } from "../kernel/index.ts";

type Connection = NonNullable<ClickHouseClientConfigOptions["connection"]>;

export type ClickHouse = {
  readonly kind: "embedded" | "server";
  /** Placeholders are `{name:Type}`. 64-bit integers come as numbers. */
  readonly query: <Row extends object>(sql: string, params?: Readonly<Record<string, unknown>>, options?: { readonly timeoutMs?: number }) => Promise<Row[]>;
  /** Resolves when the rows are stored. A repeat with the same token within the table's window is dropped. */
  readonly insert: (table: string, rows: readonly object[], options?: { readonly deduplicationToken?: string }) => Promise<void>;
  readonly command: (sql: string, params?: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const defaultTimeoutMs = 60_000;

const settings: ClickHouseSettings = {
  date_time_output_format: "iso",
  date_time_input_format: "best_effort",
  output_format_json_quote_64bit_integers: 0,
  async_insert: 0,
  insert_deduplicate: 1,
  join_use_nulls: 0,
};

// One machine shares its memory with the rest of the program.
const embeddedSettings: ClickHouseSettings = { ...settings, max_memory_usage: "1500000000", max_threads: 2 };

function translate(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error ? String(error.code) : "";
  if (code === "243" || code === "ENOSPC" || /No space left|NOT_ENOUGH_SPACE/.test(error.message)) {
    return new ClienteleError("storage.diskFull", "ClickHouse has no disk space left", { cause: error, retryAfterSeconds: 10 });
  }
  if (code === "159" || /timeout/i.test(error.message)) {
    return new ClienteleError("storage.timeout", "ClickHouse took longer than the limit of the statement", { cause: error, retryAfterSeconds: 1 });
  }
  if (/ECONNREFUSED|ECONNRESET|socket hang up|EPIPE/.test(`${code} ${error.message}`)) {
    return new ClienteleError("storage.unavailable", "ClickHouse does not answer", { cause: error, retryAfterSeconds: 1 });
  }
  return error;
}

/** Lets one call run after the other: chDB binds parameters one query at a time. */
function createQueue() {
  let tail: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const result = tail.then(work, work);
    tail = result.catch(() => undefined);
    return result;
  };
}

function wrap(client: ClickHouseClient, kind: ClickHouse["kind"]): ClickHouse {
  const inTurn = kind === "embedded" ? createQueue() : <T>(work: () => Promise<T>): Promise<T> => work();
  const guarded = <T>(work: () => Promise<T>): Promise<T> =>
    inTurn(work).catch((error: unknown) => {
      throw translate(error);
    });
  return {
    kind,
    query: <Row extends object>(sql: string, params: Readonly<Record<string, unknown>> = {}, { timeoutMs = defaultTimeoutMs }: { readonly timeoutMs?: number } = {}) =>
      guarded(async () => {
        const result = await client.query({
          query: sql,
          query_params: { ...params },
          format: "JSONEachRow",
          clickhouse_settings: { max_execution_time: Math.ceil(timeoutMs / 1000) },
        });
        return result.json<Row>();
      }),
    insert: (table, rows, options = {}) =>
      guarded(async () => {
        if (rows.length === 0) return;
        await client.insert({
          table,
          values: rows,
          format: "JSONEachRow",
          // Always a token: chDB keeps the settings of the last call, and would drop the next insert under an old one.
          clickhouse_settings: { insert_deduplication_token: options.deduplicationToken ?? randomUUID() },
        });
      }),
    command: (sql, params = {}) =>
      guarded(async () => {
        await client.command({ query: sql, query_params: { ...params } });
      }),
    ping: () =>
      guarded(async () => {
        const answer = await client.query({ query: "select 1", format: "JSONEachRow" });
        await answer.json();
      }),
    close: () => inTurn(() => client.close()),
  };
}

/** chDB in this process; one data directory a process. */
export function openEmbeddedClickHouse(dataDir: string): ClickHouse {
  // The client's hook is typed with optional fields that exactOptionalPropertyTypes reads more strictly than chDB wrote them.
  const connection = createChdbConnection({ path: dataDir }) as unknown as Connection;
  return wrap(createClient({ connection, clickhouse_settings: embeddedSettings }), "embedded");
}

/** A ClickHouse server or cluster over HTTP. */
export function openServerClickHouse(url: string): ClickHouse {
  return wrap(
    createClient({ url, clickhouse_settings: settings, compression: { request: true, response: true }, request_timeout: 120_000, max_open_connections: 16 }),
    "server",
  );
}
