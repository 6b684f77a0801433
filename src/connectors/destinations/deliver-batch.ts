// Hands one batch over: repeats what may pass, finds the record that a destination refuses, and tells a destination that is down
// from one that stumbles over a record. Pure but for `send` and `wait`.
import type { SendResult } from "./senders/sender.ts";

export type Delivery = {
  /** Records that were looked at and need not be sent again: delivered or dead. Fewer than given when the destination went down. */
  readonly settled: number;
  readonly dead: readonly { readonly index: number; readonly message: string }[];
  readonly down: { readonly message: string; readonly retryAfterMs?: number } | null;
  /** Persons or settings changed while records waited to be sent again: gather anew what is not settled. */
  readonly isStale: boolean;
  /** Refusals since the last success, for the next batch. */
  readonly refusals: number;
};

export type DeliverDeps = {
  /** Sends the records from `from` up to `to`. */
  readonly send: (from: number, to: number) => Promise<SendResult>;
  /** Asked before anything is sent again after a wait: whether the records are still those that may leave. */
  readonly isStill: () => Promise<boolean>;
  readonly wait: (ms: number) => Promise<void>;
};

const attempts = 3;
const firstWaitMs = 1_000;
/** A longer wait that a destination asks for is spent outside, with its other state saved. */
const longestWaitMs = 5_000;
/** So many records in a row that fail each by itself: it is not the records. */
const suspectsUntilDown = 3;
/** So many refusals without one success: the destination refuses everything, which is a fault of its configuration. */
const refusalsUntilDown = 20;

type Stop = {
  readonly index: number;
  readonly message: string;
  readonly retryAfterMs?: number;
  readonly isStale?: boolean;
};
type Outcome = SendResult | { readonly kind: "stale" };

/**
 * Delivers records in order. A record that is refused, or fails alone while others pass, three times is dead; when nothing passes
 * the destination is down, and everything from the first record that did not pass has to be sent again.
 *
 * @param count number of records
 * @param refusedBefore refusals since the last success, from earlier batches
 */
export async function deliverBatch(count: number, deps: DeliverDeps, refusedBefore = 0): Promise<Delivery> {
  const dead: { index: number; message: string }[] = [];
  let suspects: { index: number; message: string }[] = [];
  let refusals = refusedBefore;

  const passed = () => {
    dead.push(...suspects);
    suspects = [];
    refusals = 0;
  };

  const sendRepeatedly = async (from: number, to: number): Promise<Outcome> => {
    for (let attempt = 1; ; attempt += 1) {
      const result = await deps.send(from, to);
      if (result.kind === "done" || attempt === attempts) return result;
      // A part of a refused batch is looked for at once; a single record may have met a passing state.
      if (result.kind === "refused" && to - from > 1) return result;
      const waitMs = (result.kind === "down" ? result.retryAfterMs : undefined) ?? firstWaitMs * 2 ** (attempt - 1);
      if (waitMs > longestWaitMs) return result;
      await deps.wait(waitMs);
      if (!(await deps.isStill())) return { kind: "stale" };
    }
  };

  const stopAt = (index: number, { message, ...rest }: Extract<SendResult, { kind: "down" }>): Stop => ({
    index: suspects[0]?.index ?? index,
    message,
    ...(rest.retryAfterMs === undefined ? {} : { retryAfterMs: rest.retryAfterMs }),
  });

  const deliver = async (from: number, to: number): Promise<Stop | null> => {
    const result = await sendRepeatedly(from, to);
    if (result.kind === "done") {
      passed();
      return null;
    }
    if (result.kind === "stale") return { index: suspects[0]?.index ?? from, message: "", isStale: true };
    if (to - from > 1 && (result.kind === "refused" || result.mayBeRecord)) {
      // Halves for a refusal, whose answer is quick; singles for a server that breaks, which would otherwise be asked log n times in vain.
      const step = result.kind === "refused" ? Math.ceil((to - from) / 2) : 1;
      for (let at = from; at < to; at += step) {
        const stop = await deliver(at, Math.min(at + step, to));
        if (stop) return stop;
      }
      return null;
    }
    if (result.kind === "refused") {
      refusals += 1;
      if (refusals >= refusalsUntilDown)
        return { index: from, message: `${result.message} to ${refusals} events in a row` };
      dead.push({ index: from, message: result.message });
      return null;
    }
    if (!result.mayBeRecord) return stopAt(from, result);
    suspects.push({ index: from, message: result.message });
    return suspects.length >= suspectsUntilDown ? stopAt(from, result) : null;
  };

  const stop = count === 0 ? null : await deliver(0, count);
  // Suspects at the end: nothing passed after them, so they are tried again with what comes next.
  const settled = stop?.index ?? suspects[0]?.index ?? count;
  const isStale = stop?.isStale ?? false;
  const down = isStale ? null : (stop ?? suspects[0] ?? null);
  return {
    settled,
    dead: dead.filter(({ index }) => index < settled).sort((a, b) => a.index - b.index),
    isStale,
    refusals,
    down: down && {
      message: down.message,
      ...("retryAfterMs" in down && down.retryAfterMs !== undefined ? { retryAfterMs: down.retryAfterMs } : {}),
    },
  };
}
