import { ClienteleError, type ErrorDetail } from "../../kernel/index.ts";
import { checkTarget } from "../net/target-guard.ts";
import type { SecretMap } from "../secrets/secret-box.ts";
import { type DestinationConfig, destinationSecrets, missingSecrets } from "./destination.ts";
import type { ConfigInput } from "./schemas.ts";

const defaults = { batchSize: 100, timeoutMs: 10_000, filesOf: 5_000, flushSeconds: 60 } as const;

// Marketing clouds are told for marketing; a webhook or a bucket is taken for the shop's own.
const neededConsent = {
  webhook: ["analytics"],
  s3: ["analytics"],
  segment: ["analytics", "marketing"],
  "adobe-edge": ["analytics", "marketing"],
} as const;

/** A configuration with its defaults. */
export function completeConfig(input: ConfigInput): DestinationConfig {
  const common = {
    // The schema takes any JSON as a rule; the rule language checks it.
    events: (input.events ?? {}) as DestinationConfig["events"],
    audiences: input.audiences ?? ("none" as const),
    consent: input.consent ?? { categories: neededConsent[input.type], unset: "default" as const },
    fields: input.fields ?? {},
    timeoutMs: input.timeoutMs ?? defaults.timeoutMs,
  };
  switch (input.type) {
    case "webhook":
      return {
        ...common,
        type: input.type,
        url: input.url,
        headers: input.headers ?? {},
        batchSize: input.batchSize ?? defaults.batchSize,
      };
    case "s3":
      return {
        ...common,
        type: input.type,
        endpoint: input.endpoint,
        region: input.region ?? "us-east-1",
        bucket: input.bucket,
        prefix: input.prefix ?? "",
        gzip: input.gzip ?? true,
        flushSeconds: input.flushSeconds ?? defaults.flushSeconds,
        batchSize: input.batchSize ?? defaults.filesOf,
      };
    case "segment":
      return {
        ...common,
        type: input.type,
        endpoint: input.endpoint,
        audienceCall: input.audienceCall ?? "track",
        batchSize: input.batchSize ?? defaults.batchSize,
      };
    default:
      return {
        ...common,
        type: input.type,
        endpoint: input.endpoint,
        dataStreamId: input.dataStreamId,
        orgId: input.orgId ?? "",
        sandbox: input.sandbox ?? "",
        batchSize: input.batchSize ?? 20,
      };
  }
}

export type ConfigChecks = {
  readonly allowPrivateTargets: boolean;
  /** Faults of a rule over `event.`; paths start with the prefix. */
  readonly ruleFaults: (rule: unknown, prefix: string) => readonly ErrorDetail[];
};

/** Every fault of a configuration with its secrets. */
export function configFaults(
  config: DestinationConfig,
  secrets: SecretMap,
  checks: ConfigChecks,
): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const [field, target] = config.type === "webhook" ? ["url", config.url] : ["endpoint", config.endpoint];
  try {
    checkTarget(target, checks.allowPrivateTargets);
  } catch (error) {
    if (!(error instanceof ClienteleError)) throw error;
    faults.push({ path: `/config/${field}`, code: error.code, message: error.message });
  }
  for (const name of missingSecrets(config.type, secrets))
    faults.push({ path: `/secrets/${name}`, code: "connectors.invalid", message: "is needed" });
  const known = destinationSecrets[config.type];
  for (const name of Object.keys(secrets))
    if (!Object.hasOwn(known, name))
      faults.push({
        path: `/secrets/${name}`,
        code: "connectors.invalid",
        message: `is no secret of this type; known: ${Object.keys(known).join(", ")}`,
      });
  for (const [name, value] of Object.entries(secrets))
    if (/[\r\n]/.test(value))
      faults.push({ path: `/secrets/${name}`, code: "connectors.invalid", message: "holds a line end" });
  const { rule } = config.events;
  if (rule !== undefined) faults.push(...checks.ruleFaults(rule, "/config/events/rule"));
  return faults;
}
