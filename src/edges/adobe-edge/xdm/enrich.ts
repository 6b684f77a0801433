import type { JsonObject, JsonValue } from "../../../kernel/index.ts";
import { listOf, objectOf, textOf } from "../values.ts";

const maxItems = 500;

function isMissing(value: JsonValue | undefined): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function enrichItems(items: readonly unknown[], others: readonly unknown[]): readonly JsonObject[] {
  const bySku = new Map(others.map((other) => [textOf(objectOf(other)["sku"]), objectOf(other) as JsonObject]));
  return items.map((item) => {
    const own = objectOf(item) as JsonObject;
    const other = bySku.get(textOf(own["sku"]));
    return other ? { ...other, ...own } : own;
  });
}

/** The properties with what only the other had: fields that are missing, and missing fields of lines with the same SKU. */
export function enrich(properties: JsonObject, other: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...properties };
  for (const [key, value] of Object.entries(other)) {
    if (key === "items" && Array.isArray(properties["items"]) && properties["items"].length > 0)
      result[key] = enrichItems(properties["items"], listOf(value, maxItems));
    else if (isMissing(properties[key])) result[key] = value;
  }
  return result;
}

/** What of `other` the properties do not have: the fields of an event that adds to another one. */
export function missingFrom(properties: JsonObject, other: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(other)) {
    if (key === "items" && Array.isArray(properties["items"]) && properties["items"].length > 0) {
      const added = addedToItems(properties["items"], listOf(value, maxItems));
      if (added.length > 0) result[key] = added;
    } else if (isMissing(properties[key])) result[key] = value;
  }
  return result;
}

function addedToItems(items: readonly JsonValue[], others: readonly unknown[]): readonly JsonObject[] {
  const bySku = new Map(items.map((item) => [textOf(objectOf(item)["sku"]), objectOf(item)]));
  return others.flatMap((value) => {
    const other = objectOf(value) as JsonObject;
    const own = bySku.get(textOf(other["sku"]));
    if (!own) return [];
    const added = Object.entries(other).filter(([key]) => !(key in own));
    return added.length === 0 ? [] : [{ sku: other["sku"] ?? "", ...Object.fromEntries(added) }];
  });
}
