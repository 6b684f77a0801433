/** The shape of a rule as JSON Schema (draft 2020-12): what an editor completes and a generator types. `validateRule` checks the rest. */

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: "string", minLength: 1, maxLength: 1000 };
const path: Schema = { type: "string", pattern: "^(profile|event|cart|item|product|matched|context)(\\..+)?$" };
const duration: Schema = { type: "string", pattern: "^\\d{1,9}[smhdw]$" };
const decimal: Schema = { anyOf: [{ type: "number" }, { type: "string", pattern: "^[+-]?\\d+(\\.\\d+)?$" }] };
const comparison: Schema = { enum: ["eq", "neq", "gt", "gte", "lt", "lte"] };
const node: Schema = { $ref: "#/$defs/node" };
const window: Schema = { $ref: "#/$defs/window" };
const names: Schema = { anyOf: [text, { type: "array", items: text, minItems: 1 }] };

function object(required: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return {
    type: "object",
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

/** A node has exactly one key. */
function only(key: string, value: Schema): Schema {
  return object({ [key]: value });
}

const count = object({ op: comparison, value: { type: "integer", minimum: 0 } });
const money = object({ minor: decimal, currency: { type: "string", pattern: "^[A-Z]{3}$" } });

const operators = [
  ...["eq", "neq", "in", "not_in", "gt", "gte", "lt", "lte", "contains", "not_contains", "contains_any"],
  ...["contains_all", "not_contains_all", "starts_with", "not_starts_with", "ends_with", "not_ends_with", "regex"],
  ...["not_regex", "between", "is_true", "is_false", "within_last", "within_next", "before_last", "after_next"],
  ...["anniversary_within", "any_match", "none_match", "size", "type_is", "exists", "not_exists"],
];

const attribute = object(
  { path, op: { enum: operators } },
  { value: {}, where: node, caseSensitive: { type: "boolean" }, timezone: text },
);

const itemsParts = { where: node, window, statuses: { type: "array", items: text } };
const of: Schema = { enum: ["cart", "order", "wishlist", "viewed", "ordered", "orders", "addresses", "event"] };
const measure: Schema = { enum: ["count", "quantity", "amount", "average_quantity", "average_amount"] };
const items: Schema = {
  anyOf: [
    object({ of, match: { enum: ["some", "none", "every"] } }, itemsParts),
    object({ of, measure, op: comparison, value: {} }, itemsParts),
  ],
};

const eventParts = { where: node, window, account: { enum: ["any", "none", "all"] } };
const aggregate = object({
  fn: { enum: ["sum", "average", "min", "max"] },
  path,
  op: comparison,
  value: { anyOf: [decimal, money] },
});
const event: Schema = {
  anyOf: [
    object({ name: names }, { ...eventParts, count, distinct: path }),
    object({ name: names, aggregate }, eventParts),
  ],
};

const step = object(
  { name: names },
  {
    where: node,
    within: duration,
    notBetween: { type: "array", items: object({ name: names }, { where: node }) },
    same: { type: "array", items: object({ step: { type: "integer", minimum: 0 }, path, otherPath: path }) },
  },
);

const messageParts = {
  template: text,
  journey: text,
  channel: text,
  count,
  window,
};

const windows: Schema = {
  anyOf: [
    object({ last: duration }),
    object({ between: { type: "array", items: duration, minItems: 2, maxItems: 2 } }),
    object({ before: duration }),
    object({ session: duration }),
    object(
      { calendar: { enum: ["day", "week", "month", "quarter", "year"] } },
      { offset: { type: "integer" }, timezone: text },
    ),
    object({}, { from: { type: "string", format: "date" }, to: { type: "string", format: "date" }, timezone: text }),
    object({}, { since: text, until: text }),
  ],
};

/** JSON Schema of one rule. */
export const ruleSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Rule",
  $ref: "#/$defs/node",
  $defs: {
    window: windows,
    node: {
      anyOf: [
        only("all", { type: "array", items: node }),
        only("any", { type: "array", items: node }),
        only("not", node),
        only("everyone", { const: true }),
        only("attribute", attribute),
        only("items", items),
        only("event", event),
        only("sequence", object({ steps: { type: "array", items: step, minItems: 2, maxItems: 10 } }, { window })),
        only(
          "audience",
          object(
            {},
            { id: text, ids: { type: "array", items: text, minItems: 1 }, member: { type: "boolean" }, for: duration },
          ),
        ),
        only("subscription", object({ group: text, status: { enum: ["subscribed", "unsubscribed", "pending"] } })),
        only(
          "consent",
          object({ category: text, status: { enum: ["granted", "denied", "unset"] } }, { channel: text }),
        ),
        only(
          "journey",
          object({ id: text, state: { enum: ["active", "completed", "exited", "never"] } }, { within: duration }),
        ),
        only(
          "message",
          object(
            { event: { enum: ["sent", "delivered", "opened", "clicked", "bounced", "complained"] } },
            messageParts,
          ),
        ),
        only("bucket", object({ salt: text, from: { type: "integer" }, to: { type: "integer" } })),
        only("list", object({ id: text })),
        only(
          "geo",
          object({
            path,
            within: object({ lat: { type: "number" }, lon: { type: "number" }, km: { type: "number" } }),
          }),
        ),
      ],
    },
  },
};
