/** What a new source begins with, and how a form becomes what the server takes. Pure. */
import { provisionalMapping } from "../mapping/mapping-model.ts";
import type { RecordKind } from "../mapping/shapes.ts";
import type { SourceConfig } from "./shapes.ts";

export const sourceChoices = [
  "shopify",
  "woocommerce",
  "adobe-commerce",
  "generic",
  "folder",
  "s3",
  "postgres",
  "mysql",
] as const;
export type SourceChoice = (typeof sourceChoices)[number];

const common = {
  trust: "trusted",
  customerNamespace: "",
  currency: "",
  storeView: "",
  // Nothing is read before the columns were mapped.
  everySeconds: null,
} as const;
const files = { type: "files", pattern: "*", after: "move", settleSeconds: 5, system: "erp" } as const;
const sql = {
  type: "sql",
  host: "",
  database: "",
  user: "",
  tls: "verify",
  query: "",
  mode: "cursor",
  cursorColumn: "",
  keyColumns: [],
  batchSize: 1000,
  statementTimeoutMs: 60_000,
  maxDeletedShare: 0.2,
  system: "erp",
} as const;

export function startConfig(choice: SourceChoice, kind: RecordKind): SourceConfig {
  const mapping = provisionalMapping(kind, "id");
  switch (choice) {
    case "folder":
      return { ...common, ...files, mapping, location: { kind: "folder", path: "" } };
    case "s3":
      return {
        ...common,
        ...files,
        mapping,
        location: { kind: "s3", endpoint: "", region: "us-east-1", bucket: "", prefix: "" },
      };
    case "postgres":
      return { ...common, ...sql, mapping, engine: "postgres", port: 5432 };
    case "mysql":
      return { ...common, ...sql, mapping, engine: "mysql", port: 3306 };
    default:
      return {
        ...common,
        type: "webhook",
        system: choice === "generic" ? "other" : "shop",
        preset: choice,
        mappings: [],
        // The first shop by webhook is nearly always the main one.
        customerNamespace: choice === "generic" ? "" : "user_id",
      };
  }
}

/** Texts that may not be empty are left out: the server then has its defaults. */
export function toInput(config: SourceConfig): object {
  const optional = new Set(["customerNamespace", "currency", "storeView", "cursorColumn", "region"]);
  const filled = (part: object) =>
    Object.fromEntries(Object.entries(part).filter(([name, value]) => !(optional.has(name) && value === "")));
  return config.type === "files" ? { ...filled(config), location: filled(config.location) } : filled(config);
}

/** Names of the secrets of a source; those with `true` must be set. */
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

/** 32 random bytes as text. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

/** Secrets that were typed; an empty field keeps what is set. */
export function typedSecrets(secrets: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== ""));
}
