// The part of a schema that a form can show: names, types and which are required. The rest is kept as it is.
import type { Json, JsonObject } from "../api/shapes.ts";

export const propertyTypes = ["any", "string", "number", "integer", "boolean", "object", "array"] as const;
export type PropertyType = (typeof propertyTypes)[number];

export type Property = {
  readonly name: string;
  readonly type: PropertyType;
  readonly isRequired: boolean;
  /** The schema says more than its type. */
  readonly hasMore: boolean;
};

function asObject(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function requiredOf(schema: JsonObject): readonly string[] {
  const { required } = schema;
  return Array.isArray(required) ? required.filter((name): name is string => typeof name === "string") : [];
}

/** The properties of an event's schema, in their order. */
export function propertiesOf(schema: JsonObject | undefined): readonly Property[] {
  if (!schema) return [];
  const required = new Set(requiredOf(schema));
  return Object.entries(asObject(schema["properties"])).map(([name, child]) => {
    const own = asObject(child);
    const type = propertyTypes.find((known) => known === own["type"]);
    return {
      name,
      type: type ?? "any",
      isRequired: required.has(name),
      hasMore: Object.keys(own).some((key) => key !== "type") || (own["type"] !== undefined && type === undefined),
    };
  });
}

/** The schema with a property added, changed or renamed; what the form does not show of it is kept. */
export function withProperty(
  schema: JsonObject | undefined,
  name: string,
  next: Omit<Property, "hasMore">,
): JsonObject {
  const base: JsonObject = schema ?? { type: "object" };
  const properties = asObject(base["properties"]);
  const { type: _old, ...kept } = asObject(properties[name]);
  const child: JsonObject = next.type === "any" ? kept : { type: next.type, ...kept };
  const entries = Object.entries(properties);
  const isNew = !entries.some(([known]) => known === name);
  const changed = isNew
    ? [...entries, [next.name, child] as const]
    : entries.map(([known, value]) => (known === name ? ([next.name, child] as const) : ([known, value] as const)));
  const required = requiredOf(base).filter((known) => known !== name && known !== next.name);
  return {
    ...base,
    properties: Object.fromEntries(changed),
    required: next.isRequired ? [...required, next.name] : required,
  };
}

/** The schema without a property. */
export function withoutProperty(schema: JsonObject, name: string): JsonObject {
  const { [name]: _removed, ...properties } = asObject(schema["properties"]);
  return { ...schema, properties, required: requiredOf(schema).filter((known) => known !== name) };
}
