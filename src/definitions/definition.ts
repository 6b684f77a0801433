import type { DefinitionSchedule, DefinitionScope, DefinitionStatus } from "./kind.ts";

/** State of the unpublished version beside the status of the whole; null = nothing unpublished. */
export type DraftStatus = "draft" | "in_review" | null;

/** One definition as lists show it. `name`, `scope`, `schedule` are those of the newest version. */
export type DefinitionSummary = {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly name: string;
  readonly status: DefinitionStatus;
  readonly draftStatus: DraftStatus;
  readonly scope: DefinitionScope;
  readonly schedule: DefinitionSchedule | null;
  readonly labels: readonly string[];
  /** The newest version. */
  readonly version: number;
  readonly draftVersion: number | null;
  readonly liveVersion: number | null;
  /** A version that replaces the live one at `publishAt`. */
  readonly pendingVersion: number | null;
  /** When a first or pending version takes effect; ISO UTC. */
  readonly publishAt: string | null;
  /** When the clock changes the status next; null = never. */
  readonly nextChangeAt: string | null;
  readonly everLive: boolean;
  readonly etag: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
};

/** A definition with the body of its newest version. */
export type Definition = DefinitionSummary & { readonly body: unknown };

/** One immutable version. `note` is the author's; `restoredFrom` names the version a rollback copied. */
export type DefinitionVersionSummary = {
  readonly version: number;
  readonly name: string;
  readonly scope: DefinitionScope;
  readonly schedule: DefinitionSchedule | null;
  readonly author: string;
  readonly note: string;
  readonly restoredFrom: number | null;
  readonly createdAt: string;
};
export type DefinitionVersion = DefinitionVersionSummary & { readonly body: unknown };

/** What an author writes. Omitted: scope = all store views, schedule = always, labels = none, note = empty. */
export type DefinitionDraft = {
  readonly name: string;
  readonly body: unknown;
  readonly scope?: DefinitionScope | undefined;
  readonly schedule?: DefinitionSchedule | null | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly note?: string | undefined;
};

export type DefinitionUse = {
  readonly kind: string;
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly status: DefinitionStatus;
  readonly isLive: boolean;
  readonly path: string;
};

/** Who changes something and how; ends up in versions and audit entries. `storeViews` null = may change all. */
export type Caller = {
  readonly actor: string;
  readonly via: "ui" | "api" | "schedule" | "import" | "cli";
  readonly storeViews: readonly string[] | null;
  readonly requestId?: string;
};

export type ListQuery = {
  readonly search?: string | undefined;
  readonly statuses?: readonly DefinitionStatus[] | undefined;
  readonly storeView?: string | undefined;
  readonly label?: string | undefined;
  readonly sort?: ListSort | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
};
export const listSorts = ["name", "-name", "updatedAt", "-updatedAt", "status", "-status", "key", "-key"] as const;
export type ListSort = (typeof listSorts)[number];

/** The file form of one definition, for a shop's own version control. */
export type DefinitionFile = {
  readonly kind: string;
  readonly key: string;
  readonly name: string;
  readonly scope: DefinitionScope;
  readonly schedule: DefinitionSchedule | null;
  readonly labels?: readonly string[];
  readonly body: unknown;
  readonly status: DefinitionStatus;
};

/** What an import did; nothing is written when a file has faults. */
export type ImportReport = {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly published: number;
};
