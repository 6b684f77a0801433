import { ClienteleError, decodeCursor, defaultPageSize, isUuid, type Page, toPage } from "../kernel/index.ts";
import type { Postgres, Sql } from "../storage/index.ts";
import type {
  Definition,
  DefinitionSummary,
  DefinitionUse,
  DefinitionVersion,
  DefinitionVersionSummary,
  ListQuery,
  ListSort,
} from "./definition.ts";
import type { DefinitionReference, DefinitionSchedule, DefinitionScope } from "./kind.ts";
import {
  type DefinitionRow,
  type ExportRow,
  fromRow,
  fromVersionRow,
  iso,
  type LiveRow,
  type StoredState,
  type TimedRow,
  type VersionRow,
} from "./store-rows.ts";

export type { StoredState } from "./store-rows.ts";
export type Transaction = Sql;

export type NewVersion = {
  readonly version: number;
  readonly name: string;
  readonly body: unknown;
  readonly scope: DefinitionScope;
  readonly schedule: DefinitionSchedule | null;
  readonly author: string;
  readonly note: string;
  readonly restoredFrom: number | null;
  readonly createdAt: string;
  readonly references: readonly DefinitionReference[];
};

const columns = `d.id, d.kind, d.key, d.name, d.status, d.draft_status, d.scope, d.schedule, d.labels, d.head_version, d.draft_version,
  d.live_version, d.live_from, d.pending_version, d.pending_at, d.next_change_at, d.ever_live, d.etag, d.created_at, d.created_by, d.updated_at, d.updated_by`;
const selectHead = `select ${columns}, v.body from definitions d join definition_versions v on v.definition_id = d.id and v.version = d.head_version`;
const versionColumns = "v.version, v.name, v.scope, v.schedule, v.author, v.note, v.restored_from, v.created_at";
const changeChannel = "clientele_definitions";

// The only texts that reach an ORDER BY. Names sort without regard to case; the id makes every order total.
const sortColumns: Readonly<Record<string, string>> = {
  name: "lower(d.name)",
  updatedAt: "d.updated_at",
  status: "d.status",
  key: "d.key",
};

function orderOf(sort: ListSort) {
  const descending = sort.startsWith("-");
  const name = descending ? sort.slice(1) : sort;
  return {
    name,
    column: sortColumns[name] ?? "lower(d.name)",
    direction: descending ? "desc" : "asc",
    compare: descending ? "<" : ">",
  };
}

function sortKeyOf(definition: DefinitionSummary, name: string): string {
  if (name === "updatedAt") return definition.updatedAt;
  if (name === "status") return definition.status;
  return name === "key" ? definition.key : definition.name.toLowerCase();
}

const escapeLike = (text: string) => text.replace(/[\\%_]/g, (char) => `\\${char}`);
const toJson = (value: unknown) => JSON.stringify(value);
const toNullableJson = (value: unknown) => (value === null || value === undefined ? null : JSON.stringify(value));

/** All PostgreSQL of the definitions. Times go in and come out as ISO UTC with milliseconds. */
export function createDefinitionsStore(postgres: Postgres) {
  const one = async (sql: Sql, text: string, params: readonly unknown[]): Promise<Definition | undefined> => {
    const { rows } = await sql.query<DefinitionRow & { body: unknown }>(text, params);
    const row = rows[0];
    return row && { ...fromRow(row), body: row.body };
  };

  return {
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => postgres.transaction(work),

    /** By id or key; a key wins, so that a key may be the UUID of a foreign system. */
    find: async (kind: string, idOrKey: string): Promise<Definition | undefined> =>
      (await one(postgres, `${selectHead} where d.kind = $1 and d.key = $2`, [kind, idOrKey])) ??
      (isUuid(idOrKey)
        ? one(postgres, `${selectHead} where d.kind = $1 and d.id = $2`, [kind, idOrKey.toLowerCase()])
        : undefined),

    /** By kind and key; those that do not exist are absent. */
    findAll: async (
      names: readonly { readonly kind: string; readonly key: string }[],
    ): Promise<ReadonlyMap<string, Definition>> => {
      const { rows } = await postgres.query<DefinitionRow & { body: unknown }>(
        `${selectHead} join jsonb_to_recordset($1::jsonb) as n (kind text, key text) on n.kind = d.kind and n.key = d.key`,
        [toJson(names.map(({ kind, key }) => ({ kind, key })))],
      );
      return new Map(rows.map((row) => [`${row.kind}/${row.key}`, { ...fromRow(row), body: row.body }]));
    },

    /** Locks one definition until the transaction ends. */
    lock: async (tx: Transaction, id: string): Promise<Definition | undefined> => {
      // On its own: after waiting for a lock, a join would still see the version row that the other writer replaced.
      await tx.query("select 1 from definitions where definitions.id = $1 for update", [id]);
      return one(tx, `${selectHead} where d.id = $1`, [id]);
    },

    list: async (kind: string, query: ListQuery): Promise<Page<DefinitionSummary>> => {
      const { search, statuses, storeView, label, limit = defaultPageSize, cursor } = query;
      const order = orderOf(query.sort ?? "name");
      const after = cursor === undefined ? undefined : decodeCursor(cursor, 2);
      if (cursor !== undefined && !after)
        throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
      const key = order.name === "updatedAt" ? "$7::timestamptz" : "$7::text";
      const { rows } = await postgres.query<DefinitionRow>(
        `select ${columns} from definitions d
         where d.kind = $1
           and ($2::text is null or d.name ilike $2 or d.key ilike $2)
           and ($3::jsonb is null or $3::jsonb ? d.status)
           and ($4::text is null or d.scope->'storeViews' = 'null'::jsonb or d.scope->'storeViews' ? $4::text)
           and ($5::text is null or d.labels ? $5::text)
           and ($7::text is null or (${order.column}, d.id) ${order.compare} (${key}, $8::uuid))
         order by ${order.column} ${order.direction}, d.id ${order.direction} limit $6`,
        [
          kind,
          search ? `%${escapeLike(search)}%` : null,
          statuses && statuses.length > 0 ? toJson(statuses) : null,
          storeView ?? null,
          label ?? null,
          limit + 1,
          after ? String(after[0]) : null,
          after ? String(after[1]) : null,
        ],
      );
      return toPage(rows.map(fromRow), limit, (item) => [sortKeyOf(item, order.name), item.id]);
    },

    versions: async (
      id: string,
      before: number | null,
      limit: number,
    ): Promise<readonly DefinitionVersionSummary[]> => {
      const { rows } = await postgres.query<VersionRow>(
        `select ${versionColumns} from definition_versions v where v.definition_id = $1 and ($2::integer is null or v.version < $2) order by v.version desc limit $3`,
        [id, before, limit],
      );
      return rows.map(fromVersionRow);
    },

    version: async (id: string, version: number, sql: Sql = postgres): Promise<DefinitionVersion | undefined> => {
      const { rows } = await sql.query<VersionRow & { body: unknown }>(
        `select ${versionColumns}, v.body from definition_versions v where v.definition_id = $1 and v.version = $2`,
        [id, version],
      );
      const row = rows[0];
      return row && { ...fromVersionRow(row), body: row.body };
    },

    /** @returns false when the kind has a definition of that key */
    insert: async (tx: Transaction, definition: DefinitionSummary): Promise<boolean> => {
      const { rowCount } = await tx.query(
        `insert into definitions (id, kind, key, name, status, draft_status, scope, schedule, labels, head_version, draft_version, created_at, created_by, updated_at, updated_by)
         values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9::jsonb, $10, $11, $12, $13, $12, $13) on conflict (kind, key) do nothing`,
        [
          definition.id,
          definition.kind,
          definition.key,
          definition.name,
          definition.status,
          definition.draftStatus,
          toJson(definition.scope),
          toNullableJson(definition.schedule),
          toJson(definition.labels),
          definition.version,
          definition.draftVersion,
          definition.createdAt,
          definition.createdBy,
        ],
      );
      return rowCount === 1;
    },

    addVersion: async (tx: Transaction, id: string, version: NewVersion): Promise<void> => {
      await tx.query(
        `insert into definition_versions (definition_id, version, name, body, scope, schedule, author, note, restored_from, created_at)
         values ($1, $2, $3, $4::jsonb, $5::jsonb, $6::jsonb, $7, $8, $9, $10)`,
        [
          id,
          version.version,
          version.name,
          toJson(version.body),
          toJson(version.scope),
          toNullableJson(version.schedule),
          version.author,
          version.note,
          version.restoredFrom,
          version.createdAt,
        ],
      );
      if (version.references.length === 0) return;
      await tx.query(
        `insert into definition_references (definition_id, version, path, kind, key)
         select $1, $2, r.path, r.kind, r.key from jsonb_to_recordset($3::jsonb) as r (path text, kind text, key text) on conflict do nothing`,
        [id, version.version, toJson(version.references)],
      );
    },

    /** Writes all that changes about a definition and moves its etag. */
    update: async (tx: Transaction, id: string, state: StoredState): Promise<void> => {
      await tx.query(
        `update definitions set name = $2, status = $3, draft_status = $4, scope = $5::jsonb, schedule = $6::jsonb, labels = $7::jsonb,
           head_version = $8, draft_version = $9, live_version = $10, live_from = $11, pending_version = $12, pending_at = $13,
           next_change_at = $14, ever_live = $15, updated_at = $16, updated_by = $17, etag = etag + 1
         where id = $1`,
        [
          id,
          state.name,
          state.status,
          state.draftStatus,
          toJson(state.scope),
          toNullableJson(state.schedule),
          toJson(state.labels),
          state.version,
          state.draftVersion,
          state.liveVersion,
          iso(state.liveFromMs),
          state.pendingVersion,
          iso(state.pendingAtMs),
          iso(state.nextChangeMs),
          state.everLive,
          state.updatedAt,
          state.updatedBy,
        ],
      );
    },

    delete: async (tx: Transaction, id: string): Promise<void> => {
      await tx.query("delete from definitions where id = $1", [id]);
    },

    /** Definitions whose newest, unpublished or live version uses this one. */
    usedBy: async (kind: string, key: string): Promise<readonly DefinitionUse[]> => {
      const { rows } = await postgres.query<Omit<DefinitionUse, "isLive"> & { is_live: boolean }>(
        `select d.kind, d.id, d.key, d.name, d.status, r.path, (r.version is not distinct from d.live_version and d.status in ('scheduled', 'live', 'paused')) as is_live
         from definition_references r join definitions d on d.id = r.definition_id
         where r.kind = $1 and r.key = $2 and d.status <> 'archived' and r.version in (d.draft_version, d.live_version, d.pending_version)
         order by d.kind, d.key, r.path, r.version limit 500`,
        [kind, key],
      );
      return rows.map(({ is_live: isLive, ...use }) => ({ ...use, isLive }));
    },

    /** Definitions whose newest, unpublished or live version holds a text anywhere in its body; each with that body. */
    holding: async (text: string): Promise<readonly (Omit<DefinitionUse, "path"> & { readonly body: unknown })[]> => {
      const { rows } = await postgres.query<
        Omit<DefinitionUse, "isLive" | "path"> & { is_live: boolean; body: unknown }
      >(
        `select d.kind, d.id, d.key, d.name, d.status, v.body, (v.version is not distinct from d.live_version and d.status in ('scheduled', 'live', 'paused')) as is_live
         from definitions d join definition_versions v on v.definition_id = d.id and v.version in (d.head_version, d.draft_version, d.live_version, d.pending_version)
         where d.status <> 'archived' and position($1 in v.body::text) > 0
         order by d.kind, d.key, v.version limit 500`,
        [text],
      );
      return rows.map(({ is_live: isLive, ...use }) => ({ ...use, isLive }));
    },

    /** Which definitions of a kind are named by published ones of other kinds, whether those are in effect, paused or over. */
    namedBy: async (
      kind: string,
      userKinds: readonly string[],
    ): Promise<readonly { readonly key: string; readonly userKind: string; readonly userKey: string }[]> => {
      const { rows } = await postgres.query<{ key: string; user_kind: string; user_key: string }>(
        `select distinct r.key, d.kind as user_kind, d.key as user_key from definition_references r join definitions d on d.id = r.definition_id
         where r.kind = $1 and $2::jsonb ? d.kind and d.status <> 'archived' and r.version = d.live_version
         order by r.key, d.kind, d.key`,
        [kind, toJson(userKinds)],
      );
      return rows.map(({ key, user_kind: userKind, user_key: userKey }) => ({ key, userKind, userKey }));
    },

    /** Status of each named definition; those that do not exist are absent. */
    statuses: async (
      references: readonly DefinitionReference[],
    ): Promise<ReadonlyMap<string, { status: string; published: boolean }>> => {
      if (references.length === 0) return new Map();
      const { rows } = await postgres.query<{ kind: string; key: string; status: string; published: boolean }>(
        `select d.kind, d.key, d.status, (d.live_version is not null and d.status in ('scheduled', 'live')) as published from definitions d
         join (select distinct r.kind, r.key from jsonb_to_recordset($1::jsonb) as r (kind text, key text)) r on r.kind = d.kind and r.key = d.key`,
        [toJson(references)],
      );
      return new Map(rows.map(({ kind, key, ...found }) => [`${kind}/${key}`, found]));
    },

    /** What is published of the given kinds: live, and scheduled so that a preview can look ahead. */
    /** @param known etags by id of those whose bodies need not be read again: they come back with `is_known` and no body */
    loadLive: async (
      kinds: readonly string[],
      known: Readonly<Record<string, number>>,
    ): Promise<readonly LiveRow[]> => {
      const { rows } = await postgres.query<LiveRow>(
        `select d.id, d.kind, d.key, v.name, v.version, v.scope, v.schedule, d.live_from, d.updated_at, d.etag, k.is_known,
           case when k.is_known then null else v.body end as body
         from definitions d join definition_versions v on v.definition_id = d.id and v.version = d.live_version
         cross join lateral (select coalesce(($2::jsonb ->> d.id::text)::int = d.etag, false) as is_known) k
         where d.status in ('scheduled', 'live') and $1::jsonb ? d.kind order by d.kind, d.key`,
        [toJson(kinds), toJson(known)],
      );
      return rows;
    },

    /** Versions of the given kinds that take the place of those in effect by a time, each as it is published then. */
    loadPending: async (kinds: readonly string[], byMs: number): Promise<readonly LiveRow[]> => {
      const { rows } = await postgres.query<LiveRow>(
        `select d.id, d.kind, d.key, v.name, v.version, v.scope, v.schedule, null::timestamptz as live_from, d.updated_at, d.etag,
           false as is_known, v.body
         from definitions d join definition_versions v on v.definition_id = d.id and v.version = d.pending_version
         where d.status in ('scheduled', 'live') and $1::jsonb ? d.kind and d.pending_at <= $2 order by d.kind, d.key limit 1000`,
        [toJson(kinds), iso(byMs)],
      );
      return rows;
    },

    /** Ids of definitions whose status the clock changes by now. */
    due: async (nowMs: number, limit: number): Promise<readonly string[]> => {
      const { rows } = await postgres.query<{ id: string }>(
        "select d.id from definitions d where d.next_change_at <= $1 and d.status in ('scheduled', 'live') order by d.next_change_at limit $2",
        [iso(nowMs), limit],
      );
      return rows.map(({ id }) => id);
    },

    /** One page of the file form of all that is not archived: the published version, else the newest. */
    exportRows: async (afterId: string | null, limit: number): Promise<readonly ExportRow[]> => {
      const { rows } = await postgres.query<ExportRow>(
        `select d.id, d.kind, d.key, v.name, v.scope, v.schedule, d.labels, v.body, d.status
         from definitions d join definition_versions v on v.definition_id = d.id and v.version = coalesce(d.live_version, d.head_version)
         where d.status <> 'archived' and ($1::uuid is null or d.id > $1) order by d.id limit $2`,
        [afterId, limit],
      );
      return rows;
    },

    /** Versions in use, to come or drafted that have times; at most `limit`, by kind and name. */
    timed: async (kinds: readonly string[] | null, limit: number): Promise<readonly TimedRow[]> => {
      const { rows } = await postgres.query<TimedRow>(
        `select d.id, d.kind, d.key, v.name, d.status, v.scope, v.schedule, (v.version is distinct from d.live_version) as is_draft,
           case when v.version = d.pending_version then d.pending_at
             when v.version = d.live_version and d.status = 'scheduled' then d.live_from end as publish_at,
           v.body->>'from' as from_day, v.body->>'to' as to_day
         from definitions d join definition_versions v on v.definition_id = d.id and v.version in (d.draft_version, d.live_version, d.pending_version)
         where d.status <> 'archived' and ($1::jsonb is null or $1::jsonb ? d.kind)
           and (v.schedule is not null or v.version = d.pending_version or d.status = 'scheduled'
             or jsonb_typeof(v.body->'from') = 'string' or jsonb_typeof(v.body->'to') = 'string')
         order by d.kind, lower(v.name), d.key, v.version limit $2`,
        [toNullableJson(kinds), limit],
      );
      return rows;
    },

    countByStatus: async (): Promise<readonly { kind: string; status: string; count: number }[]> => {
      const { rows } = await postgres.query<{ kind: string; status: string; count: number }>(
        "select d.kind, d.status, count(*)::integer as count from definitions d group by d.kind, d.status order by d.kind, d.status",
      );
      return rows;
    },

    touch: async (tx: Transaction, kind: string): Promise<void> => {
      await tx.query(
        "insert into definition_changes (kind, seq) values ($1, 1) on conflict (kind) do update set seq = definition_changes.seq + 1",
        [kind],
      );
    },

    changes: async (): Promise<ReadonlyMap<string, number>> => {
      const { rows } = await postgres.query<{ kind: string; seq: number }>(
        "select c.kind, c.seq from definition_changes c",
      );
      return new Map(rows.map(({ kind, seq }) => [kind, seq]));
    },

    announce: (kind: string): Promise<void> => postgres.notify(changeChannel, kind),
    listen: (handler: (kind: string) => void): Promise<() => void> => postgres.listen(changeChannel, handler),
    /** Other processes may write the same database. */
    isShared: postgres.kind === "server",
  };
}

export type DefinitionsStore = ReturnType<typeof createDefinitionsStore>;
