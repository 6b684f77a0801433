import { cpSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLogger } from "../kernel/index.ts";
import { createDataDir, openTestEngines } from "../testing/engines.ts";
import { checkEngines } from "./check-engines.ts";
import { createMaintenance } from "./maintain-postgres.ts";
import { type EngineOptions, type Engines, openEngines } from "./open-engines.ts";

const logger = createLogger("silent");
const embedded = { postgresUrl: "", clickhouseUrl: "", clickhouseCluster: "", durability: "process" } as const;
let dataDir: string;
let opened: Engines | undefined;
beforeEach(async () => {
  dataDir = await createDataDir();
});
afterEach(async () => {
  await opened?.close();
  opened = undefined;
  rmSync(dataDir, { recursive: true, force: true });
});

async function open(options: Partial<EngineOptions> = {}): Promise<Engines> {
  opened = await openEngines(
    { dataDir, postgresUrl: "", clickhouseUrl: "", clickhouseCluster: "", durability: "process", ...options },
    logger,
  );
  return opened;
}

describe("opening the engines", () => {
  it("keeps others out until they are closed, and finds what was written before", async () => {
    const first = await open();
    await expect(openEngines({ ...embedded, dataDir }, logger)).rejects.toMatchObject({
      code: "storage.dataDirectoryLocked",
    });
    await first.postgres.query("create table kept as select 1 as n");
    await first.clickhouse.command("create table kept engine = MergeTree order by n as select 1 as n");
    await first.close();

    const second = await open();
    expect((await second.postgres.query("select n from kept")).rows).toEqual([{ n: 1 }]);
    expect(await second.clickhouse.query("select n from kept")).toEqual([{ n: 1 }]);
  });

  it("flushes commits and inserts to the disk with durability power only", async () => {
    const settings = async (engines: Engines) => {
      const { rows } = await engines.postgres.query<{ fsync: string; method: string }>(
        "select current_setting('fsync') as fsync, current_setting('wal_sync_method') as method",
      );
      const parts = await engines.clickhouse.query<{ value: string }>(
        "select value from system.merge_tree_settings where name = 'fsync_after_insert'",
      );
      return { ...rows[0], parts: parts[0]?.value };
    };
    const power = await open({ durability: "power" });
    expect(await settings(power)).toEqual({ fsync: "on", method: "fsync", parts: "1" });
    await power.close();
    expect(await settings(await open())).toEqual({ fsync: "off", method: "fdatasync", parts: "0" });
  });

  it("works in a folder too deep for a unix socket", async () => {
    const deep = join(dataDir, "a".repeat(90));
    // Spares the deep folder its own initdb.
    cpSync(join(dataDir, "postgres"), join(deep, "postgres"), { recursive: true });
    const engines = await open({ dataDir: deep });
    expect((await engines.postgres.query("select 1 as n")).rows).toEqual([{ n: 1 }]);
  });

  it("says that a server cannot be reached, and gives the directory back", async () => {
    await expect(open({ postgresUrl: "postgres://127.0.0.1:9/none" })).rejects.toMatchObject({
      code: "storage.unavailable",
    });
    await expect(open({ clickhouseUrl: "http://127.0.0.1:9" })).rejects.toMatchObject({ code: "storage.unavailable" });
    expect(readdirSync(dataDir)).not.toContain("lock");
    await open();
  });

  it("leaves the directory of two servers to any number of processes", async () => {
    const servers = await openTestEngines([], { postgres: "server", clickhouse: "http" });
    expect([servers.postgres.kind, servers.clickhouse.kind]).toEqual(["server", "server"]);
    expect(readdirSync(servers.dataDir)).toEqual(["format"]);
    await servers.close();
  });
});

describe("an embedded PostgreSQL that dies", () => {
  it("answers storage.unavailable, starts again by itself and has what it acknowledged", async () => {
    const { postgres } = await open();
    await postgres.query("create table kept as select 1 as n");
    const log = join(dataDir, "postgres", "pg_wal");
    // An engine that cannot write its log panics.
    renameSync(log, `${log}.away`);
    const death = postgres.query("select pg_switch_wal()").then(() => postgres.query("insert into kept values (2)"));
    await expect(death).rejects.toMatchObject({ code: "storage.unavailable" });
    renameSync(`${log}.away`, log);

    const read = async () => (await postgres.query("select n from kept")).rows;
    await expect.poll(() => read().catch(() => "not yet"), { timeout: 20_000 }).toEqual([{ n: 1 }]);
  });
});

describe("the checks of the doctor", () => {
  it("name versions, writes, disk and durability, and report a failure as a row", async () => {
    const engines = await open();
    const checks = await checkEngines(engines, dataDir, "process");
    expect(checks.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
      "PostgreSQL true",
      "PostgreSQL write true",
      "ClickHouse true",
      "ClickHouse write true",
      "Disk true",
      "Durability true",
    ]);
    expect(checks[0]?.detail).toMatch(/^embedded: PostgreSQL \d+/);
    expect(checks[5]?.detail).toMatch(/power cut/);

    await engines.close();
    const failed = (await checkEngines(engines, dataDir, "process")).filter(({ ok }) => !ok);
    expect(failed.map(({ name }) => name)).toEqual([
      "PostgreSQL",
      "PostgreSQL write",
      "ClickHouse",
      "ClickHouse write",
    ]);
  });
});

describe("maintenance of the embedded PostgreSQL", () => {
  it("keeps the log and the dead rows bounded, and tells the planner about growth", async () => {
    const { postgres } = await open();
    await postgres.query("create table churn (id int primary key, padding text)");
    await postgres.query("insert into churn select i, repeat('x', 900) from generate_series(1, 10000) as i");
    const maintain = createMaintenance(postgres);
    expect(await maintain()).toMatchObject({ analyzed: ["public.churn"], vacuumed: false });

    const rewrite = async (times: number) => {
      for (let round = 0; round < times; round += 1)
        await postgres.query("update churn set padding = repeat(md5($1), 28)", [String(round)]);
    };
    const sizeOf = async () =>
      (await postgres.query<{ bytes: number }>("select pg_relation_size('churn') as bytes")).rows[0]?.bytes ?? 0;

    await rewrite(8);
    const passed = await maintain();
    expect(passed.vacuumed).toBe(true);
    const size = await sizeOf();
    // The space of the dead versions is used again.
    await rewrite(4);
    expect(await sizeOf()).toBe(size);
    await rewrite(4);
    expect((await maintain()).checkpointed || passed.checkpointed).toBe(true);
    const { rows } = await postgres.query<{ bytes: number }>("select sum(size)::int8 as bytes from pg_ls_waldir()");
    expect(rows[0]?.bytes).toBeLessThan(400 * 1024 ** 2);
  });
});
