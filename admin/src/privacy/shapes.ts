import type { JsonObject } from "../api/shapes.ts";

export const erasureModes = ["delete", "delete_and_suppress", "suppress", "anonymise"] as const;
export type ErasureMode = (typeof erasureModes)[number];
export const requestStatuses = ["initialized", "running", "partial", "finished", "failed", "invalid"] as const;
export type RequestStatus = (typeof requestStatuses)[number];
export type ErasureStep = "find" | "hold" | "records" | "events" | "scrub" | "done";

export type PrivacyRequest = {
  readonly requestId: string;
  readonly mode: ErasureMode;
  readonly status: RequestStatus;
  readonly step: ErasureStep;
  /** Share of the steps that are done, 0..1. */
  readonly progress: number;
  readonly profileId: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly reason: string;
  readonly requestedBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
  readonly attempts: number;
  readonly errorCode: string | null;
};

export type Identifier = { readonly namespace: string; readonly value: string };
/** Whom a request is about: a profile, or whoever owns an identifier. */
export type Target = { readonly profileId: string } | { readonly identifier: Identifier };

export type Access = {
  readonly at: string;
  readonly actor: string;
  readonly via: string;
  readonly action: string;
  readonly after: unknown;
  readonly requestId: string | null;
};

export const piiDegrees = ["none", "indirect", "direct", "sensitive"] as const;
export type Pii = (typeof piiDegrees)[number];

export type DataClass = {
  readonly kind: "trait" | "property";
  readonly name: string;
  readonly pii: Pii;
  /** Null: as long as the profile. */
  readonly retentionDays: number | null;
  readonly purposes: readonly string[];
};

export type ClassSuggestion = {
  readonly kind: "trait" | "property";
  readonly name: string;
  readonly looksLike: string;
  /** 0..1 of the values that look so. */
  readonly ratio: number;
  readonly values: number;
  readonly pii: Pii;
};

/** How long one class is kept, and what it lost. */
export type RetentionRecord = {
  readonly class: string;
  readonly lastRunAt: string | null;
  readonly lastDeleted: number;
  readonly lastDeletedAt: string | null;
  readonly deletedInAll: number;
};
export type RetentionItem = RetentionRecord & {
  /** 0 = for ever. */
  readonly days: number;
  readonly defaultDays: number;
  readonly minDays: number;
  readonly maxDays: number;
};
export type Retention = {
  readonly version: number;
  readonly changedAt: string | null;
  readonly changedBy: string | null;
  readonly lastRunAt: string | null;
  readonly nextRunAt: string | null;
  readonly items: readonly RetentionItem[];
  readonly fields: readonly RetentionRecord[];
};
export type RetentionPreview = {
  readonly items: readonly { readonly class: string; readonly rows: number }[];
};

/** One write of traits; `correctionId` and what follows only of corrections by hand. */
export type TraitWrite = {
  readonly at: string;
  readonly messageId: string;
  readonly sourceId: string;
  readonly traits: JsonObject;
  readonly previous?: JsonObject;
  readonly actor?: string;
  readonly reason?: string;
  readonly correctionId?: string;
  readonly undoes?: string;
};

/** What somebody decided for a category, or for one channel of it. */
export type Consent = {
  readonly status: string;
  readonly at: string | number;
  readonly source?: string;
  readonly textVersion?: string;
  readonly expiresAt?: string | number;
  readonly proof?: string;
};

export type ConsentChange = Consent & { readonly category: string; readonly channel?: string };
