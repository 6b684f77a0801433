import type { Postgres, Sql } from "../../storage/index.ts";
import type { DesiredMember } from "./desired-members.ts";
import type { Change, ToldMember } from "./plan-changes.ts";

type MemberRow = {
  namespace: string;
  value: string;
  profile_id: string | null;
  since: Date;
  version: number;
  state: ToldMember["state"];
  dead_op: ToldMember["deadOp"];
};
type LetterRow = {
  dead_letter_id: string;
  dead_at: Date;
  dead_op: "entered" | "exited";
  dead_message: string;
  namespace: string;
  profile_id: string | null;
};

export type DeadLetter = {
  readonly id: string;
  readonly at: number;
  readonly op: "entered" | "exited";
  readonly message: string;
  readonly namespace: string;
  readonly profileId: string | null;
};
export type NewDeadLetter = { readonly id: string; readonly change: Change; readonly message: string };

type Key = { readonly namespace: string; readonly value: string };

const columns = "m.namespace, m.value, m.profile_id, m.since, m.version, m.state, m.dead_op";
const iso = (at: number) => new Date(at).toISOString();
const toMember = ({ profile_id, since, dead_op, ...row }: MemberRow): ToldMember => ({
  ...row,
  profileId: profile_id,
  since: since.getTime(),
  deadOp: dead_op,
});
const keysOf = (keys: readonly Key[]) => [keys.map(({ namespace }) => namespace), keys.map(({ value }) => value)];

/** What other systems were told. */
export function memberStore(postgres: Postgres) {
  return {
    /** Of some profiles, and of whoever has one of some identifiers. */
    told: async (
      syncId: string,
      profileIds: readonly string[],
      keys: readonly Key[],
    ): Promise<readonly ToldMember[]> => {
      const { rows } = await postgres.query<MemberRow>(
        `select ${columns} from audience_sync_members m where m.audience_sync_id = $1 and m.profile_id = any($2::uuid[])
         union
         select ${columns} from audience_sync_members m
         join unnest($3::text[], $4::text[]) as given(namespace, value) on given.namespace = m.namespace and given.value = m.value
         where m.audience_sync_id = $1`,
        [syncId, profileIds, ...keysOf(keys)],
      );
      return rows.map(toMember);
    },
    /** Those whose persons are gone and whose exit nobody has refused. */
    gone: async (syncId: string, limit: number): Promise<readonly ToldMember[]> => {
      const { rows } = await postgres.query<MemberRow>(
        `select ${columns} from audience_sync_members m
         where m.audience_sync_id = $1 and m.profile_id is null and not (m.state = 'dead' and m.dead_op = 'exited') limit $2`,
        [syncId, limit],
      );
      return rows.map(toMember);
    },
    /** Profiles with something told, in order, after one. */
    profilesAfter: async (syncId: string, after: string | null, limit: number): Promise<readonly string[]> => {
      const { rows } = await postgres.query<{ profile_id: string }>(
        `select distinct m.profile_id from audience_sync_members m
         where m.audience_sync_id = $1 and m.profile_id is not null and ($2::uuid is null or m.profile_id > $2::uuid)
         order by m.profile_id limit $3`,
        [syncId, after, limit],
      );
      return rows.map((row) => row.profile_id);
    },
    count: async (syncId: string): Promise<{ readonly members: number; readonly gone: number }> => {
      const { rows } = await postgres.query<{ members: number; gone: number }>(
        `select count(*) filter (where m.state = 'sent' and m.profile_id is not null)::bigint as members,
           count(*) filter (where m.profile_id is null)::bigint as gone
         from audience_sync_members m where m.audience_sync_id = $1`,
        [syncId],
      );
      return { members: rows[0]?.members ?? 0, gone: rows[0]?.gone ?? 0 };
    },

    /** Before they are told: from now on they count as perhaps there. */
    announce: async (tx: Sql, syncId: string, members: readonly DesiredMember[]): Promise<void> => {
      if (members.length === 0) return;
      await tx.query(
        `insert into audience_sync_members (audience_sync_id, namespace, value, profile_id, since, version, state)
         select $1, given.namespace, given.value, given.profile_id, to_timestamp(given.since), given.version, 'sending'
         from unnest($2::text[], $3::text[], $4::uuid[], $5::double precision[], $6::integer[])
           as given(namespace, value, profile_id, since, version)
         on conflict (audience_sync_id, namespace, value) do update set
           profile_id = excluded.profile_id, since = excluded.since, version = excluded.version,
           state = case when audience_sync_members.state = 'sent' then 'sent' else 'sending' end,
           dead_letter_id = null, dead_op = null, dead_message = null, dead_at = null`,
        [
          syncId,
          ...keysOf(members),
          members.map(({ profileId }) => profileId),
          members.map(({ since }) => since / 1000),
          members.map(({ version }) => version),
        ],
      );
    },
    move: async (tx: Sql, syncId: string, members: readonly DesiredMember[]): Promise<void> => {
      if (members.length === 0) return;
      await tx.query(
        `update audience_sync_members set profile_id = given.profile_id
         from unnest($2::text[], $3::text[], $4::uuid[]) as given(namespace, value, profile_id)
         where audience_sync_members.audience_sync_id = $1 and audience_sync_members.namespace = given.namespace
           and audience_sync_members.value = given.value`,
        [syncId, ...keysOf(members), members.map(({ profileId }) => profileId)],
      );
    },
    /** After they were told. */
    settle: async (tx: Sql, syncId: string, changes: readonly Change[]): Promise<void> => {
      const entered = changes.filter(({ op }) => op === "entered");
      const exited = changes.filter(({ op }) => op === "exited");
      if (entered.length > 0)
        await tx.query(
          `update audience_sync_members set state = 'sent'
           from unnest($2::text[], $3::text[]) as given(namespace, value)
           where audience_sync_members.audience_sync_id = $1 and audience_sync_members.namespace = given.namespace
             and audience_sync_members.value = given.value`,
          [syncId, ...keysOf(entered)],
        );
      if (exited.length > 0)
        await tx.query(
          `delete from audience_sync_members using unnest($2::text[], $3::text[]) as given(namespace, value)
           where audience_sync_members.audience_sync_id = $1 and audience_sync_members.namespace = given.namespace
             and audience_sync_members.value = given.value`,
          [syncId, ...keysOf(exited)],
        );
    },
    bury: async (tx: Sql, syncId: string, letters: readonly NewDeadLetter[], at: number): Promise<void> => {
      for (const { id, change, message } of letters)
        await tx.query(
          `update audience_sync_members set state = 'dead', dead_letter_id = $4, dead_op = $5, dead_message = $6, dead_at = $7
           where audience_sync_id = $1 and namespace = $2 and value = $3`,
          [syncId, change.namespace, change.value, id, change.op, message, iso(at)],
        );
    },
    letters: async (
      syncId: string,
      before: { readonly at: number; readonly id: string } | null,
      limit: number,
    ): Promise<readonly DeadLetter[]> => {
      const { rows } = await postgres.query<LetterRow>(
        `select m.dead_letter_id, m.dead_at, m.dead_op, m.dead_message, m.namespace, m.profile_id from audience_sync_members m
         where m.audience_sync_id = $1 and m.dead_letter_id is not null
           and ($2::timestamptz is null or (m.dead_at, m.dead_letter_id) < ($2::timestamptz, $3::uuid))
         order by m.dead_at desc, m.dead_letter_id desc limit $4`,
        [syncId, before && iso(before.at), before?.id ?? null, limit],
      );
      return rows.map((row) => ({
        id: row.dead_letter_id,
        at: row.dead_at.getTime(),
        op: row.dead_op,
        message: row.dead_message,
        namespace: row.namespace,
        profileId: row.profile_id,
      }));
    },
    /** Takes dead letters back into what is to be told. @returns their number */
    revive: async (tx: Sql, syncId: string, letterId: string | null, limit: number, at: number): Promise<number> => {
      const { rows } = await tx.query<{ profile_id: string | null }>(
        `update audience_sync_members set state = 'sending', dead_letter_id = null, dead_op = null, dead_message = null, dead_at = null
         where audience_sync_id = $1 and dead_letter_id in (
           select m.dead_letter_id from audience_sync_members m
           where m.audience_sync_id = $1 and m.dead_letter_id is not null and ($2::uuid is null or m.dead_letter_id = $2::uuid)
           order by m.dead_at, m.dead_letter_id limit $3)
         returning profile_id`,
        [syncId, letterId, limit],
      );
      const profileIds = [...new Set(rows.flatMap((row) => row.profile_id ?? []))];
      await tx.query(
        `insert into audience_sync_queue (audience_sync_id, profile_id, queued_at)
         select $1, given.profile_id, $3 from unnest($2::uuid[]) as given(profile_id)`,
        [syncId, profileIds, iso(at)],
      );
      return rows.length;
    },
    /** The persons are gone: what was told of them waits for its exit, and names no profile any more. @returns rows */
    orphan: async (sql: Sql, profileIds: readonly string[], syncId: string | null = null): Promise<number> => {
      const { rowCount } = await sql.query(
        `update audience_sync_members set profile_id = null
         where profile_id = any($1::uuid[]) and ($2::uuid is null or audience_sync_id = $2::uuid)`,
        [profileIds, syncId],
      );
      return rowCount;
    },
    /** Syncs that were told of a person, for an export. */
    toldOf: async (profileIds: readonly string[]): Promise<readonly object[]> => {
      const { rows } = await postgres.query<{ key: string; namespace: string; value: string; since: Date }>(
        `select s.key, m.namespace, m.value, m.since from audience_sync_members m
         join audience_syncs s on s.audience_sync_id = m.audience_sync_id
         where m.profile_id = any($1::uuid[]) order by s.key, m.namespace, m.value`,
        [profileIds],
      );
      return rows.map(({ key, since, ...row }) => ({ audienceSync: key, ...row, since: since.toISOString() }));
    },
  };
}
