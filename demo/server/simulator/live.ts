import { createArrivals } from "./arrivals.ts";
import { type Batch, numberIds, toWireEvent } from "./batches.ts";
import type { Population } from "./history.ts";
import type { PlannedEvent, World } from "./visit.ts";

type Send = (events: readonly object[], isBackOffice: boolean) => Promise<void>;

type LiveOptions = {
  readonly world: World;
  readonly population: Population;
  /** Planned already, in order of time. */
  readonly planned: readonly PlannedEvent[];
  readonly now: () => number;
  readonly send: Send;
  readonly onError: (error: unknown) => void;
};

const maxBatch = 200;
const firstBackoffMs = 1_000;
const longestBackoffMs = 60_000;
/** About six minutes of retries; what is refused for so long would be refused for ever, and is dropped. */
const maxAttempts = 12;
// Orders ship days later; a timer counts in 31 bits only.
const longestTimerMs = 3_600_000;

/** Sends one batch until it is taken. @returns how long to wait before the next attempt; 0 when the batch is settled */
function createPatientSender(send: Send, onError: (error: unknown) => void): (batch: Batch) => Promise<number> {
  let attempts = 0;
  return async ({ events, isBackOffice }) => {
    try {
      await send(events, isBackOffice);
      attempts = 0;
      return 0;
    } catch (error) {
      attempts += 1;
      onError(error);
      if (attempts < maxAttempts) return Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempts - 1));
      attempts = 0;
      return 0;
    }
  };
}

/** How many of the first events are due and of one sender. */
function countDue(waiting: readonly PlannedEvent[], at: number): number {
  const limit = Math.min(waiting.length, maxBatch);
  let count = 0;
  while (count < limit && (waiting[count]?.at ?? 0) <= at && waiting[count]?.isBackOffice === waiting[0]?.isBackOffice)
    count += 1;
  return count;
}

/**
 * Lets shoppers come and go in real time until stopped. One unref'ed timer at most is set at any time.
 *
 * While sending fails nobody arrives: what was to be sent is repeated with growing pauses, under the same message ids.
 *
 * @returns stops everything; may be called again
 */
export function startLive({ world, population, planned, now, send, onError }: LiveOptions): () => void {
  const startedAt = now();
  const nextId = numberIds(`sim-${world.seed}-${startedAt.toString(36)}`);
  const arrivals = createArrivals(world, population, startedAt);
  const deliver = createPatientSender(send, onError);
  let waiting: PlannedEvent[] = [...planned];
  let outgoing: Batch | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const takeDue = (at: number): Batch | null => {
    const arrived = arrivals.admit(at);
    if (arrived.length > 0) waiting = [...waiting, ...arrived].sort((one, other) => one.at - other.at);
    const due = waiting.splice(0, countDue(waiting, at));
    return due[0]
      ? { events: due.map((event) => toWireEvent(event, nextId())), isBackOffice: due[0].isBackOffice }
      : null;
  };

  const schedule = (delayMs: number): void => {
    if (isStopped) return;
    timer = setTimeout(() => void tick(), Math.min(longestTimerMs, Math.max(0, delayMs)));
    timer.unref();
  };

  const tick = async (): Promise<void> => {
    outgoing ??= takeDue(now());
    const backoffMs = outgoing ? await deliver(outgoing) : 0;
    if (backoffMs > 0) return schedule(backoffMs);
    outgoing = null;
    schedule(Math.min(arrivals.nextAt(), waiting[0]?.at ?? Number.POSITIVE_INFINITY) - now());
  };

  schedule(0);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
