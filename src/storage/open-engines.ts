import { join, resolve } from "node:path";
import { ClienteleError, type Logger } from "../kernel/index.ts";
import { type ClickHouse, openEmbeddedClickHouse, openServerClickHouse } from "./clickhouse.ts";
import { lockDataDir, makeDataDir } from "./data-dir.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { startMaintenance } from "./maintain-postgres.ts";
import { createPostgres, type Postgres } from "./postgres.ts";

export type Durability = "process" | "power";

export type EngineOptions = {
  /** Made with mode 0700 when missing. Locked for this process unless both engines are servers. */
  readonly dataDir: string;
  /** Empty = embedded. */
  readonly postgresUrl: string;
  /** Empty = embedded. */
  readonly clickhouseUrl: string;
  /** Name of the ClickHouse cluster for replicated tables; empty = none. */
  readonly clickhouseCluster: string;
  /** Of the embedded engines; servers have their own settings. */
  readonly durability: Durability;
};

export type Engines = {
  readonly postgres: Postgres;
  readonly clickhouse: ClickHouse;
  readonly cluster: string;
  /** Waits for what runs, closes both and gives the data directory back; may be repeated. */
  readonly close: () => Promise<void>;
};

const oldestServer = 150_000;

async function openEmbeddedPostgres(options: EngineOptions, dataDir: string, logger: Logger): Promise<Postgres> {
  const engine = await startEmbeddedPostgres({ dataDir, syncToDisk: options.durability === "power", logger });
  const { host, port } = engine;
  const postgres = createPostgres({
    kind: "embedded",
    connection: { host, port },
    logger,
    walFolder: join(dataDir, "postgres", "pg_wal"),
    closeEngine: engine.close,
  });
  const stopMaintenance = startMaintenance(postgres, logger);
  return {
    ...postgres,
    close: async () => {
      await stopMaintenance();
      await postgres.close();
    },
  };
}

async function openServerPostgres(url: string, logger: Logger): Promise<Postgres> {
  const postgres = createPostgres({ kind: "server", connection: url, logger });
  try {
    const { rows } = await postgres.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    );
    const version = rows[0]?.version ?? 0;
    if (version >= oldestServer) return postgres;
    throw new ClienteleError(
      "storage.unavailable",
      `PostgreSQL 15 or newer is needed; the server of CLIENTELE_POSTGRES_URL reports ${version}`,
    );
  } catch (error) {
    await postgres.close();
    throw error;
  }
}

async function openClickHouse(options: EngineOptions, dataDir: string): Promise<ClickHouse> {
  const clickhouse =
    options.clickhouseUrl === ""
      ? openEmbeddedClickHouse(join(dataDir, "clickhouse"), options.durability === "power")
      : openServerClickHouse(options.clickhouseUrl);
  try {
    await clickhouse.ping();
    return clickhouse;
  } catch (error) {
    await clickhouse.close();
    throw error;
  }
}

async function closeOpened(opened: readonly PromiseSettledResult<Postgres | ClickHouse>[]): Promise<void> {
  await Promise.allSettled(opened.map((result) => (result.status === "fulfilled" ? result.value.close() : undefined)));
}

/**
 * Opens both engines, embedded or on servers as configured. With an embedded engine the data directory is locked until `close`.
 *
 * @throws {ClienteleError} `storage.dataDirectoryLocked`, `storage.dataDirectoryUnusable`, `storage.diskFull`,
 *   `storage.newerVersion`, `storage.unavailable`
 */
export async function openEngines(options: EngineOptions, logger: Logger): Promise<Engines> {
  const dataDir = resolve(options.dataDir);
  makeDataDir(dataDir);
  const isEmbedded = options.postgresUrl === "" || options.clickhouseUrl === "";
  const unlock = isEmbedded ? lockDataDir(dataDir) : () => undefined;
  const opened = await Promise.allSettled([
    // PGlite starts in its own thread, so chDB opens meanwhile.
    options.postgresUrl === ""
      ? openEmbeddedPostgres(options, dataDir, logger)
      : openServerPostgres(options.postgresUrl, logger),
    openClickHouse(options, dataDir),
  ]);
  const [postgres, clickhouse] = opened;
  if (postgres.status === "rejected" || clickhouse.status === "rejected") {
    await closeOpened(opened);
    unlock();
    throw postgres.status === "rejected"
      ? postgres.reason
      : clickhouse.status === "rejected"
        ? clickhouse.reason
        : undefined;
  }
  let closing: Promise<void> | undefined;
  return {
    postgres: postgres.value,
    clickhouse: clickhouse.value,
    cluster: options.clickhouseCluster,
    close: () => {
      closing ??= closeOpened(opened).finally(unlock);
      return closing;
    },
  };
}
