import type { Postgres, Sql } from "../storage/index.ts";

/** PostgreSQL tables of audiences that name profiles. */
export const personalAudienceTables = ["audience_memberships", "audience_transitions"] as const;

type TransitionRow = {
  audience_transition_id: number;
  audience_id: string;
  version: number;
  entered: boolean;
  reason_leaf: unknown;
  at: Date;
};

const pageSize = 1_000;

/** Reads and deletions of one person in the tables of audiences. */
export function createAudiencePrivacyStore(postgres: Postgres) {
  return {
    /** May be repeated. @returns rows deleted */
    async erase(tx: Sql, profileIds: readonly string[]): Promise<number> {
      const members = await tx.query("delete from audience_memberships where profile_id = any($1::uuid[])", [
        profileIds,
      ]);
      const transitions = await tx.query("delete from audience_transitions where profile_id = any($1::uuid[])", [
        profileIds,
      ]);
      return members.rowCount + transitions.rowCount;
    },

    async *memberships(profileIds: readonly string[]): AsyncGenerator<object> {
      const { rows } = await postgres.query<{ audience_id: string; version: number; since: Date }>(
        `select m.audience_id, m.version, m.since from audience_memberships m where m.profile_id = any($1::uuid[])
         order by m.since, m.audience_id`,
        [profileIds],
      );
      for (const row of rows)
        yield { audienceId: row.audience_id, version: row.version, since: row.since.toISOString() };
    },

    /** Entries and exits, oldest first, in pages. */
    async *transitions(profileIds: readonly string[]): AsyncGenerator<object> {
      let after = 0;
      for (;;) {
        const { rows } = await postgres.query<TransitionRow>(
          `select t.audience_transition_id, t.audience_id, t.version, t.entered, t.reason_leaf, t.at from audience_transitions t
           where t.profile_id = any($1::uuid[]) and t.audience_transition_id > $2 order by t.audience_transition_id limit $3`,
          [profileIds, after, pageSize],
        );
        for (const row of rows) {
          const { audience_id: audienceId, version, entered, reason_leaf: reasonLeaf, at } = row;
          yield { at: at.toISOString(), audienceId, version, entered, reasonLeaf };
        }
        const last = rows.at(-1);
        if (!last || rows.length < pageSize) return;
        after = last.audience_transition_id;
      }
    },
  };
}

export type AudiencePrivacyStore = ReturnType<typeof createAudiencePrivacyStore>;
