import type { CatalogProduct } from "../catalog/index.ts";
import type { CanonicalEvent } from "../collect/index.ts";
import { isObject, type JsonObject } from "../kernel/index.ts";
import { readLines, readMoney } from "../profiles/index.ts";

/** One row of the table `events`; a pure function of the event and the catalog, so that a repeated export is the same. */
export type EventRow = Readonly<Record<string, string | number | readonly string[] | readonly number[] | JsonObject>>;

function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function pageUrl(context: CanonicalEvent["context"]): string {
  const { page } = context;
  return isObject(page) ? text(page["url"]) : "";
}

const maxLines = 2_000;

/** The column is Int64: one amount beyond it would make ClickHouse refuse the whole export, again and again. */
function wholeMinor(amount: number): number {
  const minor = Math.round(amount);
  return Number.isSafeInteger(minor) ? minor : 0;
}

/**
 * @param parentOf the product of a SKU, or the parent of a variant
 * @param identityKey the identifier that decides to whom the event belongs, as `namespace:value`: the key that the identity mapping
 *   joins on
 */
export function toEventRow(
  event: CanonicalEvent,
  parentOf: (sku: string) => CatalogProduct | undefined,
  identityKey: (event: CanonicalEvent) => string,
): EventRow {
  const { properties, context } = event;
  const all = readLines(event);
  const lines = all.length > maxLines ? all.slice(0, maxLines) : all;
  const total = readMoney(properties["orderTotal"]);
  const currency = total?.currency ?? lines.find((line) => line.lineTotal)?.lineTotal?.currency ?? "";
  return {
    event_id: event.messageId,
    source_id: event.sourceId,
    source_kind: event.sourceKind,
    event_type: event.type,
    original_name: event.originalName,
    ts: event.timestamp,
    received_at: event.receivedAt,
    identity_key: identityKey(event),
    identifiers: event.identifiers.map(({ namespace, value }) => `${namespace}:${value}`),
    session_id: text(context["sessionId"]),
    store_view: event.storeView,
    skus: lines.map((line) => parentOf(line.sku)?.sku ?? line.parentSku ?? line.sku),
    items_qty: lines.map((line) => line.qty),
    items_total: lines.map((line) => line.lineTotal?.minor ?? wholeMinor((line.unitPrice?.minor ?? 0) * line.qty)),
    category_path: text(properties["categoryPath"]),
    search_query: text(properties["searchQuery"]),
    search_id: text(properties["searchId"]),
    cart_id: text(properties["cartId"]),
    order_id: text(properties["orderId"]),
    order_total: total?.minor ?? 0,
    currency,
    page_url: pageUrl(context),
    decision_id: text(properties["decisionId"]),
    flags: event.flags,
    verified: event.verified ? 1 : 0,
    // Objects: their columns take the text of them as it stands in the row, so that nothing is written as JSON twice.
    properties,
    context,
    extra: event.extra,
  };
}
