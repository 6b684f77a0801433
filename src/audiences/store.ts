import type { Postgres, Sql } from "../storage/index.ts";
import type { Transition } from "./judge-profile.ts";
import { createBackfillStore } from "./store-backfills.ts";
import { createEstimateStore } from "./store-estimates.ts";
import { createListStore } from "./store-lists.ts";

export type Member = { readonly profileId: string; readonly version: number; readonly since: number };
export type StoredMembership = Member & { readonly audienceId: string };

type MemberRow = { profile_id: string; version: number; since: Date };
async function insertMemberships(tx: Sql, members: readonly StoredMembership[]): Promise<void> {
  if (members.length === 0) return;
  await tx.query(
    `insert into audience_memberships (profile_id, audience_id, version, since)
     select given.profile_id, given.audience_id, given.version, to_timestamp(given.since)
     from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::double precision[]) as given(profile_id, audience_id, version, since)
     on conflict (profile_id, audience_id) do update set version = excluded.version, since = excluded.since`,
    [
      members.map((member) => member.profileId),
      members.map((member) => member.audienceId),
      members.map((member) => member.version),
      members.map((member) => member.since / 1000),
    ],
  );
}

async function insertTransitions(tx: Sql, transitions: readonly Transition[]): Promise<void> {
  await tx.query(
    // The position is the same for all of them: as a default of the column it would be asked for a row at a time.
    `insert into audience_transitions (profile_id, audience_id, version, entered, reason_leaf, at, position)
     select given.profile_id, given.audience_id, given.version, given.entered, given.reason_leaf::jsonb, to_timestamp(given.at),
       here.position
     from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::boolean[], $5::text[], $6::double precision[])
       as given(profile_id, audience_id, version, entered, reason_leaf, at)
     cross join (select audience_transition_position() as position) as here`,
    [
      transitions.map((transition) => transition.profileId),
      transitions.map((transition) => transition.audienceId),
      transitions.map((transition) => transition.version),
      transitions.map((transition) => transition.entered),
      transitions.map((transition) => (transition.reasonLeaf === null ? null : JSON.stringify(transition.reasonLeaf))),
      transitions.map((transition) => transition.at / 1000),
    ],
  );
}

/** All PostgreSQL of audiences. Functions with a `tx` run inside the transaction of a batch. */
export function createAudienceStore(postgres: Postgres) {
  return {
    /** How far leaves and versions are. */
    backfills: createBackfillStore(postgres),
    /** Sizes, overlaps and exact counts. */
    estimates: createEstimateStore(postgres),
    lists: createListStore(postgres),

    /** Writes entries and exits, and the members that follow from them. */
    async writeTransitions(tx: Sql, transitions: readonly Transition[]): Promise<void> {
      if (transitions.length === 0) return;
      const left = transitions.filter(({ entered }) => !entered);
      const entered = transitions.filter((transition) => transition.entered);
      await insertTransitions(tx, transitions);
      if (left.length > 0) {
        await tx.query(
          `delete from audience_memberships using unnest($1::uuid[], $2::uuid[]) as given(profile_id, audience_id)
           where audience_memberships.profile_id = given.profile_id and audience_memberships.audience_id = given.audience_id`,
          [left.map(({ profileId }) => profileId), left.map(({ audienceId }) => audienceId)],
        );
      }
      await insertMemberships(
        tx,
        entered.map((transition) => ({ ...transition, since: transition.at })),
      );
    },

    /** After a merge: `members` become all memberships of `profileIds`. */
    async replaceMemberships(
      tx: Sql,
      profileIds: readonly string[],
      members: readonly StoredMembership[],
    ): Promise<void> {
      if (profileIds.length === 0) return;
      await tx.query("delete from audience_memberships where audience_memberships.profile_id = any($1::uuid[])", [
        profileIds,
      ]);
      await insertMemberships(tx, members);
    },

    async countMembers(audienceId: string): Promise<number> {
      const { rows } = await postgres.query<{ count: string | number }>(
        "select count(*) as count from audience_memberships where audience_memberships.audience_id = $1",
        [audienceId],
      );
      return Number(rows[0]?.count ?? 0);
    },

    /** One more than `limit`, in order of profile id. */
    async members(audienceId: string, afterProfileId: string | null, limit: number): Promise<readonly Member[]> {
      const { rows } = await postgres.query<MemberRow>(
        `select audience_memberships.profile_id, audience_memberships.version, audience_memberships.since from audience_memberships
         where audience_memberships.audience_id = $1 and ($2::uuid is null or audience_memberships.profile_id > $2::uuid)
         order by audience_memberships.profile_id limit $3`,
        [audienceId, afterProfileId, limit + 1],
      );
      return rows.map((row) => ({ profileId: row.profile_id, version: row.version, since: row.since.getTime() }));
    },

    /** Audiences that have members, live or not. */
    async audiencesWithMembers(): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ audience_id: string }>(
        "select distinct audience_memberships.audience_id from audience_memberships",
      );
      return rows.map((row) => row.audience_id);
    },
  };
}

export type AudienceStore = ReturnType<typeof createAudienceStore>;
