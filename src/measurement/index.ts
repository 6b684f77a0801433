import type { CatalogProduct } from "../catalog/index.ts";
import type { CanonicalEvent, EventSink } from "../collect/index.ts";
import { isObject, type Logger } from "../kernel/index.ts";
import {
  identityKeyOf,
  type OwnedIdentifier,
  plainRules,
  type TimelineEvent,
  type TimelinePosition,
} from "../profiles/index.ts";
import type { ClickHouse } from "../storage/index.ts";
import { toEventRow } from "./event-row.ts";
import { createExposureLog } from "./exposure-log.ts";
import { readEventsOf } from "./read-events-of.ts";
import { createMeasurementStore } from "./store.clickhouse.ts";
import { createStoredEventsStore } from "./store-events.clickhouse.ts";
import { createPastEventStore } from "./store-past.clickhouse.ts";
import { type WalkOptions, walkPast } from "./walk-past.ts";
import { type WalkTimesOptions, walkTimes } from "./walk-times.ts";

export type { Exposure } from "./exposure-log.ts";
export { createPastEventStore, type EventLists, type PastEventStore } from "./store-past.clickhouse.ts";
export { createEventStorePrivacy, type EventStorePrivacy, type StoredRow } from "./store-privacy.clickhouse.ts";
export { firstInstantMs, type PastEvent, type WalkOptions, walkPast } from "./walk-past.ts";
export type { WalkTimesOptions } from "./walk-times.ts";

export type MeasurementDeps = {
  readonly clickhouse: ClickHouse;
  readonly logger: Logger;
  /** The product of a SKU, or the parent of a variant. */
  readonly parentOf: (sku: string) => CatalogProduct | undefined;
  /** The identifier that decides to whom an event belongs; default: by the identity rules of a deployment that set nothing. */
  readonly identityKey?: (event: CanonicalEvent) => string;
};

function parseObject(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  return isObject(value) ? value : {};
}

/** The event store: takes exported events, answers timelines and counts, logs exposures. */
export function createMeasurement(deps: MeasurementDeps) {
  const store = createMeasurementStore(deps.clickhouse);
  const storedEvents = createStoredEventsStore(deps.clickhouse);
  const past = createPastEventStore(deps.clickhouse);
  const identityKey = deps.identityKey ?? ((event: CanonicalEvent) => identityKeyOf(event, plainRules));
  const exposures = createExposureLog(store.insertExposures, deps.logger);

  const sink: EventSink = {
    encode: (events) => store.encodeEvents(events.map((event) => toEventRow(event, deps.parentOf, identityKey))),
    append: async ({ encoded, links }, token) => {
      if (encoded.some(({ length }) => length > 0)) await store.insertEncodedEvents(encoded, token);
      const rows = links.filter((link) => isObject(link));
      if (rows.length > 0) await store.insertLinks(rows, token);
    },
  };

  return {
    /** Where processed events go. */
    sink,
    logExposure: exposures.log,
    droppedExposures: exposures.dropped,
    countEvents: store.countEvents,

    /** Events of a person: each identifier counts within the time it belonged to the person. */
    timeline: async (
      identifiers: readonly OwnedIdentifier[],
      options: { readonly before: TimelinePosition | null; readonly limit: number },
    ): Promise<readonly TimelineEvent[]> => {
      const intervals = identifiers.map(({ namespace, value, validFrom, validTo }) => ({
        key: `${namespace}:${value}`,
        from: validFrom,
        to: validTo,
      }));
      const rows = await store.timeline(intervals, options.before, options.limit);
      return rows.map((row) => ({
        eventId: row.event_id,
        type: row.event_type,
        originalName: row.original_name,
        ts: new Date(Number(row.ts)).toISOString(),
        source: row.source_kind,
        properties: parseObject(row.properties),
        context: parseObject(row.context),
      }));
    },

    /** Events up to a time of receipt, with their owners, for whatever is counted after the fact. */
    past: {
      count: past.countEvents,
      walkTimes: (options: WalkTimesOptions): Promise<number | undefined> => walkTimes(past, options),
      walk: (options: WalkOptions): Promise<number | undefined> => walkPast(past, options),
    },

    /** Writes the exposures that wait; may be repeated. */
    flushExposures: exposures.flush,
    /** Every event of the identifiers, each in the time in which it belonged to the person, in order, in pages. */
    eventsOf: (identifiers: readonly OwnedIdentifier[], pageSize?: number): AsyncIterable<readonly CanonicalEvent[]> =>
      readEventsOf(storedEvents, identifiers, pageSize),

    close: exposures.flush,
  };
}

export type Measurement = ReturnType<typeof createMeasurement>;
