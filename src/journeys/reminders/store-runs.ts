import type { Postgres, Sql } from "../../storage/index.ts";
import { defaultSettings, type ReminderSettings } from "./settings.ts";

export type RunState = "running" | "finished" | "failed" | "stopped";
/** By what happened: `looked`, `due`, `begun`, `ended:bought`, `skipped:no_consent`… */
export type RunCounts = Readonly<Record<string, number>>;
export type Run = {
  readonly id: string;
  readonly state: RunState;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly counts: RunCounts;
  readonly error: string | null;
};
export type StoredSettings = {
  readonly settings: ReminderSettings;
  readonly etag: number;
  readonly lastRunAt: number | null;
};

const iso = (at: number) => new Date(at).toISOString();

/** Settings, the claim on the run under way, and what runs did. */
export function runStore(postgres: Postgres) {
  return {
    /** The settings; the default ones before anybody changed them. */
    settings: async (): Promise<StoredSettings> => {
      const { rows } = await postgres.query<{ settings: object; etag: number; last_run_at: Date | null }>(
        "select s.settings, s.etag, s.last_run_at from reminder_state s",
      );
      const [row] = rows;
      const settings: ReminderSettings = { ...defaultSettings, ...row?.settings };
      return { settings, etag: row?.etag ?? 1, lastRunAt: row?.last_run_at?.getTime() ?? null };
    },
    /** In the caller's transaction. @returns false when the settings are no longer those of `etag` */
    changeSettings: async (tx: Sql, settings: ReminderSettings, etag: number): Promise<boolean> => {
      await ensure(tx);
      const { rowCount } = await tx.query(
        "update reminder_state set settings = $1::jsonb, etag = etag + 1 where etag = $2",
        [JSON.stringify(settings), etag],
      );
      return rowCount === 1;
    },
    /**
     * Claims the run for one process and writes down that it began.
     *
     * @returns false when another process makes one
     */
    begin: async (runId: string, nowMs: number, until: number): Promise<boolean> => {
      await ensure(postgres);
      return postgres.transaction(async (tx) => {
        const { rowCount } = await tx.query(
          `update reminder_state set claimed_by = $1, claimed_until = $3, last_run_at = $2
           where claimed_until is null or claimed_until <= $2`,
          [runId, iso(nowMs), iso(until)],
        );
        if (rowCount === 0) return false;
        // Whoever holds the claim makes the run; one that still says so was cut off with its process.
        await tx.query("update reminder_runs set state = 'stopped', finished_at = $1 where state = 'running'", [
          iso(nowMs),
        ]);
        await tx.query(
          "insert into reminder_runs (reminder_run_id, state, started_at, counts) values ($1, 'running', $2, '{}')",
          [runId, iso(nowMs)],
        );
        return true;
      });
    },
    /** In the transaction of a page: renews the claim. @returns false when the run was taken away */
    renew: async (tx: Sql, runId: string, until: number, counts: RunCounts): Promise<boolean> => {
      const { rowCount } = await tx.query("update reminder_state set claimed_until = $2 where claimed_by = $1", [
        runId,
        iso(until),
      ]);
      if (rowCount === 0) return false;
      await tx.query("update reminder_runs set counts = $2::jsonb where reminder_run_id = $1", [
        runId,
        JSON.stringify(counts),
      ]);
      return true;
    },
    finish: async (runId: string, state: RunState, error: string | null, nowMs: number): Promise<void> => {
      await postgres.transaction(async (tx) => {
        await tx.query(
          `update reminder_runs set state = $2, error = $3, finished_at = $4
           where reminder_run_id = $1 and state = 'running'`,
          [runId, state, error, iso(nowMs)],
        );
        await tx.query("update reminder_state set claimed_by = null, claimed_until = null where claimed_by = $1", [
          runId,
        ]);
      });
    },
    list: async (
      before: { readonly at: number; readonly id: string } | null,
      limit: number,
    ): Promise<readonly Run[]> => {
      const { rows } = await postgres.query<{
        reminder_run_id: string;
        state: RunState;
        started_at: Date;
        finished_at: Date | null;
        counts: RunCounts;
        error: string | null;
      }>(
        `select r.reminder_run_id, r.state, r.started_at, r.finished_at, r.counts, r.error from reminder_runs r
         where $1::timestamptz is null or (r.started_at, r.reminder_run_id) < ($1::timestamptz, $2::uuid)
         order by r.started_at desc, r.reminder_run_id desc limit $3`,
        [before && iso(before.at), before?.id ?? null, limit],
      );
      return rows.map(({ reminder_run_id, started_at, finished_at, ...row }) => ({
        ...row,
        id: reminder_run_id,
        startedAt: started_at.getTime(),
        finishedAt: finished_at?.getTime() ?? null,
      }));
    },
    forget: async (before: number): Promise<void> => {
      await postgres.query("delete from reminder_runs where started_at < $1 and state <> 'running'", [iso(before)]);
    },
  };
}

/** The one row of the state. */
async function ensure(sql: Sql): Promise<void> {
  await sql.query("insert into reminder_state (settings) values ('{}') on conflict (one_row) do nothing");
}
