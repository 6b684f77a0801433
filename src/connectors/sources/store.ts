import type { Postgres, Sql } from "../../storage/index.ts";
import { type ConnectionRow, connectionColumns, connectionStore, toConnection } from "../managed/store.ts";
import type { RecordKind } from "../records/record.ts";
import { createRunStore } from "./runs-store.ts";
import type { Source, SourceCheckpoint, StoredSource } from "./source.ts";

type Row = ConnectionRow<Source["config"]> & {
  source_id: string;
  checkpoint: SourceCheckpoint;
  next_run_at: Date | null;
};

const columns = `c.source_id, ${connectionColumns}, c.checkpoint, c.next_run_at`;
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

const toSource = (row: Row): StoredSource => ({
  ...toConnection(row.source_id, row),
  checkpoint: row.checkpoint,
  nextRunAt: row.next_run_at?.getTime() ?? null,
});

/** What is remembered of one record. */
export type KnownRecord = {
  readonly key: string;
  readonly contentHash: string;
  readonly updatedAt: number | null;
  readonly parts: readonly string[];
};
export type TakenRecord = KnownRecord & {
  readonly kind: RecordKind;
  readonly externalId: string | null;
  readonly gone: boolean;
};

function recordStore(postgres: Postgres) {
  return {
    known: async (sourceId: string, keys: readonly string[]): Promise<ReadonlyMap<string, KnownRecord>> => {
      const { rows } = await postgres.query<{
        record_key: string;
        content_hash: string;
        updated_at: Date | null;
        parts: string[];
      }>(
        `select r.record_key, r.content_hash, r.updated_at, r.parts from connector_records r
         where r.source_id = $1 and r.record_key = any($2::uuid[])`,
        [sourceId, keys],
      );
      return new Map(
        rows.map((row) => [
          row.record_key,
          {
            key: row.record_key,
            contentHash: row.content_hash,
            updatedAt: row.updated_at?.getTime() ?? null,
            parts: row.parts,
          },
        ]),
      );
    },
    remember: async (tx: Sql, sourceId: string, runId: string, records: readonly TakenRecord[]): Promise<void> => {
      if (records.length === 0) return;
      await tx.query(
        `insert into connector_records (source_id, record_key, content_hash, updated_at, parts, kind, external_id, run_id, gone)
         select $1, given.key, given."contentHash", to_timestamp(given."updatedAt" / 1000), given.parts, given.kind, given."externalId", $2, given.gone
         from jsonb_to_recordset($3::jsonb) as given(key uuid, "contentHash" uuid, "updatedAt" double precision, parts jsonb, kind text, "externalId" text, gone boolean)
         on conflict (source_id, record_key) do update set content_hash = excluded.content_hash, updated_at = excluded.updated_at,
           parts = excluded.parts, external_id = excluded.external_id, run_id = excluded.run_id, gone = excluded.gone`,
        [sourceId, runId, JSON.stringify(records)],
      );
    },
    /** Takes what names a person out of the memory; their records stay known, so that they are not told anew. @returns rows changed */
    erase: async (values: readonly string[]): Promise<number> => {
      const { rowCount } = await postgres.query(
        `update connector_records set external_id = null,
           parts = coalesce((select jsonb_agg(p.part) from jsonb_array_elements_text(connector_records.parts) p(part) where p.part not like 'stub:%'), '[]')
         where connector_records.external_id = any($1::text[])
            or exists (select 1 from jsonb_array_elements_text(connector_records.parts) p(part), unnest($1::text[]) v(value)
                       where p.part like 'stub:%' and strpos(p.part, to_json(v.value)::text) > 0)`,
        [values],
      );
      await postgres.query(
        `update connector_runs set faults = '[]' where exists (
           select 1 from unnest($1::text[]) v(value) where strpos(connector_runs.faults::text, v.value) > 0)`,
        [values],
      );
      return rowCount;
    },
    /** Marks records as still there. */
    see: async (tx: Sql, sourceId: string, runId: string, keys: readonly string[]): Promise<void> => {
      if (keys.length === 0) return;
      await tx.query("update connector_records set run_id = $2 where source_id = $1 and record_key = any($3::uuid[])", [
        sourceId,
        runId,
        keys,
      ]);
    },
    /** How many records are known, and how many of them a run did not see. */
    unseen: async (sourceId: string, runId: string): Promise<{ readonly known: number; readonly gone: number }> => {
      const { rows } = await postgres.query<{ known: number; gone: number }>(
        `select count(*) as known, count(*) filter (where r.run_id <> $2) as gone from connector_records r where r.source_id = $1 and not r.gone`,
        [sourceId, runId],
      );
      return rows[0] ?? { known: 0, gone: 0 };
    },
    unseenPage: async (sourceId: string, runId: string, limit: number) => {
      const { rows } = await postgres.query<{
        record_key: string;
        kind: RecordKind;
        external_id: string | null;
        parts: string[];
      }>(
        `select r.record_key, r.kind, r.external_id, r.parts from connector_records r where r.source_id = $1 and r.run_id <> $2 and not r.gone
         order by r.record_key limit $3`,
        [sourceId, runId, limit],
      );
      return rows;
    },
  };
}

function fileStore(postgres: Postgres) {
  return {
    /** Which of these versions were read to their end or given up. */
    finished: async (sourceId: string, paths: readonly string[]): Promise<ReadonlySet<string>> => {
      const { rows } = await postgres.query<{ path: string; version: string }>(
        `select f.path, f.version from connector_files f where f.source_id = $1 and f.path = any($2::text[]) and f.state <> 'reading'`,
        [sourceId, paths],
      );
      return new Set(rows.map(({ path, version }) => `${path}\0${version}`));
    },
    /** @returns units that are done already, of an earlier run that was broken off */
    begin: async (sourceId: string, path: string, version: string, at: number): Promise<number> => {
      const { rows } = await postgres.query<{ units_done: number }>(
        `insert into connector_files (source_id, path, version, state, found_at) values ($1, $2, $3, 'reading', $4)
         on conflict (source_id, path, version) do update set error = null returning units_done`,
        [sourceId, path, version, iso(at)],
      );
      return rows[0]?.units_done ?? 0;
    },
    advance: async (tx: Sql, sourceId: string, path: string, version: string, unitsDone: number): Promise<void> => {
      await tx.query("update connector_files set units_done = $4 where source_id = $1 and path = $2 and version = $3", [
        sourceId,
        path,
        version,
        unitsDone,
      ]);
    },
    finish: async (
      sourceId: string,
      path: string,
      version: string,
      error: string | null,
      at: number,
    ): Promise<void> => {
      await postgres.query(
        `update connector_files set state = case when $4::text is null then 'done' else 'failed' end, error = $4, finished_at = $5
         where source_id = $1 and path = $2 and version = $3`,
        [sourceId, path, version, error, iso(at)],
      );
    },
  };
}

function deliveryStore(postgres: Postgres) {
  return {
    isKnown: async (sourceId: string, hash: string): Promise<boolean> => {
      const { rows } = await postgres.query<{ known: boolean }>(
        "select exists (select 1 from connector_deliveries d where d.source_id = $1 and d.delivery_hash = $2) as known",
        [sourceId, hash],
      );
      return rows[0]?.known ?? false;
    },
    remember: async (tx: Sql, sourceId: string, hash: string, at: number): Promise<void> => {
      await tx.query(
        "insert into connector_deliveries (source_id, delivery_hash, at) values ($1, $2, $3) on conflict do nothing",
        [sourceId, hash, iso(at)],
      );
    },
    forget: async (before: number): Promise<void> => {
      await postgres.query("delete from connector_deliveries where at < $1", [iso(before)]);
    },
  };
}

export type SourceStore = ReturnType<typeof createSourceStore>;

/** All PostgreSQL of sources. Functions with a `tx` run inside the caller's transaction. */
export function createSourceStore(postgres: Postgres) {
  return {
    records: recordStore(postgres),
    files: fileStore(postgres),
    deliveries: deliveryStore(postgres),
    runs: createRunStore(postgres),
    ...connectionStore<Row, StoredSource>(postgres, {
      name: "connector_sources",
      id: "source_id",
      columns,
      toStored: toSource,
    }),

    /** @returns false when the key is taken */
    insert: async (tx: Sql, source: StoredSource): Promise<boolean> => {
      const { rowCount } = await tx.query(
        `insert into connector_sources (source_id, key, name, config, secrets, status, created_at, created_by, updated_at, updated_by, next_run_at)
         values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $7, $8, $9) on conflict do nothing`,
        [
          source.id,
          source.key,
          source.name,
          JSON.stringify(source.config),
          source.sealed,
          source.status,
          iso(source.createdAt),
          source.createdBy,
          iso(source.nextRunAt),
        ],
      );
      return rowCount === 1;
    },
    update: async (tx: Sql, source: StoredSource): Promise<void> => {
      await tx.query(
        `update connector_sources set name = $2, config = $3::jsonb, secrets = $4, status = $5, etag = etag + 1, updated_at = $6, updated_by = $7,
           next_run_at = $8, checkpoint = $9::jsonb where source_id = $1`,
        [
          source.id,
          source.name,
          JSON.stringify(source.config),
          source.sealed,
          source.status,
          iso(source.updatedAt),
          source.updatedBy,
          iso(source.nextRunAt),
          JSON.stringify(source.checkpoint),
        ],
      );
    },
    /** Sources that should run now and that nobody runs. */
    due: async (nowMs: number, limit: number): Promise<readonly string[]> => {
      const { rows } = await postgres.query<{ source_id: string }>(
        `select s.source_id from connector_sources s where s.status = 'active' and s.next_run_at <= $1
           and (s.claimed_until is null or s.claimed_until < now()) order by s.next_run_at limit $2`,
        [iso(nowMs), limit],
      );
      return rows.map((row) => row.source_id);
    },
    release: async (id: string, worker: string, nextRunAt: number | null): Promise<void> => {
      await postgres.query(
        "update connector_sources set claimed_by = null, claimed_until = null, next_run_at = $3 where source_id = $1 and claimed_by = $2",
        [id, worker, iso(nextRunAt)],
      );
    },
    request: async (id: string, at: number): Promise<void> => {
      await postgres.query("update connector_sources set next_run_at = $2 where source_id = $1", [id, iso(at)]);
    },
    checkpoint: async (tx: Sql, id: string, checkpoint: SourceCheckpoint): Promise<void> => {
      await tx.query("update connector_sources set checkpoint = $2::jsonb where source_id = $1", [
        id,
        JSON.stringify(checkpoint),
      ]);
    },
  };
}
