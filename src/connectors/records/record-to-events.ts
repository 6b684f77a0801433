import { canonicalOfSegment, canonicalOfXdm, type Identifier, type TranslatedEvent } from "../../collect/index.ts";
import { assertNever, type JsonObject } from "../../kernel/index.ts";
import { orderToEvents } from "./order-events.ts";
import { consentToEvents, customerToEvents, loyaltyToEvents } from "./person-events.ts";
import { createRecordReader } from "./read-record.ts";
import type { RecordFacts, RecordFault, RecordMemory, RecordResult, SourceRecord } from "./record.ts";
import { contextOf, identifiersOf, messageIdsOf, storeViewOf } from "./record-identity.ts";

const emptyObject: JsonObject = Object.freeze({});
/** Fields of a native event that are no identifier and no property. */
const eventFields = new Set([
  "type",
  "event",
  "messageId",
  "timestamp",
  "properties",
  "context",
  "storeView",
  "anonymousId",
  "customerId",
  "email",
  "phone",
  "loyaltyId",
  "identifiers",
]);

function canonicalNameOf(name: string): string {
  const canonical = canonicalOfXdm(name);
  return canonical === name ? canonicalOfSegment(name) : canonical;
}

function eventToEvents(record: SourceRecord, facts: RecordFacts, memory: RecordMemory): RecordResult {
  const faults: RecordFault[] = [];
  const reader = createRecordReader(record.fields, faults);
  const name = reader.text("type", 200) ?? reader.text("event", 200);
  if (name === undefined) reader.fault("type", "required", "is missing");
  const anonymousId = reader.text("anonymousId", 512);
  const identifiers: readonly Identifier[] = [
    ...identifiersOf(reader, facts),
    ...(anonymousId === undefined ? [] : [{ namespace: "anonymous_id", value: anonymousId }]),
  ];
  if (identifiers.length === 0) reader.fault("customerId", "required", "the event names nobody");
  const timestamp = reader.time("timestamp") ?? record.updatedAt;
  if (timestamp === undefined && reader.value("timestamp") === undefined)
    reader.fault("timestamp", "required", "is missing");
  const properties = reader.object("properties") ?? emptyObject;
  const context = reader.object("context") ?? emptyObject;
  const messageId = reader.text("messageId", 500) ?? messageIdsOf(record, "", memory).versioned("event");
  if (faults.length > 0 || name === undefined) return { ok: false, faults };
  const extra = Object.entries(record.fields).filter(([key]) => !eventFields.has(key));
  const event: TranslatedEvent = {
    messageId,
    type: canonicalNameOf(name),
    originalName: name,
    ...(timestamp === undefined ? {} : { timestamp }),
    identifiers,
    storeView: reader.text("storeView", 64) ?? storeViewOf(reader, facts),
    properties,
    context: { ...contextOf(reader), ...context },
    ...(extra.length > 0 ? { extra: Object.fromEntries(extra) } : {}),
  };
  return { ok: true, events: [event], parts: [] };
}

function storeToEvents(record: SourceRecord, facts: RecordFacts, memory: RecordMemory): RecordResult {
  const event: TranslatedEvent = {
    messageId: messageIdsOf(record, "", memory).versioned("store"),
    type: "storeRecord",
    originalName: "storeRecord",
    ...(record.updatedAt === undefined ? {} : { timestamp: record.updatedAt }),
    identifiers: [],
    storeView: facts.defaultStoreView,
    properties: { ...record.fields, storeId: record.externalId, ...(record.deleted ? { deleted: true } : {}) },
    context: emptyObject,
    mayBeNobody: true,
  };
  return { ok: true, events: [event], parts: [] };
}

/**
 * What a record of another system means for us. Pure: the same record gives the same events with the same message ids, so that
 * it counts once however often it comes.
 *
 * An order becomes what happened to it (events.md 3.2), a customer a profile record or the end of an account, a consent, a
 * loyalty account and an event what they say; a product becomes a row for the catalog.
 *
 * @param memory what the caller knows of earlier records of this key; without it an order that changed after it was placed is
 *   told as placed and changed, and message ids alone keep repeats away
 */
export function recordToEvents(record: SourceRecord, facts: RecordFacts, memory: RecordMemory = {}): RecordResult {
  const { kind } = record;
  switch (kind) {
    case "order":
      return orderToEvents(record, facts, memory);
    case "customer":
      return customerToEvents(record, facts, memory);
    case "loyalty":
      return loyaltyToEvents(record, facts, memory);
    case "consent":
      return consentToEvents(record, facts, memory);
    case "event":
      return eventToEvents(record, facts, memory);
    case "store":
      return storeToEvents(record, facts, memory);
    case "product":
      return {
        ok: true,
        events: [],
        parts: [],
        product: { ...record.fields, ...(record.deleted ? { visibility: "none" } : {}) },
      };
    default:
      return assertNever(kind);
  }
}
