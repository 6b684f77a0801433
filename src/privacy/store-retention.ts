import type { Postgres, Sql } from "../storage/index.ts";
import type { RetentionDays } from "./retention-classes.data.ts";

export type RetentionVersion = {
  /** 0 = nothing was set. */
  readonly version: number;
  readonly days: Partial<RetentionDays>;
  readonly note: string;
  readonly createdAt: number | null;
  readonly createdBy: string | null;
};
/** What one class lost. */
export type RetentionRecord = {
  readonly ranAt: number;
  readonly deleted: number;
  readonly deletedInAll: number;
  readonly lastDeletedAt: number | null;
};
export type RetentionState = { readonly nextRunAt: number | null; readonly lastRunAt: number | null };

type VersionRow = { version: number; days: Partial<RetentionDays>; note: string; created_at: Date; created_by: string };
type RunRow = { class: string; ran_at: Date; deleted: number; deleted_in_all: number; last_deleted_at: Date | null };

const toVersion = (row: VersionRow): RetentionVersion => ({
  version: row.version,
  days: row.days,
  note: row.note,
  createdAt: row.created_at.getTime(),
  createdBy: row.created_by,
});

/** Periods that were set, and how the runs went. */
export function createRetentionStore(postgres: Postgres) {
  return {
    /** Newest first. @param before versions below it; null = all */
    async versions(limit: number, before: number | null): Promise<readonly RetentionVersion[]> {
      const { rows } = await postgres.query<VersionRow>(
        `select v.version, v.days, v.note, v.created_at, v.created_by from retention_versions v
         where $1::integer is null or v.version < $1::integer order by v.version desc limit $2`,
        [before, limit],
      );
      return rows.map(toVersion);
    },

    /** @returns false when somebody else has written that version */
    async append(tx: Sql, given: RetentionVersion & { readonly createdAt: number; readonly createdBy: string }) {
      const { rowCount } = await tx.query(
        `insert into retention_versions (version, days, note, created_at, created_by)
         values ($1, $2::jsonb, $3, to_timestamp($4::double precision / 1000), $5) on conflict do nothing`,
        [given.version, JSON.stringify(given.days), given.note, given.createdAt, given.createdBy],
      );
      return rowCount === 1;
    },

    async records(): Promise<ReadonlyMap<string, RetentionRecord>> {
      const { rows } = await postgres.query<RunRow>(
        "select r.class, r.ran_at, r.deleted, r.deleted_in_all, r.last_deleted_at from retention_runs r order by r.class limit 100",
      );
      return new Map(
        rows.map((row) => [
          row.class,
          {
            ranAt: row.ran_at.getTime(),
            deleted: Number(row.deleted),
            deletedInAll: Number(row.deleted_in_all),
            lastDeletedAt: row.last_deleted_at?.getTime() ?? null,
          },
        ]),
      );
    },

    async record(name: string, at: number, deleted: number): Promise<void> {
      await postgres.query(
        `insert into retention_runs as r (class, ran_at, deleted, deleted_in_all, last_deleted_at)
         select $1, given.at, given.deleted, given.deleted, case when given.deleted > 0 then given.at end
         from (select to_timestamp($2::double precision / 1000) as at, $3::bigint as deleted) given
         on conflict (class) do update set ran_at = excluded.ran_at, deleted = excluded.deleted,
           deleted_in_all = r.deleted_in_all + excluded.deleted, last_deleted_at = coalesce(excluded.last_deleted_at, r.last_deleted_at)`,
        [name, at, deleted],
      );
    },

    async state(): Promise<RetentionState> {
      const { rows } = await postgres.query<{ next_run_at: Date; last_run_at: Date | null }>(
        "select s.next_run_at, s.last_run_at from retention_state s where s.id = 1",
      );
      return { nextRunAt: rows[0]?.next_run_at.getTime() ?? null, lastRunAt: rows[0]?.last_run_at?.getTime() ?? null };
    },

    /** Takes the run that is due, for a time. @returns false when none is due or another process has it */
    async claim(now: number, untilMs: number): Promise<boolean> {
      const { rowCount } = await postgres.query(
        `insert into retention_state as s (id, next_run_at) values (1, to_timestamp($2::double precision / 1000))
         on conflict (id) do update set next_run_at = excluded.next_run_at where s.next_run_at <= to_timestamp($1::double precision / 1000)`,
        [now, untilMs],
      );
      return rowCount === 1;
    },

    async ran(at: number, nextAt: number): Promise<void> {
      await postgres.query(
        `insert into retention_state as s (id, last_run_at, next_run_at)
         values (1, to_timestamp($1::double precision / 1000), to_timestamp($2::double precision / 1000))
         on conflict (id) do update set last_run_at = excluded.last_run_at, next_run_at = excluded.next_run_at`,
        [at, nextAt],
      );
    },
  };
}

export type RetentionStore = ReturnType<typeof createRetentionStore>;
