import { type Static, type TSchema, Type } from "typebox";
import { listOf } from "../../http/index.ts";
import { keySchema, nameSchema, secretsSchema } from "../field-schemas.ts";

const nullable = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()]);
const strict = { additionalProperties: false } as const;

const url = Type.String({ minLength: 1, maxLength: 2_000 });
const names = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 500 });
const paths = Type.Array(Type.String({ pattern: "^(properties|context|extra)(\\.[^.\\u0000]{1,100}){0,10}$" }), {
  maxItems: 200,
  description: "Dotted paths below properties, context or extra, e.g. properties.email",
});
const namespaces = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 50 });

const events = Type.Object(
  {
    names: Type.Optional(names),
    except: Type.Optional(names),
    rule: Type.Optional(Type.Unknown({ description: "A rule over event." })),
  },
  strict,
);
const audiences = Type.Union(
  [
    Type.Enum(["none", "all"]),
    Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 200 }),
  ],
  { description: "Whose entries and exits are sent: none (default), all, or the keys or ids of audiences" },
);
const consent = Type.Object(
  {
    categories: Type.Array(Type.String({ pattern: "^[a-z][a-z0-9_.-]{0,63}(:[a-z][a-z0-9_.-]{0,63})?$" }), {
      maxItems: 20,
    }),
    unset: Type.Enum(["default", "allow", "deny"], { description: "What counts where the person was never asked" }),
  },
  strict,
);
const fields = Type.Object(
  {
    keep: Type.Optional(paths),
    drop: Type.Optional(paths),
    hash: Type.Optional(paths),
    identifiers: Type.Optional(namespaces),
    hashIdentifiers: Type.Optional(namespaces),
  },
  strict,
);
const common = {
  events: Type.Optional(events),
  audiences: Type.Optional(audiences),
  consent: Type.Optional(consent),
  fields: Type.Optional(fields),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 60_000 })),
};
const batchSize = (maximum: number) => Type.Optional(Type.Integer({ minimum: 1, maximum }));
// Those that our own senders set would break the request.
const headerName =
  "^(?!(?:[Hh][Oo][Ss][Tt]|[Cc]ontent-[Ll]ength|[Tt]ransfer-[Ee]ncoding|[Cc]onnection)$)[A-Za-z0-9-]{1,64}$";

export const configSchema = Type.Union([
  Type.Object(
    {
      type: Type.Literal("webhook"),
      url,
      headers: Type.Optional(
        Type.Record(
          Type.String({ pattern: headerName }),
          Type.String({ maxLength: 1_000, pattern: "^[\\x20-\\x7e]*$" }),
        ),
      ),
      batchSize: batchSize(500),
      ...common,
    },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal("s3"),
      endpoint: url,
      region: Type.Optional(Type.String({ pattern: "^[a-z0-9-]{1,40}$" })),
      bucket: Type.String({ pattern: "^[a-zA-Z0-9][a-zA-Z0-9._-]{1,62}$" }),
      prefix: Type.Optional(Type.String({ maxLength: 500, pattern: "^[A-Za-z0-9!_.*'()/=-]*$" })),
      gzip: Type.Optional(Type.Boolean()),
      flushSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600 })),
      batchSize: batchSize(10_000),
      ...common,
    },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal("segment"),
      endpoint: url,
      audienceCall: Type.Optional(
        Type.Enum(["track", "identify"], { description: "How an entry or exit is told; default track" }),
      ),
      batchSize: batchSize(500),
      ...common,
    },
    strict,
  ),
  Type.Object(
    {
      type: Type.Literal("adobe-edge"),
      endpoint: url,
      dataStreamId: Type.String({ minLength: 1, maxLength: 200 }),
      orgId: Type.Optional(Type.String({ maxLength: 200, pattern: "^[\\x20-\\x7e]*$" })),
      sandbox: Type.Optional(Type.String({ maxLength: 200, pattern: "^[\\x20-\\x7e]*$" })),
      batchSize: batchSize(100),
      ...common,
    },
    strict,
  ),
]);
export type ConfigInput = Static<typeof configSchema>;

export const newDestinationSchema = Type.Object(
  { key: keySchema, name: nameSchema, config: configSchema, secrets: Type.Optional(secretsSchema) },
  strict,
);
export const changeDestinationSchema = Type.Object(
  { name: Type.Optional(nameSchema), config: Type.Optional(configSchema), secrets: Type.Optional(secretsSchema) },
  strict,
);

const instant = Type.String({ description: "ISO 8601" });
const deliverySchema = Type.Object({
  health: Type.Enum(["ok", "failing", "lagging"]),
  failures: Type.Integer(),
  failingSince: nullable(instant),
  nextAttemptAt: nullable(instant),
  lastError: nullable(Type.String()),
  lastDeliveredAt: nullable(instant),
  delivered: Type.Integer(),
  filtered: Type.Integer({ description: "Passed by: other events, no consent, no word for it there" }),
  dead: Type.Integer(),
  lost: Type.Integer({ description: "Dead letters that had no room any more" }),
});
export const destinationSchema = Type.Object({
  id: Type.String(),
  key: Type.String(),
  name: Type.String(),
  type: Type.String(),
  status: Type.Enum(["active", "paused"]),
  config: Type.Unknown(),
  secrets: Type.Record(Type.String(), Type.Literal("set")),
  etag: Type.Integer(),
  createdAt: instant,
  createdBy: Type.String(),
  updatedAt: instant,
  updatedBy: Type.String(),
  delivery: deliverySchema,
});
export const lagSchema = Type.Object({
  events: Type.Integer({ description: "Waiting in the outbox, before the filter" }),
  bytes: Type.Integer(),
  oldestAt: nullable(instant),
});
export const deadLetterSchema = Type.Object({
  id: Type.String(),
  at: instant,
  code: Type.String(),
  message: Type.String(),
  eventCount: Type.Integer(),
  replayedAt: nullable(instant),
});
export const replaySchema = Type.Object({
  replayed: Type.Integer({ description: "Letters" }),
  delivered: Type.Integer({ description: "Events" }),
  failed: listOf(Type.Object({ id: Type.String(), message: Type.String() })),
});
