import { statfs } from "node:fs/promises";
import type { Durability, Engines } from "./open-engines.ts";

export type EngineCheck = { readonly name: string; readonly ok: boolean; readonly detail: string };

const lowDiskBytes = 1024 ** 3;

/** What survives what, in one sentence; the manual says the same. */
export function durabilitySentence(kind: "embedded" | "server", durability: Durability): string {
  if (kind === "server") return "the PostgreSQL server decides (synchronous_commit, fsync)";
  return durability === "power"
    ? "acknowledged events survive a killed process; each write is flushed to the file system, a power cut may still take what the disk had not written"
    : "acknowledged events survive a killed process; a power cut may take the last seconds";
}

async function timed(name: string, work: () => Promise<string>): Promise<EngineCheck> {
  const started = performance.now();
  try {
    const detail = await work();
    return { name, ok: true, detail: `${detail} (${(performance.now() - started).toFixed(1)} ms)` };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/** The checks of `clientele doctor`: versions, a write in each engine, free disk space, durability. */
export async function checkEngines(engines: Engines, dataDir: string, durability: Durability): Promise<readonly EngineCheck[]> {
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
      return "a row was written and rolled away";
    }),
    await timed("ClickHouse", async () => {
      const rows = await clickhouse.query<{ version: string }>("select version() as version");
      return `${clickhouse.kind}: ClickHouse ${rows[0]?.version}`;
    }),
    await timed("ClickHouse write", async () => {
      await clickhouse.command("create table if not exists doctor_probe (n UInt8) engine = Memory");
      await clickhouse.insert("doctor_probe", [{ n: 1 }]);
      await clickhouse.command("drop table doctor_probe");
      return "a row was written and dropped";
    }),
    await timed("Disk", async () => {
      const stats = await statfs(dataDir);
      const free = stats.bavail * stats.bsize;
      if (free < lowDiskBytes) throw new Error(`only ${(free / 1024 ** 2).toFixed(0)} MB free in ${dataDir}`);
      return `${(free / 1024 ** 3).toFixed(1)} GB free in ${dataDir}`;
    }),
    { name: "Durability", ok: true, detail: durabilitySentence(postgres.kind, durability) },
  ];
}
