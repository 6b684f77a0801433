// Plain-SQL migrations, append-only, one table of what was applied. PostgreSQL files run in a transaction each;
// ClickHouse has none, so its statements are written to be repeatable.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ClienteleError } from "../kernel/index.ts";
import { expandDdl } from "./clickhouse-ddl.ts";
import type { Engines } from "./open-engines.ts";
import { splitStatements } from "./split-statements.ts";

export type Migration = { readonly capability: string; readonly name: string; readonly engine: "postgres" | "clickhouse"; readonly checksum: string; readonly text: string };
export type MigrationReport = { readonly applied: readonly string[]; readonly already: number };

const filePattern = /^\d{4}_[a-z0-9_]+(\.clickhouse)?\.sql$/;
const lockKey = 7_204_391;

/** Migrations of one folder `…/<capability>/migrations`, in order of their numbers. */
function readFolder(folder: string): readonly Migration[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => filePattern.test(file))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      return {
        capability: basename(dirname(folder)),
        name: file,
        engine: file.endsWith(".clickhouse.sql") ? "clickhouse" : "postgres",
        checksum: createHash("sha256").update(text).digest("hex"),
        text,
      };
    });
}

const createTable = `create table if not exists schema_migrations (
  capability text not null,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now(),
  primary key (capability, name)
)`;

/**
 * Applies what is missing; safe to repeat and to run from several processes at once.
 *
 * @param folders absolute `migrations` folders in order of dependence
 * @throws {ClienteleError} `storage.migrationChanged`, `storage.newerVersion`
 */
export async function migrate(engines: Pick<Engines, "postgres" | "clickhouse" | "cluster">, folders: readonly string[]): Promise<MigrationReport> {
  const { postgres, clickhouse, cluster } = engines;
  const migrations = folders.flatMap(readFolder);
  await postgres.query(createTable);
  const { rows } = await postgres.query<{ capability: string; name: string; checksum: string }>("select capability, name, checksum from schema_migrations");
  const known = new Map(rows.map((row) => [`${row.capability}/${row.name}`, row.checksum]));
  const capabilities = new Set(migrations.map((migration) => migration.capability));
  const names = new Set(migrations.map((migration) => `${migration.capability}/${migration.name}`));
  for (const row of rows) {
    const id = `${row.capability}/${row.name}`;
    if (capabilities.has(row.capability) && !names.has(id)) {
      throw new ClienteleError("storage.newerVersion", `the database has migration ${id}, which this version does not know`);
    }
  }
  const applied: string[] = [];
  for (const migration of migrations) {
    const id = `${migration.capability}/${migration.name}`;
    const checksum = known.get(id);
    if (checksum !== undefined && checksum !== migration.checksum) {
      throw new ClienteleError("storage.migrationChanged", `migration ${id} was applied with another content`);
    }
    if (checksum !== undefined) continue;
    if (migration.engine === "clickhouse") for (const statement of expandDdl(migration.text, cluster)) await clickhouse.command(statement);
    await postgres.transaction(async (tx) => {
      if (postgres.kind === "server") await tx.query("select pg_advisory_xact_lock($1)", [lockKey]);
      const inserted = await tx.query("insert into schema_migrations (capability, name, checksum) values ($1, $2, $3) on conflict do nothing", [
        migration.capability,
        migration.name,
        migration.checksum,
      ]);
      // Another process was faster.
      if (inserted.rowCount === 0) return;
      if (migration.engine === "postgres") for (const statement of splitStatements(migration.text)) await tx.query(statement);
    });
    applied.push(id);
  }
  return { applied, already: migrations.length - applied.length };
}
