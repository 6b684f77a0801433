// The embedded ClickHouse behind `@clickhouse/client`: our implementation of its experimental `connection` option over chDB.
// chDB has no interface for settings of one statement, so each lane (a session of its own) remembers what it has SET and changes
// it only when a statement asks for something else. Every lane runs one statement at a time: chDB would queue the rest in
// libuv's four threads, and file access and DNS of the whole process would wait behind them.
import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type ClickHouseClientConfigOptions, type ClickHouseSettings, parseError } from "@clickhouse/client";
import { drainPending, Session } from "chdb";

type Connection = NonNullable<ClickHouseClientConfigOptions["connection"]>;
type Setting = string | number | boolean;
type Settings = Readonly<Record<string, Setting>>;

export type ChdbOptions = {
  readonly dataDir: string;
  /** Settings of every statement. */
  readonly settings: ClickHouseSettings;
  /** Flush each part to the disk before an insert is acknowledged. */
  readonly syncToDisk: boolean;
};

/** Two readers, so that a short query does not wait behind one long report. */
const readLanes = 2;
const cacheBytes = 256 * 1024 ** 2;
const serverMemoryBytes = 2 * 1024 ** 3;
/** What the client adds for HTTP; the engine does not know them. */
const httpOnly = /^(wait_end_of_query|send_progress_in_http_headers|enable_http_compression|http_.*|default_format)$/;
const insertPattern = /^\s*insert\s+into\s+(\S+?)\s*(?:\(([^)]*)\))?\s+format\s+(\w+)\s*$/i;
const insertFormats = ["JSONEachRow", "JSONCompactEachRow"] as const;

function readSettings(given: object | undefined): Settings {
  const entries = Object.entries(given ?? {}).filter(([name, value]) => value !== undefined && !httpOnly.test(name));
  return Object.fromEntries(
    entries.map(([name, value]: [string, unknown]) => {
      if (!/^\w+$/.test(name)) throw new Error(`not a setting name: ${name}`);
      return [name, typeof value === "number" || typeof value === "boolean" ? value : String(value)];
    }),
  );
}

function toLiteral(value: Setting): string {
  return typeof value === "string" ? `'${value.replace(/\\/g, "\\\\").replace(/'/g, "\\'")}'` : String(Number(value));
}

/** Runs SET for what differs from the last statement; what is no longer asked for goes back to its base value. */
function changedSettings(current: ReadonlyMap<string, Setting>, base: Settings, wanted: Settings): readonly string[] {
  const changes: string[] = [];
  for (const [name, value] of Object.entries(wanted))
    if (current.get(name) !== value) changes.push(`${name} = ${toLiteral(value)}`);
  for (const [name, value] of current) {
    if (name in wanted) continue;
    const original = base[name];
    if (original === undefined) changes.push(`${name} = DEFAULT`);
    else if (original !== value) changes.push(`${name} = ${toLiteral(original)}`);
  }
  return changes;
}

function createLane(options: ChdbOptions, configFile: string) {
  const session = new Session(options.dataDir, { connectionArgs: [`--config-file=${configFile}`] });
  const base = readSettings(options.settings);
  let current = new Map<string, Setting>();
  let tail: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const apply = async (wanted: Settings): Promise<void> => {
    const changes = changedSettings(current, base, wanted);
    if (changes.length === 0) return;
    await session.queryAsync(`SET ${changes.join(", ")}`);
    current = new Map(Object.entries({ ...base, ...wanted }));
  };

  const run = <T>(settings: Settings, work: (session: Session) => Promise<T>): Promise<T> => {
    waiting += 1;
    const result = tail.then(async () => {
      await apply({ ...base, ...settings });
      return work(session);
    });
    tail = result.then(
      () => undefined,
      () => undefined,
    );
    return result
      .catch((error: unknown) => {
        throw parseError(error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        waiting -= 1;
      });
  };

  return {
    run,
    waiting: () => waiting,
    close: async () => {
      await tail;
      session.close();
    },
  };
}

/**
 * Server settings that no SET reaches: caches sized for a shared machine, and flushing for CLIENTELE_DURABILITY=power. Parts that a
 * merge or a deletion replaced leave the disk within seconds, and the texts of deletions are not kept: both hold what was erased.
 */
function writeConfig(options: ChdbOptions): string {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const sync = options.syncToDisk ? 1 : 0;
  const path = join(options.dataDir, "clientele-config.xml");
  writeFileSync(
    path,
    `<clickhouse>
  <mark_cache_size>${cacheBytes}</mark_cache_size>
  <max_server_memory_usage>${serverMemoryBytes}</max_server_memory_usage>
  <merge_tree><fsync_after_insert>${sync}</fsync_after_insert><fsync_part_directory>${sync}</fsync_part_directory>
    <cleanup_delay_period>1</cleanup_delay_period><max_cleanup_delay_period>2</max_cleanup_delay_period><cleanup_delay_period_random_add>0</cleanup_delay_period_random_add>
    <finished_mutations_to_keep>0</finished_mutations_to_keep></merge_tree>
</clickhouse>
`,
    { mode: 0o600 },
  );
  return path;
}

function toBuffer(chunk: unknown): Buffer {
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError(`an insert takes text or bytes, not ${typeof chunk}`);
}

async function readAll(values: string | Readable): Promise<Buffer> {
  if (typeof values === "string") return Buffer.from(values);
  const chunks: Buffer[] = [];
  for await (const chunk of values) chunks.push(toBuffer(chunk));
  const [only] = chunks;
  return chunks.length === 1 && only ? only : Buffer.concat(chunks);
}

function toStream(bytes: Uint8Array): Readable {
  const stream = new Readable({ read() {} });
  // The client destroys an unread result with an error; nobody else could be listening for it.
  stream.on("error", () => undefined);
  stream.push(bytes);
  stream.push(null);
  return stream;
}

const answer = (queryId: string | undefined) => ({
  query_id: queryId ?? randomUUID(),
  response_headers: {},
  http_status_code: 200,
});

/**
 * Opens chDB on a data directory; one directory a process.
 *
 * Reads run on two lanes, writes and commands on a third. An insert is on disk, as a part, when its promise resolves.
 */
export function createChdbConnection(options: ChdbOptions): Connection {
  const configFile = writeConfig(options);
  const writer = createLane(options, configFile);
  const readers = Array.from({ length: readLanes }, () => createLane(options, configFile));
  const reader = () => readers.reduce((least, lane) => (lane.waiting() < least.waiting() ? lane : least));
  let closing: Promise<void> | undefined;

  const execute = async (
    lane: typeof writer,
    sql: string,
    params: { query_params?: Record<string, unknown>; clickhouse_settings?: object },
  ) => {
    if (closing) throw new Error("the ClickHouse connection is closed");
    const bound = params.query_params ?? {};
    return lane.run(readSettings(params.clickhouse_settings), (session) =>
      Object.keys(bound).length > 0 ? session.queryBindAsync(sql, bound) : session.queryAsync(sql),
    );
  };

  const insert = async (
    { query, clickhouse_settings }: { readonly query: string; readonly clickhouse_settings?: object },
    values: Buffer,
  ): Promise<void> => {
    if (closing) throw new Error("the ClickHouse connection is closed");
    const [, table, columns, formatName] = insertPattern.exec(query) ?? [];
    const format = insertFormats.find((name) => name === formatName);
    if (table === undefined || format === undefined)
      throw new Error(`not an insert the embedded engine knows: ${query.slice(0, 200)}`);
    if (values.length === 0) return;
    const settings = readSettings(clickhouse_settings);
    const names = columns === undefined ? {} : { columns: columns.split(",").map((name) => name.trim()) };
    await writer.run({}, (session) => session.insert({ table, format, values, settings, ...names }));
  };

  return {
    ping: async () => {
      try {
        await execute(reader(), "select 1", {});
        return { success: true };
      } catch (error) {
        return { success: false, error: error instanceof Error ? error : new Error(String(error)) };
      }
    },
    query: async (params) => {
      const result = await execute(reader(), params.query, params);
      return { ...answer(params.query_id), stream: toStream(result.bytes()) };
    },
    command: async (params) => {
      await execute(writer, params.query, params);
      return answer(params.query_id);
    },
    exec: async (params) => {
      if (params.values !== undefined) {
        await insert(params, await readAll(params.values));
        return { ...answer(params.query_id), stream: toStream(new Uint8Array()) };
      }
      const result = await execute(writer, params.query, params);
      return { ...answer(params.query_id), stream: toStream(result.bytes()) };
    },
    insert: async (params) => {
      await insert(params, await readAll(params.values));
      return answer(params.query_id);
    },
    close: () => {
      closing ??= (async () => {
        await Promise.all([writer, ...readers].map((lane) => lane.close()));
        await drainPending();
      })();
      return closing;
    },
  };
}
