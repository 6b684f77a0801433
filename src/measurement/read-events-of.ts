// Stored events back in the one event shape, for a profile that is computed anew.
import { type CanonicalEvent, type Identifier, namespaceOf, type SourceKind } from "../collect/index.ts";
import { isObject, type JsonObject } from "../kernel/index.ts";
import type { OwnedIdentifier } from "../profiles/index.ts";
import type { StoredEventRow, StoredEventsStore, StoredPosition } from "./store-events.clickhouse.ts";

const defaultPageSize = 2_000;

function parseObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  // What was parsed from JSON is a JsonObject once it is known to be an object.
  return isObject(value) ? (value as JsonObject) : {};
}

/** `namespace:value`; families have a colon in their name: `customer_id:erp:42`. */
function parseIdentifier(text: string): Identifier {
  const first = text.indexOf(":");
  const second = text.indexOf(":", first + 1);
  const family = text.slice(0, second);
  const isFamily = second > 0 && namespaceOf(family).priority === namespaceOf(`${text.slice(0, first)}:`).priority;
  // Only what is named as a family: any other colon is part of a custom identifier's value.
  const isOurs =
    namespaceOf(family).priority < namespaceOf("a custom one").priority || namespaceOf(family).kind === "person";
  const at = isFamily && isOurs ? second : first;
  return { namespace: text.slice(0, at), value: text.slice(at + 1) };
}

export function toCanonicalEvent(row: StoredEventRow): CanonicalEvent {
  return {
    messageId: row.event_id,
    sourceId: row.source_id,
    // Written from a SourceKind.
    sourceKind: row.source_kind as SourceKind,
    type: row.event_type,
    originalName: row.original_name,
    timestamp: Number(row.ts),
    receivedAt: Number(row.received_at),
    identifiers: row.identifiers.map(parseIdentifier),
    verified: Number(row.verified) === 1,
    storeView: row.store_view,
    properties: parseObject(row.properties),
    context: parseObject(row.context),
    extra: parseObject(row.extra),
    // Written from flags.
    flags: row.flags as CanonicalEvent["flags"],
  };
}

/** Pages of a person's events in order; the next page is read when it is asked for. */
export async function* readEventsOf(
  store: StoredEventsStore,
  identifiers: readonly OwnedIdentifier[],
  pageSize = defaultPageSize,
): AsyncGenerator<readonly CanonicalEvent[]> {
  const intervals = identifiers.map(({ namespace, value, validFrom, validTo }) => ({
    key: `${namespace}:${value}`,
    from: validFrom,
    to: validTo,
  }));
  for (let after: StoredPosition | null = null; ; ) {
    const rows: readonly StoredEventRow[] = await store.eventsOfKeys(intervals, after, pageSize);
    if (rows.length > 0) yield rows.map(toCanonicalEvent);
    const last = rows.at(-1);
    if (rows.length < pageSize || !last) return;
    after = { at: Number(last.ts), receivedAt: Number(last.received_at), id: last.event_id, source: last.source_id };
  }
}
