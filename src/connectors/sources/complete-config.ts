import { ClienteleError, type ErrorDetail } from "../../kernel/index.ts";
import { checkFolderPath } from "../files/folder-place.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { validateMapping } from "../mapping/validate-mapping.ts";
import { checkTarget } from "../net/target-guard.ts";
import type { SecretMap } from "../secrets/secret-box.ts";
import { queryFaults } from "../sql/check-query.ts";
import type { SourceConfigInput } from "./schemas.ts";
import { missingSecrets, type SourceConfig, secretsOf } from "./source.ts";

export type ConfigFacts = {
  readonly allowPrivateTargets: boolean;
  readonly dropDir: string;
  readonly defaultCurrency: string;
  readonly defaultStoreView: string;
};

type Faults = ErrorDetail[];
const defaultPorts = { postgres: 5432, mysql: 3306 } as const;

function readMapping(given: unknown, path: string, faults: Faults): Mapping {
  const result = validateMapping(given);
  if (result.ok) return result.mapping;
  faults.push(...result.faults.map((fault) => ({ ...fault, path: `${path}${fault.path}` })));
  // Not used: a configuration with faults is refused.
  return { kind: "event", fields: {} };
}

function check(faults: Faults, path: string, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ClienteleError)) throw error;
    faults.push({ path, code: error.code, message: error.message });
  }
}

/** A configuration with its defaults, and every fault of it. */
export function completeSourceConfig(
  key: string,
  input: SourceConfigInput,
  facts: ConfigFacts,
): { readonly config: SourceConfig; readonly faults: readonly ErrorDetail[] } {
  const faults: Faults = [];
  const common = {
    system: input.system ?? (input.type === "webhook" ? ("shop" as const) : ("other" as const)),
    trust: input.trust ?? ("trusted" as const),
    customerNamespace: input.customerNamespace ?? `customer_id:${key}`,
    currency: input.currency ?? facts.defaultCurrency,
    storeView: input.storeView ?? facts.defaultStoreView,
    everySeconds: input.everySeconds ?? null,
  };
  switch (input.type) {
    case "webhook": {
      const mappings = (input.mappings ?? []).map((one, index) =>
        readMapping(one, `/config/mappings/${index}`, faults),
      );
      const kinds = mappings.map(({ kind }) => kind);
      if (new Set(kinds).size < kinds.length)
        faults.push({ path: "/config/mappings", code: "connectors.invalid", message: "has two mappings of one kind" });
      if (input.preset !== "generic" && mappings.length > 0)
        faults.push({
          path: "/config/mappings",
          code: "connectors.invalid",
          message: "belong to the generic preset only",
        });
      return { config: { ...common, everySeconds: null, type: "webhook", preset: input.preset, mappings }, faults };
    }
    case "files": {
      const { location } = input;
      const place =
        location.kind === "folder"
          ? location
          : { ...location, region: location.region ?? "us-east-1", prefix: location.prefix ?? "" };
      if (place.kind === "folder")
        check(faults, "/config/location/path", () => checkFolderPath(facts.dropDir, place.path));
      else check(faults, "/config/location/endpoint", () => checkTarget(place.endpoint, facts.allowPrivateTargets));
      const config = {
        ...common,
        type: "files" as const,
        location: place,
        pattern: input.pattern ?? "*",
        mapping: readMapping(input.mapping, "/config/mapping", faults),
        ...(input.format ? { format: input.format } : {}),
        ...(input.encoding ? { encoding: input.encoding } : {}),
        ...(input.separator ? { separator: input.separator } : {}),
        after: input.after ?? ("move" as const),
        settleSeconds: input.settleSeconds ?? 5,
      };
      return { config, faults };
    }
    default: {
      faults.push(...queryFaults(input.query, input.engine, "/config/query"));
      const mapping = readMapping(input.mapping, "/config/mapping", faults);
      if (input.mode === "cursor" && (!input.cursorColumn || !input.keyColumns?.length))
        faults.push({
          path: "/config/cursorColumn",
          code: "connectors.invalid",
          message: "cursor mode needs cursorColumn and keyColumns",
        });
      const config = {
        ...common,
        type: "sql" as const,
        engine: input.engine,
        host: input.host,
        port: input.port ?? defaultPorts[input.engine],
        database: input.database,
        user: input.user,
        tls: input.tls ?? ("verify" as const),
        query: input.query,
        mode: input.mode,
        cursorColumn: input.cursorColumn ?? "",
        keyColumns: input.keyColumns ?? [],
        mapping,
        batchSize: input.batchSize ?? 1_000,
        statementTimeoutMs: input.statementTimeoutMs ?? 60_000,
        maxDeletedShare: input.maxDeletedShare ?? 0.2,
      };
      return { config, faults };
    }
  }
}

/** Faults of the secrets of a configuration. */
export function secretFaults(config: SourceConfig, secrets: SecretMap): readonly ErrorDetail[] {
  const known = secretsOf(config);
  const missing = missingSecrets(config, secrets).map((name) => ({
    path: `/secrets/${name}`,
    code: "connectors.invalid",
    message: "is needed",
  }));
  const unknown = Object.keys(secrets)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => ({
      path: `/secrets/${name}`,
      code: "connectors.invalid",
      message: `is no secret of this source; known: ${Object.keys(known).join(", ") || "none"}`,
    }));
  return [...missing, ...unknown];
}
