import { join, resolve } from "node:path";
import { ClienteleError, type Logger } from "../kernel/index.ts";
import { type ClickHouse, openEmbeddedClickHouse, openServerClickHouse } from "./clickhouse.ts";
import { lockDataDir } from "./data-dir.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { createPostgres, type Postgres } from "./postgres.ts";

export type Durability = "process" | "power";

export type EngineOptions = {
  readonly dataDir: string;
  readonly postgresUrl: string;
  readonly clickhouseUrl: string;
  readonly clickhouseCluster: string;
  readonly durability: Durability;
};

export type Engines = {
  readonly postgres: Postgres;
  readonly clickhouse: ClickHouse;
  readonly cluster: string;
  readonly close: () => Promise<void>;
};

const oldestServer = 150_000;

async function openPostgres(options: EngineOptions, dataDir: string, logger: Logger): Promise<Postgres> {
  if (options.postgresUrl === "") {
    const engine = await startEmbeddedPostgres({ dataDir, syncToDisk: options.durability === "power", logger });
    return createPostgres({ kind: "embedded", connection: { host: engine.host, port: engine.port }, logger, closeEngine: engine.close });
  }
  const postgres = createPostgres({ kind: "server", connection: options.postgresUrl, logger });
  const { rows } = await postgres.query<{ version: number }>("select current_setting('server_version_num')::int as version");
  if ((rows[0]?.version ?? 0) < oldestServer) {
    await postgres.close();
    throw new ClienteleError("storage.unavailable", `PostgreSQL 15 or newer is needed; this server reports ${rows[0]?.version}`);
  }
  return postgres;
}

/**
 * Opens both engines, embedded or on servers as configured, and takes the lock on the data directory.
 *
 * @throws {ClienteleError} `storage.dataDirectoryLocked`, `storage.newerVersion`, `storage.unavailable`
 */
export async function openEngines(options: EngineOptions, logger: Logger): Promise<Engines> {
  const dataDir = resolve(options.dataDir);
  const unlock = lockDataDir(dataDir);
  try {
    // PGlite starts in its own thread, so chDB opens meanwhile.
    const opening = openPostgres(options, dataDir, logger);
    const clickhouse = options.clickhouseUrl === "" ? openEmbeddedClickHouse(join(dataDir, "clickhouse"), options.durability === "power") : openServerClickHouse(options.clickhouseUrl);
    const [postgres] = await Promise.all([opening, clickhouse.ping()]);
    return {
      postgres,
      clickhouse,
      cluster: options.clickhouseCluster,
      close: async () => {
        await Promise.allSettled([postgres.close(), clickhouse.close()]);
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
