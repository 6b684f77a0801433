import { type Static, Type } from "typebox";

/** Kinds whose value follows from events; then those that follow from something else. */
export const eventKinds = [
  "count",
  "sum",
  "avg",
  "min",
  "max",
  "first",
  "last",
  "most_frequent",
  "unique_list",
  "unique_count",
  "days_since",
] as const;
export const otherKinds = ["trait", "affinity", "formula", "sql", "prediction"] as const;
export const valueTypes = ["number", "money", "text", "boolean", "instant", "list"] as const;

const name = Type.String({ minLength: 1, maxLength: 200 });
const valueType = Type.Enum([...valueTypes]);

/** What an author of a trait writes. */
export const traitBodySchema = Type.Object(
  {
    description: Type.Optional(Type.String({ maxLength: 2000 })),
    kind: Type.Enum([...eventKinds, ...otherKinds]),
    event: Type.Optional(name),
    events: Type.Optional(Type.Array(name, { minItems: 1, maxItems: 20 })),
    where: Type.Optional(Type.Unknown({ description: "Rule over `event.`" })),
    lines: Type.Optional(
      Type.Object(
        { where: Type.Optional(Type.Unknown({ description: "Rule over `item.` and `product.`, for one line" })) },
        { additionalProperties: false, description: "Count or read product lines instead of events" },
      ),
    ),
    path: Type.Optional(
      Type.String({
        maxLength: 300,
        description: "`event.…`, or `item.…` of each product line, e.g. `item.row_total`",
      }),
    ),
    window: Type.Optional(Type.Unknown({ description: "Window of the rule language; absent = ever" })),
    timezone: Type.Optional(Type.String({ maxLength: 60, description: "IANA zone of local days" })),
    valueType: Type.Optional(valueType),
    currency: Type.Optional(Type.String({ pattern: "^[A-Z]{3}$", description: "Of money; default the deployment's" })),
    net: Type.Optional(Type.Boolean({ description: "Of order amounts: take off what was refunded" })),
    attribute: Type.Optional(
      Type.String({ maxLength: 100, description: "Kind trait: written attribute; kind affinity: category, brand…" }),
    ),
    policy: Type.Optional(
      Type.Union([
        Type.Enum(["latest", "oldest", "non_empty", "sum", "max", "union"]),
        Type.Object({ sourceOrder: Type.Array(name, { minItems: 1, maxItems: 50 }) }, { additionalProperties: false }),
      ]),
    ),
    expression: Type.Optional(Type.String({ maxLength: 2000, description: "Kind formula" })),
    query: Type.Optional(
      Type.String({ maxLength: 20_000, description: "Kind sql: one SELECT with the column profile_id" }),
    ),
    columns: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ pattern: "^[a-z][a-z0-9_]{0,59}$" }),
            type: Type.Enum(["number", "text", "boolean", "instant"]),
          },
          { additionalProperties: false },
        ),
        {
          minItems: 1,
          maxItems: 25,
        },
      ),
    ),
    everyHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 168, description: "Kind sql; default 24" })),
    prediction: Type.Optional(
      Type.String({ maxLength: 100, description: "Kind prediction: name a model writes under; default the key" }),
    ),
  },
  { additionalProperties: false },
);

export type TraitBody = Static<typeof traitBodySchema>;
export type TraitKindName = TraitBody["kind"];
export type EventKind = (typeof eventKinds)[number];
export type ValueType = (typeof valueTypes)[number];

export function isEventKind(kind: TraitKindName): kind is EventKind {
  return (eventKinds as readonly string[]).includes(kind);
}

/** Names of the events, each once. */
export function eventsOf({ event, events }: Pick<TraitBody, "event" | "events">): readonly string[] {
  return [...new Set([...(event === undefined ? [] : [event]), ...(events ?? [])])];
}
