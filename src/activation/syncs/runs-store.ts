import type { Postgres, Sql } from "../../storage/index.ts";
import type { SweepKind } from "./sync.ts";

export type RunKind = "changes" | SweepKind;
export type RunState = "running" | "finished" | "failed" | "stopped";
export type Run = {
  readonly id: string;
  readonly kind: RunKind;
  readonly state: RunState;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly entered: number;
  readonly exited: number;
  readonly failed: number;
  readonly error: string | null;
};
export type RunCounts = Pick<Run, "entered" | "exited" | "failed">;

type RunRow = RunCounts & {
  audience_sync_run_id: string;
  kind: RunKind;
  state: RunState;
  started_at: Date;
  finished_at: Date | null;
  error: string | null;
};

const iso = (at: number) => new Date(at).toISOString();

/** What syncs did. */
export function runStore(postgres: Postgres) {
  return {
    start: async (sql: Sql, id: string, syncId: string, kind: RunKind, at: number): Promise<void> => {
      // Whoever holds the claim runs the sync; one that still says so was cut off with its process, or replaced.
      await sql.query(
        `update audience_sync_runs set state = 'stopped', finished_at = $3
         where audience_sync_id = $1 and state = 'running' and (kind = 'changes') = ($2 = 'changes')`,
        [syncId, kind, iso(at)],
      );
      await sql.query(
        `insert into audience_sync_runs (audience_sync_run_id, audience_sync_id, kind, state, started_at)
         values ($1, $2, $3, 'running', $4)`,
        [id, syncId, kind, iso(at)],
      );
    },
    add: async (sql: Sql, id: string, { entered, exited, failed }: RunCounts): Promise<void> => {
      await sql.query(
        `update audience_sync_runs set entered = entered + $2, exited = exited + $3, failed = failed + $4
         where audience_sync_run_id = $1`,
        [id, entered, exited, failed],
      );
    },
    finish: async (sql: Sql, id: string, state: RunState, error: string | null, at: number): Promise<void> => {
      await sql.query(
        "update audience_sync_runs set state = $2, error = $3, finished_at = $4 where audience_sync_run_id = $1",
        [id, state, error, iso(at)],
      );
    },
    /** The reason why a run that goes on does not get further now. */
    note: async (sql: Sql, id: string, error: string | null): Promise<void> => {
      await sql.query("update audience_sync_runs set error = $2 where audience_sync_run_id = $1", [id, error]);
    },
    list: async (
      syncId: string,
      before: { readonly at: number; readonly id: string } | null,
      limit: number,
    ): Promise<readonly Run[]> => {
      const { rows } = await postgres.query<RunRow>(
        `select r.audience_sync_run_id, r.kind, r.state, r.started_at, r.finished_at, r.entered, r.exited, r.failed, r.error
         from audience_sync_runs r
         where r.audience_sync_id = $1 and ($2::timestamptz is null or (r.started_at, r.audience_sync_run_id) < ($2::timestamptz, $3::uuid))
         order by r.started_at desc, r.audience_sync_run_id desc limit $4`,
        [syncId, before && iso(before.at), before?.id ?? null, limit],
      );
      return rows.map(({ audience_sync_run_id, started_at, finished_at, ...row }) => ({
        ...row,
        id: audience_sync_run_id,
        startedAt: started_at.getTime(),
        finishedAt: finished_at?.getTime() ?? null,
      }));
    },
    forget: async (before: number): Promise<void> => {
      await postgres.query("delete from audience_sync_runs where started_at < $1 and state <> 'running'", [
        iso(before),
      ]);
    },
  };
}
