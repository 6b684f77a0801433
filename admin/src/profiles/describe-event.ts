import type { Json, JsonObject } from "../api/shapes.ts";

type Described = { readonly properties?: JsonObject | undefined; readonly context?: JsonObject | undefined };

/** What an event is about in a few words: its products, search phrase, order or page. */
export function describeEvent({ properties = {}, context = {} }: Described): string {
  const items = properties["items"];
  if (Array.isArray(items) && items.length > 0) {
    const names = items.slice(0, 3).map(nameOf).filter(Boolean);
    return items.length > 3 ? `${names.join(", ")} +${items.length - 3}` : names.join(", ");
  }
  for (const key of ["searchQuery", "orderId", "categoryPath", "listId", "quoteId"]) {
    const value = properties[key];
    if (typeof value === "string" && value !== "") return value;
  }
  const page = context["page"];
  if (isObject(page)) return String(page["title"] ?? page["url"] ?? "");
  return "";
}

function nameOf(item: Json): string {
  if (!isObject(item)) return "";
  return String(item["name"] ?? item["sku"] ?? "");
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
