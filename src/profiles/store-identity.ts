import type { Postgres, Sql } from "../storage/index.ts";
import type { Evidence, IdentityGraph } from "./identity-graph.ts";
import { identifierOfKey } from "./identity-message.ts";
import type { IdentitySettings, Quarantine, Separation } from "./identity-rules.ts";
import type { StoredEvidence } from "./replay-identity.ts";
import { setHashOf } from "./thin-evidence.ts";

export type RebuildRow = { readonly profileId: string; readonly attempts: number; readonly requestedAt: number };
export type Redirect = { readonly profileId: string; readonly survivorId: string; readonly moved: readonly string[] };

type EvidenceRow = { evidence_id: number; at: Date; keys: string[]; is_checkpoint: boolean; message: Evidence["body"] };
type QuarantineRow = { namespace: string; value: string; since: Date; until: Date | null; rule: string };
type SeparationRow = {
  separation_id: string;
  created_at: Date;
  since: Date | null;
  left_keys: string[];
  right_keys: string[];
  left_profile_id: string;
  right_profile_id: string;
  created_by: string;
};

const toQuarantine = (row: QuarantineRow): Quarantine => ({
  namespace: row.namespace,
  value: row.value,
  since: row.since.getTime(),
  until: row.until?.getTime() ?? null,
  rule: row.rule,
});

const toSeparation = (row: SeparationRow): Separation => ({
  separationId: row.separation_id,
  createdAt: row.created_at.getTime(),
  since: row.since?.getTime() ?? null,
  left: row.left_keys,
  right: row.right_keys,
  leftProfileId: row.left_profile_id,
  rightProfileId: row.right_profile_id,
  createdBy: row.created_by,
});

/** More would not fit in the memory of every process; the oldest ones beyond it are listed, but hold no longer. */
const maxRules = 10_000;
const separationColumns =
  "s.separation_id, s.created_at, s.since, s.left_keys, s.right_keys, s.left_profile_id, s.right_profile_id, s.created_by";

/** PostgreSQL of the identity graph's evidence, rules and repairs. Functions with a `tx` run inside the caller's transaction. */
export type IdentityStore = ReturnType<typeof createIdentityStore>;

export function createIdentityStore(postgres: Postgres) {
  const writeEvidence = async (tx: Sql, evidence: readonly Evidence[]): Promise<void> => {
    if (evidence.length === 0) return;
    await tx.query(
      `with written as (
         insert into identity_evidence (at, keys, set_hash, is_checkpoint, message)
         select to_timestamp(given.at / 1000), array(select jsonb_array_elements_text(given.keys)), given."setHash", given."isCheckpoint", given.body
         from jsonb_to_recordset($1::jsonb) as given(at double precision, keys jsonb, "setHash" text, "isCheckpoint" boolean, body jsonb)
         returning identity_evidence.evidence_id, identity_evidence.keys)
       insert into identity_evidence_keys (key, evidence_id)
       select distinct held.key, written.evidence_id from written cross join unnest(written.keys) as held(key)`,
      [JSON.stringify(evidence.map((row) => ({ ...row, setHash: setHashOf(row) })))],
    );
  };

  const writeQuarantines = async (tx: Sql, graph: IdentityGraph): Promise<void> => {
    if (graph.requarantined.size > 0) {
      const keys = [...graph.requarantined].map(identifierOfKey);
      await tx.query(
        `delete from identity_quarantine q using unnest($1::text[], $2::text[]) as given(namespace, value)
         where q.namespace = given.namespace and q.value = given.value and q.until is null`,
        [keys.map((key) => key.namespace), keys.map((key) => key.value)],
      );
    }
    if (graph.quarantines.length > 0)
      await tx.query(
        `insert into identity_quarantine (namespace, value, since, rule, until)
         select given.namespace, given.value, to_timestamp(given.since / 1000), given.rule, to_timestamp(given.until / 1000)
         from unnest($1::text[], $2::text[], $3::double precision[], $4::text[], $5::double precision[]) as given(namespace, value, since, rule, until)
         on conflict do nothing`,
        [
          graph.quarantines.map(({ identifier }) => identifier.namespace),
          graph.quarantines.map(({ identifier }) => identifier.value),
          graph.quarantines.map(({ since }) => since),
          graph.quarantines.map(({ rule }) => rule),
          graph.quarantines.map(({ until }) => until),
        ],
      );
    for (const { identifier, at } of graph.releases)
      await tx.query(
        `update identity_quarantine set until = to_timestamp($3::double precision / 1000)
         where identity_quarantine.namespace = $1 and identity_quarantine.value = $2 and identity_quarantine.until is null`,
        [identifier.namespace, identifier.value, at],
      );
  };

  const writeSeparations = async (tx: Sql, { added, removed }: IdentityGraph["separations"]): Promise<void> => {
    for (const separation of added)
      await tx.query(
        `insert into identity_separations
           (separation_id, created_at, since, left_keys, right_keys, left_profile_id, right_profile_id, created_by)
         values ($1, to_timestamp($2::double precision / 1000), to_timestamp($3::double precision / 1000), $4::text[], $5::text[], $6, $7, $8)`,
        [
          separation.separationId,
          separation.createdAt,
          separation.since,
          separation.left,
          separation.right,
          separation.leftProfileId,
          separation.rightProfileId,
          separation.createdBy,
        ],
      );
    if (removed.length > 0)
      await tx.query("delete from identity_separations where identity_separations.separation_id = any($1::uuid[])", [
        removed,
      ]);
  };

  const askRebuilds = async (tx: Sql, rebuilds: ReadonlyMap<string, string>, at: number): Promise<void> => {
    if (rebuilds.size === 0) return;
    await tx.query(
      `insert into profile_rebuilds (profile_id, requested_at, due_at, reason)
       select given.profile_id, to_timestamp($3::double precision / 1000), to_timestamp($3::double precision / 1000), given.reason
       from unnest($1::uuid[], $2::text[]) as given(profile_id, reason)
       on conflict (profile_id) do update set requested_at = excluded.requested_at, due_at = excluded.due_at, attempts = 0,
         reason = excluded.reason`,
      [[...rebuilds.keys()], [...rebuilds.values()], at],
    );
  };

  const writeCounts = async (tx: Sql, blocked: ReadonlyMap<string, number>, at: number): Promise<void> => {
    if (blocked.size === 0) return;
    const names = [...blocked.keys()].sort();
    await tx.query(
      `insert into identity_counts (day, action, namespace, events)
       select $1::date, 'block', given.namespace, given.events from unnest($2::text[], $3::bigint[]) as given(namespace, events)
       on conflict (day, action, namespace) do update set events = identity_counts.events + excluded.events`,
      [new Date(at).toISOString().slice(0, 10), names, names.map((name) => blocked.get(name) ?? 0)],
    );
  };

  return {
    /** Everything about identity that a batch found out besides links, merges and the log; one statement each where there is any. */
    async writeFindings(tx: Sql, graph: IdentityGraph, at: number): Promise<void> {
      await writeEvidence(tx, graph.evidence);
      await writeQuarantines(tx, graph);
      await writeSeparations(tx, graph.separations);
      await askRebuilds(tx, graph.rebuilds, at);
      await writeCounts(tx, graph.blocked, at);
      if (graph.revived.size > 0)
        await tx.query("delete from profile_redirects where profile_redirects.profile_id = any($1::uuid[])", [
          [...graph.revived],
        ]);
    },

    /** Evidence that names any of the keys, oldest row first; at most `limit`. */
    async evidenceOf(keys: readonly string[], limit: number): Promise<readonly StoredEvidence[]> {
      const { rows } = await postgres.query<EvidenceRow>(
        `select e.evidence_id, e.at, e.keys, e.is_checkpoint, e.message
         from (
           select distinct k.evidence_id from unnest($1::text[]) as wanted(key)
           join identity_evidence_keys k on k.key = wanted.key order by k.evidence_id limit $2) found
         join identity_evidence e on e.evidence_id = found.evidence_id order by e.evidence_id`,
        [keys, limit],
      );
      return rows.map((row) => ({
        evidenceId: Number(row.evidence_id),
        at: row.at.getTime(),
        keys: row.keys,
        isCheckpoint: row.is_checkpoint,
        body: row.message,
      }));
    },

    /** Redirects that end at the given profiles, with the identifiers that each brought along. */
    async redirectsTo(profileIds: readonly string[]): Promise<readonly Redirect[]> {
      const { rows } = await postgres.query<{ profile_id: string; survivor_id: string; moved: string[] }>(
        `select r.profile_id, r.survivor_id, r.moved from profile_redirects r
         where r.survivor_id = any($1::uuid[]) and r.moved is not null order by r.at desc, r.profile_id limit 10000`,
        [profileIds],
      );
      return rows.map((row) => ({ profileId: row.profile_id, survivorId: row.survivor_id, moved: row.moved }));
    },

    async settings(): Promise<{ readonly version: number; readonly body: Partial<IdentitySettings> }> {
      const { rows } = await postgres.query<{ version: number; body: Partial<IdentitySettings> }>(
        "select s.version, s.body from identity_settings s where s.identity_settings_id = 1",
      );
      const [row] = rows;
      return row ? { version: Number(row.version), body: row.body } : { version: 0, body: {} };
    },

    async writeSettings(body: IdentitySettings, at: number): Promise<void> {
      await postgres.query(
        `insert into identity_settings (identity_settings_id, version, body, updated_at)
         values (1, 1, $1::jsonb, to_timestamp($2::double precision / 1000))
         on conflict (identity_settings_id) do update set version = identity_settings.version + 1, body = excluded.body,
           updated_at = excluded.updated_at`,
        [JSON.stringify(body), at],
      );
    },

    /** What the rules hold in memory. */
    async rules(): Promise<{
      readonly quarantine: readonly Quarantine[];
      readonly separations: readonly Separation[];
      readonly hasPrevious: boolean;
    }> {
      const { rows: quarantine } = await postgres.query<QuarantineRow>(
        "select q.namespace, q.value, q.since, q.until, q.rule from identity_quarantine q order by q.since desc limit $1",
        [maxRules],
      );
      const { rows: separations } = await postgres.query<SeparationRow>(
        `select ${separationColumns} from identity_separations s order by s.created_at desc limit $1`,
        [maxRules],
      );
      const { rows } = await postgres.query<{ found: boolean }>(
        "select exists (select 1 from identifiers i where i.namespace = 'user_id:previous') as found",
      );
      return {
        quarantine: quarantine.map(toQuarantine),
        separations: separations.map(toSeparation),
        hasPrevious: rows[0]?.found ?? false,
      };
    },

    /** Values in quarantine, newest first. */
    async quarantine(limit: number, before: number | null): Promise<readonly Quarantine[]> {
      const { rows } = await postgres.query<QuarantineRow>(
        `select q.namespace, q.value, q.since, q.until, q.rule from identity_quarantine q
         where q.until is null and ($2::double precision is null or q.since < to_timestamp($2::double precision / 1000))
         order by q.since desc, q.namespace, q.value limit $1`,
        [limit, before],
      );
      return rows.map(toQuarantine);
    },

    /** Separations, newest first. */
    async separations(
      limit: number,
      before: { readonly at: number; readonly id: string } | null,
    ): Promise<readonly Separation[]> {
      const { rows } = await postgres.query<SeparationRow>(
        `select ${separationColumns} from identity_separations s
         where $2::double precision is null or (s.created_at, s.separation_id) < (to_timestamp($2::double precision / 1000), $3::uuid)
         order by s.created_at desc, s.separation_id desc limit $1`,
        [limit, before?.at ?? null, before?.id ?? null],
      );
      return rows.map(toSeparation);
    },

    /** @returns false when there is none of that id */
    async removeSeparation(separationId: string): Promise<boolean> {
      const { rowCount } = await postgres.query(
        "delete from identity_separations where identity_separations.separation_id = $1",
        [separationId],
      );
      return rowCount > 0;
    },

    /** Profiles to compute anew whose time has come, oldest request first. */
    async dueRebuilds(now: number, limit: number): Promise<readonly RebuildRow[]> {
      const { rows } = await postgres.query<{ profile_id: string; attempts: number; requested_at: Date }>(
        `select r.profile_id, r.attempts, r.requested_at from profile_rebuilds r
         where r.due_at <= to_timestamp($1::double precision / 1000) order by r.due_at, r.profile_id limit $2`,
        [now, limit],
      );
      return rows.map((row) => ({
        profileId: row.profile_id,
        attempts: Number(row.attempts),
        requestedAt: row.requested_at.getTime(),
      }));
    },

    /** Only when nobody asked again meanwhile. */
    async finishRebuild(profileId: string, requestedAt: number, sql: Sql = postgres): Promise<void> {
      await sql.query(
        `delete from profile_rebuilds where profile_rebuilds.profile_id = $1
           and profile_rebuilds.requested_at = to_timestamp($2::double precision / 1000)`,
        [profileId, requestedAt],
      );
    },

    async postponeRebuild(profileId: string, dueAt: number): Promise<void> {
      await postgres.query(
        `update profile_rebuilds set due_at = to_timestamp($2::double precision / 1000), attempts = profile_rebuilds.attempts + 1
         where profile_rebuilds.profile_id = $1`,
        [profileId, dueAt],
      );
    },

    askRebuilds: (rebuilds: ReadonlyMap<string, string>, at: number) => askRebuilds(postgres, rebuilds, at),

    async waitingRebuilds(): Promise<number> {
      const { rows } = await postgres.query<{ n: number }>("select count(*) as n from profile_rebuilds");
      return Number(rows[0]?.n ?? 0);
    },

    /** Removes profiles that turned out to have no event, unless somebody wrote to them. @returns false when somebody did */
    async removeProfile(tx: Sql, profileId: string, version: number): Promise<boolean> {
      const { rowCount } = await tx.query(
        "delete from profiles where profiles.profile_id = $1 and profiles.version = $2",
        [profileId, version],
      );
      return rowCount === 1;
    },

    /**
     * Of messages that follow each other and say the same of the same identifiers, keeps the first and the last.
     *
     * @returns rows removed
     */
    async compactEvidence(from: number, to: number): Promise<number> {
      const { rows } = await postgres.query<{ removed: number }>(
        `with gone as (
           delete from identity_evidence e using (
             select named.evidence_id from (
               select i.evidence_id, i.set_hash, lag(i.set_hash) over same_key as before, lead(i.set_hash) over same_key as after
               from identity_evidence i cross join unnest(i.keys) as held(key)
               where i.at >= to_timestamp($1::double precision / 1000) and i.at < to_timestamp($2::double precision / 1000)
               window same_key as (partition by held.key order by i.at, i.evidence_id)) named
             group by named.evidence_id
             having bool_and(coalesce(named.before = named.set_hash and named.after = named.set_hash, false))) inner_row
           where e.evidence_id = inner_row.evidence_id returning e.evidence_id, e.keys),
         unlisted as (
           delete from identity_evidence_keys k using (
             select held.key, gone.evidence_id from gone cross join unnest(gone.keys) as held(key)) listed
           where k.key = listed.key and k.evidence_id = listed.evidence_id)
         select count(*) as removed from gone`,
        [from, to],
      );
      return Number(rows[0]?.removed ?? 0);
    },

    /** Forgets what identifies a person who is erased: evidence, separations and quarantine with any of the keys. */
    async erase(tx: Sql, keys: readonly string[], profileIds: readonly string[]): Promise<void> {
      await tx.query(
        `with gone as (
           delete from identity_evidence e using (
             select distinct k.evidence_id from identity_evidence_keys k where k.key = any($1::text[])) named
           where e.evidence_id = named.evidence_id returning e.evidence_id, e.keys)
         delete from identity_evidence_keys k using (
           select held.key, gone.evidence_id from gone cross join unnest(gone.keys) as held(key)) listed
         where k.key = listed.key and k.evidence_id = listed.evidence_id`,
        [keys],
      );
      await tx.query(
        `delete from identity_separations s where s.left_keys && $1::text[] or s.right_keys && $1::text[]
           or s.left_profile_id = any($2::uuid[]) or s.right_profile_id = any($2::uuid[])`,
        [keys, profileIds],
      );
      const identifiers = keys.map(identifierOfKey);
      await tx.query(
        `delete from identity_quarantine q using unnest($1::text[], $2::text[]) as given(namespace, value)
         where q.namespace = given.namespace and q.value = given.value`,
        [identifiers.map(({ namespace }) => namespace), identifiers.map(({ value }) => value)],
      );
      await tx.query("delete from profile_rebuilds r where r.profile_id = any($1::uuid[])", [profileIds]);
    },
  };
}
