/** The body of a trait as the server takes it, and which of its fields each kind uses. */
import type { Json, JsonObject } from "../api/shapes.ts";

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
export const policies = ["latest", "oldest", "source_order", "non_empty", "sum", "max", "union"] as const;

export type TraitKindName = (typeof eventKinds)[number] | (typeof otherKinds)[number];
export type ValueType = (typeof valueTypes)[number];
export type PolicyName = (typeof policies)[number];
export type QueryColumn = { readonly name: string; readonly type: ValueType };

export type TraitBody = {
  readonly description?: string;
  readonly kind: TraitKindName;
  readonly event?: string;
  readonly events?: readonly string[];
  readonly where?: Json;
  readonly lines?: { readonly where?: Json };
  readonly path?: string;
  readonly window?: JsonObject;
  readonly timezone?: string;
  readonly valueType?: ValueType;
  readonly currency?: string;
  readonly net?: boolean;
  readonly attribute?: string;
  readonly policy?: Exclude<PolicyName, "source_order"> | { readonly sourceOrder: readonly string[] };
  readonly expression?: string;
  readonly query?: string;
  readonly columns?: readonly QueryColumn[];
  readonly everyHours?: number;
  readonly prediction?: string;
};

type Field = keyof TraitBody;

const eventFields: readonly Field[] = ["event", "events", "where", "lines", "window", "timezone"];
const valueFields: readonly Field[] = ["path", "valueType", "currency", "net"];
const otherFields: Readonly<Record<(typeof otherKinds)[number], readonly Field[]>> = {
  trait: ["attribute", "policy", "valueType"],
  affinity: ["attribute"],
  formula: ["expression", "valueType"],
  sql: ["query", "columns", "everyHours"],
  prediction: ["prediction", "valueType"],
};
const noPath: ReadonlySet<TraitKindName> = new Set(["count", "days_since"]);
const optionalPath: ReadonlySet<TraitKindName> = new Set(["first", "last"]);
const placing: ReadonlySet<string> = new Set(["orderPlaced", "completeCheckout"]);

export function isEventKind(kind: TraitKindName): boolean {
  return (eventKinds as readonly string[]).includes(kind);
}

export function takesPath(kind: TraitKindName): "never" | "optional" | "needed" {
  if (!isEventKind(kind) || noPath.has(kind)) return "never";
  return optionalPath.has(kind) ? "optional" : "needed";
}

function fieldsOf(kind: TraitKindName): readonly Field[] {
  if (!isEventKind(kind)) return otherFields[kind as (typeof otherKinds)[number]] ?? [];
  return takesPath(kind) === "never" ? eventFields : [...eventFields, ...valueFields];
}

/** Another kind keeps what it uses too; the server refuses the rest. */
export function withKind(body: TraitBody, kind: TraitKindName): TraitBody {
  const kept = new Set<string>(["description", ...fieldsOf(kind)]);
  const fields = Object.entries(body).filter(([field]) => kept.has(field));
  return { ...(Object.fromEntries(fields) as Partial<TraitBody>), kind };
}

/** Sets a field, or takes it out when it is empty: absent is the default everywhere. */
export function withField<F extends Exclude<Field, "kind">>(
  body: TraitBody,
  field: F,
  value: TraitBody[F] | undefined | "",
): TraitBody {
  const fields = Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
  // What is left is the body without an optional field.
  const others = fields as TraitBody;
  return value === undefined || value === "" ? others : { ...others, [field]: value };
}

export function eventsOf({ event, events = [] }: TraitBody): readonly string[] {
  return [...new Set([...(event === undefined ? [] : [event]), ...events])];
}

export function withEvents(body: TraitBody, names: readonly string[]): TraitBody {
  const { event: _event, events: _events, net, ...others } = body;
  const next = names.length === 0 ? others : { ...others, events: names };
  return net && isAboutOrders(names) ? { ...next, net } : next;
}

export function isAboutOrders(names: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => placing.has(name));
}

/** Whether the trait looks at product lines: it counts them, or its value stands in one. */
export function isAboutLines({ lines, path = "" }: TraitBody): boolean {
  return lines !== undefined || path.startsWith("item.") || path.startsWith("event.properties.items.");
}

export function policyName(policy: TraitBody["policy"]): PolicyName {
  if (policy === undefined) return "latest";
  return typeof policy === "string" ? policy : "source_order";
}
