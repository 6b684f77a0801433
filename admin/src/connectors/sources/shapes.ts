/** Answers of `/v1/sources*` as the admin reads them. */
import type { FileEncoding, FileFormat } from "../imports/shapes.ts";
import type { Mapping } from "../mapping/shapes.ts";

export type SourceType = "webhook" | "files" | "sql";
export const systems = ["shop", "erp", "crm", "cms", "pos", "other"] as const;
export type WebhookPreset = "generic" | "shopify" | "woocommerce" | "adobe-commerce";

type Common = {
  readonly system: (typeof systems)[number];
  readonly trust: "trusted" | "claimed";
  readonly customerNamespace: string;
  readonly currency: string;
  readonly storeView: string;
  /** Null = by hand. */
  readonly everySeconds: number | null;
};
export type WebhookConfig = Common & {
  readonly type: "webhook";
  readonly preset: WebhookPreset;
  readonly mappings: readonly Mapping[];
};
export type FileLocation =
  | { readonly kind: "folder"; readonly path: string }
  | {
      readonly kind: "s3";
      readonly endpoint: string;
      readonly region: string;
      readonly bucket: string;
      readonly prefix: string;
    };
export type FilesConfig = Common & {
  readonly type: "files";
  readonly location: FileLocation;
  readonly pattern: string;
  readonly mapping: Mapping;
  readonly format?: FileFormat;
  readonly encoding?: FileEncoding;
  readonly separator?: string;
  readonly after: "move" | "keep";
  readonly settleSeconds: number;
};
export type SqlConfig = Common & {
  readonly type: "sql";
  readonly engine: "postgres" | "mysql";
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly tls: "off" | "require" | "verify";
  readonly query: string;
  readonly mode: "cursor" | "diff";
  readonly cursorColumn: string;
  readonly keyColumns: readonly string[];
  readonly mapping: Mapping;
  readonly batchSize: number;
  readonly statementTimeoutMs: number;
  readonly maxDeletedShare: number;
};
export type SourceConfig = WebhookConfig | FilesConfig | SqlConfig;

export type Source = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly type: SourceType;
  readonly status: "active" | "paused";
  readonly config: SourceConfig;
  readonly secrets: Readonly<Record<string, "set">>;
  readonly etag: number;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly nextRunAt: string | null;
};

export type Run = {
  readonly id: string;
  readonly started: string;
  readonly finished: string | null;
  readonly read: number;
  readonly written: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly deleted: number;
  readonly state: "running" | "finished" | "failed" | "stopped";
  readonly error: string | null;
  readonly faults: readonly { readonly where: string; readonly code: string; readonly message: string }[];
};

export type SourceTest = { readonly ok: boolean; readonly message: string; readonly columns?: readonly string[] };

/** Secrets as typed; null removes one. */
export type SecretPatch = Readonly<Record<string, string | null>>;
