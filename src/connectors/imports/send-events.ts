// Hands events over to the event path, with patience: a full inbox is waited for, not given up.
import { setTimeout as pause } from "node:timers/promises";
import type { AcceptRequest, AcceptResult, TranslatedEvent } from "../../collect/index.ts";
import { ClienteleError } from "../../kernel/index.ts";

export type Accept = (request: AcceptRequest) => Promise<AcceptResult>;

export type SentEvents = {
  readonly duplicates: number;
  readonly dropped: number;
  /** Message by index of the event. */
  readonly rejected: ReadonlyMap<number, string>;
};

const maxEventsPerCall = 1_000;
/** An order of a wholesaler has many hundred lines. */
const maxEventBytes = 256 * 1024;
const maxAttempts = 300;
const longestWaitMs = 5_000;

/** @throws {ClienteleError} `imports.interrupted` when nothing could be stored for some minutes; the reason of the signal when it is aborted */
export async function sendEvents(
  events: readonly TranslatedEvent[],
  source: { readonly sourceId: string },
  accept: Accept,
  signal: AbortSignal,
): Promise<SentEvents> {
  let duplicates = 0;
  let dropped = 0;
  const rejected = new Map<number, string>();
  for (let from = 0; from < events.length; from += maxEventsPerCall) {
    const part = events.slice(from, from + maxEventsPerCall);
    const result = await acceptPatiently(
      {
        events: part,
        sentAt: undefined,
        sourceId: source.sourceId,
        sourceKind: "history",
        trusted: true,
        provenCustomerId: null,
        maxEventBytes,
      },
      accept,
      signal,
    );
    duplicates += result.duplicates;
    for (const count of Object.values(result.dropped)) dropped += count;
    for (const { index, message } of result.rejected) rejected.set(from + index, message);
  }
  return { duplicates, dropped, rejected };
}

async function acceptPatiently(request: AcceptRequest, accept: Accept, signal: AbortSignal): Promise<AcceptResult> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await accept(request);
    } catch (error) {
      if (!(error instanceof ClienteleError) || error.status !== 503) throw error;
      if (attempt >= maxAttempts)
        throw new ClienteleError(
          "imports.interrupted",
          `the inbox took no events in ${attempt} attempts; start the import again when it does`,
          { cause: error },
        );
      await pause(Math.min(longestWaitMs, (error.retryAfterSeconds ?? 1) * 1_000), undefined, { signal });
    }
  }
}

/** Each row holds up to 500 orders, of a wholesaler 5 MB: 60 of them took 300 MB. */
const backlogLimit = 12;
const backlogPollMs = 50;
const backlogPatienceMs = 60_000;

/**
 * Waits while the processor is behind: without it an import would fill the inbox at the speed of the disk and everybody else's
 * events would wait behind it. Gives up after a minute without progress, for then nobody processes at all.
 */
export async function waitForProcessor(waiting: () => Promise<number>, signal: AbortSignal): Promise<void> {
  let last = Number.POSITIVE_INFINITY;
  let since = performance.now();
  for (;;) {
    const count = await waiting();
    if (count <= backlogLimit) return;
    if (count < last) {
      last = count;
      since = performance.now();
    } else if (performance.now() - since > backlogPatienceMs) return;
    await pause(backlogPollMs, undefined, { signal });
  }
}
