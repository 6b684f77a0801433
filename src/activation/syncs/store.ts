import {
  type ConnectionRow,
  connectionColumns,
  connectionStore,
  type StoredConnection,
  toConnection,
} from "../../connectors/index.ts";
import type { Postgres, Sql } from "../../storage/index.ts";
import { memberStore } from "./members-store.ts";
import { queueStore } from "./queue-store.ts";
import { type RunCounts, runStore } from "./runs-store.ts";
import { placeOf, type StoredSync, type SweepKind, type SyncConfig } from "./sync.ts";

type Row = ConnectionRow<SyncConfig> & {
  audience_sync_id: string;
  sequence: number;
  failures: number;
  failing_since: Date | null;
  next_attempt_at: Date | null;
  last_error: string | null;
  last_delivered_at: Date | null;
  paused_because: "failures" | null;
  entered: number;
  exited: number;
  failed: number;
  sweep_kind: SweepKind | null;
  sweep_run: string | null;
  sweep_after: string | null;
  sweep_parts: number;
  sweep_done: number;
  sweep_total: number;
  sweep_sequence: number;
  sweep_not_before: Date | null;
  swept_at: Date | null;
};

const columns = `c.audience_sync_id, ${connectionColumns}, c.sequence, c.failures, c.failing_since, c.next_attempt_at, c.last_error,
  c.last_delivered_at, c.paused_because, c.entered, c.exited, c.failed, c.sweep_kind, c.sweep_run, c.sweep_after, c.sweep_parts,
  c.sweep_done, c.sweep_total, c.sweep_sequence, c.sweep_not_before, c.swept_at`;

const ms = (at: Date | null) => at?.getTime() ?? null;
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

function toSync(row: Row): StoredSync {
  return {
    ...toConnection(row.audience_sync_id, row),
    state: {
      sequence: row.sequence,
      failures: row.failures,
      failingSince: ms(row.failing_since),
      nextAttemptAt: ms(row.next_attempt_at),
      lastError: row.last_error,
      lastDeliveredAt: ms(row.last_delivered_at),
      pausedBecause: row.paused_because,
      entered: row.entered,
      exited: row.exited,
      failed: row.failed,
      sweptAt: ms(row.swept_at),
      sweep: row.sweep_kind && {
        kind: row.sweep_kind,
        runId: row.sweep_run,
        after: row.sweep_after,
        parts: row.sweep_parts,
        done: row.sweep_done,
        total: row.sweep_total,
        sequence: row.sweep_sequence,
        notBefore: ms(row.sweep_not_before),
      },
    },
  };
}

/** Who writes: another worker or another configuration means that nothing is written. */
export type Fence = { readonly syncId: string; readonly worker: string; readonly etag: number };

/** What one delivery changed. */
export type Progress = RunCounts & {
  readonly failure: { readonly message: string; readonly retryAt: number; readonly pauses: boolean } | null;
  readonly at: number;
};

const channel = "clientele_audience_syncs";
const maxSyncs = 200;
/** A batch of events that began before the sync was known to its process has ended by then. */
const sweepDelayMs = { embedded: 250, server: 2_500 } as const;
const startSweep = `sweep_run = null, sweep_after = null, sweep_parts = 0, sweep_done = 0`;

/** All PostgreSQL of audience syncs. Functions with a `tx` run inside the caller's transaction. */
export function createSyncStore(postgres: Postgres) {
  const notBefore = (at: number) => iso(at + sweepDelayMs[postgres.kind]);
  return {
    members: memberStore(postgres),
    queue: queueStore(postgres),
    runs: runStore(postgres),
    sql: postgres satisfies Sql as Sql,
    ...connectionStore<Row, StoredSync>(postgres, {
      name: "audience_syncs",
      id: "audience_sync_id",
      columns,
      toStored: toSync,
    }),
    announceChange: () => postgres.notify(channel, ""),
    onChange: (handler: () => void) => postgres.listen(channel, handler),

    all: async (): Promise<readonly StoredSync[]> => {
      const { rows } = await postgres.query<Row>(`select ${columns} from audience_syncs c order by c.key limit $1`, [
        maxSyncs,
      ]);
      return rows.map(toSync);
    },
    /** Begins with everybody. @returns false when the key is taken */
    insert: async (tx: Sql, given: StoredConnection<SyncConfig>): Promise<boolean> => {
      const { rowCount } = await tx.query(
        `insert into audience_syncs (audience_sync_id, key, name, config, secrets, status, created_at, created_by, updated_at, updated_by,
           audience_id, place, sweep_kind, sweep_not_before)
         values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $7, $8, $9, $10, 'resync', $11) on conflict do nothing`,
        [
          given.id,
          given.key,
          given.name,
          JSON.stringify(given.config),
          given.sealed,
          given.status,
          iso(given.createdAt),
          given.createdBy,
          given.config.audience,
          placeOf(given.config),
          notBefore(given.createdAt),
        ],
      );
      return rowCount === 1;
    },
    /** After it everybody is looked at: what was missed while it was paused, and what another configuration makes of them. */
    update: async (tx: Sql, given: StoredSync): Promise<void> => {
      const place = placeOf(given.config);
      // At another place nothing is known of what is there.
      await tx.query(
        `delete from audience_sync_members where audience_sync_id = $1
           and exists (select 1 from audience_syncs s where s.audience_sync_id = $1 and s.place <> $2)`,
        [given.id, place],
      );
      await tx.query(
        `update audience_syncs set name = $2, config = $3::jsonb, secrets = $4, status = $5, etag = etag + 1, updated_at = $6, updated_by = $7,
           failures = 0, failing_since = null, next_attempt_at = null, paused_because = null, place = $8,
           sweep_kind = case when place <> $8 then 'resync' else coalesce(sweep_kind, 'reconcile') end, ${startSweep}, sweep_not_before = $9
         where audience_sync_id = $1`,
        [
          given.id,
          given.name,
          JSON.stringify(given.config),
          given.sealed,
          given.status,
          iso(given.updatedAt),
          given.updatedBy,
          place,
          notBefore(given.updatedAt),
        ],
      );
    },
    /** Begins to tell everything again, from the start. */
    resync: async (tx: Sql, id: string, at: number): Promise<void> => {
      await tx.query(
        `update audience_syncs set sweep_kind = 'resync', ${startSweep}, sweep_not_before = $2, failures = 0, next_attempt_at = null
         where audience_sync_id = $1`,
        [id, iso(at)],
      );
    },
    /** Active syncs that have something to do now and that nobody works on. */
    due: async (nowMs: number): Promise<readonly string[]> => {
      const { rows } = await postgres.query<{ audience_sync_id: string }>(
        `select s.audience_sync_id from audience_syncs s
         where s.status = 'active' and (s.next_attempt_at is null or s.next_attempt_at <= $1)
           and (s.claimed_until is null or s.claimed_until < now())
           and ((s.sweep_kind is not null and (s.sweep_not_before is null or s.sweep_not_before <= $1))
             or exists (select 1 from audience_sync_queue q where q.audience_sync_id = s.audience_sync_id and q.queued_at <= $1)
             or exists (select 1 from audience_sync_members m where m.audience_sync_id = s.audience_sync_id and m.profile_id is null
               and not (m.state = 'dead' and m.dead_op = 'exited')))`,
        [iso(nowMs)],
      );
      return rows.map((row) => row.audience_sync_id);
    },
    /** Holds the row for the transaction. @returns false when this worker may not write any more */
    holds: async (tx: Sql, { syncId, worker, etag }: Fence): Promise<boolean> => {
      const { rowCount } = await tx.query(
        `select 1 from audience_syncs s where s.audience_sync_id = $1 and s.claimed_by = $2 and s.etag = $3 and s.status = 'active' for update`,
        [syncId, worker, etag],
      );
      return rowCount === 1;
    },
    /** Takes numbers for changes that will be told. @returns the first of them */
    reserve: async (tx: Sql, syncId: string, count: number): Promise<number> => {
      const { rows } = await tx.query<{ sequence: number }>(
        "update audience_syncs set sequence = sequence + $2 where audience_sync_id = $1 returning sequence",
        [syncId, count],
      );
      return (rows[0]?.sequence ?? count) - count + 1;
    },
    advance: async (tx: Sql, syncId: string, progress: Progress): Promise<void> => {
      const { entered, exited, failed, failure, at } = progress;
      await tx.query(
        `update audience_syncs set entered = entered + $2, exited = exited + $3, failed = failed + $4,
           failures = case when $5::text is null then 0 when $2::bigint + $3::bigint > 0 then 1 else failures + 1 end,
           failing_since = case when $5::text is null then null else coalesce(failing_since, $7::timestamptz) end,
           last_error = coalesce($5::text, last_error), next_attempt_at = $6::timestamptz,
           last_delivered_at = case when $2::bigint + $3::bigint > 0 then $7::timestamptz else last_delivered_at end,
           status = case when $8 then 'paused' else status end,
           paused_because = case when $8 then 'failures' else null end
         where audience_sync_id = $1`,
        [
          syncId,
          entered,
          exited,
          failed,
          failure?.message ?? null,
          iso(failure?.retryAt ?? null),
          iso(at),
          failure?.pauses ?? false,
        ],
      );
    },
    beginSweep: async (tx: Sql, syncId: string, runId: string, total: number): Promise<void> => {
      await tx.query(
        `update audience_syncs set sweep_run = $2, sweep_after = null, sweep_parts = 0, sweep_done = 0, sweep_total = $3,
           sweep_sequence = sequence, sweep_not_before = null where audience_sync_id = $1`,
        [syncId, runId, total],
      );
    },
    /** @param after null = everybody has been looked at */
    advanceSweep: async (
      tx: Sql,
      syncId: string,
      step: { readonly runId: string; readonly after: string; readonly parts: number; readonly done: number },
    ): Promise<void> => {
      await tx.query(
        `update audience_syncs set sweep_after = $3, sweep_parts = sweep_parts + $4, sweep_done = sweep_done + $5
         where audience_sync_id = $1 and sweep_run = $2`,
        [syncId, step.runId, step.after, step.parts, step.done],
      );
    },
    endSweep: async (tx: Sql, syncId: string, runId: string, at: number): Promise<void> => {
      await tx.query(
        `update audience_syncs set sweep_kind = null, ${startSweep}, sweep_total = 0, swept_at = $3
         where audience_sync_id = $1 and sweep_run = $2`,
        [syncId, runId, iso(at)],
      );
    },
    /** Syncs that have not looked at everybody for long do so again: grants expire without an event. */
    reconcileOlderThan: async (before: number): Promise<number> => {
      const { rowCount } = await postgres.query(
        `update audience_syncs set sweep_kind = 'reconcile', ${startSweep}
         where status = 'active' and sweep_kind is null and (swept_at is null or swept_at < $1)`,
        [iso(before)],
      );
      return rowCount;
    },
  };
}

export type SyncStore = ReturnType<typeof createSyncStore>;
