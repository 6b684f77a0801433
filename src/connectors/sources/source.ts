import type { FileEncoding, FileFormat } from "../imports/import.ts";
import type { Connection, StoredConnection } from "../managed/connection.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { SecretMap } from "../secrets/secret-box.ts";

export type SourceType = "webhook" | "files" | "sql";
export type SystemKind = "shop" | "erp" | "crm" | "cms" | "pos" | "other";
export type WebhookPreset = "generic" | "shopify" | "woocommerce" | "adobe-commerce";

type Common = {
  readonly system: SystemKind;
  /** `trusted`: identifiers are taken as proven. `claimed`: they are what somebody typed. */
  readonly trust: "trusted" | "claimed";
  /** `user_id` for the main shop, else `customer_id:<key>`. */
  readonly customerNamespace: string;
  /** ISO 4217; for amounts that name none. */
  readonly currency: string;
  /** Store view of records that name none. */
  readonly storeView: string;
  /** Seconds from the end of a run to the next; null = by hand. */
  readonly everySeconds: number | null;
};

export type WebhookSource = Common & {
  readonly type: "webhook";
  readonly preset: WebhookPreset;
  /** Of the generic preset: one for each kind of record that comes. */
  readonly mappings: readonly Mapping[];
};

export type FileLocation =
  | { readonly kind: "folder" /** Below the drop folder of the deployment. */; readonly path: string }
  | {
      readonly kind: "s3";
      readonly endpoint: string;
      readonly region: string;
      readonly bucket: string;
      readonly prefix: string;
    };

export type FilesSource = Common & {
  readonly type: "files";
  readonly location: FileLocation;
  /** File names, `*` stands for any letters, e.g. `orders-*.csv`. */
  readonly pattern: string;
  readonly mapping: Mapping;
  readonly format?: FileFormat;
  readonly encoding?: FileEncoding;
  readonly separator?: string;
  /** `move`: into `done/` or `failed/` beside it. `keep`: it stays, and is read again when it changes. */
  readonly after: "move" | "keep";
  /** A file younger than this may still be written. */
  readonly settleSeconds: number;
};

export type SqlSource = Common & {
  readonly type: "sql";
  readonly engine: "postgres" | "mysql";
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** `verify` checks the certificate, `require` only encrypts. */
  readonly tls: "off" | "require" | "verify";
  /** One select. */
  readonly query: string;
  readonly mode: "cursor" | "diff";
  /** Of cursor mode: a column that grows with every change. */
  readonly cursorColumn: string;
  /** Of cursor mode: columns that tell rows with the same cursor apart. */
  readonly keyColumns: readonly string[];
  readonly mapping: Mapping;
  readonly batchSize: number;
  readonly statementTimeoutMs: number;
  /** Of diff mode: a reading that would delete a larger share of what is known deletes nothing; 0..1. */
  readonly maxDeletedShare: number;
};

export type SourceConfig = WebhookSource | FilesSource | SqlSource;

export type Source = Connection<SourceConfig>;

/** How far a source is read. */
export type SourceCheckpoint = {
  /** Cursor mode: the last row that was taken. */
  readonly cursor?: { readonly at: string; readonly keys: readonly string[] };
};

export type StoredSource = StoredConnection<SourceConfig> & {
  readonly checkpoint: SourceCheckpoint;
  readonly nextRunAt: number | null;
};

export type RunCounts = {
  readonly read: number;
  readonly written: number;
  /** The same content was taken before, or a newer state. */
  readonly unchanged: number;
  readonly rejected: number;
  readonly deleted: number;
};
export const noRunCounts: RunCounts = Object.freeze({ read: 0, written: 0, unchanged: 0, rejected: 0, deleted: 0 });

export function addCounts(a: RunCounts, b: RunCounts): RunCounts {
  return {
    read: a.read + b.read,
    written: a.written + b.written,
    unchanged: a.unchanged + b.unchanged,
    rejected: a.rejected + b.rejected,
    deleted: a.deleted + b.deleted,
  };
}

/** Why a record was not taken; `where` is a file and line, a key, or a delivery. */
export type RecordRefusal = { readonly where: string; readonly code: string; readonly message: string };

export type RunState = "running" | "finished" | "failed" | "stopped";
export type Run = RunCounts & {
  readonly id: string;
  readonly sourceId: string;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly state: RunState;
  readonly error: string | null;
  /** The first 100. */
  readonly faults: readonly RecordRefusal[];
};

/** What the sealed secrets of a source belong to. */
export const sourceContext = (id: string) => `source:${id}`;

/** Names of the secrets of a configuration; those with `true` must be set. */
export function secretsOf(config: SourceConfig): Readonly<Record<string, boolean>> {
  switch (config.type) {
    case "webhook":
      return { signingSecret: true };
    case "files":
      return config.location.kind === "s3" ? { accessKeyId: true, secretAccessKey: true, sessionToken: false } : {};
    case "sql":
      return { password: true, ca: false };
  }
}

export function missingSecrets(config: SourceConfig, secrets: SecretMap): readonly string[] {
  return Object.entries(secretsOf(config)).flatMap(([name, needed]) => (needed && !secrets[name] ? [name] : []));
}
