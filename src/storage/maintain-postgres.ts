// The embedded engine is a single session without background processes: nobody else writes checkpoints, so the log would grow
// for ever and be replayed at the next start, and nobody else vacuums, so every update would add a row version for good
// (measured: 20 MB of rows became 467 MB after 60 updates of each). Its statistics collector counts nothing, so the volume of
// the log since the last vacuum stands for the rows that died; a vacuum of an unchanged table costs next to nothing.
import type { Logger } from "../kernel/index.ts";
import type { Sql } from "./postgres.ts";

/** A start after a kill replays at most this much, about half a second. */
const checkpointBytes = 128 * 1024 ** 2;
const firstVacuumBytes = 64 * 1024 ** 2;
const vacuumBytes = 256 * 1024 ** 2;
/** A table counts its rows anew for the planner when it has grown by a fifth. */
const analyzeGrowth = 1.2;
const analyzeMinBytes = 256 * 1024;
/**
 * Rows that `analyze` reads are 300 times this; the engine's default of 100 held everybody else up for 30 to 40 ms a table, most of
 * it unpacking documents, and a table that grows fast is counted often.
 */
const statisticsTarget = 25;
const intervalMs = 5_000;

export type MaintenancePass = {
  readonly checkpointed: boolean;
  readonly vacuumed: boolean;
  readonly analyzed: readonly string[];
};

type TableRow = { readonly name: string; readonly bytes: number; readonly known_bytes: number };

const readTables = `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name, pg_relation_size(c.oid) as bytes,
    greatest(c.relpages, 0)::int8 * current_setting('block_size')::int8 as known_bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_t(emp|oast)'`;

async function readLog(sql: Sql) {
  const { rows } = await sql.query<{ written: number; unsaved: number }>(
    `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::int8 as written, pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::int8 as unsaved
     from pg_control_checkpoint()`,
  );
  return { written: rows[0]?.written ?? 0, unsaved: rows[0]?.unsaved ?? 0 };
}

/** Remembers between passes how much log there was at the last vacuum. */
export function createMaintenance(sql: Sql) {
  let vacuumAt: number | undefined;

  /** One pass: checkpoint, vacuum and analyze, each where due. */
  return async function maintain(): Promise<MaintenancePass> {
    const { written, unsaved } = await readLog(sql);
    vacuumAt ??= written + firstVacuumBytes;
    const { rows: tables } = await sql.query<TableRow>(readTables);
    const vacuumed = written >= vacuumAt;
    if (vacuumed) {
      for (const { name } of tables) await sql.query(`vacuum ${name}`);
      // Flat, not a share of the tables: bloat would push its own limit up.
      vacuumAt = written + vacuumBytes;
    }
    const grown = tables.filter(({ bytes, known_bytes }) => bytes > known_bytes * analyzeGrowth + analyzeMinBytes);
    if (grown.length > 0) await sql.query(`set default_statistics_target = ${statisticsTarget}`);
    for (const { name } of grown) await sql.query(`analyze ${name}`);
    const checkpointed = unsaved >= checkpointBytes;
    if (checkpointed) await sql.query("checkpoint");
    return { checkpointed, vacuumed, analyzed: grown.map(({ name }) => name) };
  };
}

/** Repeats the pass every five seconds. @returns the function that ends it, after the pass that runs */
export function startMaintenance(sql: Sql, logger: Logger): () => Promise<void> {
  const maintain = createMaintenance(sql);
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= maintain()
      .catch((error: unknown) => logger.warn({ err: error }, "maintenance of the embedded PostgreSQL failed"))
      .finally(() => {
        running = undefined;
      });
  }, intervalMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
