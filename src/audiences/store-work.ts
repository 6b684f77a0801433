// Long work that one process at a time does and that survives it: claimed with a sign of life, given back, failed for good after
// so many tries. Both tables of it have the same columns.
import type { Postgres } from "../storage/index.ts";

export type WorkStatus = "computing" | "live" | "failed";

/** `done` and `total` are events of a leaf, profiles of an audience. */
export type Work = {
  readonly status: WorkStatus;
  readonly done: number;
  readonly total: number;
  readonly failures: number;
  readonly reason: string | null;
  readonly hasRunner: boolean;
};

export type WorkRow = {
  status: WorkStatus;
  done: string | number;
  total: string | number;
  failures: number;
  reason: string | null;
  runner: string | null;
};

export const workColumns = "work.status, work.done, work.total, work.failures, work.reason, work.runner";

export const toWork = (row: WorkRow): Work => ({
  status: row.status,
  done: Number(row.done),
  total: Number(row.total),
  failures: row.failures,
  reason: row.reason,
  hasRunner: row.runner !== null,
});

export const instant = (parameter: string): string => `to_timestamp(${parameter}::double precision / 1000)`;
const maxReason = 500;

/** @param table with the columns above; `key` identifies a piece of work, as text */
export function createWorkStore(postgres: Postgres, table: string, key: string) {
  const isOneOf = `work.${key}::text = any($1::text[])`;
  const isMine = `${isOneOf} and work.runner = $2::uuid and work.status = 'computing'`;
  return {
    /**
     * Takes what nobody works on. One without a sign of life for `staleMs` was left behind, which counts as a failure.
     *
     * @returns keys that are the runner's now
     */
    async claim(
      keys: readonly string[],
      runner: string,
      nowMs: number,
      staleMs: number,
    ): Promise<readonly { readonly key: string; readonly failures: number }[]> {
      if (keys.length === 0) return [];
      const { rows } = await postgres.query<{ key: string; failures: number }>(
        `update ${table} as work set runner = $2::uuid, heartbeat_at = ${instant("$3")}, done = 0,
           failures = work.failures + case when work.runner is null then 0 else 1 end
         where ${isOneOf} and work.status = 'computing' and (work.runner is null or work.heartbeat_at <= ${instant("$4")})
         returning work.${key}::text as key, work.failures`,
        [keys, runner, nowMs, nowMs - staleMs],
      );
      return rows;
    },

    /** A sign of life. @returns false when somebody else took over */
    async progress(
      keys: readonly string[],
      runner: string,
      done: number,
      total: number,
      nowMs: number,
    ): Promise<boolean> {
      const { rowCount } = await postgres.query(
        `update ${table} as work set done = $3, total = $4, heartbeat_at = ${instant("$5")} where ${isMine}`,
        [keys, runner, done, total, nowMs],
      );
      return rowCount > 0;
    },

    /** Gives work back for another try, or for good when it failed `limit` times. */
    async fail(keys: readonly string[], runner: string, reason: string, limit: number): Promise<void> {
      await postgres.query(
        `update ${table} as work set failures = work.failures + 1, reason = $3, runner = null,
           status = case when work.failures + 1 >= $4 then 'failed' else 'computing' end where ${isMine}`,
        [keys, runner, reason.slice(0, maxReason), limit],
      );
    },

    /** Ends work for good. */
    async giveUp(keys: readonly string[], reason: string): Promise<void> {
      if (keys.length === 0) return;
      await postgres.query(
        `update ${table} as work set status = 'failed', reason = $2, runner = null where ${isOneOf} and work.status = 'computing'`,
        [keys, reason.slice(0, maxReason)],
      );
    },

    /** Gives work back untouched: the process stops. */
    async release(keys: readonly string[], runner: string): Promise<void> {
      await postgres.query(`update ${table} as work set runner = null where ${isMine}`, [keys, runner]);
    },

    /** Where only one process can be: whatever has a runner was left by one that is gone. */
    async releaseAll(): Promise<void> {
      await postgres.query(`update ${table} as work set runner = null where work.runner is not null`);
    },

    /** Starts failed work again. */
    async restart(keys: readonly string[]): Promise<void> {
      await postgres.query(
        `update ${table} as work set status = 'computing', failures = 0, reason = null, runner = null, done = 0
         where ${isOneOf} and work.status = 'failed'`,
        [keys],
      );
    },
  };
}

export type WorkStore = ReturnType<typeof createWorkStore>;
