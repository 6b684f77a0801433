import type { Postgres, Sql } from "../../storage/index.ts";
import type { Asset, AssetFormat, AssetVersion } from "./asset.ts";
import { expiryWarningMs, type RightsState } from "./rights.ts";
import {
  type AssetRow,
  type AssetVersionRow,
  assetColumns,
  iso,
  toAsset,
  toVersion,
  versionColumns,
} from "./store-rows.ts";

export type AssetFilter = {
  /** In name, folder, tags and texts. */
  readonly search?: string | undefined;
  /** This folder and those below it. */
  readonly folder?: string | undefined;
  readonly tag?: string | undefined;
  readonly format?: AssetFormat | undefined;
  readonly status?: "active" | "archived" | undefined;
  readonly rights?: RightsState | undefined;
};
export type AssetFolder = { readonly path: string; readonly assets: number };
export type Transaction = Sql;

const joined = "assets a join asset_versions v on v.asset_id = a.id and v.version = a.version";
const escapeLike = (text: string) => text.replace(/[\\%_]/g, (char) => `\\${char}`);

// Half-open as in rights.ts; $7 is now, $8 the end of the time of warning.
const rightsConditions: Readonly<Record<RightsState, string>> = {
  expired: "a.rights_until <= $7::timestamptz",
  notYet: "a.rights_from > $7::timestamptz and (a.rights_until is null or a.rights_until > $7::timestamptz)",
  expiring:
    "a.rights_until > $7::timestamptz and a.rights_until <= $8::timestamptz and (a.rights_from is null or a.rights_from <= $7::timestamptz)",
  valid:
    "(a.rights_until is null or a.rights_until > $8::timestamptz) and (a.rights_from is null or a.rights_from <= $7::timestamptz)",
};

const assetParams = (asset: Asset) => [
  asset.name,
  asset.folder,
  JSON.stringify(asset.tags),
  JSON.stringify(asset.alt),
  asset.focalPoint?.x ?? null,
  asset.focalPoint?.y ?? null,
  asset.status,
  iso(asset.rights.fromMs),
  iso(asset.rights.untilMs),
  asset.rights.note,
  asset.version,
  asset.etag,
  iso(asset.updatedAt),
  asset.updatedBy,
];

/** All PostgreSQL of the library. */
export function createAssetStore(postgres: Postgres) {
  const rowsOf = async (sql: Sql, text: string, params: readonly unknown[]) =>
    (await sql.query<AssetRow>(text, params)).rows.map(toAsset);

  return {
    /** False when this process alone changes the library. */
    isShared: postgres.kind === "server",
    transaction: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => postgres.transaction(work),

    /** The number of the next change; whoever takes it holds all other changes back until its commit. */
    nextSeq: async (tx: Transaction): Promise<number> => {
      const { rows } = await tx.query<{ seq: number }>(
        "update asset_changes set seq = seq + 1 where asset_changes.id = 1 returning seq",
      );
      return Number(rows[0]?.seq ?? 0);
    },
    seq: async (): Promise<number> => {
      const { rows } = await postgres.query<{ seq: number }>(
        "select asset_changes.seq from asset_changes where asset_changes.id = 1",
      );
      return Number(rows[0]?.seq ?? 0);
    },

    get: async (id: string, sql: Sql = postgres): Promise<Asset | undefined> =>
      (await rowsOf(sql, `select ${assetColumns} from ${joined} where a.id = $1 and a.status <> 'deleted'`, [id]))[0],

    /** An asset with the same file, as it was sent or as it is stored. */
    twin: async (sql: Sql, uploadSha256: string, sha256: string): Promise<Asset | undefined> =>
      (
        await rowsOf(
          sql,
          `select ${assetColumns} from ${joined} where (v.upload_sha256 = $1 or v.sha256 = $2) and a.status <> 'deleted'
           order by (a.status = 'active') desc, a.created_at limit 1`,
          [uploadSha256, sha256],
        )
      )[0],

    insert: async (tx: Transaction, asset: Asset, seq: number): Promise<void> => {
      await tx.query(
        `insert into assets (id, name, folder, tags, alt, focal_x, focal_y, status, rights_from, rights_until, rights_note, version, etag,
           updated_at, updated_by, change_seq, created_at, created_by)
         values ($15, $1, $2, $3::jsonb, $4::jsonb, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $16, $13, $14)`,
        [...assetParams(asset), asset.id, seq],
      );
    },

    /** @returns false when the asset was changed since it had the etag before this one */
    update: async (tx: Transaction, asset: Asset, seq: number): Promise<boolean> => {
      const { rowCount } = await tx.query(
        `update assets set name = $1, folder = $2, tags = $3::jsonb, alt = $4::jsonb, focal_x = $5, focal_y = $6, status = $7, rights_from = $8,
           rights_until = $9, rights_note = $10, version = $11, etag = $12, updated_at = $13, updated_by = $14, change_seq = $16
         where assets.id = $15 and assets.etag = $12::integer - 1 and assets.status <> 'deleted'`,
        [...assetParams(asset), asset.id, seq],
      );
      return rowCount === 1;
    },

    addVersion: async (tx: Transaction, assetId: string, version: AssetVersion): Promise<void> => {
      await tx.query(
        `insert into asset_versions (asset_id, version, sha256, upload_sha256, format, bytes, width, height, frames, file_name, note,
           restored_from, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
        [
          assetId,
          version.version,
          version.sha256,
          version.uploadSha256,
          version.format,
          version.bytes,
          version.width,
          version.height,
          version.frames,
          version.fileName,
          version.note,
          version.restoredFrom,
          iso(version.createdAt),
          version.createdBy,
        ],
      );
    },

    /** Newest first. */
    list: async (
      filter: AssetFilter,
      nowMs: number,
      limit: number,
      after: { readonly at: number; readonly id: string } | null,
    ): Promise<readonly Asset[]> => {
      const { search, folder, tag, format, status, rights } = filter;
      const condition = rights === undefined ? "true" : rightsConditions[rights];
      return rowsOf(
        postgres,
        `select ${assetColumns} from ${joined}
         where a.status <> 'deleted'
           and ($1::text is null or a.name ilike $1 or a.folder ilike $1 or a.tags::text ilike $1 or a.alt::text ilike $1)
           and ($2::text is null or a.folder = $2 or left(a.folder, length($2::text) + 1) = $2 || '/')
           and ($3::text is null or a.tags ? $3::text)
           and ($4::text is null or v.format = $4)
           and ($5::text is null or a.status = $5)
           and ($6::timestamptz is null or (a.created_at, a.id) < ($6::timestamptz, $9::uuid))
           and ($7::timestamptz is not null and $8::timestamptz is not null) and ${condition}
         order by a.created_at desc, a.id desc limit $10`,
        [
          search ? `%${escapeLike(search)}%` : null,
          folder ?? null,
          tag ?? null,
          format ?? null,
          status ?? null,
          after ? iso(after.at) : null,
          iso(nowMs),
          iso(nowMs + expiryWarningMs),
          after?.id ?? null,
          limit,
        ],
      );
    },

    versions: async (id: string, limit: number): Promise<readonly AssetVersion[]> => {
      const { rows } = await postgres.query<AssetVersionRow>(
        `select ${versionColumns} from asset_versions v where v.asset_id = $1 order by v.version desc limit $2`,
        [id, limit],
      );
      return rows.map(toVersion);
    },
    version: async (id: string, version: number, sql: Sql = postgres): Promise<AssetVersion | undefined> => {
      const { rows } = await sql.query<AssetVersionRow>(
        `select ${versionColumns} from asset_versions v where v.asset_id = $1 and v.version = $2`,
        [id, version],
      );
      return rows[0] && toVersion(rows[0]);
    },
    /** Leaves the newest: the row of a deleted asset must not stand alone. */
    removeOldVersions: async (tx: Transaction, id: string, newest: number): Promise<void> => {
      await tx.query("delete from asset_versions where asset_versions.asset_id = $1 and asset_versions.version <> $2", [
        id,
        newest,
      ]);
    },

    folders: async (limit: number): Promise<readonly AssetFolder[]> => {
      const { rows } = await postgres.query<AssetFolder>(
        `select a.folder as path, count(*)::integer as assets from assets a where a.status <> 'deleted' group by a.folder order by a.folder limit $1`,
        [limit],
      );
      return rows;
    },
    tags: async (limit: number): Promise<readonly { readonly tag: string; readonly assets: number }[]> => {
      const { rows } = await postgres.query<{ tag: string; assets: number }>(
        `select t.tag, count(*)::integer as assets from assets a, jsonb_array_elements_text(a.tags) as t (tag)
         where a.status <> 'deleted' group by t.tag order by count(*) desc, t.tag limit $1`,
        [limit],
      );
      return rows;
    },
    /** Moves a folder with all below it. @returns how many assets moved */
    moveFolder: async (
      tx: Transaction,
      from: string,
      to: string,
      seq: number,
      by: { readonly nowMs: number; readonly actor: string },
    ): Promise<number> => {
      const { rowCount } = await tx.query(
        `update assets set folder = $2 || substr(assets.folder, length($1::text) + 1), etag = assets.etag + 1, change_seq = $3, updated_at = $4, updated_by = $5
         where assets.status <> 'deleted' and (assets.folder = $1 or left(assets.folder, length($1::text) + 1) = $1 || '/')`,
        [from, to, seq, iso(by.nowMs), by.actor],
      );
      return rowCount;
    },

    /** Changes since a number, in order, deleted assets among them. */
    changedSince: async (
      seq: number,
      afterId: string | null,
      limit: number,
    ): Promise<readonly { readonly asset: Asset; readonly seq: number }[]> => {
      const { rows } = await postgres.query<AssetRow>(
        `select ${assetColumns} from ${joined}
         where (a.change_seq > $1 or (a.change_seq = $1 and a.id > $2::uuid)) order by a.change_seq, a.id limit $3`,
        [seq, afterId, limit],
      );
      return rows.map((row) => ({ asset: toAsset(row), seq: Number(row.change_seq) }));
    },

    /** Which of these files some version still shows. */
    shown: async (shas: readonly string[]): Promise<ReadonlySet<string>> => {
      const { rows } = await postgres.query<{ sha256: string }>(
        `select distinct v.sha256 from asset_versions v join assets a on a.id = v.asset_id
         where v.sha256 = any($1::text[]) and a.status <> 'deleted'`,
        [shas],
      );
      return new Set(rows.map(({ sha256 }) => sha256));
    },
  };
}

export type AssetStore = ReturnType<typeof createAssetStore>;
