// One destination's turn: gather, hand over, write down how far it came; until nothing waits or it fails.
import { setTimeout as pause } from "node:timers/promises";
import { type Clock, type Logger, newId } from "../../kernel/index.ts";
import type { ConsentStates } from "./admit-event.ts";
import { type Batch, type BatchRecord, collectBatch } from "./collect-batch.ts";
import { type Delivery, deliverBatch } from "./deliver-batch.ts";
import type { DeliveryState, OutboxRow, StoredDestination } from "./destination.ts";
import type { NewDeadLetter } from "./letters-store.ts";
import type { AudienceLookup } from "./name-audiences.ts";
import type { PreparedDestination } from "./prepare-destination.ts";
import type { DestinationStore } from "./store.ts";

export type RunDeps = {
  readonly store: DestinationStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly worker: string;
  readonly prepare: (destination: StoredDestination) => PreparedDestination;
  /** What persons say now; somebody who is gone is missing. */
  readonly consentsOf: (profileIds: readonly string[]) => Promise<ReadonlyMap<string, ConsentStates>>;
  readonly audiencesOf: AudienceLookup;
  /** Factor of our own waits. */
  readonly pace: number;
};

const readBytes = 4 * 1024 ** 2;
const leaseGraceMs = 30_000;
const firstPauseMs = 2_000;
const longestPauseMs = 300_000;
/** One turn ends after so many batches, so that a change of the configuration is seen. */
const batchesPerTurn = 100;

/** When a destination that failed so often is tried again. */
function retryAt(failures: number, retryAfterMs: number | undefined, nowMs: number, pace: number): number {
  return nowMs + (retryAfterMs ?? pace * Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 20)));
}

function profilesIn(rows: readonly OutboxRow[]): readonly string[] {
  const ids = new Set<string>();
  for (const { items } of rows) for (const item of items) if (item?.profileId !== undefined) ids.add(item.profileId);
  return [...ids];
}

/** A file destination waits until there is enough for a file, or until it is time. */
function isTooEarly({ config }: StoredDestination, batch: Batch, nowMs: number): boolean {
  if (config.type !== "s3" || batch.isFull || batch.oldestAt === null) return false;
  return nowMs - batch.oldestAt < config.flushSeconds * 1000;
}

/** Whether records are the same as those gathered again, which may be more by now. */
function isPrefix(before: readonly BatchRecord[], after: readonly BatchRecord[]): boolean {
  return before.every(({ record, at }, index) => {
    const other = after[index];
    return (
      other?.at.position === at.position &&
      other.at.item === at.item &&
      JSON.stringify(other.record) === JSON.stringify(record)
    );
  });
}

export function createDestinationRun(deps: RunDeps) {
  const refusalsById = new Map<string, number>();

  /** What waits for a destination and may leave now; null when nothing waits. */
  const gather = async (destination: StoredDestination, { sender, matchesRule }: PreparedDestination) => {
    const { state, config } = destination;
    const rows = await deps.store.outbox.read(state.cursor.position, readBytes);
    if (rows.length === 0) return null;
    const consents = await deps.consentsOf(profilesIn(rows));
    const audiences = await deps.audiencesOf(rows.flatMap(({ items }) => items));
    return collectBatch(rows, state.cursor, {
      config,
      matchesRule,
      consentOf: (profileId) => consents.get(profileId),
      audienceOf: (audienceId) => audiences.get(audienceId),
      translate: sender.translate,
      maxBytes: sender.maxBytes,
      nowMs: deps.clock.now(),
    });
  };

  const hand = (
    prepared: PreparedDestination,
    destination: StoredDestination,
    batch: Batch,
    signal: AbortSignal,
  ): Promise<Delivery> => {
    const { records } = batch;
    const { id, key, config, etag } = destination;
    return deliverBatch(
      records.length,
      {
        send: async (from, to) => {
          // Renewed for the time of the request: another worker takes over only when this one is dead.
          await deps.store.claim(id, deps.worker, config.timeoutMs + leaseGraceMs);
          const at = records[from]?.at ?? batch.end;
          return prepared.sender.send(
            records.slice(from, to).map(({ record }) => record),
            { deliveryId: `${key}-${at.position}-${at.item}`, createdAt: batch.oldestAt ?? deps.clock.now(), signal },
          );
        },
        // Consent may have been withdrawn, a person erased, the destination changed meanwhile.
        isStill: async () => {
          if (signal.aborted) return true;
          const now = await deps.store.find(id);
          if (now?.etag !== etag || now.status !== "active") return false;
          const again = await gather(destination, prepared);
          return again !== null && isPrefix(records, again.records);
        },
        wait: async (ms) => void (await pause(ms * deps.pace, undefined, { signal }).catch(() => undefined)),
      },
      refusalsById.get(id) ?? 0,
    );
  };

  const lettersOf = (batch: Batch, delivery: Delivery, at: number): readonly NewDeadLetter[] =>
    delivery.dead.flatMap(({ index, message }): NewDeadLetter[] => {
      const item = batch.records[index]?.item;
      return item ? [{ id: newId(at), at, code: "connectors.undeliverable", message, items: [item] }] : [];
    });

  const save = async (destination: StoredDestination, batch: Batch, delivery: Delivery): Promise<boolean> => {
    const now = deps.clock.now();
    const { id, key, state } = destination;
    const letters = lettersOf(batch, delivery, now);
    const next = batch.records[delivery.settled];
    const progress = {
      from: state.cursor,
      to: next?.at ?? batch.end,
      delivered: delivery.settled - letters.length,
      filtered: next?.filteredBefore ?? batch.filtered,
      letters,
      failure: delivery.down && {
        message: delivery.down.message,
        retryAt: retryAt(state.failures, delivery.down.retryAfterMs, now, deps.pace),
      },
      at: now,
    };
    refusalsById.set(id, delivery.refusals);
    if (delivery.down && state.failures === 0)
      deps.logger.warn({ destination: key, reason: delivery.down.message }, "destination fails, its events wait");
    return deps.store.transaction(async (tx) => {
      if (!(await deps.store.advance(tx, id, progress))) return false;
      await deps.store.letters.insert(tx, id, letters);
      return true;
    });
  };

  /** @returns whether more may wait */
  const step = async (destination: StoredDestination, signal: AbortSignal): Promise<boolean> => {
    const prepared = deps.prepare(destination);
    const batch = await gather(destination, prepared);
    if (batch === null) return false;
    if (isTooEarly(destination, batch, deps.clock.now())) return false;
    const delivery = await hand(prepared, destination, batch, signal);
    // Stopped in the middle: what was not confirmed is sent again by the next start.
    if (signal.aborted && delivery.down) return false;
    return (await save(destination, batch, delivery)) && delivery.down === null;
  };

  return {
    isDue: (state: DeliveryState): boolean => (state.nextAttemptAt ?? 0) <= deps.clock.now(),
    forgetRefusals: (id: string): void => void refusalsById.delete(id),
    /** Delivers what waits. Never throws: what goes wrong is written down with the destination. */
    turn: async (id: string, signal: AbortSignal): Promise<void> => {
      for (let round = 0; round < batchesPerTurn && !signal.aborted; round += 1) {
        const destination = await deps.store.claim(id, deps.worker, leaseGraceMs);
        if (!destination) return;
        if ((destination.state.nextAttemptAt ?? 0) > deps.clock.now()) break;
        try {
          if (!(await step(destination, signal))) break;
        } catch (error) {
          deps.logger.error({ err: error, destination: destination.key }, "delivery failed");
          const message = error instanceof Error ? error.message : "delivery failed";
          const failure = {
            message,
            retryAt: retryAt(destination.state.failures, undefined, deps.clock.now(), deps.pace),
          };
          const { cursor } = destination.state;
          await deps.store.transaction((tx) =>
            deps.store.advance(tx, id, {
              from: cursor,
              to: cursor,
              delivered: 0,
              filtered: 0,
              letters: [],
              failure,
              at: deps.clock.now(),
            }),
          );
          break;
        }
      }
      await deps.store.release(id, deps.worker);
    },
  };
}
