// The exporter: batches → event store, in groups whose content is fixed in PostgreSQL before the first try. The group's id
// is the deduplication token, so a repeat after a crash is dropped by ClickHouse.
import { type Clock, type JsonValue, type Logger, newId } from "../kernel/index.ts";
import type { CanonicalEvent } from "./event.ts";
import { unpackEvents } from "./payload.ts";
import type { EventSink } from "./prepared-batch.ts";
import type { ProcessedBatch } from "./process-inbox.ts";
import type { BatchRow, CollectStore } from "./store.ts";

export type ExporterDeps = {
  readonly store: CollectStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Age of a begun export after which another exporter repeats it. */
  readonly leaseMs: number;
  readonly sink: EventSink;
};

/** A batch as the event store takes it. */
type Encoded = { readonly rows: Buffer; readonly count: number };

const intervalMs = 400;
/** After an export of so many events the next one waits longer: a part of the event store costs the same for ten rows as for thousands. */
const busyEvents = 500;
const busyIntervalMs = 1_000;
const maxEventsPerExport = 25_000;
const maxHeldBytes = 256 * 1024 * 1024;
const maxPauseMs = 10_000;

export function createExporter(deps: ExporterDeps) {
  const worker = newId();
  const held = new Map<string, Encoded>();
  let heldBytes = 0;
  let stopping = false;
  let running: Promise<void> | undefined;
  let wake: (() => void) | undefined;

  const encode = (events: readonly CanonicalEvent[]): Encoded => ({
    rows: deps.sink.encode(events),
    count: events.length,
  });

  const offer = (batch: ProcessedBatch): void => {
    // A process that does not export would hold them for ever.
    if (!running || heldBytes > maxHeldBytes) return;
    const encoded = encode(batch.events);
    held.set(batch.batchId, encoded);
    heldBytes += encoded.rows.length;
  };

  const release = (batchId: string): void => {
    const encoded = held.get(batchId);
    if (!held.delete(batchId)) return;
    heldBytes -= encoded?.rows.length ?? 0;
  };

  const encodedOf = async (batch: BatchRow): Promise<Encoded> => {
    const inMemory = held.get(batch.batchId);
    if (inMemory) return inMemory;
    const dropped = new Set(batch.dropped.map(([inboxId, index]) => `${inboxId}:${index}`));
    const events: CanonicalEvent[] = [];
    for (const { inboxId, payload } of await deps.store.payloadsOfBatch(batch.batchId)) {
      for (const [index, event] of (await unpackEvents(payload)).entries())
        if (!dropped.has(`${inboxId}:${index}`)) events.push(event);
    }
    return encode([...events, ...batch.derived]);
  };

  /** @returns number of events */
  const runExport = async (exportId: string): Promise<number> => {
    const batches = await deps.store.batchesOfExport(exportId);
    const encoded: Encoded[] = [];
    const links: JsonValue[] = [];
    for (const batch of batches) {
      encoded.push(await encodedOf(batch));
      for (const link of batch.links) links.push(link);
    }
    await deps.sink.append({ encoded: encoded.map(({ rows }) => rows), links }, exportId);
    await deps.store.finishExport(exportId);
    for (const batch of batches) release(batch.batchId);
    return encoded.reduce((sum, { count }) => sum + count, 0);
  };

  /** Exports what is waiting, after what was begun by this exporter or by one that died. @returns number of events exported */
  const runOnce = async (): Promise<number> => {
    let exported = 0;
    for (const exportId of await deps.store.claimUnfinishedExports(worker, deps.leaseMs))
      exported += await runExport(exportId);
    const exportId = newId(deps.clock.now());
    const offered = [...held.keys()];
    const begun = await deps.store.beginExport(exportId, maxEventsPerExport, worker, deps.leaseMs);
    if (begun > 0) exported += await runExport(exportId);
    // What another exporter took is never asked for here again.
    const left = offered.filter((batchId) => held.has(batchId));
    if (left.length > 0) {
      const waiting = await deps.store.unexportedBatches(left);
      for (const batchId of left) if (!waiting.has(batchId)) release(batchId);
    }
    return exported;
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const loop = async (): Promise<void> => {
    let pauseMs = intervalMs;
    while (!stopping) {
      try {
        pauseMs = (await runOnce()) < busyEvents ? intervalMs : busyIntervalMs;
      } catch (error) {
        deps.logger.error({ err: error }, "export failed, will be repeated");
        pauseMs = Math.min(pauseMs * 2, maxPauseMs);
      }
      if (!stopping) await pause(pauseMs);
    }
  };

  return {
    offer,
    runOnce,
    start: (): void => {
      running ??= loop();
    },
    stop: async (): Promise<void> => {
      stopping = true;
      wake?.();
      await running;
    },
  };
}
