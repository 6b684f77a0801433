import { type Static, type TSchema, Type } from "typebox";
import { listOf } from "../../http/index.ts";
import { keySchema, nameSchema, secretsSchema } from "../field-schemas.ts";

const nullable = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()]);
const strict = { additionalProperties: false } as const;
const mapping = Type.Unknown({ description: "A mapping, see the manual page on imports" });
const columnName = Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000]*$" });

const common = {
  system: Type.Optional(Type.Enum(["shop", "erp", "crm", "cms", "pos", "other"])),
  trust: Type.Optional(
    Type.Enum(["trusted", "claimed"], {
      description: "Whether identifiers of this source are taken as proven; default trusted",
    }),
  ),
  customerNamespace: Type.Optional(
    Type.String({
      pattern: "^(user_id|customer_id:[a-z0-9][a-z0-9._-]{0,59})$",
      description: "user_id for the main shop; default customer_id:<key>",
    }),
  ),
  currency: Type.Optional(Type.String({ pattern: "^[A-Z]{3}$" })),
  storeView: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  everySeconds: Type.Optional(
    nullable(
      Type.Integer({
        minimum: 10,
        maximum: 31_536_000,
        description: "From the end of a run to the next; null = by hand",
      }),
    ),
  ),
};

const location = Type.Union([
  Type.Object({ kind: Type.Literal("folder"), path: Type.String({ maxLength: 500 }) }, strict),
  Type.Object(
    {
      kind: Type.Literal("s3"),
      endpoint: Type.String({ minLength: 1, maxLength: 2_000 }),
      region: Type.Optional(Type.String({ pattern: "^[a-z0-9-]{1,40}$" })),
      bucket: Type.String({ pattern: "^[a-zA-Z0-9][a-zA-Z0-9._-]{1,62}$" }),
      prefix: Type.Optional(Type.String({ maxLength: 500, pattern: "^[A-Za-z0-9!_.*'()/=-]*$" })),
    },
    strict,
  ),
]);

export const sourceConfigSchema = Type.Union([
  Type.Object(
    {
      type: Type.Literal("webhook"),
      preset: Type.Enum(["generic", "shopify", "woocommerce", "adobe-commerce"]),
      mappings: Type.Optional(Type.Array(mapping, { maxItems: 7 })),
      ...common,
    },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal("files"),
      location,
      pattern: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: "^[^/\\\\\\u0000]+$" })),
      mapping,
      format: Type.Optional(Type.Enum(["csv", "ndjson"])),
      encoding: Type.Optional(Type.Enum(["utf-8", "utf-16le", "utf-16be", "windows-1252"])),
      separator: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
      after: Type.Optional(Type.Enum(["move", "keep"])),
      settleSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
      ...common,
    },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal("sql"),
      engine: Type.Enum(["postgres", "mysql"]),
      host: Type.String({ minLength: 1, maxLength: 253, pattern: "^[A-Za-z0-9_.:-]+$" }),
      port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
      database: columnName,
      user: columnName,
      tls: Type.Optional(Type.Enum(["off", "require", "verify"])),
      query: Type.String({ minLength: 1, maxLength: 20_000 }),
      mode: Type.Enum(["cursor", "diff"]),
      cursorColumn: Type.Optional(columnName),
      keyColumns: Type.Optional(Type.Array(columnName, { maxItems: 8 })),
      mapping,
      batchSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
      statementTimeoutMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 3_600_000 })),
      maxDeletedShare: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
      ...common,
    },
    strict,
  ),
]);
export type SourceConfigInput = Static<typeof sourceConfigSchema>;

export const newSourceSchema = Type.Object(
  { key: keySchema, name: nameSchema, config: sourceConfigSchema, secrets: Type.Optional(secretsSchema) },
  strict,
);
export const changeSourceSchema = Type.Object(
  {
    name: Type.Optional(nameSchema),
    config: Type.Optional(sourceConfigSchema),
    secrets: Type.Optional(secretsSchema),
    restart: Type.Optional(
      Type.Boolean({ description: "Forget how far it is read; unchanged records still change nothing" }),
    ),
  },
  strict,
);

const instant = Type.String({ description: "ISO 8601" });
export const sourceSchema = Type.Object({
  id: Type.String(),
  key: Type.String(),
  name: Type.String(),
  type: Type.Enum(["webhook", "files", "sql"]),
  status: Type.Enum(["active", "paused"]),
  config: Type.Unknown(),
  secrets: Type.Record(Type.String(), Type.Literal("set")),
  etag: Type.Integer(),
  createdAt: instant,
  createdBy: Type.String(),
  updatedAt: instant,
  updatedBy: Type.String(),
  nextRunAt: nullable(instant),
});
export const runSchema = Type.Object({
  id: Type.String(),
  started: instant,
  finished: nullable(instant),
  read: Type.Integer(),
  written: Type.Integer(),
  unchanged: Type.Integer(),
  rejected: Type.Integer(),
  deleted: Type.Integer(),
  state: Type.Enum(["running", "finished", "failed", "stopped"]),
  error: nullable(Type.String()),
  faults: listOf(Type.Object({ where: Type.String(), code: Type.String(), message: Type.String() })),
});
export const testSchema = Type.Object({
  ok: Type.Boolean(),
  message: Type.String(),
  /** First rows, as the mapping sees their columns. */
  columns: Type.Optional(listOf(Type.String())),
});
