import type { DefinitionFile, DefinitionSummary, DefinitionVersionSummary, DraftStatus } from "./definition.ts";
import type { DefinitionSchedule, DefinitionScope, DefinitionStatus } from "./kind.ts";

export type DefinitionRow = {
  id: string;
  kind: string;
  key: string;
  name: string;
  status: DefinitionStatus;
  draft_status: DraftStatus;
  scope: DefinitionScope;
  schedule: DefinitionSchedule | null;
  labels: readonly string[];
  head_version: number;
  draft_version: number | null;
  live_version: number | null;
  live_from: Date | null;
  pending_version: number | null;
  pending_at: Date | null;
  next_change_at: Date | null;
  ever_live: boolean;
  etag: number;
  created_at: Date;
  created_by: string;
  updated_at: Date;
  updated_by: string;
};

export type VersionRow = {
  version: number;
  name: string;
  scope: DefinitionScope;
  schedule: DefinitionSchedule | null;
  author: string;
  note: string;
  restored_from: number | null;
  created_at: Date;
};

export type LiveRow = {
  id: string;
  kind: string;
  key: string;
  name: string;
  version: number;
  scope: DefinitionScope;
  schedule: DefinitionSchedule | null;
  body: unknown;
  live_from: Date | null;
  updated_at: Date;
  /** Moves with every change. */
  etag: number;
  /** Whether the reader said that it has the definition with this etag; then there is no body. */
  is_known: boolean;
};

/** `from_day` and `to_day` as the body has them, whatever they are. */
export type TimedRow = {
  id: string;
  kind: string;
  key: string;
  name: string;
  status: DefinitionStatus;
  scope: DefinitionScope;
  schedule: DefinitionSchedule | null;
  is_draft: boolean;
  publish_at: Date | null;
  from_day: string | null;
  to_day: string | null;
};

export type ExportRow = Required<DefinitionFile> & { readonly id: string };

/** All that an action may change about a stored definition. */
export type StoredState = Pick<
  DefinitionSummary,
  | "name"
  | "status"
  | "draftStatus"
  | "scope"
  | "schedule"
  | "labels"
  | "version"
  | "draftVersion"
  | "liveVersion"
  | "pendingVersion"
  | "everLive"
  | "updatedAt"
  | "updatedBy"
> & {
  readonly liveFromMs: number | null;
  readonly pendingAtMs: number | null;
  readonly nextChangeMs: number | null;
};

export function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

export function fromRow(row: DefinitionRow): DefinitionSummary {
  return {
    id: row.id,
    kind: row.kind,
    key: row.key,
    name: row.name,
    status: row.status,
    draftStatus: row.draft_status,
    scope: row.scope,
    schedule: row.schedule,
    labels: row.labels,
    version: row.head_version,
    draftVersion: row.draft_version,
    liveVersion: row.live_version,
    pendingVersion: row.pending_version,
    publishAt: (row.pending_at ?? row.live_from)?.toISOString() ?? null,
    nextChangeAt: row.next_change_at?.toISOString() ?? null,
    everLive: row.ever_live,
    etag: row.etag,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    updatedAt: row.updated_at.toISOString(),
    updatedBy: row.updated_by,
  };
}

export function fromVersionRow(row: VersionRow): DefinitionVersionSummary {
  return {
    version: row.version,
    name: row.name,
    scope: row.scope,
    schedule: row.schedule,
    author: row.author,
    note: row.note,
    restoredFrom: row.restored_from,
    createdAt: row.created_at.toISOString(),
  };
}
