import { statfs } from "node:fs/promises";
import { durabilitySentence } from "./durability.ts";
import type { Durability, Engines } from "./open-engines.ts";

export type EngineCheck = { readonly name: string; readonly ok: boolean; readonly detail: string };

const lowDiskBytes = 1024 ** 3;
const bytesPerGb = 1024 ** 3;

async function timed(name: string, work: () => Promise<string>): Promise<EngineCheck> {
  const started = performance.now();
  try {
    const detail = await work();
    return { name, ok: true, detail: `${detail} (${(performance.now() - started).toFixed(1)} ms)` };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The checks of `clientele doctor`: version and latency of each engine, a write in each, free disk space, durability.
 * Never throws for a failed check: it is a row with `ok: false`.
 */
export async function checkEngines(
  engines: Engines,
  dataDir: string,
  durability: Durability,
): Promise<readonly EngineCheck[]> {
  const { postgres, clickhouse } = engines;
  return [
    await timed("PostgreSQL", async () => {
      const { rows } = await postgres.query<{ version: string }>("select version() as version");
      return `${postgres.kind}: ${rows[0]?.version.split(" on ")[0]}`;
    }),
    await timed("PostgreSQL write", async () => {
      await postgres.transaction(async (tx) => {
        await tx.query("create temp table doctor_probe (n int) on commit drop");
        await tx.query("insert into doctor_probe values (1)");
      });
      return "a row was written and dropped";
    }),
    await timed("ClickHouse", async () => {
      const rows = await clickhouse.query<{ version: string }>("select version() as version");
      return `${clickhouse.kind}: ClickHouse ${rows[0]?.version}`;
    }),
    await timed("ClickHouse write", async () => {
      // A name of its own, so that two doctors do not meet.
      const table = `doctor_probe_${process.pid}`;
      await clickhouse.command(`create table if not exists ${table} (n UInt8) engine = MergeTree order by n`);
      await clickhouse.insert(table, [{ n: 1 }]);
      await clickhouse.command(`drop table ${table}`);
      return "a row was written and dropped";
    }),
    await timed("Disk", async () => {
      const stats = await statfs(dataDir);
      const freeBytes = stats.bavail * stats.bsize;
      const free = `${(freeBytes / bytesPerGb).toFixed(1)} GB free in ${dataDir}`;
      if (freeBytes < lowDiskBytes) throw new Error(`only ${free}`);
      return free;
    }),
    { name: "Durability", ok: true, detail: durabilitySentence(postgres.kind, durability) },
  ];
}
