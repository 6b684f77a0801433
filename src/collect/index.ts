import type { Clock, JsonValue, Logger } from "../kernel/index.ts";
import type { Postgres } from "../storage/index.ts";
import { createEventAcceptor } from "./accept-events.ts";
import { type EventReader, readTranslatedEvent } from "./build-event.ts";
import { createDeadLetters } from "./dead-letters.ts";
import type { DoorCheck } from "./door.ts";
import type { SourceKind } from "./event.ts";
import { createExporter } from "./export-events.ts";
import { createLiveEvents } from "./live-events.ts";
import { isLostRace, LostRace } from "./lost-race.ts";
import type { EventSink, PrepareBatch, PreparedBatch } from "./prepared-batch.ts";
import { createProcessor } from "./process-inbox.ts";
import { createCollectStore } from "./store.ts";

export type { AcceptRequest, AcceptResult, RejectedEvent } from "./accept-events.ts";
export {
  buildEvent,
  type EventReader,
  exceedsBounds,
  type ReadResult,
  type RequestFacts,
  readTranslatedEvent,
  reject,
  type TranslatedEvent,
} from "./build-event.ts";
export { type ClientFacts, clientFactsOf, deviceOf, truncateIp } from "./client-facts.ts";
export { parseInstant } from "./correct-time.ts";
export type { DoorCheck, DoorVerdict } from "./door.ts";
export { type CanonicalEvent, type EventFlag, type Identifier, isTrustedSource, type SourceKind } from "./event.ts";
export { canonicalOfSegment, canonicalOfXdm, segmentNameOf, xdmNameOf } from "./event-names.data.ts";
export type { LiveEvent, LiveEvents } from "./live-events.ts";
export { createMentions } from "./mentions-person.ts";
export {
  isBlockedIdentifier,
  type Namespace,
  namespaceOf,
  namespaceOfWireName,
  normaliseIdentifier,
} from "./namespaces.ts";
export type { EventSink, ExportRows, PrepareBatch, PreparedBatch } from "./prepared-batch.ts";
export { readEvent } from "./read-event.ts";
export { type CollectRouteDeps, createCollectRoutes } from "./routes.ts";
export { toStorable, toStorableText } from "./storable.ts";
export { createCollectPrivacyStore, personalCollectTables } from "./store-privacy.ts";

export type CollectDeps = {
  readonly postgres: Postgres;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly maxEventAgeMs: number;
  readonly defaultStoreView: string;
  /** ISO 3166 code for phone numbers without a country prefix. */
  readonly defaultCountry?: string | undefined;
  /** Readers of foreign events by source kind; the others are native. */
  readonly readers?: Readonly<Partial<Record<SourceKind, EventReader>>>;
  /** Checks that every event passes before it is stored, in order. */
  readonly door?: readonly DoorCheck[];
  /** What may be kept of a payload that was rejected before it passed the door; nested 500 levels at most. Default: all of it. */
  readonly cleanRejected?: (payload: JsonValue) => JsonValue;
  readonly maxBacklogBytes: number;
  /** Time after which the work of a processor that died is taken over by another; default 30 s. */
  readonly leaseMs?: number;
  /** The steps of the event path; run once a batch, before its transaction. */
  readonly prepare: PrepareBatch;
  /** Takes events into the event store; must drop a repeat of the same token. */
  readonly sink: EventSink;
};

/** Age at which a message id is forgotten: repeats are recognised exactly for 7 days. */
const messageIdRetentionMs = 7 * 86_400_000;
const deadLetterRetentionMs = 14 * 86_400_000;
const defaultLeaseMs = 30_000;

/**
 * The event path: accept → inbox → processor → event store.
 *
 * What `accept` acknowledged is in PostgreSQL; it reaches profiles and the event store exactly once, wherever the process dies.
 */
export function createCollect(deps: CollectDeps) {
  const store = createCollectStore(deps.postgres);
  const live = createLiveEvents();
  const leaseMs = deps.leaseMs ?? defaultLeaseMs;
  const exporter = createExporter({
    store,
    clock: deps.clock,
    logger: deps.logger,
    leaseMs,
    sink: deps.sink,
  });
  const processor = createProcessor({
    store,
    clock: deps.clock,
    logger: deps.logger,
    leaseMs,
    prepare: deps.prepare,
    processed: exporter.offer,
  });
  const acceptor = createEventAcceptor({
    store,
    clock: deps.clock,
    logger: deps.logger,
    live,
    maxEventAgeMs: deps.maxEventAgeMs,
    defaultStoreView: deps.defaultStoreView,
    defaultCountry: deps.defaultCountry,
    readers: { connector: readTranslatedEvent, history: readTranslatedEvent, ...deps.readers },
    door: deps.door ?? [],
    cleanRejected: deps.cleanRejected ?? ((payload) => payload),
    maxBacklogBytes: deps.maxBacklogBytes,
    committed: processor.offer,
  });
  const deadLetters = createDeadLetters({ store, clock: deps.clock, accept: acceptor.accept });

  /**
   * Writes effects that follow from no event (time passed, an audience changed), with their derived events for the event store.
   *
   * @returns false when another writer was faster: nothing was written, prepare again
   */
  const applyPrepared = async (prepared: PreparedBatch, batchId: string): Promise<boolean> => {
    try {
      await store.transaction(async (tx) => {
        if (!(await prepared.write(tx))) throw new LostRace("a profile changed meanwhile");
        await store.insertBatch(tx, {
          batchId,
          processedAt: deps.clock.now(),
          eventCount: prepared.derived.length,
          dropped: [],
          links: prepared.links,
          derived: prepared.derived,
        });
      });
    } catch (error) {
      prepared.abandoned();
      if (isLostRace(error)) return false;
      throw error;
    }
    prepared.committed();
    exporter.offer({ batchId, events: prepared.derived });
    return true;
  };

  return {
    accept: acceptor.accept,
    applyPrepared,
    deadLetters,
    live,
    /** Waiting rows, age of the oldest, batches not exported, open dead letters. */
    counts: store.counts,
    /** Starts the background loops of the processor role. */
    start: async (): Promise<void> => {
      if (deps.postgres.kind === "embedded") await store.releaseClaims();
      processor.start();
      exporter.start();
    },
    /** Stops after the work under way; what is left stays in the inbox and is taken up by the next start. */
    stop: async (): Promise<void> => {
      await acceptor.drained();
      await processor.stop();
      await exporter.stop();
    },
    /** Processes and exports everything accepted so far; for tests and for imports that report totals. */
    settle: async (): Promise<void> => {
      await acceptor.drained();
      for (;;) {
        const { pending, unexported } = await store.counts();
        if (pending === 0 && unexported === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    /** Remembers what is accepted by now, by any process. @returns whether all of that has reached the event store */
    acceptedSoFar: async (): Promise<() => Promise<boolean>> => {
      const newest = await store.newestInboxId();
      return async () => !(await store.hasInboxUpTo(newest));
    },
    /** Housekeeping of the scheduler role: forgets what is past its retention. */
    maintain: async (): Promise<void> => {
      const now = deps.clock.now();
      await store.forget(now - messageIdRetentionMs, now - deadLetterRetentionMs);
    },
  };
}

export type Collect = ReturnType<typeof createCollect>;
