// One event of Algolia's Insights API → one canonical event. Pure; bad input is rejected, never thrown.
import {
  buildEvent,
  canonicalOfSegment,
  type EventReader,
  type Identifier,
  reject,
  type TranslatedEvent,
} from "../../collect/index.ts";
import { isObject, type JsonObject, type JsonValue, type Money, toMinor } from "../../kernel/index.ts";
import { fromQueryId } from "./query-id.ts";
import { listOf, numberOf, objectOf, textOf } from "./values.ts";

/** As Algolia's own; the rest of a longer list says nothing more. */
const maxObjects = 100;
const maxFilters = 100;
const readFields: ReadonlySet<string> = new Set([
  "messageId",
  "eventType",
  "eventSubtype",
  "eventName",
  "userToken",
  "authenticatedUserToken",
  "timestamp",
  "queryID",
  "objectIDs",
  "positions",
  "objectData",
  "filters",
  "value",
  "currency",
  "query",
  "results",
  "sort",
]);

/** @param defaultCurrency ISO 4217 code of amounts where the event names none */
export function createInsightsReader({ defaultCurrency }: { readonly defaultCurrency: string }): EventReader {
  return (raw, facts) => {
    if (!isObject(raw)) return reject("collect.eventShape", "an event must be an object", null);
    const { messageId } = raw;
    const eventType = textOf(raw["eventType"], 50);
    const eventName = textOf(raw["eventName"], 200);
    if (!isKnown(eventType))
      return reject("collect.eventType", "eventType must be click, view or conversion", messageId);
    if (eventName === undefined) return reject("collect.eventType", "eventName is missing", messageId);
    const items = readItems(raw, defaultCurrency);
    const filters = readFilters(raw["filters"]);
    if (items.length === 0 && filters.length === 0 && eventType !== "search")
      return reject("collect.eventShape", "send objectIDs or filters", messageId);
    const translated: TranslatedEvent = {
      messageId,
      type: eventType === "search" ? eventName : typeOf(raw, eventType, eventName, items.length),
      originalName: eventName,
      timestamp: raw["timestamp"],
      identifiers: identifiersOf(raw),
      properties: {
        ...searchFields(raw),
        ...(eventType === "search" ? queryFields(raw) : {}),
        ...(items.length === 0 ? {} : { items }),
        ...(filters.length === 0 ? {} : { filters }),
        ...totalsOf(raw, defaultCurrency),
      },
      context: {},
      extra: extraOf(raw),
    };
    return buildEvent(translated, raw, facts);
  };
}

/** `search` is ours: what we noted of a query. */
function isKnown(eventType: unknown): eventType is "click" | "view" | "conversion" | "search" {
  return eventType === "click" || eventType === "view" || eventType === "conversion" || eventType === "search";
}

function queryFields(raw: Record<string, unknown>): JsonObject {
  const { query, results, sort } = raw;
  const [attribute, direction = "desc"] = typeof sort === "string" ? sort.split(":") : [];
  return {
    ...(typeof query === "string" ? { searchQuery: query } : {}),
    ...(typeof results === "number" ? { results } : {}),
    ...(attribute === undefined ? {} : { sort: [{ attribute, direction }] }),
  };
}

function identifiersOf(raw: Record<string, unknown>): readonly Identifier[] {
  const customer = textOf(raw["authenticatedUserToken"], 200);
  const device = textOf(raw["userToken"], 200);
  return [
    ...(customer === undefined ? [] : [{ namespace: "user_id", value: customer }]),
    ...(device === undefined ? [] : [{ namespace: "anonymous_id", value: device }]),
  ];
}

/** A name that says that a page of one product was opened; every other view is that of a list. */
const productPage = /\b(?:product|item|pdp)\b.*\b(?:detail|page|viewed)\b|\bpdp\b/i;

function typeOf(raw: Record<string, unknown>, eventType: "click" | "view" | "conversion", name: string, items: number) {
  const subtype = raw["eventSubtype"];
  if (subtype === "addToCart") return "addToCart";
  if (subtype === "purchase") return "completeCheckout";
  const known = canonicalOfSegment(name);
  if (known !== name.trim() && known !== name) return known;
  if (items === 0) return eventType === "click" ? "searchFilterClick" : name;
  if (eventType === "view") return items === 1 && productPage.test(name) ? "productPageView" : "searchResultsView";
  if (eventType === "click") return queryIds(raw).length > 0 ? "searchProductClick" : "productClick";
  return name;
}

/** Ids of the searches that led here, each once: the event's own, else those of its products. */
function queryIds(raw: Record<string, unknown>): readonly string[] {
  const own = textOf(raw["queryID"], 128);
  const ids = [own, ...listOf(raw["objectData"], maxObjects).map((data) => textOf(objectOf(data)["queryID"], 128))];
  return [...new Set(ids.flatMap((id) => (id === undefined ? [] : fromQueryId(id))))];
}

function searchFields(raw: Record<string, unknown>): JsonObject {
  const ids = queryIds(raw);
  const [first] = ids;
  if (first === undefined) return {};
  return { searchId: first, ...(raw["eventType"] === "conversion" ? { searchIds: ids } : {}) };
}

function readItems(raw: Record<string, unknown>, defaultCurrency: string): readonly JsonObject[] {
  const positions = listOf(raw["positions"], maxObjects);
  const data = listOf(raw["objectData"], maxObjects);
  const currency = currencyOf(raw["currency"]) ?? defaultCurrency;
  return listOf(raw["objectIDs"], maxObjects).flatMap((given, at): readonly JsonObject[] => {
    const sku = textOf(given, 200);
    if (sku === undefined) return [];
    const rank = numberOf(positions[at]);
    return [{ sku, ...(rank === undefined || rank < 1 ? {} : { rank }), ...amountsOf(objectOf(data[at]), currency) }];
  });
}

/** Price and discount are those of one piece; the price is what was paid for it. */
function amountsOf(data: JsonObject, currency: string): JsonObject {
  const qty = numberOf(data["quantity"]);
  const unitPrice = moneyOf(data["price"], currency);
  const discount = moneyOf(data["discount"], currency);
  const pieces = qty !== undefined && qty > 0 ? qty : 1;
  const times = ({ minor }: Money): JsonObject => ({ minor: Math.round(minor * pieces), currency });
  const queryId = textOf(data["queryID"], 128);
  return {
    ...(qty === undefined || qty <= 0 ? {} : { qty }),
    ...(unitPrice === undefined ? {} : { unitPrice, lineTotal: times(unitPrice), currency }),
    ...(discount === undefined ? {} : { discount: times(discount) }),
    ...(queryId === undefined ? {} : { attributes: { searchId: fromQueryId(queryId) } }),
  };
}

function totalsOf(raw: Record<string, unknown>, defaultCurrency: string): JsonObject {
  if (raw["eventType"] !== "conversion") return {};
  const currency = currencyOf(raw["currency"]) ?? defaultCurrency;
  const total = moneyOf(raw["value"], currency);
  if (total === undefined) return raw["currency"] === undefined ? {} : { currency };
  return { [raw["eventSubtype"] === "purchase" ? "orderTotal" : "value"]: total, currency };
}

/** `attribute:value`, each URL-encoded as a whole by the client. */
function readFilters(given: unknown): readonly JsonObject[] {
  return listOf(given, maxFilters).flatMap((entry): readonly JsonObject[] => {
    const text = textOf(entry, 1_000);
    if (text === undefined) return [];
    const decoded = decodedText(text);
    const colon = decoded.indexOf(":");
    return colon < 1 ? [] : [{ attribute: decoded.slice(0, colon), values: [decoded.slice(colon + 1)] }];
  });
}

function decodedText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function moneyOf(value: unknown, currency: string): Money | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const minor = toMinor(value, currency);
  return minor === undefined ? undefined : { minor, currency };
}

function currencyOf(value: unknown): string | undefined {
  const code = typeof value === "string" ? value.trim().toUpperCase() : "";
  return /^[A-Z]{3}$/.test(code) ? code : undefined;
}

function extraOf(raw: Record<string, unknown>): JsonObject {
  const entries = Object.entries(objectOf(raw)).filter(([name]) => !readFields.has(name));
  return Object.fromEntries(entries) as Record<string, JsonValue>;
}
