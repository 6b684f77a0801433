import { type Static, type TSchema, Type } from "typebox";
import { keySchema, nameSchema, secretsSchema } from "../../connectors/index.ts";

const nullable = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()]);
const strict = { additionalProperties: false } as const;
const url = Type.String({ minLength: 1, maxLength: 2_000 });
const name = Type.String({ minLength: 1, maxLength: 63, pattern: "^[^\\u0000]*$" });

const common = {
  audience: Type.String({ minLength: 1, maxLength: 100, description: "Key or id of the audience" }),
  identifiers: Type.Array(
    Type.Object(
      { namespace: Type.String({ pattern: "^[a-z][A-Za-z0-9_.:-]{0,99}$" }), hash: Type.Optional(Type.Boolean()) },
      strict,
    ),
    { minItems: 1, maxItems: 20, description: "What leaves of a member; `hash` = SHA-256 of the normalised value" },
  ),
  consent: Type.Optional(
    Type.Object(
      {
        categories: Type.Array(Type.String({ pattern: "^[a-z][a-z0-9_.-]{0,63}(:[a-z][a-z0-9_.-]{0,63})?$" }), {
          maxItems: 20,
        }),
        unset: Type.Enum(["default", "allow", "deny"], { description: "What counts where the person was never asked" }),
      },
      { ...strict, description: "Default: marketing, which must have been granted" },
    ),
  ),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 60_000 })),
  pauseAfterFailures: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000, description: "Failed attempts in a row, default 20" }),
  ),
};
const batchSize = (maximum: number) => Type.Optional(Type.Integer({ minimum: 1, maximum }));
const format = Type.Optional(Type.Enum(["ndjson", "csv"]));

export const syncConfigSchema = Type.Union([
  Type.Object({ type: Type.Literal("webhook"), url, batchSize: batchSize(5_000), ...common }, strict),
  Type.Object(
    {
      type: Type.Literal("s3"),
      endpoint: url,
      region: Type.Optional(Type.String({ pattern: "^[a-z0-9-]{1,40}$" })),
      bucket: Type.String({ pattern: "^[a-zA-Z0-9][a-zA-Z0-9._-]{1,62}$" }),
      prefix: Type.Optional(Type.String({ maxLength: 500, pattern: "^[A-Za-z0-9!_.*'()/=-]*$" })),
      format,
      batchSize: batchSize(50_000),
      ...common,
    },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal("folder"),
      path: Type.String({ minLength: 1, maxLength: 500, pattern: "^[^\\u0000]*$" }),
      format,
      batchSize: batchSize(50_000),
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
      database: name,
      user: name,
      tls: Type.Optional(Type.Enum(["off", "require", "verify"])),
      table: Type.String({
        minLength: 1,
        maxLength: 127,
        pattern: "^[^\\u0000.]{1,63}(\\.[^\\u0000.]{1,63})?$",
        description: "`table` or `schema.table`; made when it does not exist",
      }),
      batchSize: batchSize(5_000),
      ...common,
    },
    strict,
  ),
]);
export type SyncConfigInput = Static<typeof syncConfigSchema>;

export const newSyncSchema = Type.Object(
  { key: keySchema, name: nameSchema, config: syncConfigSchema, secrets: Type.Optional(secretsSchema) },
  strict,
);
export const replacedSyncSchema = Type.Object(
  { name: nameSchema, config: syncConfigSchema, secrets: Type.Optional(secretsSchema) },
  strict,
);
export const changeSyncSchema = Type.Object(
  { name: Type.Optional(nameSchema), config: Type.Optional(syncConfigSchema), secrets: Type.Optional(secretsSchema) },
  strict,
);

const instant = Type.String({ description: "ISO 8601" });
const stateSchema = Type.Object({
  health: Type.Enum(["ok", "syncing", "failing", "paused", "stopped"], {
    description: "`stopped`: it paused by itself after too many failures",
  }),
  failures: Type.Integer(),
  failingSince: nullable(instant),
  nextAttemptAt: nullable(instant),
  lastError: nullable(Type.String()),
  lastDeliveredAt: nullable(instant),
  pausedBecause: nullable(Type.Literal("failures")),
  sequence: Type.Integer({ description: "Changes told so far" }),
  entered: Type.Integer(),
  exited: Type.Integer(),
  failed: Type.Integer(),
  sweep: nullable(
    Type.Object({
      kind: Type.Enum(["resync", "reconcile"]),
      runId: nullable(Type.String()),
      done: Type.Integer({ description: "Profiles looked at" }),
      total: Type.Integer({ description: "Members when it began" }),
    }),
  ),
  sweptAt: nullable(instant),
});
export const syncSchema = Type.Object({
  id: Type.String(),
  key: Type.String(),
  name: Type.String(),
  type: Type.String(),
  status: Type.Enum(["active", "paused"]),
  audience: Type.Object({ id: Type.String(), key: nullable(Type.String()), name: nullable(Type.String()) }),
  config: Type.Unknown(),
  secrets: Type.Record(Type.String(), Type.Literal("set")),
  etag: Type.Integer(),
  createdAt: instant,
  createdBy: Type.String(),
  updatedAt: instant,
  updatedBy: Type.String(),
  state: stateSchema,
});
export const runSchema = Type.Object({
  id: Type.String(),
  kind: Type.Enum(["changes", "resync", "reconcile"]),
  state: Type.Enum(["running", "finished", "failed", "stopped"]),
  started: instant,
  finished: nullable(instant),
  entered: Type.Integer(),
  exited: Type.Integer(),
  failed: Type.Integer(),
  error: nullable(Type.String()),
});
export const deadLetterSchema = Type.Object({
  id: Type.String(),
  at: instant,
  op: Type.Enum(["entered", "exited"]),
  namespace: Type.String(),
  profileId: nullable(Type.String({ description: "Null where the person was erased" })),
  message: Type.String(),
});
