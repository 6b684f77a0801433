import type { Postgres } from "../storage/index.ts";

/** PostgreSQL of the identity report. */
export type IdentityReportStore = ReturnType<typeof createIdentityReportStore>;

export function createIdentityReportStore(postgres: Postgres) {
  return {
    /** Decisions by action and rule since a time, with how many. */
    async decisionCounts(since: number): Promise<readonly { action: string; rule: string; events: number }[]> {
      const { rows } = await postgres.query<{ action: string; rule: string; events: number }>(
        `select l.action, l.rule, count(*) as events from identity_log l
         where l.at >= to_timestamp($1::double precision / 1000) group by l.action, l.rule order by l.action, l.rule`,
        [since],
      );
      return rows.map((row) => ({ action: row.action, rule: row.rule, events: Number(row.events) }));
    },

    async blockedCounts(since: number): Promise<readonly { namespace: string; events: number }[]> {
      const { rows } = await postgres.query<{ namespace: string; events: number }>(
        `select c.namespace, sum(c.events) as events from identity_counts c
         where c.action = 'block' and c.day >= $1::date group by c.namespace order by 2 desc, 1 limit 100`,
        [new Date(since).toISOString().slice(0, 10)],
      );
      return rows.map((row) => ({ namespace: row.namespace, events: Number(row.events) }));
    },

    /** Profiles with the most identifiers. */
    async biggestProfiles(
      limit: number,
    ): Promise<readonly { profileId: string; identifiers: number; merges: number }[]> {
      const { rows } = await postgres.query<{ profile_id: string; identifiers: number; merges: number }>(
        `with sizes as (
           select i.profile_id, count(*) as identifiers from identifiers i where i.valid_to is null
           group by i.profile_id having count(*) > 1 order by 2 desc limit $1)
         select sizes.profile_id, sizes.identifiers, p.merge_count as merges from sizes
         join profiles p on p.profile_id = sizes.profile_id order by 2 desc, 1`,
        [limit],
      );
      return rows.map((row) => ({
        profileId: row.profile_id,
        identifiers: Number(row.identifiers),
        merges: Number(row.merges),
      }));
    },

    /** Pairs of profiles that share a value which the rules keep on one of them, newest first. */
    async possibleDuplicates(
      since: number,
      limit: number,
    ): Promise<readonly { profileIds: readonly string[]; namespace: string; at: number; messages: number }[]> {
      const { rows } = await postgres.query<{ profile_ids: string[]; namespace: string; at: Date; messages: number }>(
        `select array[pair.a, pair.b] as profile_ids, pair.namespace, max(pair.at) as at, count(*) as messages
         from (
           select least(l.profile_ids[1], l.profile_ids[2]) as a, greatest(l.profile_ids[1], l.profile_ids[2]) as b, l.namespace, l.at
           from identity_log l
           where l.action = 'demote' and l.namespace is not null and cardinality(l.profile_ids) = 2
             and (l.rule = 'possible_duplicate' or l.rule like '%\\_not\\_verified')
             and l.at >= to_timestamp($1::double precision / 1000)) pair
         join profiles one on one.profile_id = pair.a
         join profiles other on other.profile_id = pair.b
         group by pair.a, pair.b, pair.namespace order by 3 desc, 1 limit $2`,
        [since, limit],
      );
      return rows.map((row) => ({
        profileIds: row.profile_ids,
        namespace: row.namespace,
        at: row.at.getTime(),
        messages: Number(row.messages),
      }));
    },
  };
}
