import type { Postgres, Sql } from "../../storage/index.ts";

export type QueuedProfile = { readonly queueId: number; readonly profileId: string };

const iso = (at: number) => new Date(at).toISOString();

/** Profiles that syncs have to look at. Appended only, so that the event path never waits for a delivery. */
export function queueStore(postgres: Postgres) {
  return {
    /** In the transaction that changes the profiles. */
    append: async (
      tx: Sql,
      pairs: readonly { readonly audienceId: string; readonly profileId: string }[],
      merged: readonly string[],
      at: number,
    ): Promise<void> => {
      if (pairs.length > 0)
        await tx.query(
          `insert into audience_sync_queue (audience_sync_id, profile_id, queued_at)
           select s.audience_sync_id, given.profile_id, $3
           from unnest($1::uuid[], $2::uuid[]) as given(audience_id, profile_id)
           join audience_syncs s on s.audience_id = given.audience_id and s.status = 'active'`,
          [pairs.map(({ audienceId }) => audienceId), pairs.map(({ profileId }) => profileId), iso(at)],
        );
      if (merged.length > 0)
        await tx.query(
          `insert into audience_sync_queue (audience_sync_id, profile_id, queued_at)
           select distinct m.audience_sync_id, m.profile_id, $2::timestamptz from audience_sync_members m
           where m.profile_id = any($1::uuid[])`,
          [merged, iso(at)],
        );
    },
    /** Every sync that was told of these profiles looks at them, not before `at`. @returns rows */
    appendTold: async (profileIds: readonly string[], at: number): Promise<number> => {
      const { rowCount } = await postgres.query(
        `insert into audience_sync_queue (audience_sync_id, profile_id, queued_at)
         select distinct m.audience_sync_id, m.profile_id, $2::timestamptz from audience_sync_members m
         where m.profile_id = any($1::uuid[])`,
        [profileIds, iso(at)],
      );
      return rowCount;
    },
    read: async (syncId: string, nowMs: number, limit: number): Promise<readonly QueuedProfile[]> => {
      const { rows } = await postgres.query<{ audience_sync_queue_id: number; profile_id: string }>(
        `select q.audience_sync_queue_id, q.profile_id from audience_sync_queue q
         where q.audience_sync_id = $1 and q.queued_at <= $2 order by q.audience_sync_queue_id limit $3`,
        [syncId, iso(nowMs), limit],
      );
      return rows.map((row) => ({ queueId: row.audience_sync_queue_id, profileId: row.profile_id }));
    },
    remove: async (tx: Sql, syncId: string, queueIds: readonly number[]): Promise<void> => {
      if (queueIds.length === 0) return;
      await tx.query(
        "delete from audience_sync_queue where audience_sync_id = $1 and audience_sync_queue_id = any($2::bigint[])",
        [syncId, queueIds],
      );
    },
    waiting: async (syncId: string): Promise<number> => {
      const { rows } = await postgres.query<{ n: number }>(
        "select count(*) as n from audience_sync_queue q where q.audience_sync_id = $1",
        [syncId],
      );
      return rows[0]?.n ?? 0;
    },
    /** Keeps the newest row of each profile, so that the queue of a target that is away has as many rows as persons, not as changes. */
    compact: async (): Promise<number> => {
      const { rowCount } = await postgres.query(
        `delete from audience_sync_queue where audience_sync_queue_id in (
           select q.audience_sync_queue_id from (
             select a.audience_sync_queue_id,
               row_number() over (partition by a.audience_sync_id, a.profile_id order by a.audience_sync_queue_id desc) as n
             from audience_sync_queue a) q where q.n > 1)`,
      );
      return rowCount;
    },
    /** Rows of syncs that are paused or gone: they look at everybody when they go on. */
    clean: async (): Promise<number> => {
      const { rowCount } = await postgres.query(
        `delete from audience_sync_queue q where not exists (
           select 1 from audience_syncs s where s.audience_sync_id = q.audience_sync_id and s.status = 'active')`,
      );
      return rowCount;
    },
    erase: async (tx: Sql, profileIds: readonly string[]): Promise<number> => {
      const { rowCount } = await tx.query("delete from audience_sync_queue where profile_id = any($1::uuid[])", [
        profileIds,
      ]);
      return rowCount;
    },
  };
}
