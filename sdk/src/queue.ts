import type { Outbox } from "./outbox.ts";
import type { Batch, Outcome, Transport } from "./transport.ts";
import type { ClienteleFault, WireEvent } from "./types.ts";

/** Limits of the queue; the server takes 500 KB a batch and 32 KB an event, browsers 64 KB a beacon. */
export const queueLimits = {
  batchEvents: 20,
  batchBytes: 60 * 1024,
  eventBytes: 32 * 1024,
  events: 500,
  bytes: 200 * 1024,
  firstRetryMs: 1_000,
  longestRetryMs: 5 * 60_000,
} as const;

export type QueueOptions = {
  readonly outbox: Outbox;
  readonly transport: Transport;
  readonly flushIntervalMs: number;
  readonly onFault: (fault: ClienteleFault) => void;
  /** Consent at this moment: what it does not allow is neither kept nor taken over. */
  readonly isAllowed: (event: WireEvent) => boolean;
  /** The server did not accept the token that proves the shopper. */
  readonly onTokenRefused: () => void;
};

export type QueueStats = { readonly queued: number; readonly delivered: number; readonly dropped: number };

export type Queue = {
  add(event: WireEvent): void;
  /** Events without an answer yet, newest last, at most one batch. */
  pending(): readonly WireEvent[];
  /** Another call has delivered these. */
  acknowledge(events: readonly WireEvent[]): void;
  /** Sends until the queue is empty or a retry has to wait. */
  flush(): Promise<void>;
  /** Hands everything to the browser, for a page that is out of sight and may not come back. */
  flushOnLeave(): void;
  /** The page goes away: as `flushOnLeave`, and the next page may take over what is left. */
  leave(): void;
  /** The page was kept by the browser and is shown again. */
  comeBack(): void;
  /** Takes over what earlier pages could not deliver. */
  resume(): Promise<void>;
  /** Network or shopper are back: tries again now, but a wait that the server asked for stands. */
  wake(): void;
  /** Forgets what consent no longer allows. */
  clear(): void;
  /** No more timers; what is queued stays saved for the next page. */
  stop(): void;
  stats(): QueueStats;
};

/** The text is made once: it is measured, saved and sent as it is. */
type Entry = { readonly event: WireEvent; readonly text: string; readonly bytes: number };

const encoder = new TextEncoder();

function toEntry(event: WireEvent): Entry {
  const text = JSON.stringify(event);
  return { event, text, bytes: encoder.encode(text).length };
}

/** Exponential with full jitter above half, so that the tabs of many shoppers do not come back in step. */
export function retryDelayMs(attempt: number, random = Math.random()): number {
  const ceiling = Math.min(queueLimits.longestRetryMs, queueLimits.firstRetryMs * 2 ** (attempt - 1));
  return ceiling * (0.5 + random / 2);
}

const tokenOf = (entry: Entry | undefined): string | undefined => entry?.event.identityToken;

/** The oldest events that fit one request; the token that proves the shopper is one for the whole request. */
function firstBatch(entries: readonly Entry[]): readonly Entry[] {
  let bytes = 0;
  const batch: Entry[] = [];
  for (const entry of entries) {
    bytes += entry.bytes + 1;
    const isFull = batch.length === queueLimits.batchEvents || bytes > queueLimits.batchBytes;
    if (batch.length > 0 && (isFull || tokenOf(entry) !== tokenOf(batch[0]))) break;
    batch.push(entry);
  }
  return batch;
}

function withoutToken({ event: { identityToken: _refused, ...event } }: Entry): Entry {
  return toEntry(event);
}

const textsOf = (entries: readonly Entry[]): readonly string[] => entries.map((entry) => entry.text);
const batchOf = (entries: readonly Entry[]): Batch => ({
  events: textsOf(entries),
  identityToken: tokenOf(entries[0]),
});
const eventsOf = (entries: readonly Entry[]): readonly WireEvent[] => entries.map((entry) => entry.event);

/** Delivers events in batches, at least once each; the server drops repeats by message id. */
export function createQueue(options: QueueOptions): Queue {
  const { outbox, transport, flushIntervalMs, onFault, isAllowed, onTokenRefused } = options;
  let entries: readonly Entry[] = [];
  let inFlight: readonly Entry[] = [];
  let attempt = 0;
  let notBefore = 0;
  let isServerAsking = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | undefined;
  let isStopped = false;
  let isSaveDue = false;
  let delivered = 0;
  let dropped = 0;

  const save = (): void => {
    isSaveDue = false;
    outbox.save(textsOf(entries));
  };

  const saveSoon = (): void => {
    if (isSaveDue) return;
    isSaveDue = true;
    // After the running script, before anything else: one write for a burst of events, none lost to a navigation.
    queueMicrotask(() => isSaveDue && save());
  };

  const drop = (lost: readonly Entry[], fault: ClienteleFault): void => {
    dropped += lost.length;
    onFault({ ...fault, events: eventsOf(lost) });
  };

  const remove = (gone: readonly Entry[]): void => {
    const set = new Set(gone);
    entries = entries.filter((entry) => !set.has(entry));
    saveSoon();
  };

  const trim = (): void => {
    let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    let surplus = 0;
    while (entries.length - surplus > queueLimits.events || bytes > queueLimits.bytes) {
      bytes -= entries[surplus]?.bytes ?? 0;
      surplus += 1;
    }
    if (surplus === 0) return;
    const lost = entries.slice(0, surplus);
    entries = entries.slice(surplus);
    drop(lost, { code: "dropped", message: `the queue is full: ${surplus} oldest events dropped` });
  };

  const forgetTakenOver = (): void => {
    if (outbox.isTakenOver()) entries = inFlight;
  };

  const schedule = (delayMs: number): void => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void flush(), delayMs);
  };

  const scheduleNext = (): void => {
    if (entries.length === 0) return;
    const waitMs = Math.max(0, notBefore - Date.now());
    schedule(entries.length >= queueLimits.batchEvents ? waitMs : Math.max(waitMs, flushIntervalMs));
  };

  const settle = (batch: readonly Entry[], outcome: Outcome): void => {
    if (outcome.kind === "retry") {
      attempt += 1;
      isServerAsking = outcome.waitMs !== undefined;
      notBefore = Date.now() + (outcome.waitMs ?? retryDelayMs(attempt));
      return;
    }
    attempt = 0;
    notBefore = 0;
    if (outcome.kind === "refused" && outcome.code === "access.identityToken") {
      // A token that ran out while the shopper was offline must not cost the events: they go on unproven.
      entries = entries.map((entry) => (batch.includes(entry) ? withoutToken(entry) : entry));
      saveSoon();
      onTokenRefused();
      onFault({
        code: "identityToken",
        message: "the identity token was refused: sign a new one",
        status: outcome.status,
      });
      return;
    }
    remove(batch);
    if (outcome.kind === "refused") {
      drop(batch, {
        code: "dropped",
        message: `${outcome.message}: ${batch.length} events dropped`,
        status: outcome.status,
      });
      return;
    }
    delivered += batch.length - outcome.rejected.length;
    for (const { messageId, code, message } of outcome.rejected) {
      const lost = batch.filter((entry) => entry.event.messageId === messageId);
      drop(lost, { code: "rejected", message: `${code}: ${message}` });
    }
  };

  const sendAll = async (): Promise<void> => {
    forgetTakenOver();
    while (entries.length > 0 && navigator.onLine && Date.now() >= notBefore) {
      const batch = firstBatch(entries);
      inFlight = batch;
      const outcome = await transport.post(batchOf(batch));
      inFlight = [];
      settle(batch, outcome);
    }
    if (navigator.onLine) scheduleNext();
  };

  const flush = (): Promise<void> => {
    running ??= sendAll().finally(() => {
      running = undefined;
    });
    return running;
  };

  const append = (added: readonly Entry[], where: "front" | "back"): void => {
    forgetTakenOver();
    entries = where === "back" ? [...entries, ...added] : [...added, ...entries];
    trim();
    saveSoon();
  };

  const flushOnLeave = (): void => {
    forgetTakenOver();
    const mustWait = Date.now() < notBefore;
    let waiting = entries.filter((entry) => !inFlight.includes(entry));
    while (waiting.length > 0 && navigator.onLine && !mustWait) {
      const batch = firstBatch(waiting);
      if (!transport.beacon(batchOf(batch))) break;
      delivered += batch.length;
      remove(batch);
      waiting = waiting.slice(batch.length);
    }
    save();
  };

  const resume = async (): Promise<void> => {
    const adopted = await outbox.adopt();
    if (adopted.length === 0) return;
    append(adopted.filter(isAllowed).map(toEntry), "front");
    await flush();
  };

  const wake = (): void => {
    if (!isServerAsking) notBefore = 0;
    void flush();
    void resume();
  };

  return {
    flush,
    add(event) {
      const entry = toEntry(event);
      if (entry.bytes > queueLimits.eventBytes) {
        drop([entry], {
          code: "tooLarge",
          message: `${event.type} has ${entry.bytes} bytes, at most ${queueLimits.eventBytes}`,
        });
        return;
      }
      const wasEmpty = entries.length === 0;
      append([entry], "back");
      // The first event starts the clock; later ones must not push it back.
      if (wasEmpty || (entries.length >= queueLimits.batchEvents && attempt === 0)) scheduleNext();
    },
    pending: () => eventsOf(entries.slice(-queueLimits.batchEvents)),
    acknowledge(events) {
      const done = entries.filter((entry) => events.includes(entry.event));
      delivered += done.length;
      remove(done);
    },
    flushOnLeave,
    leave() {
      flushOnLeave();
      outbox.setLeaving(true);
    },
    comeBack() {
      forgetTakenOver();
      outbox.setLeaving(false);
      saveSoon();
      wake();
    },
    resume,
    wake,
    clear() {
      entries = entries.filter((entry) => isAllowed(entry.event));
      save();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      save();
    },
    stats: () => ({ queued: entries.length, delivered, dropped }),
  };
}
