import type { Postgres, Sql } from "../storage/index.ts";
import type { ProfileState } from "./profile.ts";

/** An identifier of a person in the time in which it is theirs; epoch milliseconds, null = open. */
export type PersonIdentifier = {
  readonly namespace: string;
  readonly value: string;
  readonly validFrom: number;
  readonly validTo: number | null;
};

/** Everything by which a person is found in any table: the profile, those merged into it, and the identifiers. */
export type Person = { readonly profileIds: readonly string[]; readonly identifiers: readonly PersonIdentifier[] };

/** PostgreSQL tables of profiles that hold personal data. */
export const personalProfileTables = [
  "profiles",
  "identifiers",
  "profile_redirects",
  "identity_log",
  "identity_evidence",
  "identity_evidence_keys",
  "identity_separations",
  "identity_quarantine",
  "account_members",
] as const;

type IdentifierRow = { namespace: string; value: string; valid_from: Date; valid_to: Date | null };
type LogRow = {
  identity_log_id: number;
  at: Date;
  message_id: string;
  action: string;
  namespace: string | null;
  value: string | null;
  rule: string;
};

const pageSize = 1_000;
/** Nobody signed in to it, and it was not seen since $1; weak namespaces do not make a person. */
const isInactiveAnonymous = `p.last_seen_at < to_timestamp($1::double precision / 1000) and not exists (
  select 1 from identifiers i where i.profile_id = p.profile_id
    and (i.namespace in ('user_id', 'loyalty_id', 'email', 'email_sha256', 'phone') or i.namespace like 'customer\\_id:%'))`;
const maxMerged = 1_000;

/** Reads and deletions of one person in the tables of profiles. Functions with a `tx` run inside the caller's transaction. */
export function createProfilePrivacyStore(postgres: Postgres) {
  return {
    /** @returns undefined when neither a profile nor a redirect has the id */
    async personOf(profileId: string, sql: Sql = postgres): Promise<Person | undefined> {
      const { rows: ids } = await sql.query<{ profile_id: string }>(
        `with survivor as (
           select coalesce((select r.survivor_id from profile_redirects r where r.profile_id = $1), $1::uuid) as profile_id)
         select p.profile_id from profiles p join survivor s on s.profile_id = p.profile_id
         union all
         (select r.profile_id from profile_redirects r join survivor s on s.profile_id = r.survivor_id order by r.at limit $2)`,
        [profileId, maxMerged],
      );
      if (ids.length === 0) return undefined;
      const profileIds = ids.map((row) => row.profile_id);
      const { rows } = await sql.query<IdentifierRow>(
        `select i.namespace, i.value, i.valid_from, i.valid_to from identifiers i where i.profile_id = any($1::uuid[])
         order by i.namespace, i.value, i.valid_from`,
        [profileIds],
      );
      return {
        profileIds,
        identifiers: rows.map((row) => ({
          namespace: row.namespace,
          value: row.value,
          validFrom: row.valid_from.getTime(),
          validTo: row.valid_to?.getTime() ?? null,
        })),
      };
    },

    /** The present owner of an identifier. */
    async ownerOf(namespace: string, value: string): Promise<string | undefined> {
      const { rows } = await postgres.query<{ profile_id: string }>(
        "select i.profile_id from identifiers i where i.namespace = $1 and i.value = $2 and i.valid_to is null",
        [namespace, value],
      );
      return rows[0]?.profile_id;
    },

    /** Deletes a person. May be repeated. @returns rows deleted */
    async erase(tx: Sql, { profileIds, identifiers }: Person): Promise<number> {
      let deleted = 0;
      const run = async (text: string, params: readonly unknown[]) => {
        deleted += (await tx.query(text, params)).rowCount;
      };
      await run(
        `delete from identity_log l where l.profile_ids && $1::uuid[]
           or (l.namespace, l.value) in (select * from unnest($2::text[], $3::text[]))`,
        [profileIds, identifiers.map(({ namespace }) => namespace), identifiers.map(({ value }) => value)],
      );
      await run("delete from identifiers where profile_id = any($1::uuid[])", [profileIds]);
      await run("delete from profile_redirects where profile_id = any($1::uuid[]) or survivor_id = any($1::uuid[])", [
        profileIds,
      ]);
      await run("delete from profiles where profile_id = any($1::uuid[])", [profileIds]);
      // Those who stay in the accounts are judged without the person from now on.
      await tx.query(
        `insert into account_changes as c (account_id, revision, changed_at)
         select distinct m.account_id, 1, now() from account_members m where m.profile_id = any($1::uuid[]) order by m.account_id
         on conflict (account_id) do update set revision = c.revision + 1`,
        [profileIds],
      );
      await run("delete from account_members where profile_id = any($1::uuid[])", [profileIds]);
      return deleted;
    },

    async state(profileId: string): Promise<{ readonly createdAt: number; readonly state: ProfileState } | undefined> {
      const { rows } = await postgres.query<{ created_at: Date; state: ProfileState }>(
        "select p.created_at, p.state from profiles p where p.profile_id = $1",
        [profileId],
      );
      return rows[0] && { createdAt: rows[0].created_at.getTime(), state: rows[0].state };
    },

    /** Identity decisions about a person, oldest first, in pages. */
    async *identityHistory({ profileIds }: Person): AsyncGenerator<object> {
      let after = 0;
      for (;;) {
        const { rows } = await postgres.query<LogRow>(
          `select l.identity_log_id, l.at, l.message_id, l.action, l.namespace, l.value, l.rule from identity_log l
           where l.profile_ids && $1::uuid[] and l.identity_log_id > $2 order by l.identity_log_id limit $3`,
          [profileIds, after, pageSize],
        );
        for (const row of rows) {
          const { at, message_id: messageId, action, namespace, value, rule } = row;
          yield { at: at.toISOString(), messageId, action, namespace, value, rule };
        }
        const last = rows.at(-1);
        if (!last || rows.length < pageSize) return;
        after = last.identity_log_id;
      }
    },

    /** Messages that could change the identity graph around a person. @param keys as `identifierKey` makes them */
    async *evidence(keys: readonly string[]): AsyncGenerator<object> {
      let after = 0;
      for (;;) {
        const { rows } = await postgres.query<{ evidence_id: number; at: Date; message: object }>(
          `select e.evidence_id, e.at, e.message from identity_evidence e
           where e.evidence_id in (
             select k.evidence_id from identity_evidence_keys k where k.key = any($1::text[]) and k.evidence_id > $2)
           order by e.evidence_id limit $3`,
          [keys, after, pageSize],
        );
        for (const { at, message } of rows) yield { at: at.toISOString(), message };
        const last = rows.at(-1);
        if (!last || rows.length < pageSize) return;
        after = last.evidence_id;
      }
    },

    /** Profiles that nobody signed in to, not seen since a time. */
    async inactiveAnonymous(before: number, limit: number): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ profile_id: string }>(
        `select p.profile_id from profiles p where ${isInactiveAnonymous} order by p.last_seen_at limit $2`,
        [before, limit],
      );
      return rows.map((row) => row.profile_id);
    },

    /** How many `inactiveAnonymous` would give in all. */
    async countInactiveAnonymous(before: number): Promise<number> {
      const { rows } = await postgres.query<{ n: number }>(
        `select count(*) as n from profiles p where ${isInactiveAnonymous}`,
        [before],
      );
      return Number(rows[0]?.n ?? 0);
    },

    /** Profiles with an attribute of which a source wrote something before a time. */
    async withOldAttribute(name: string, before: number, limit: number): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ profile_id: string }>(
        `select p.profile_id from profiles p
         where (p.state -> 'attributes' -> $1::text ->> 'at')::double precision < $2::double precision
           or exists (select 1 from jsonb_each(p.state -> 'attributes' -> $1::text -> 'fragments') f
             where (f.value ->> 'at')::double precision < $2::double precision) limit $3`,
        [name, before, limit],
      );
      return rows.map((row) => row.profile_id);
    },

    /** Names and values of attributes of the profiles seen last, for suggestions of data classes. */
    async sampleStates(limit: number): Promise<readonly ProfileState["attributes"][]> {
      const { rows } = await postgres.query<{ attributes: ProfileState["attributes"] }>(
        "select p.state -> 'attributes' as attributes from profiles p order by p.last_seen_at desc limit $1",
        [limit],
      );
      return rows.map((row) => row.attributes);
    },
  };
}

export type ProfilePrivacyStore = ReturnType<typeof createProfilePrivacyStore>;
