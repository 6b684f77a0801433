// From outbox rows to the records of one request: names, rule, consent, fields, format. The filter comes before any mapping.
import type { CanonicalEvent } from "../../collect/index.ts";
import type { JsonObject } from "../../kernel/index.ts";
import { admitItem, type ConsentStates } from "./admit-event.ts";
import {
  type AudienceName,
  audienceIdOf,
  looksLikeTransition,
  wantsAudience,
  withAudienceName,
} from "./audience-transitions.ts";
import type { DestinationConfig, OutboxCursor, OutboxItem, OutboxRow } from "./destination.ts";

/** A record and where the outbox goes on after it. */
export type BatchRecord = {
  readonly record: JsonObject;
  readonly item: OutboxItem;
  /** The record's own place. */
  readonly at: OutboxCursor;
  /** Items passed by before it in this batch. */
  readonly filteredBefore: number;
};

export type Batch = {
  readonly records: readonly BatchRecord[];
  /** Where the outbox goes on after the whole batch, filtered items included. */
  readonly end: OutboxCursor;
  /** Items passed by that the destination does not get. */
  readonly filtered: number;
  /** No further record fits. */
  readonly isFull: boolean;
  readonly oldestAt: number | null;
};

export type CollectOptions = {
  readonly config: DestinationConfig;
  readonly matchesRule: (event: CanonicalEvent) => boolean;
  readonly consentOf: (profileId: string) => ConsentStates | undefined;
  readonly audienceOf: (id: string) => AudienceName | undefined;
  readonly translate: (item: OutboxItem) => JsonObject | null;
  readonly maxBytes: number;
  /** Grants expire. */
  readonly nowMs: number;
};

/** The name and rule part of the filter. */
export function wantsEvent(
  { events }: Pick<DestinationConfig, "events">,
  event: CanonicalEvent,
  matchesRule: (event: CanonicalEvent) => boolean,
): boolean {
  if (events.names !== undefined && !events.names.includes(event.type)) return false;
  if (events.except?.includes(event.type)) return false;
  return events.rule === undefined || matchesRule(event);
}

/** The item as it is told, or null when the destination did not choose it. */
function chosen(item: OutboxItem, { config, matchesRule, audienceOf }: CollectOptions): OutboxItem | null {
  if (!item.isTransition)
    return !looksLikeTransition(item.event) && wantsEvent(config, item.event, matchesRule) ? item : null;
  const id = audienceIdOf(item.event);
  const audience = audienceOf(id);
  // One that nobody knows any more has no key that could have been chosen.
  return wantsAudience(config.audiences, id, audience?.key ?? "") ? withAudienceName(item, audience) : null;
}

/** One item as the destination gets it, or null. */
export function toRecord(given: OutboxItem, options: CollectOptions): JsonObject | null {
  const item = chosen(given, options);
  if (item === null) return null;
  const consents = item.profileId === undefined ? undefined : options.consentOf(item.profileId);
  const admitted = admitItem(item, options.config.consent, consents, options.nowMs);
  return admitted && options.translate(admitted);
}

/** Gathers the next records from a place on, in order, up to the limits of the destination. */
export function collectBatch(rows: readonly OutboxRow[], from: OutboxCursor, options: CollectOptions): Batch {
  const records: BatchRecord[] = [];
  let end = from;
  let filtered = 0;
  let bytes = 0;
  let oldestAt: number | null = null;
  for (const { position, createdAt, items } of rows) {
    const first = position === from.position ? from.item : 0;
    for (let index = first; index < items.length; index += 1) {
      const at = { position, item: index };
      const item = items[index] ?? null;
      const record = item && toRecord(item, options);
      if (item === null || record === null) {
        filtered += 1;
      } else {
        const size = Buffer.byteLength(JSON.stringify(record));
        const isFull =
          records.length >= options.config.batchSize || (records.length > 0 && bytes + size > options.maxBytes);
        if (isFull) return { records, end: at, filtered, isFull, oldestAt };
        bytes += size;
        oldestAt ??= createdAt;
        records.push({ record, item, at, filteredBefore: filtered });
      }
      end = { position, item: index + 1 };
    }
    end = { position: position + 1, item: 0 };
  }
  return { records, end, filtered, isFull: records.length >= options.config.batchSize, oldestAt };
}
