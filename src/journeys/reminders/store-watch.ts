import type { Postgres, Sql } from "../../storage/index.ts";

export type Sweep = {
  readonly ruleId: string;
  readonly version: number;
  readonly afterProfileId: string | null;
  readonly isFinished: boolean;
};

const iso = (at: number) => new Date(at).toISOString();

/** Who is looked at, and when. */
export function watchStore(postgres: Postgres) {
  return {
    /** In the transaction that changes the profiles: `sure` are noted, `known` only when they are watched already. */
    append: async (tx: Sql, sure: readonly string[], known: readonly string[], nowMs: number): Promise<void> => {
      if (sure.length > 0)
        await tx.query(
          `insert into reminder_queue (profile_id, queued_at) select given.id, $2 from unnest($1::uuid[]) as given(id)`,
          [sure, iso(nowMs)],
        );
      if (known.length > 0)
        await tx.query(
          `insert into reminder_queue (profile_id, queued_at)
           select w.profile_id, $2 from reminder_watch w where w.profile_id = any($1::uuid[])`,
          [known, iso(nowMs)],
        );
    },
    /** Customers of the queue, in its order; all rows of each. */
    queued: async (
      limit: number,
    ): Promise<readonly { readonly profileId: string; readonly queueIds: readonly number[] }[]> => {
      const { rows } = await postgres.query<{ profile_id: string; ids: readonly number[] }>(
        `select q.profile_id, array_agg(q.reminder_queue_id) as ids from (
           select a.profile_id, a.reminder_queue_id from reminder_queue a order by a.reminder_queue_id limit $1) q
         group by q.profile_id order by min(q.reminder_queue_id)`,
        [limit],
      );
      return rows.map(({ profile_id, ids }) => ({ profileId: profile_id, queueIds: ids }));
    },
    /** Keeps the newest row of each customer, so that a queue that nobody reads has as many rows as customers, not as changes. */
    compact: async (): Promise<number> => {
      const { rowCount } = await postgres.query(
        `delete from reminder_queue where reminder_queue_id in (
           select q.reminder_queue_id from (
             select a.reminder_queue_id, row_number() over (partition by a.profile_id order by a.reminder_queue_id desc) as n
             from reminder_queue a) q where q.n > 1)`,
      );
      return rowCount;
    },
    remove: async (tx: Sql, queueIds: readonly number[]): Promise<void> => {
      if (queueIds.length > 0)
        await tx.query("delete from reminder_queue where reminder_queue_id = any($1::bigint[])", [queueIds]);
    },
    /** Customers whose time has come, the longest overdue first. */
    due: async (nowMs: number, limit: number): Promise<readonly string[]> => {
      const { rows } = await postgres.query<{ profile_id: string }>(
        "select w.profile_id from reminder_watch w where w.look_at <= $1 order by w.look_at, w.profile_id limit $2",
        [iso(nowMs), limit],
      );
      return rows.map((row) => row.profile_id);
    },
    /** Customers whose time has come or in whom something changed, in order of id. */
    candidates: async (nowMs: number, after: string | null, limit: number): Promise<readonly string[]> => {
      const { rows } = await postgres.query<{ profile_id: string }>(
        `select c.profile_id from (
           select w.profile_id from reminder_watch w where w.look_at <= $1 union select q.profile_id from reminder_queue q) c
         where $2::uuid is null or c.profile_id > $2::uuid order by c.profile_id limit $3`,
        [iso(nowMs), after, limit],
      );
      return rows.map((row) => row.profile_id);
    },
    watch: async (
      tx: Sql,
      looks: readonly { readonly profileId: string; readonly lookAt: number }[],
    ): Promise<void> => {
      if (looks.length > 0)
        await tx.query(
          `insert into reminder_watch (profile_id, look_at)
           select given.id, given.at from unnest($1::uuid[], $2::timestamptz[]) as given(id, at)
           on conflict (profile_id) do update set look_at = excluded.look_at`,
          [looks.map(({ profileId }) => profileId), looks.map(({ lookAt }) => iso(lookAt))],
        );
    },
    unwatch: async (tx: Sql, profileIds: readonly string[]): Promise<void> => {
      if (profileIds.length > 0)
        for (const table of ["reminder_watch", "reminder_interests"])
          await tx.query(`delete from ${table} where profile_id = any($1::uuid[])`, [profileIds]);
    },
    sweeps: async (): Promise<readonly Sweep[]> => {
      const { rows } = await postgres.query<{
        rule_id: string;
        version: number;
        after_profile_id: string | null;
        finished_at: Date | null;
      }>("select s.rule_id, s.version, s.after_profile_id, s.finished_at from reminder_sweeps s");
      return rows.map((row) => ({
        ruleId: row.rule_id,
        version: row.version,
        afterProfileId: row.after_profile_id,
        isFinished: row.finished_at !== null,
      }));
    },
    /** Rules that look at everybody from the start, and the end of walks of rules that are no longer live. */
    beginSweeps: async (
      rules: readonly { readonly id: string; readonly version: number }[],
      liveIds: readonly string[],
    ): Promise<void> => {
      await postgres.query("delete from reminder_sweeps where not rule_id = any($1::uuid[])", [liveIds]);
      if (rules.length > 0)
        await postgres.query(
          `insert into reminder_sweeps (rule_id, version)
           select given.id, given.version from unnest($1::uuid[], $2::integer[]) as given(id, version)
           on conflict (rule_id) do update set version = excluded.version, after_profile_id = null, finished_at = null`,
          [rules.map(({ id }) => id), rules.map(({ version }) => version)],
        );
    },
    moveSweeps: async (
      tx: Sql,
      ruleIds: readonly string[],
      after: string | null,
      finishedAt: number | null,
    ): Promise<void> => {
      await tx.query(
        "update reminder_sweeps set after_profile_id = $2, finished_at = $3 where rule_id = any($1::uuid[])",
        [ruleIds, after, finishedAt === null ? null : iso(finishedAt)],
      );
    },
    /** Customers of these that nobody has looked at yet. */
    unwatched: async (profileIds: readonly string[]): Promise<readonly string[]> => {
      const { rows } = await postgres.query<{ profile_id: string }>(
        "select w.profile_id from reminder_watch w where w.profile_id = any($1::uuid[])",
        [profileIds],
      );
      const known = new Set(rows.map((row) => row.profile_id));
      return profileIds.filter((id) => !known.has(id));
    },
  };
}
