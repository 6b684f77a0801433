import type { FastifyBaseLogger } from "fastify";
import { isFields } from "./form.ts";
import type { BackOfficeEvent } from "./records.ts";
import type { ShopStore } from "./shop-store.ts";

// Tells Clientele what the back office knows. Every event waits in the journal until Clientele took it or refused it
// for good; while Clientele is away it is tried again, ever more slowly. Sending twice is harmless: the message id
// stays the same.

const batchSize = 20;
const timeLimitMs = 10_000;
const maxDelayMs = 60_000;

type Answer =
  | { readonly kind: "taken"; readonly rejected: ReadonlyMap<string, string> }
  | { readonly kind: "later"; readonly why: string; readonly afterMs: number };

type OutboxOptions = {
  readonly store: ShopStore;
  readonly clienteleUrl: string;
  readonly serverToken: string;
  readonly log: FastifyBaseLogger;
  /** First pause after a failure; it doubles up to a minute. */
  readonly retryMs: number;
};

export type Outbox = {
  /** Sends what is waiting, now. */
  wake(): void;
  stop(): Promise<void>;
};

function readRejected(body: unknown, events: readonly BackOfficeEvent[]): ReadonlyMap<string, string> {
  const list = isFields(body) && Array.isArray(body["rejected"]) ? body["rejected"].filter(isFields) : [];
  const entries = list.flatMap((entry): [string, string][] => {
    const event = typeof entry["index"] === "number" ? events[entry["index"]] : undefined;
    return event ? [[event.messageId, String(entry["code"] ?? "unknown")]] : [];
  });
  return new Map(entries);
}

async function send(options: OutboxOptions, events: readonly BackOfficeEvent[], signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(new URL("/v1/events", options.clienteleUrl), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${options.serverToken}` },
      body: JSON.stringify({ events, sentAt: new Date().toISOString() }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]),
    });
    const body: unknown = await response.json().catch(() => null);
    if (response.ok) return { kind: "taken", rejected: readRejected(body, events) };
    const seconds = Number(response.headers.get("retry-after") ?? 0);
    return { kind: "later", why: `status ${response.status}`, afterMs: Number.isFinite(seconds) ? seconds * 1000 : 0 };
  } catch (cause) {
    return { kind: "later", why: cause instanceof Error ? cause.message : String(cause), afterMs: 0 };
  }
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { store, log } = options;
  const stopping = new AbortController();
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let isAskedAgain = false;

  const settle = async (events: readonly BackOfficeEvent[], rejected: ReadonlyMap<string, string>): Promise<void> => {
    for (const { messageId, type } of events) {
      const code = rejected.get(messageId);
      if (code !== undefined) log.error({ messageId, type, code }, "Clientele refused a back-office event");
      await store.save({ kind: "eventSettled", messageId, outcome: code === undefined ? "delivered" : "refused" });
    }
  };

  const drain = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      isAskedAgain = false;
      const events = store.unsent().slice(0, batchSize);
      if (events.length === 0) return;
      const answer = await send(options, events, stopping.signal);
      if (stopping.signal.aborted) return;
      if (answer.kind === "later") {
        const delayMs = Math.min(Math.max(options.retryMs * 2 ** failures, answer.afterMs), maxDelayMs);
        failures = Math.min(failures + 1, 16);
        log.warn({ why: answer.why, waiting: store.unsent().length, delayMs }, "back-office events wait for Clientele");
        timer = setTimeout(wake, delayMs);
        timer.unref();
        return;
      }
      failures = 0;
      await settle(events, answer.rejected);
    }
  };

  function wake(): void {
    if (stopping.signal.aborted) return;
    clearTimeout(timer);
    timer = undefined;
    isAskedAgain = true;
    running ??= drain()
      .catch((cause: unknown) => log.error({ err: cause }, "the outbox of the shop failed"))
      .finally(() => {
        running = null;
        // An order that came in while the last look at the queue was ending.
        if (isAskedAgain && timer === undefined && store.unsent().length > 0) wake();
      });
  }

  return {
    wake,
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
