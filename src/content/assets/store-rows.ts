import type { Asset, AssetFormat, AssetStatus, AssetVersion } from "./asset.ts";

export type AssetRow = {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly tags: readonly string[];
  readonly alt: Readonly<Record<string, string>>;
  readonly focal_x: number | null;
  readonly focal_y: number | null;
  readonly status: AssetStatus;
  readonly rights_from: Date | null;
  readonly rights_until: Date | null;
  readonly rights_note: string;
  readonly version: number;
  readonly etag: number;
  readonly change_seq: number;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
  readonly updated_by: string;
  readonly sha256: string;
  readonly upload_sha256: string;
  readonly format: AssetFormat;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
};

export type AssetVersionRow = Pick<
  AssetRow,
  "version" | "sha256" | "upload_sha256" | "format" | "bytes" | "width" | "height" | "frames"
> & {
  readonly file_name: string;
  readonly note: string;
  readonly restored_from: number | null;
  readonly created_at: Date;
  readonly created_by: string;
};

export const assetColumns = `a.id, a.name, a.folder, a.tags, a.alt, a.focal_x, a.focal_y, a.status, a.rights_from, a.rights_until, a.rights_note,
  a.version, a.etag, a.change_seq, a.created_at, a.created_by, a.updated_at, a.updated_by,
  v.sha256, v.upload_sha256, v.format, v.bytes, v.width, v.height, v.frames`;
export const versionColumns =
  "v.version, v.sha256, v.upload_sha256, v.format, v.bytes, v.width, v.height, v.frames, v.file_name, v.note, v.restored_from, v.created_at, v.created_by";

function toFile(row: Omit<AssetVersionRow, "file_name" | "note" | "restored_from" | "created_at" | "created_by">) {
  const { sha256, format, bytes, width, height, frames } = row;
  return { sha256, uploadSha256: row.upload_sha256, format, bytes: Number(bytes), width, height, frames };
}

export function toAsset(row: AssetRow): Asset {
  const { id, name, folder, tags, alt, status, version, etag } = row;
  return {
    id,
    name,
    folder,
    tags,
    alt,
    focalPoint: row.focal_x === null || row.focal_y === null ? null : { x: row.focal_x, y: row.focal_y },
    rights: {
      fromMs: row.rights_from?.getTime() ?? null,
      untilMs: row.rights_until?.getTime() ?? null,
      note: row.rights_note,
    },
    status,
    version,
    etag,
    file: toFile(row),
    createdAt: row.created_at.getTime(),
    createdBy: row.created_by,
    updatedAt: row.updated_at.getTime(),
    updatedBy: row.updated_by,
  };
}

export function toVersion(row: AssetVersionRow): AssetVersion {
  return {
    ...toFile(row),
    version: row.version,
    fileName: row.file_name,
    note: row.note,
    restoredFrom: row.restored_from,
    createdAt: row.created_at.getTime(),
    createdBy: row.created_by,
  };
}

export const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
