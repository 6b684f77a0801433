import type { JsonObject } from "../../kernel/index.ts";
import type { Postgres } from "../../storage/index.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { RecordKind } from "../records/record.ts";
import type {
  Checkpoint,
  FileFacts,
  FileSettings,
  Import,
  ImportCounts,
  ImportFault,
  ImportMode,
  ImportProgress,
  ImportStatus,
} from "./import.ts";

type Row = {
  import_id: string;
  kind: RecordKind;
  status: ImportStatus;
  mode: ImportMode;
  source_id: string;
  customer_namespace: string;
  file_name: string;
  file_path: string;
  file_owned: boolean;
  file_complete: boolean;
  file_bytes: number;
  file: FileFacts | null;
  mapping: Mapping | null;
  settings: FileSettings;
  progress: ImportProgress;
  counts: ImportCounts;
  checkpoint: Checkpoint;
  tally: JsonObject | null;
  prior_imports: readonly string[];
  error: ImportFault | null;
  created_at: Date;
  created_by: string;
  started_at: Date | null;
  finished_at: Date | null;
};

const columns = `import_id, kind, status, mode, source_id, customer_namespace, file_name, file_path, file_owned, file_complete, file_bytes,
  file, mapping, settings, progress, counts, checkpoint, tally, prior_imports, error, created_at, created_by, started_at, finished_at`;

function toImport(row: Row): Import {
  return {
    id: row.import_id,
    kind: row.kind,
    status: row.status,
    mode: row.mode,
    sourceId: row.source_id,
    customerNamespace: row.customer_namespace,
    fileName: row.file_name,
    filePath: row.file_path,
    isFileOwned: row.file_owned,
    isFileComplete: row.file_complete,
    fileBytes: Number(row.file_bytes),
    file: row.file,
    mapping: row.mapping,
    settings: row.settings,
    progress: row.progress,
    counts: row.counts,
    checkpoint: row.checkpoint,
    tally: row.tally,
    priorImports: row.prior_imports,
    error: row.error,
    createdAt: row.created_at.getTime(),
    createdBy: row.created_by,
    startedAt: row.started_at?.getTime() ?? null,
    finishedAt: row.finished_at?.getTime() ?? null,
  };
}

/** What was taken of a record, or is to be remembered of it. */
export type KnownRecord = {
  readonly contentHash: string;
  readonly updatedAt: number | null;
  readonly parts: readonly string[];
  readonly importId: string;
};
export type KnownRecordWrite = KnownRecord & { readonly key: string };

/** What one batch of an import changed; written together with what is remembered of its records. */
export type BatchWrite = {
  readonly importId: string;
  readonly owner: string;
  readonly sourceId: string;
  readonly records: readonly KnownRecordWrite[];
  readonly progress: ImportProgress;
  readonly counts: ImportCounts;
  readonly checkpoint: Checkpoint;
  readonly priorImports: readonly string[];
  readonly leaseUntil: number;
};

const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);

export type ImportStore = ReturnType<typeof createImportStore>;

/** All PostgreSQL of imports. */
export function createImportStore(postgres: Postgres) {
  const one = async (text: string, params: readonly unknown[]): Promise<Import | undefined> => {
    const { rows } = await postgres.query<Row>(text, params);
    return rows[0] && toImport(rows[0]);
  };

  return {
    async insert(run: Import): Promise<void> {
      await postgres.query(
        `insert into imports (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
           to_timestamp($21::double precision), $22, null, null)`,
        [
          run.id,
          run.kind,
          run.status,
          run.mode,
          run.sourceId,
          run.customerNamespace,
          run.fileName,
          run.filePath,
          run.isFileOwned,
          run.isFileComplete,
          run.fileBytes,
          run.file && JSON.stringify(run.file),
          run.mapping && JSON.stringify(run.mapping),
          JSON.stringify(run.settings),
          JSON.stringify(run.progress),
          JSON.stringify(run.counts),
          JSON.stringify(run.checkpoint),
          null,
          JSON.stringify(run.priorImports),
          null,
          seconds(run.createdAt),
          run.createdBy,
        ],
      );
    },

    find: (id: string) => one(`select ${columns} from imports where import_id = $1`, [id]),

    /** The newest import of the same file, kind and source that has not come to its end. */
    findUnfinished: (kind: RecordKind, sourceId: string, sha256: string) =>
      one(
        `select ${columns} from imports where kind = $1 and source_id = $2 and file->>'sha256' = $3
           and status in ('running', 'paused', 'failed') and (checkpoint->>'units')::bigint > 0
         order by created_at desc limit 1`,
        [kind, sourceId, sha256],
      ),

    async list(limit: number, before: { readonly at: number; readonly id: string } | null): Promise<readonly Import[]> {
      const { rows } = await postgres.query<Row>(
        `select ${columns} from imports
         where $1::double precision is null or (created_at, import_id) < (to_timestamp($1::double precision / 1000), $2::uuid)
         order by created_at desc, import_id desc limit $3`,
        [before?.at ?? null, before?.id ?? null, limit],
      );
      return rows.map(toImport);
    },

    /** The length of an upload that is under way, or the end of it. */
    async setFile(id: string, bytes: number, isComplete: boolean, file: FileFacts | null): Promise<void> {
      await postgres.query(
        "update imports set file_bytes = $2, file_complete = $3, file = $4, progress = $5 where import_id = $1",
        [
          id,
          bytes,
          isComplete,
          file && JSON.stringify(file),
          JSON.stringify({ bytesRead: 0, bytesTotal: bytes } satisfies ImportProgress),
        ],
      );
    },

    async setPath(id: string, path: string): Promise<void> {
      await postgres.query("update imports set file_path = $2 where import_id = $1", [id, path]);
    },

    /** How the file is to be read; only before it has begun. @returns false when it has */
    async configure(
      id: string,
      change: {
        readonly mapping: Mapping | null;
        readonly mode: ImportMode;
        readonly settings: FileSettings;
        readonly file: FileFacts | null;
      },
    ): Promise<boolean> {
      const { rowCount } = await postgres.query(
        "update imports set mapping = $2, mode = $3, settings = $4, file = $5 where import_id = $1 and status = 'preview'",
        [
          id,
          change.mapping && JSON.stringify(change.mapping),
          change.mode,
          JSON.stringify(change.settings),
          change.file && JSON.stringify(change.file),
        ],
      );
      return rowCount === 1;
    },

    /** Takes an import for this process. @returns undefined when another has it, or it is over */
    claim: (id: string, owner: string, now: number, leaseUntil: number) =>
      one(
        `update imports set status = 'running', error = null, lease_owner = $2, lease_until = to_timestamp($4::double precision),
           started_at = coalesce(started_at, to_timestamp($3::double precision)), finished_at = null
         where import_id = $1 and (status in ('preview', 'paused', 'failed')
           or (status = 'running' and (lease_until is null or lease_until < to_timestamp($3::double precision) or lease_owner = $2)))
         returning ${columns}`,
        [id, owner, seconds(now), seconds(leaseUntil)],
      ),

    /** Imports whose process died. */
    async abandoned(now: number, limit: number): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ import_id: string }>(
        `select import_id from imports where status = 'running' and (lease_until is null or lease_until < to_timestamp($1::double precision))
         order by created_at limit $2`,
        [seconds(now), limit],
      );
      return rows.map((row) => row.import_id);
    },

    /** On an embedded engine no other process can hold a lease. */
    async releaseLeases(): Promise<void> {
      await postgres.query("update imports set lease_until = null where status = 'running'");
    },

    /** @returns false when the import is no longer this process's: it was cancelled, paused or taken over */
    async writeBatch(batch: BatchWrite): Promise<boolean> {
      return postgres.transaction(async (tx) => {
        const { rowCount } = await tx.query(
          `update imports set progress = $3, counts = $4, checkpoint = $5, prior_imports = $6, lease_until = to_timestamp($7::double precision)
           where import_id = $1 and lease_owner = $2 and status = 'running'`,
          [
            batch.importId,
            batch.owner,
            JSON.stringify(batch.progress),
            JSON.stringify(batch.counts),
            JSON.stringify(batch.checkpoint),
            JSON.stringify(batch.priorImports),
            seconds(batch.leaseUntil),
          ],
        );
        if (rowCount !== 1) return false;
        const { records } = batch;
        if (records.length > 0)
          await tx.query(
            `insert into source_records (source_id, record_key, content_hash, updated_at, parts, import_id)
             select $1, given.record_key, given.content_hash, to_timestamp(given.updated_at), given.parts::jsonb, $6
             from unnest($2::uuid[], $3::uuid[], $4::double precision[], $5::text[]) as given(record_key, content_hash, updated_at, parts)
             on conflict (source_id, record_key) do update set content_hash = excluded.content_hash, updated_at = excluded.updated_at,
               parts = excluded.parts, import_id = excluded.import_id`,
            [
              batch.sourceId,
              records.map((record) => record.key),
              records.map((record) => record.contentHash),
              records.map((record) => seconds(record.updatedAt)),
              records.map((record) => (record.parts.length > 0 ? JSON.stringify(record.parts) : null)),
              batch.importId,
            ],
          );
        return true;
      });
    },

    async extendLease(id: string, owner: string, leaseUntil: number): Promise<boolean> {
      const { rowCount } = await postgres.query(
        "update imports set lease_until = to_timestamp($3::double precision) where import_id = $1 and lease_owner = $2 and status = 'running'",
        [id, owner, seconds(leaseUntil)],
      );
      return rowCount === 1;
    },

    /** Ends a run of this process. `running` gives it back, for the next start of the program to go on. */
    async finish(
      id: string,
      owner: string,
      end: {
        readonly status: ImportStatus;
        readonly at: number;
        readonly tally: JsonObject | null;
        readonly error: ImportFault | null;
        readonly counts: ImportCounts;
      },
    ): Promise<void> {
      await postgres.query(
        `update imports set status = $3, tally = coalesce($4::jsonb, tally), error = $5, counts = $7, lease_owner = null, lease_until = null,
           finished_at = case when $3 in ('done', 'failed') then to_timestamp($6::double precision) end
         where import_id = $1 and lease_owner = $2 and status = 'running'`,
        [
          id,
          owner,
          end.status,
          end.tally && JSON.stringify(end.tally),
          end.error && JSON.stringify(end.error),
          seconds(end.at),
          JSON.stringify(end.counts),
        ],
      );
    },

    /** @returns the import after the change, undefined when it is in none of the given states */
    setStatus: (id: string, from: readonly ImportStatus[], to: ImportStatus, at: number) =>
      one(
        `update imports set status = $3, lease_until = null,
           finished_at = case when $3 = 'cancelled' then to_timestamp($4::double precision) else finished_at end
         where import_id = $1 and status = any($2::text[]) returning ${columns}`,
        [id, from, to, seconds(at)],
      ),

    /** What is remembered of the given records, by key. */
    async known(sourceId: string, keys: readonly string[]): Promise<ReadonlyMap<string, KnownRecord>> {
      const { rows } = await postgres.query<{
        record_key: string;
        content_hash: string;
        updated_at: Date | null;
        parts: readonly string[] | null;
        import_id: string;
      }>(
        `select record_key, content_hash, updated_at, parts, import_id from source_records
         where source_id = $1 and record_key = any($2::uuid[])`,
        [sourceId, keys],
      );
      return new Map(
        rows.map((row) => [
          row.record_key,
          {
            contentHash: row.content_hash,
            updatedAt: row.updated_at?.getTime() ?? null,
            parts: row.parts ?? [],
            importId: row.import_id,
          },
        ]),
      );
    },

    /** Ended imports, or forgotten uploads, whose files are past their time. */
    async expired(before: number, limit: number): Promise<readonly Import[]> {
      const { rows } = await postgres.query<Row>(
        `select ${columns} from imports where file_path <> ''
           and status in ('done', 'failed', 'cancelled', 'preview', 'paused') and coalesce(finished_at, created_at) < to_timestamp($1::double precision)
         order by created_at limit $2`,
        [seconds(before), limit],
      );
      return rows.map(toImport);
    },

    async forgetFile(id: string): Promise<void> {
      await postgres.query(
        "update imports set file_path = '', status = case when status in ('preview', 'paused') then 'cancelled' else status end where import_id = $1",
        [id],
      );
    },
  };
}
