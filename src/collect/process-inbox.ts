// The processor: claims inbox rows, drops repeats, works the batch out in memory, then writes everything in one short
// transaction. PGlite is a single session, so no computing happens between `begin` and `commit`.
import { ClienteleError, type Clock, type ErrorCode, type JsonObject, type Logger, newId } from "../kernel/index.ts";
import type { CommittedGroup } from "./accept-events.ts";
import type { CanonicalEvent } from "./event.ts";
import { isLostRace, LostRace } from "./lost-race.ts";
import { unpackEvents } from "./payload.ts";
import type { PrepareBatch } from "./prepared-batch.ts";
import { messageHash } from "./recent-messages.ts";
import type { CollectStore } from "./store.ts";

export type ProcessorDeps = {
  readonly store: CollectStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Age of a claim after which another processor takes its rows over. */
  readonly leaseMs: number;
  readonly prepare: PrepareBatch;
  /** Called after each processed batch; the exporter takes the events from here instead of reading them back. */
  readonly processed: (batch: ProcessedBatch) => void;
};

export type ProcessedBatch = { readonly batchId: string; readonly events: readonly CanonicalEvent[] };

/** One event with its place in the inbox. */
type Placed = {
  readonly event: CanonicalEvent;
  readonly inboxId: number;
  readonly index: number;
  readonly hash: string;
};

const maxRowsPerClaim = 200;
const targetEventsPerBatch = 4_000;
/** Events kept in memory between commit and processing; beyond it they are read back from the inbox. */
const maxHeldEvents = 60_000;
const pollMs = 250;
/**
 * Least time from one claim to the next while fewer events wait than a batch takes: a transaction costs nearly the same for ten
 * events as for a thousand. Single events went from 2,930 to 3,640 requests a second; one waits at most this much longer.
 */
const gatherMs = 100;
const maxAttempts = 5;
const maxErrorPauseMs = 5_000;

export function createProcessor(deps: ProcessorDeps) {
  const worker = newId();
  const held = new Map<number, Pick<CommittedGroup, "events" | "hashes">>();
  let heldEvents = 0;
  let stopping = false;
  let running: Promise<void> | undefined;
  let wake: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;

  const offer = (group: CommittedGroup): void => {
    // A process that only answers would hold them for ever.
    if (running && heldEvents < maxHeldEvents) {
      held.set(group.inboxId, group);
      heldEvents += group.events.length;
    }
    wake?.();
  };

  const release = (inboxId: number): void => {
    const group = held.get(inboxId);
    if (group === undefined) return;
    held.delete(inboxId);
    heldEvents -= group.events.length;
  };

  /** Small claims while rows are large, so that one batch stays near its target size. */
  const claimLimit = (): number => {
    let events = 0;
    let rows = 0;
    for (const group of held.values()) {
      events += group.events.length;
      rows += 1;
      if (events >= targetEventsPerBatch) break;
    }
    return Math.max(1, Math.min(maxRowsPerClaim, rows === held.size ? maxRowsPerClaim : rows));
  };

  const claim = async (): Promise<{ readonly inboxIds: readonly number[]; readonly placed: readonly Placed[] }> => {
    const limit = claimLimit();
    const offered = [...held.keys()];
    const rows = await deps.store.claimInbox(worker, deps.leaseMs, limit, offered);
    const claimed = new Set(rows.map((row) => row.inboxId));
    // Rows come in order: what was passed over is another processor's; should that one die, it is read from the inbox.
    const passed = rows.length < limit ? Number.POSITIVE_INFINITY : Math.max(...claimed);
    for (const inboxId of offered) if (inboxId < passed && !claimed.has(inboxId)) release(inboxId);
    const placed: Placed[] = [];
    for (const row of rows) {
      const group = row.payload === null ? held.get(row.inboxId) : undefined;
      const events = row.payload === null ? (group?.events ?? []) : await unpackEvents(row.payload);
      for (let index = 0; index < events.length; index += 1) {
        const event = events[index];
        if (!event) continue;
        const hash = group?.hashes[index] ?? messageHash(event.sourceId, event.messageId);
        placed.push({ event, inboxId: row.inboxId, index, hash });
      }
    }
    return { inboxIds: [...claimed], placed };
  };

  /**
   * Splits into first sights and repeats. The insert of the message ids in the transaction decides; the table is asked
   * before only once that insert has met a repeat, which is rare and saves a look-up of every event.
   */
  const dropRepeats = async (
    placed: readonly Placed[],
    lookUp: boolean,
  ): Promise<{ readonly fresh: readonly Placed[]; readonly dropped: [number, number][] }> => {
    const seen = new Set(lookUp ? await deps.store.knownMessageHashes(placed.map((entry) => entry.hash)) : []);
    const fresh: Placed[] = [];
    const dropped: [number, number][] = [];
    for (const entry of placed) {
      if (seen.has(entry.hash)) dropped.push([entry.inboxId, entry.index]);
      else fresh.push(entry);
      seen.add(entry.hash);
    }
    return { fresh, dropped };
  };

  const writeBatch = async (
    inboxIds: readonly number[],
    placed: readonly Placed[],
    poison: ReadonlyMap<string, unknown>,
    lookUp: boolean,
  ): Promise<number> => {
    const batchId = newId(deps.clock.now());
    const { fresh, dropped } = await dropRepeats(placed, lookUp);
    const healthy = fresh.filter((entry) => !poison.has(entry.hash));
    for (const entry of fresh) if (poison.has(entry.hash)) dropped.push([entry.inboxId, entry.index]);
    const events = healthy.map((entry) => entry.event).sort(byTime);
    const prepared = await deps.prepare(events, batchId);
    const stored: CanonicalEvent[] = [];
    const derived = [...prepared.derived];
    for (const entry of healthy) {
      const instead = prepared.replaced?.get(entry.event);
      if (instead === undefined) stored.push(entry.event);
      else {
        // The inbox keeps what came: the export leaves it out there and takes the replacement from the batch.
        dropped.push([entry.inboxId, entry.index]);
        if (instead !== null) derived.push(instead);
      }
    }
    stored.sort(byTime);
    const now = deps.clock.now();
    try {
      await deps.store.transaction(async (tx) => {
        const inserted = await deps.store.insertMessageHashes(
          tx,
          // Not those at fault: they have not been counted and may come again.
          healthy.map((entry) => entry.hash),
          now,
        );
        if (!inserted) throw new LostRace("a message id was stored meanwhile");
        if (!(await prepared.write(tx))) throw new LostRace("a profile changed meanwhile");
        const letters = fresh
          .filter((entry) => poison.has(entry.hash))
          .map((entry) => toDeadLetter(entry.event, poison.get(entry.hash), now));
        await deps.store.insertDeadLetters(letters, tx);
        const marked = await deps.store.markProcessed(tx, worker, inboxIds, batchId);
        if (marked !== inboxIds.length) throw new LostRace("another processor took rows over");
        await deps.store.insertBatch(tx, {
          batchId,
          processedAt: now,
          eventCount: stored.length,
          dropped,
          links: prepared.links,
          derived,
        });
      });
    } catch (error) {
      prepared.abandoned();
      throw error;
    }
    prepared.committed();
    deps.processed({ batchId, events: [...stored, ...derived] });
    return events.length;
  };

  /** Finds the events that fail on their own, so that one poisonous event cannot hold up the rest for ever. */
  const findPoison = async (placed: readonly Placed[]): Promise<ReadonlyMap<string, unknown>> => {
    const poison = new Map<string, unknown>();
    for (const entry of placed) {
      try {
        (await deps.prepare([entry.event], newId())).abandoned();
      } catch (error) {
        if (!isTransient(error)) poison.set(entry.hash, error);
      }
    }
    return poison;
  };

  /** One claim, processed. @returns number of inbox rows handled; 0 = nothing was waiting */
  const runOnce = async (): Promise<number> => {
    const { inboxIds, placed } = await claim();
    if (inboxIds.length === 0) return 0;
    let poison: ReadonlyMap<string, unknown> = new Map();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await writeBatch(inboxIds, placed, poison, attempt > 1);
        break;
      } catch (error) {
        if (attempt >= maxAttempts) throw error;
        if (isLostRace(error)) continue;
        if (isTransient(error)) throw error;
        deps.logger.warn({ err: error, events: placed.length }, "batch failed, looking for the event at fault");
        poison = await findPoison(placed);
        if (poison.size === 0) throw error;
      }
    }
    for (const id of inboxIds) release(id);
    return inboxIds.length;
  };

  /** Waits for the time to pass, or until it `isEnough` when events arrive. */
  const rest = (ms: number, isEnough: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        wake = undefined;
        resolve();
      };
      wake = () => {
        if (stopping || isEnough()) done();
      };
      timer = setTimeout(done, ms);
    });
  const isBatchHeld = () => heldEvents >= targetEventsPerBatch;

  const loop = async (): Promise<void> => {
    let pauseMs = 100;
    while (!stopping) {
      try {
        const startedAt = performance.now();
        const handled = await runOnce();
        pauseMs = 100;
        const leftMs = gatherMs - (performance.now() - startedAt);
        if (stopping) break;
        if (handled === 0) await rest(pollMs, () => true);
        // After a full claim more rows wait, perhaps in the inbox only.
        else if (handled < maxRowsPerClaim && leftMs > 0 && !isBatchHeld()) await rest(leftMs, isBatchHeld);
      } catch (error) {
        deps.logger.error({ err: error }, "processing failed, will be repeated");
        held.clear();
        heldEvents = 0;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        pauseMs = Math.min(pauseMs * 2, maxErrorPauseMs);
      }
    }
  };

  return {
    offer,
    runOnce,
    start: (): void => {
      running ??= loop();
    },
    /** Finishes the batch under way; what waits stays in the inbox. */
    stop: async (): Promise<void> => {
      stopping = true;
      wake?.();
      await running;
    },
  };
}

function byTime(a: CanonicalEvent, b: CanonicalEvent): number {
  return (
    a.timestamp - b.timestamp ||
    a.receivedAt - b.receivedAt ||
    (a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0)
  );
}

function isTransient(error: unknown): boolean {
  return error instanceof ClienteleError && error.status === 503;
}

function toDeadLetter(event: CanonicalEvent, error: unknown, at: number) {
  const code: ErrorCode = error instanceof ClienteleError ? error.code : "http.internal";
  return {
    id: newId(at),
    at,
    sourceId: event.sourceId,
    sourceKind: event.sourceKind,
    code,
    message: error instanceof Error ? error.message : "the event could not be processed",
    // A canonical event is JSON by construction.
    payload: event as unknown as JsonObject,
    verified: event.verified,
  };
}
