import type { Connection, ConsentNeed, SecretMap, StoredConnection } from "../../connectors/index.ts";

/** One kind of identifier that leaves, plain or as the SHA-256 of its normalised value. `profile_id` is our own. */
export type IdentifierChoice = { readonly namespace: string; readonly hash: boolean };

export type TargetType = "webhook" | "s3" | "folder" | "sql";
export type FileFormat = "ndjson" | "csv";

type Common = {
  /** Id of the audience. */
  readonly audience: string;
  readonly identifiers: readonly IdentifierChoice[];
  readonly consent: ConsentNeed;
  /** Most changes of one request, file or transaction. */
  readonly batchSize: number;
  readonly timeoutMs: number;
  /** Failed attempts in a row after which the sync pauses itself. */
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
export type FolderSync = Common & {
  readonly type: "folder";
  /** Below the drop folder of the deployment. */
  readonly path: string;
  readonly format: FileFormat;
};
export type SqlSync = Common & {
  readonly type: "sql";
  readonly engine: "postgres" | "mysql";
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly tls: "off" | "require" | "verify";
  readonly table: string;
};
export type SyncConfig = WebhookSync | S3Sync | FolderSync | SqlSync;

export type AudienceSync = Connection<SyncConfig>;

/** `resync` tells everything again; `reconcile` looks at everybody and tells what differs. */
export type SweepKind = "resync" | "reconcile";

/** A walk over everybody in order of profile id. */
export type Sweep = {
  readonly kind: SweepKind;
  /** Null until it has begun. */
  readonly runId: string | null;
  /** Everybody up to here is done. */
  readonly after: string | null;
  /** Parts told so far. */
  readonly parts: number;
  readonly done: number;
  readonly total: number;
  /** Sequence when it began: changes from there on apply on top of what it tells. */
  readonly sequence: number;
  readonly notBefore: number | null;
};

export type SyncState = {
  readonly sequence: number;
  readonly failures: number;
  readonly failingSince: number | null;
  readonly nextAttemptAt: number | null;
  readonly lastError: string | null;
  readonly lastDeliveredAt: number | null;
  /** Why it paused by itself; null when it did not. */
  readonly pausedBecause: "failures" | null;
  readonly entered: number;
  readonly exited: number;
  readonly failed: number;
  readonly sweep: Sweep | null;
  readonly sweptAt: number | null;
};

export type StoredSync = StoredConnection<SyncConfig> & { readonly state: SyncState };

/** Secrets by type; those with `true` must be set. */
export const syncSecrets: Readonly<Record<TargetType, Readonly<Record<string, boolean>>>> = {
  webhook: { signingSecret: true, authorization: false },
  s3: { accessKeyId: true, secretAccessKey: true, sessionToken: false },
  folder: {},
  sql: { password: false, ca: false },
};

/** What the sealed secrets of a sync belong to. */
export const syncContext = (id: string): string => `audience-sync:${id}`;

/** The network host that secrets may travel to. */
export function hostOf(config: SyncConfig): string {
  switch (config.type) {
    case "webhook":
      return URL.canParse(config.url) ? new URL(config.url).host : config.url;
    case "s3":
      return URL.canParse(config.endpoint) ? new URL(config.endpoint).host : config.endpoint;
    case "folder":
      return "";
    default:
      return `${config.host}:${config.port}`;
  }
}

/** Where the copy is: two configurations with the same place speak of the same copy. */
export function placeOf(config: SyncConfig): string {
  switch (config.type) {
    case "webhook":
      return JSON.stringify([config.type, config.url]);
    case "s3":
      return JSON.stringify([config.type, config.endpoint, config.bucket, config.prefix, config.format]);
    case "folder":
      return JSON.stringify([config.type, config.path, config.format]);
    default:
      return JSON.stringify([config.type, config.engine, config.host, config.port, config.database, config.table]);
  }
}

/** Faults of the names of secrets: those that are needed and missing, those that nobody knows. */
export function secretNameFaults(type: TargetType, secrets: SecretMap): readonly { name: string; message: string }[] {
  const known = syncSecrets[type];
  const missing = Object.entries(known).flatMap(([name, isNeeded]) =>
    isNeeded && !secrets[name] ? [{ name, message: "is needed" }] : [],
  );
  const unknown = Object.keys(secrets)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => ({
      name,
      message: `is no secret of this type; known: ${Object.keys(known).join(", ") || "none"}`,
    }));
  return [...missing, ...unknown];
}
