// Plain-SQL migrations, append-only, one table of what was applied. PostgreSQL files run in a transaction each;
// ClickHouse has none, so its statements are written to be repeatable (`if not exists`).
import { ClienteleError } from "../kernel/index.ts";
import type { ClickHouse } from "./clickhouse.ts";
import { expandDdl } from "./clickhouse-ddl.ts";
import type { Engines } from "./open-engines.ts";
import type { Postgres } from "./postgres.ts";
import { type Migration, readMigrations } from "./read-migrations.ts";
import { splitStatements } from "./split-statements.ts";

/** Ids are `<capability>/<file>`. */
export type MigrationReport = { readonly applied: readonly string[]; readonly already: number };

/** Any number that no other program takes for its advisory lock. */
const lockKey = 7_204_391;
/** Building an index on a large table may take this long. */
const limitMs = 3_600_000;

const createTable = `create table if not exists schema_migrations (
  capability text not null,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now(),
  primary key (capability, name)
)`;

type AppliedRow = { readonly capability: string; readonly name: string; readonly checksum: string };

async function readApplied(postgres: Postgres): Promise<readonly AppliedRow[]> {
  const { rows } = await postgres.query<AppliedRow>("select capability, name, checksum from schema_migrations");
  return rows;
}

/** What was applied must still be there, unchanged. */
function checkHistory(applied: readonly AppliedRow[], migrations: readonly Migration[]): void {
  const byId = new Map(migrations.map((migration) => [migration.id, migration]));
  const capabilities = new Set(migrations.map((migration) => migration.capability));
  for (const row of applied) {
    const id = `${row.capability}/${row.name}`;
    const migration = byId.get(id);
    // Capabilities that were not asked for are not judged.
    if (!capabilities.has(row.capability)) continue;
    if (migration === undefined) {
      throw new ClienteleError(
        "storage.newerVersion",
        `the database has migration ${id}, which this version does not know; start the newer version`,
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new ClienteleError(
        "storage.migrationChanged",
        `migration ${id} was applied with another content; restore it and add a new one`,
      );
    }
  }
}

/** Somebody attached an empty ClickHouse to a PostgreSQL with a history: its tables are made again. */
async function forgetLostTables(
  postgres: Postgres,
  clickhouse: ClickHouse,
  applied: readonly AppliedRow[],
): Promise<readonly AppliedRow[]> {
  const isClickHouse = ({ name }: AppliedRow) => name.endsWith(".clickhouse.sql");
  if (!applied.some(isClickHouse)) return applied;
  const tables = await clickhouse.query("select name from system.tables where database = currentDatabase() limit 1");
  if (tables.length > 0) return applied;
  await postgres.query("delete from schema_migrations where name like '%.clickhouse.sql'");
  return applied.filter((row) => !isClickHouse(row));
}

async function apply(
  migration: Migration,
  { postgres, clickhouse, cluster }: Pick<Engines, "postgres" | "clickhouse" | "cluster">,
): Promise<void> {
  if (migration.engine === "clickhouse")
    for (const statement of expandDdl(migration.text, cluster)) await clickhouse.command(statement);
  await postgres.transaction(
    async (tx) => {
      if (migration.engine === "postgres")
        for (const statement of splitStatements(migration.text)) await tx.query(statement);
      await tx.query("insert into schema_migrations (capability, name, checksum) values ($1, $2, $3)", [
        migration.capability,
        migration.name,
        migration.checksum,
      ]);
    },
    { timeoutMs: limitMs },
  );
}

/** One process migrates at a time; the lock on the data directory does it for the embedded engine. */
async function exclusively<T>(postgres: Postgres, work: () => Promise<T>): Promise<T> {
  if (postgres.kind === "embedded") return work();
  return postgres.transaction(
    async (tx) => {
      await tx.query("select pg_advisory_xact_lock($1)", [lockKey]);
      return work();
    },
    { timeoutMs: limitMs },
  );
}

/**
 * Applies what is missing; safe to repeat, to run from several processes at once, and to run again after it was killed.
 *
 * @param folders absolute `migrations` folders of the capabilities, in order of dependence
 * @throws {ClienteleError} `storage.migrationChanged`, `storage.newerVersion`; a faulty statement throws the engine's error
 */
export async function migrate(
  engines: Pick<Engines, "postgres" | "clickhouse" | "cluster">,
  folders: readonly string[],
): Promise<MigrationReport> {
  const migrations = folders.flatMap(readMigrations);
  const { postgres, clickhouse } = engines;
  return exclusively(postgres, async () => {
    await postgres.query(createTable);
    const recorded = await readApplied(postgres);
    checkHistory(recorded, migrations);
    const applied = await forgetLostTables(postgres, clickhouse, recorded);
    const done = new Set(applied.map((row) => `${row.capability}/${row.name}`));
    const missing = migrations.filter((migration) => !done.has(migration.id));
    for (const migration of missing) await apply(migration, engines);
    return { applied: missing.map((migration) => migration.id), already: migrations.length - missing.length };
  });
}
