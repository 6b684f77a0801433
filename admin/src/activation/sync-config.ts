/** What a new sync begins with. Pure. */
import type { SyncConfig, SyncType } from "./shapes.ts";

/** Secrets by type; those with `true` must be set. */
export const syncSecrets: Readonly<Record<SyncType, Readonly<Record<string, boolean>>>> = {
  webhook: { signingSecret: true, authorization: false },
  s3: { accessKeyId: true, secretAccessKey: true, sessionToken: false },
  folder: {},
  sql: { password: false, ca: false },
};

/** Most changes of one request, file or transaction that the server takes. */
export const maxBatch: Readonly<Record<SyncType, number>> = { webhook: 5_000, s3: 50_000, folder: 50_000, sql: 5_000 };

const ports = { postgres: 5432, mysql: 3306 } as const;

/** The usual port of a database, unless somebody chose another. */
export function portFor(engine: keyof typeof ports, before: keyof typeof ports, port: number): number {
  return port === ports[before] ? ports[engine] : port;
}

/** @param audience key or id of the audience that it is for */
export function startSync(type: SyncType, audience: string): SyncConfig {
  const common = {
    audience,
    identifiers: [{ namespace: "email", hash: true }],
    // As the server has it: a list of persons that leaves is marketing unless somebody says otherwise.
    consent: { categories: ["marketing"], unset: "default" },
    timeoutMs: 15_000,
    pauseAfterFailures: 20,
  } as const;
  switch (type) {
    case "webhook":
      return { ...common, type, url: "", batchSize: 500 };
    case "s3":
      return {
        ...common,
        type,
        endpoint: "",
        region: "us-east-1",
        bucket: "",
        prefix: "",
        format: "ndjson",
        batchSize: 10_000,
      };
    case "folder":
      return { ...common, type, path: "", format: "ndjson", batchSize: 10_000 };
    case "sql":
      return {
        ...common,
        type,
        engine: "postgres",
        host: "",
        port: ports.postgres,
        database: "",
        user: "",
        tls: "verify",
        table: "",
        batchSize: 1_000,
      };
  }
}

/** Where the copy is, in one line. */
export function placeText(config: SyncConfig): string {
  switch (config.type) {
    case "webhook":
      return config.url;
    case "s3":
      return `${config.bucket}/${config.prefix}`;
    case "folder":
      return config.path;
    case "sql":
      return `${config.host}/${config.database}: ${config.table}`;
  }
}
