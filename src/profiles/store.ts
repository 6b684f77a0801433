import { ClienteleError } from "../kernel/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";
import type { IdentityLogEntry, Link, Rival } from "./identity-graph.ts";
import { migrateState } from "./migrate-state.ts";
import type { ProfileState } from "./profile.ts";

export type ProfileRow = {
  readonly profileId: string;
  readonly version: number;
  readonly createdAt: number;
  readonly state: ProfileState;
  /** Merges that the profile has behind it. */
  readonly mergeCount: number;
  /** See `positionOf` in identity-message.ts; empty = nothing but first sights so far. */
  readonly evidencePosition: string;
  /** When a membership can next change by itself, as stored; null = never. */
  readonly nextChangeAt: number | null;
};

export type ProfileWrite = {
  readonly profileId: string;
  /** Version to write: one more than what was read; 1 creates. */
  readonly version: number;
  readonly createdAt: number;
  readonly state: ProfileState;
  readonly nextChangeAt: number | null;
  readonly mergeCount: number;
  readonly evidencePosition: string;
};

export type StoredLink = Omit<Link, "profileId"> & { readonly profileId: string };

type Row = {
  profile_id: string;
  version: number;
  created_at: Date;
  state: ProfileState;
  merge_count: number;
  evidence_position: string;
  next_change_at: Date | null;
};
type LinkRow = {
  namespace: string;
  value: string;
  profile_id: string;
  valid_from: Date;
  valid_to: Date | null;
  verified: boolean;
  first_seen_at: Date | null;
  linked_at: Date | null;
  rivals: Rival[] | null;
};

const toProfile = (row: Row): ProfileRow => ({
  profileId: row.profile_id,
  version: Number(row.version),
  createdAt: row.created_at.getTime(),
  state: migrateState(row.state),
  mergeCount: Number(row.merge_count),
  evidencePosition: row.evidence_position,
  nextChangeAt: row.next_change_at?.getTime() ?? null,
});

const toLink = (row: LinkRow): Link => ({
  namespace: row.namespace,
  value: row.value,
  profileId: row.profile_id,
  validFrom: row.valid_from.getTime(),
  validTo: row.valid_to?.getTime() ?? null,
  verified: row.verified,
  // Rows from before these were kept.
  firstSeenAt: row.first_seen_at?.getTime() ?? row.valid_from.getTime(),
  linkedAt: row.linked_at?.getTime() ?? row.valid_from.getTime(),
  rivals: row.rivals,
});

const linkColumns =
  "identifiers.namespace, identifiers.value, identifiers.profile_id, identifiers.valid_from, identifiers.valid_to, identifiers.verified, identifiers.first_seen_at, identifiers.linked_at, identifiers.rivals";
const profileColumns =
  "profiles.profile_id, profiles.version, profiles.created_at, profiles.state, profiles.merge_count, profiles.evidence_position, profiles.next_change_at";
const toSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);

const linkArrays =
  "$1::text[], $2::text[], $3::double precision[], $4::double precision[], $5::uuid[], $6::boolean[], $7::double precision[], $8::double precision[], $9::text[]";
const linkFields = "namespace, value, valid_from, valid_to, profile_id, verified, first_seen_at, linked_at, rivals";
const linkParams = (links: readonly Link[]): readonly unknown[] => [
  links.map((link) => link.namespace),
  links.map((link) => link.value),
  links.map((link) => link.validFrom / 1000),
  links.map((link) => toSeconds(link.validTo)),
  links.map((link) => link.profileId),
  links.map((link) => link.verified),
  links.map((link) => link.firstSeenAt / 1000),
  links.map((link) => link.linkedAt / 1000),
  links.map((link) => (link.rivals === null ? null : JSON.stringify(link.rivals))),
];

/** All PostgreSQL of profiles. Functions with a `tx` run inside the transaction of a batch. */
export type ProfileStore = ReturnType<typeof createProfileStore>;

export function createProfileStore(postgres: Postgres) {
  return {
    async linksOf(
      identifiers: readonly { readonly namespace: string; readonly value: string }[],
    ): Promise<readonly Link[]> {
      if (identifiers.length === 0) return [];
      const { rows } = await postgres.query<LinkRow>(
        `select ${linkColumns} from identifiers
         join unnest($1::text[], $2::text[]) as wanted(namespace, value) on identifiers.namespace = wanted.namespace and identifiers.value = wanted.value`,
        [identifiers.map((identifier) => identifier.namespace), identifiers.map((identifier) => identifier.value)],
      );
      return rows.map(toLink);
    },

    async linksOfProfiles(profileIds: readonly string[]): Promise<readonly Link[]> {
      if (profileIds.length === 0) return [];
      const { rows } = await postgres.query<LinkRow>(
        `select ${linkColumns} from identifiers where identifiers.profile_id = any($1::uuid[])`,
        [profileIds],
      );
      return rows.map(toLink);
    },

    async profiles(profileIds: readonly string[]): Promise<readonly ProfileRow[]> {
      if (profileIds.length === 0) return [];
      const { rows } = await postgres.query<Row>(
        `select ${profileColumns} from profiles where profiles.profile_id = any($1::uuid[])`,
        [profileIds],
      );
      return rows.map(toProfile);
    },

    async survivorOf(profileId: string): Promise<string | undefined> {
      const { rows } = await postgres.query<{ survivor_id: string }>(
        "select profile_redirects.survivor_id from profile_redirects where profile_redirects.profile_id = $1",
        [profileId],
      );
      return rows[0]?.survivor_id;
    },

    async mergedFrom(profileId: string): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ profile_id: string }>(
        "select profile_redirects.profile_id from profile_redirects where profile_redirects.survivor_id = $1 order by profile_redirects.at limit 200",
        [profileId],
      );
      return rows.map((row) => row.profile_id);
    },

    /** @returns rows written; fewer than given when a version was taken, or a profile merged away, by another writer */
    async writeProfiles(tx: Sql, writes: readonly ProfileWrite[]): Promise<number> {
      if (writes.length === 0) return 0;
      // xmax = 0 marks a row that was inserted: with a later version it would bring a merged profile back to life.
      const { rows } = await tx.query<{ written: number }>(
        `with written as (
         insert into profiles (profile_id, version, created_at, last_seen_at, state, next_change_at, merge_count, evidence_position)
         select given."profileId", given.version, to_timestamp(given."createdAt" / 1000), to_timestamp(given."lastSeenAt" / 1000), given.state,
           to_timestamp(given."nextChangeAt" / 1000), given."mergeCount", given."evidencePosition"
         from jsonb_to_recordset($1::jsonb) as given("profileId" uuid, version bigint, "createdAt" double precision, "lastSeenAt" double precision,
           state jsonb, "nextChangeAt" double precision, "mergeCount" integer, "evidencePosition" text)
         on conflict (profile_id) do update set version = excluded.version, last_seen_at = excluded.last_seen_at, state = excluded.state,
           next_change_at = excluded.next_change_at, merge_count = excluded.merge_count, evidence_position = excluded.evidence_position
         where profiles.version = excluded.version - 1
         returning (profiles.xmax = 0) = (profiles.version = 1) as is_expected)
         select count(*) filter (where written.is_expected) as written from written`,
        // One document: an array of texts took twice as long, for it is escaped and unescaped once more.
        [JSON.stringify(writes.map((write) => ({ ...write, lastSeenAt: write.state.lastSeenAt })))],
      );
      return Number(rows[0]?.written ?? 0);
    },

    /** Intervals that are stored: closed, moved to a survivor, verified. Before `insertLinks`: an identifier has one open interval. */
    async updateLinks(tx: Sql, links: readonly Link[]): Promise<void> {
      if (links.length === 0) return;
      await tx.query(
        `update identifiers set valid_to = to_timestamp(given.valid_to), profile_id = given.profile_id, verified = given.verified,
           first_seen_at = to_timestamp(given.first_seen_at), linked_at = to_timestamp(given.linked_at), rivals = given.rivals::jsonb
         from unnest(${linkArrays}) as given(${linkFields})
         where identifiers.namespace = given.namespace and identifiers.value = given.value
           and identifiers.valid_from = to_timestamp(given.valid_from)`,
        linkParams(links),
      );
    },

    /** @returns rows written; fewer than given when another writer gave an identifier its owner meanwhile */
    async insertLinks(tx: Sql, links: readonly Link[]): Promise<number> {
      if (links.length === 0) return 0;
      const { rowCount } = await tx.query(
        `insert into identifiers (${linkFields})
         select given.namespace, given.value, to_timestamp(given.valid_from), to_timestamp(given.valid_to), given.profile_id, given.verified,
           to_timestamp(given.first_seen_at), to_timestamp(given.linked_at), given.rivals::jsonb
         from unnest(${linkArrays}) as given(${linkFields})
         on conflict do nothing`,
        linkParams(links),
      );
      return rowCount;
    },

    /** Removes merged profiles and redirects their ids, also those redirected to them before. @returns profiles removed */
    async writeMerges(
      tx: Sql,
      merged: readonly {
        readonly loser: string;
        readonly survivor: string;
        readonly loserVersion: number;
        readonly moved: readonly string[];
      }[],
      at: number,
    ): Promise<number> {
      if (merged.length === 0) return 0;
      const losers = merged.map((pair) => pair.loser);
      const survivors = merged.map((pair) => pair.survivor);
      await tx.query(
        `update profile_redirects set survivor_id = pair.survivor from unnest($1::uuid[], $2::uuid[]) as pair(loser, survivor)
         where profile_redirects.survivor_id = pair.loser`,
        [losers, survivors],
      );
      await tx.query(
        `insert into profile_redirects (profile_id, survivor_id, at, moved)
         select pair.loser, pair.survivor, to_timestamp($3::double precision / 1000), array(select jsonb_array_elements_text(pair.moved::jsonb))
         from unnest($1::uuid[], $2::uuid[], $4::text[]) as pair(loser, survivor, moved)
         on conflict (profile_id) do update set survivor_id = excluded.survivor_id`,
        [losers, survivors, at, merged.map((pair) => JSON.stringify(pair.moved))],
      );
      // What was to be computed anew is now a part of the survivor.
      await tx.query(
        `insert into profile_rebuilds (profile_id, requested_at, due_at, reason)
         select pair.survivor, min(waiting.requested_at), min(waiting.due_at), min(waiting.reason)
         from unnest($1::uuid[], $2::uuid[]) as pair(loser, survivor)
         join profile_rebuilds waiting on waiting.profile_id = pair.loser group by pair.survivor
         on conflict (profile_id) do nothing`,
        [losers, survivors],
      );
      await tx.query("delete from profile_rebuilds where profile_rebuilds.profile_id = any($1::uuid[])", [losers]);
      const { rowCount } = await tx.query(
        `delete from profiles using unnest($1::uuid[], $2::bigint[]) as gone(loser, version)
         where profiles.profile_id = gone.loser and profiles.version = gone.version`,
        [losers, merged.map((pair) => pair.loserVersion)],
      );
      return rowCount;
    },

    async writeLog(tx: Sql, entries: readonly IdentityLogEntry[]): Promise<void> {
      if (entries.length === 0) return;
      await tx.query(
        `insert into identity_log (at, message_id, action, profile_ids, namespace, value, rule)
         select to_timestamp(given.at / 1000), given.message_id, given.action, given.profile_ids::uuid[], given.namespace, given.value, given.rule
         from unnest($1::double precision[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
           as given(at, message_id, action, profile_ids, namespace, value, rule)`,
        [
          entries.map((entry) => entry.at),
          entries.map((entry) => entry.messageId),
          entries.map((entry) => entry.action),
          entries.map((entry) => `{${entry.profileIds.join(",")}}`),
          entries.map((entry) => entry.identifier?.namespace ?? null),
          entries.map((entry) => entry.identifier?.value ?? null),
          entries.map((entry) => entry.rule),
        ],
      );
    },

    /** A place in the identity log; see `ownersChangedSince`. */
    async logMark(): Promise<string> {
      const { rows } = await postgres.query<{ mark: string | number }>(
        "select coalesce(max(identity_log_id), 0) as mark from identity_log",
      );
      return String(rows[0]?.mark ?? 0);
    },

    /** Profiles that got or gave away events by an entry of the identity log after the mark. */
    async ownersChangedSince(mark: string): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ profile_id: string }>(
        `select distinct unnest(identity_log.profile_ids)::text as profile_id from identity_log
         where identity_log.identity_log_id > $1::bigint and identity_log.action not in ('create', 'link', 'refuse')`,
        [mark],
      );
      return rows.map((row) => row.profile_id);
    },

    /** Newest first by last sight; `search` matches the start of an identifier value or a whole profile id. */
    async list(
      search: string,
      limit: number,
      before: { readonly at: number; readonly id: string } | null,
    ): Promise<readonly ProfileRow[]> {
      const { rows } = await postgres.query<Row>(
        `select ${profileColumns} from profiles
         where ($1::text = '' or profiles.profile_id::text = lower($1::text) or profiles.profile_id in (
             select found.profile_id from identifiers found where found.value like $2::text or found.value like lower($2::text) limit 1000))
           and ($3::double precision is null or (profiles.last_seen_at, profiles.profile_id) < (to_timestamp($3::double precision / 1000), $4::uuid))
         order by profiles.last_seen_at desc, profiles.profile_id desc limit $5`,
        [search, `${search.replace(/[\\%_]/g, "\\$&")}%`, before?.at ?? null, before?.id ?? null, limit],
      );
      return rows.map(toProfile);
    },

    /** Pages through everybody in order of id. */
    /**
     * Profiles in order of a hash of their id, in pages: the first so many are a fair sample of all, the same one each time.
     *
     * @param after hash and id of the last profile of the page before
     */
    async sample(
      after: { readonly hash: number; readonly profileId: string } | null,
      limit: number,
    ): Promise<readonly (ProfileRow & { readonly hash: number })[]> {
      const { rows } = await postgres.query<Row & { hash: number }>(
        `select ${profileColumns}, uuid_hash(profiles.profile_id) as hash from profiles
         where $1::integer is null or (uuid_hash(profiles.profile_id), profiles.profile_id) > ($1::integer, $2::uuid)
         order by uuid_hash(profiles.profile_id), profiles.profile_id limit $3`,
        [after?.hash ?? null, after?.profileId ?? null, limit],
      );
      return rows.map((row) => ({ ...toProfile(row), hash: row.hash }));
    },

    async scan(afterId: string | null, limit: number): Promise<readonly ProfileRow[]> {
      const { rows } = await postgres.query<Row>(
        `select ${profileColumns} from profiles where $1::uuid is null or profiles.profile_id > $1::uuid order by profiles.profile_id limit $2`,
        [afterId, limit],
      );
      return rows.map(toProfile);
    },

    /** Profiles whose memberships may have changed by time alone. */
    async due(now: number, limit: number): Promise<readonly ProfileRow[]> {
      const { rows } = await postgres.query<Row>(
        `select ${profileColumns} from profiles where profiles.next_change_at <= to_timestamp($1::double precision / 1000)
         order by profiles.next_change_at limit $2`,
        [now, limit],
      );
      return rows.map(toProfile);
    },

    async count(): Promise<number> {
      const { rows } = await postgres.query<{ n: number }>("select count(*) as n from profiles");
      return Number(rows[0]?.n ?? 0);
    },

    async history(
      profileId: string,
      limit: number,
      before: number | null,
    ): Promise<
      readonly (Omit<IdentityLogEntry, "identifier"> & {
        readonly logId: number;
        readonly namespace: string | null;
        readonly value: string | null;
      })[]
    > {
      type LogRow = {
        identity_log_id: number;
        at: Date;
        message_id: string;
        action: IdentityLogEntry["action"];
        profile_ids: string[];
        namespace: string | null;
        value: string | null;
        rule: string;
      };
      const { rows } = await postgres.query<LogRow>(
        `select l.identity_log_id, l.at, l.message_id, l.action, l.profile_ids, l.namespace, l.value, l.rule
         from identity_log l where l.profile_ids && (
             select array_agg(r.profile_id) || $1::uuid from profile_redirects r where r.survivor_id = $1::uuid)
           and ($3::bigint is null or l.identity_log_id < $3::bigint)
         order by l.identity_log_id desc limit $2`,
        [profileId, limit, before],
      );
      return rows.map((row) => ({
        logId: Number(row.identity_log_id),
        at: row.at.getTime(),
        messageId: row.message_id,
        action: row.action,
        profileIds: row.profile_ids,
        namespace: row.namespace,
        value: row.value,
        rule: row.rule,
      }));
    },

    transaction: <T>(work: (tx: Sql) => Promise<T>) => postgres.transaction(work),
    isShared: postgres.kind === "server",
  };
}

export function notFound(what: string): ClienteleError {
  return new ClienteleError("profiles.notFound", `no profile for ${what}`);
}
