// The embedded engine is a single session without background processes: nobody else writes checkpoints, so the log would grow
// for ever and be replayed at the next start, and nobody else vacuums, so every update would add a row version for good
// (measured: 20 MB of rows became 467 MB after 60 updates of each). Its statistics collector does not run either, so growth
// against the size at the last vacuum decides.
import type { Logger } from "../kernel/index.ts";
import type { Sql } from "./postgres.ts";

/** A start replays at most this much, about 0.3 s. */
const checkpointBytes = 64 * 1024 ** 2;
const minGrowthBytes = 4 * 1024 ** 2;
const maxGrowthRatio = 1.25;
const intervalMs = 5_000;

/** One pass: a checkpoint and a vacuum of each table, where due. */
export async function maintainPostgres(sql: Sql): Promise<{ readonly checkpointed: boolean; readonly vacuumed: readonly string[] }> {
  const { rows: growth } = await sql.query<{ log_bytes: number }>(
    "select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::int8 as log_bytes from pg_control_checkpoint()",
  );
  // relpages is the size at the last vacuum, and survives a restart.
  const { rows: tables } = await sql.query<{ name: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname not like 'pg_temp%'
       and pg_relation_size(c.oid) > c.relpages::int8 * current_setting('block_size')::int8 * $1::float8 + $2::float8`,
    [maxGrowthRatio, minGrowthBytes],
  );
  for (const table of tables) await sql.query(`vacuum (analyze) ${table.name}`);
  const checkpointed = (growth[0]?.log_bytes ?? 0) > checkpointBytes;
  if (checkpointed) await sql.query("checkpoint");
  return { checkpointed, vacuumed: tables.map((table) => table.name) };
}

/** Repeats the pass every five seconds. @returns the function that ends it, after the pass that runs */
export function startMaintenance(sql: Sql, logger: Logger): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = maintainPostgres(sql)
      .catch((error: unknown) => logger.warn({ err: error }, "maintenance of the embedded PostgreSQL failed"))
      .finally(() => {
        busy = false;
      });
  }, intervalMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
