/** Answers of `/v1/audience-syncs*` as the admin reads them. */
import type { Destination } from "../connectors/destinations/shapes.ts";

export const syncTypes = ["webhook", "s3", "folder", "sql"] as const;
export type SyncType = (typeof syncTypes)[number];
export type IdentifierChoice = { readonly namespace: string; readonly hash?: boolean };
export const fileFormats = ["ndjson", "csv"] as const;
export type FileFormat = (typeof fileFormats)[number];
export const sqlEngines = ["postgres", "mysql"] as const;
export const tlsModes = ["verify", "require", "off"] as const;

type Common = {
  /** Id of the audience; its key while the sync is not made yet. */
  readonly audience: string;
  readonly identifiers: readonly IdentifierChoice[];
  readonly consent: Destination["config"]["consent"];
  readonly batchSize: number;
  readonly timeoutMs: number;
  readonly pauseAfterFailures: number;
};
export type WebhookSync = Common & { readonly type: "webhook"; readonly url: string };
export type S3Sync = Common & {
  readonly type: "s3";
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly format: FileFormat;
};
export type FolderSync = Common & { readonly type: "folder"; readonly path: string; readonly format: FileFormat };
export type SqlSync = Common & {
  readonly type: "sql";
  readonly engine: (typeof sqlEngines)[number];
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly tls: (typeof tlsModes)[number];
  readonly table: string;
};
export type SyncConfig = WebhookSync | S3Sync | FolderSync | SqlSync;

export type Sync = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly type: SyncType;
  readonly status: "active" | "paused";
  /** Key and name are null where the audience is not live any more. */
  readonly audience: { readonly id: string; readonly key: string | null; readonly name: string | null };
  readonly config: SyncConfig;
  readonly secrets: Readonly<Record<string, "set">>;
  readonly etag: number;
  readonly state: {
    readonly health: "ok" | "syncing" | "failing" | "paused" | "stopped";
    readonly failures: number;
    readonly failingSince: string | null;
    readonly nextAttemptAt: string | null;
    readonly lastError: string | null;
    readonly lastDeliveredAt: string | null;
    readonly entered: number;
    readonly exited: number;
    readonly failed: number;
    readonly sweep: {
      readonly kind: "resync" | "reconcile";
      readonly runId: string | null;
      readonly done: number;
      readonly total: number;
    } | null;
  };
};

export type SyncCounts = { readonly members: number; readonly gone: number; readonly waiting: number };

export type SyncRun = {
  readonly id: string;
  readonly kind: "changes" | "resync" | "reconcile";
  readonly state: "running" | "finished" | "failed" | "stopped";
  readonly started: string;
  readonly finished: string | null;
  readonly entered: number;
  readonly exited: number;
  readonly failed: number;
  readonly error: string | null;
};

export type SyncLetter = {
  readonly id: string;
  readonly at: string;
  readonly op: "entered" | "exited";
  readonly namespace: string;
  /** Null where the person was erased. */
  readonly profileId: string | null;
  readonly message: string;
};
