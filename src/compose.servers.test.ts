// The whole product where one process is not enough: a PostgreSQL server, ClickHouse over HTTP, several processes on both.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClickHouseServer, startClickHouseServer } from "./testing/clickhouse-http-server.ts";
import { type PostgresServer, startPostgresServer } from "./testing/postgres-server.ts";
import { runCli, type ServerProcess, startServerProcess } from "./testing/server-process.ts";
import { startTestApp, type TestApp } from "./testing/start-test-app.ts";

const cartAudience = {
  rule: {
    all: [{ attr: "event.type", op: "eq", value: "addToCart" }],
  },
};

type Servers = {
  readonly postgres: PostgresServer;
  readonly clickhouse: ClickHouseServer;
  readonly folder: string;
  readonly stop: () => Promise<void>;
};

async function startServers(): Promise<Servers> {
  const [postgres, clickhouse] = await Promise.all([startPostgresServer(), startClickHouseServer()]);
  const folder = mkdtempSync(join(tmpdir(), "clientele-servers-"));
  return {
    postgres,
    clickhouse,
    folder,
    stop: async () => {
      await Promise.all([postgres.stop(), clickhouse.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
