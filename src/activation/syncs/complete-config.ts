import { checkFolderPath, checkTarget, type SecretMap } from "../../connectors/index.ts";
import { ClienteleError, type ErrorDetail } from "../../kernel/index.ts";
import type { SyncConfigInput } from "./schemas.ts";
import { type IdentifierChoice, type SyncConfig, secretNameFaults } from "./sync.ts";

const defaultPorts = { postgres: 5432, mysql: 3306 } as const;
const defaultTimeoutMs = 15_000;
const defaultPauseAfter = 20;
const batches = { webhook: 500, s3: 10_000, folder: 10_000, sql: 1_000 } as const;

function withoutRepeats(given: SyncConfigInput["identifiers"]): readonly IdentifierChoice[] {
  return [
    ...new Map(given.map(({ namespace, hash = false }) => [`${namespace} ${hash}`, { namespace, hash }])).values(),
  ];
}

/** A configuration with its defaults. */
export function completeConfig(input: SyncConfigInput): SyncConfig {
  const common = {
    audience: input.audience,
    identifiers: withoutRepeats(input.identifiers),
    // A list of persons that leaves is marketing unless somebody says otherwise.
    consent: input.consent ?? { categories: ["marketing"], unset: "default" as const },
    batchSize: input.batchSize ?? batches[input.type],
    timeoutMs: input.timeoutMs ?? defaultTimeoutMs,
    pauseAfterFailures: input.pauseAfterFailures ?? defaultPauseAfter,
  };
  switch (input.type) {
    case "webhook":
      return { ...common, type: input.type, url: input.url };
    case "s3":
      return {
        ...common,
        type: input.type,
        endpoint: input.endpoint,
        region: input.region ?? "us-east-1",
        bucket: input.bucket,
        prefix: input.prefix ?? "",
        format: input.format ?? "ndjson",
      };
    case "folder":
      return { ...common, type: input.type, path: input.path, format: input.format ?? "ndjson" };
    default:
      return {
        ...common,
        type: input.type,
        engine: input.engine,
        host: input.host,
        port: input.port ?? defaultPorts[input.engine],
        database: input.database,
        user: input.user,
        tls: input.tls ?? "verify",
        table: input.table,
      };
  }
}

export type ConfigChecks = { readonly allowPrivateTargets: boolean; readonly dropDir: string };

/** A database is named by its administrator, as for sources: its host is not checked. */
function checkPlace(config: SyncConfig, { allowPrivateTargets, dropDir }: ConfigChecks): void {
  if (config.type === "webhook") checkTarget(config.url, allowPrivateTargets);
  if (config.type === "s3") checkTarget(config.endpoint, allowPrivateTargets);
  if (config.type === "folder") checkFolderPath(dropDir, config.path);
}

const placeFields = { webhook: "url", s3: "endpoint", folder: "path", sql: "host" } as const;

/** Every fault of a configuration with its secrets. */
export function configFaults(config: SyncConfig, secrets: SecretMap, checks: ConfigChecks): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = secretNameFaults(config.type, secrets).map(({ name, message }) => ({
    path: `/secrets/${name}`,
    code: "connectors.invalid",
    message,
  }));
  try {
    checkPlace(config, checks);
  } catch (error) {
    if (!(error instanceof ClienteleError)) throw error;
    faults.push({ path: `/config/${placeFields[config.type]}`, code: error.code, message: error.message });
  }
  // A PEM certificate has line ends; what becomes a header may not.
  for (const [name, value] of Object.entries(secrets))
    if (name !== "ca" && /[\r\n]/.test(value))
      faults.push({ path: `/secrets/${name}`, code: "connectors.invalid", message: "holds a line end" });
  return faults;
}
