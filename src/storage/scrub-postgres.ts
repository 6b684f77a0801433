// Deleting a row leaves its bytes: in the page, in the planner's statistics, in the log, and in log files kept for reuse. The
// embedded engine's data directory is ours, so it can be cleaned of them; on a server that is the operator's (autovacuum, WAL
// archive, backups), and only a plain vacuum is asked for.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";

/** A table is written anew as a whole: 1 GB takes some ten seconds. */
const rewriteLimitMs = 600_000;
const segmentName = /^[0-9A-F]{24}$/;

type Run = <Row extends object>(
  text: string,
  params: readonly unknown[],
  timeoutMs?: number,
) => Promise<{ readonly rows: Row[] }>;

async function existing(run: Run, tables: readonly string[]): Promise<readonly string[]> {
  const { rows } = await run<{ name: string }>(
    `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname = any(current_schemas(false)) and c.relname = any($1::text[]) order by 1`,
    [tables],
  );
  return rows.map((row) => row.name);
}

/**
 * Removes log files beyond the present one: they were kept for reuse and hold old bytes. The engine makes them anew, zeroed.
 *
 * The segment of the next byte to be written, and with it the one that may be open, is never touched.
 */
async function dropRecycledSegments(client: pg.PoolClient, walFolder: string): Promise<void> {
  const { rows } = await client.query<{ current: string }>(
    `select substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)
       || upper(lpad(to_hex(div(at.segment, 256)::bigint), 8, '0')) || upper(lpad(to_hex(mod(at.segment, 256)::bigint), 8, '0')) as current
     from (select div(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0'), setting::numeric) as segment
           from pg_settings where name = 'wal_segment_size') as at`,
  );
  const current = rows[0]?.current;
  if (current === undefined || !segmentName.test(current)) return;
  for (const name of await readdir(walFolder))
    if (segmentName.test(name) && name > current) await rm(join(walFolder, name), { force: true });
}

/** Leaves one fresh log file. The connection is the only one, so nothing is written meanwhile. */
async function renewLog(pool: pg.Pool, walFolder: string): Promise<void> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query("set wal_recycle = off");
    await client.query("checkpoint");
    await dropRecycledSegments(client, walFolder);
    await client.query("select pg_switch_wal()");
    await client.query("checkpoint");
    await client.query("reset wal_recycle");
  } catch (error) {
    broken = true;
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Writes the tables and the statistics anew, then the log; see `Postgres.scrub`. */
export async function scrubEmbedded(
  pool: pg.Pool,
  run: Run,
  walFolder: string,
  tables: readonly string[],
): Promise<void> {
  for (const name of await existing(run, tables)) {
    await run(`vacuum full ${name}`, [], rewriteLimitMs);
    await run(`analyze ${name}`, []);
  }
  await run("vacuum full pg_statistic", []);
  await renewLog(pool, walFolder);
}

export async function scrubServer(run: Run, tables: readonly string[]): Promise<void> {
  for (const name of await existing(run, tables)) await run(`vacuum (analyze) ${name}`, [], rewriteLimitMs);
}
