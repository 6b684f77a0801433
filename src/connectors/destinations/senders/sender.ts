import type { IncomingHttpHeaders } from "node:http";
import { ClienteleError, type JsonObject } from "../../../kernel/index.ts";
import type { HttpAnswer } from "../../net/http-client.ts";
import type { OutboxItem } from "../destination.ts";

/** How a request went. */
export type SendResult =
  | { readonly kind: "done" }
  /** The destination as a whole does not take anything now; nothing is known about the records. */
  | { readonly kind: "down"; readonly message: string; readonly retryAfterMs?: number; readonly mayBeRecord?: boolean }
  /** The destination answers, and will not have these records as they are. */
  | { readonly kind: "refused"; readonly message: string };

export type SendFacts = {
  /** The same for the same records of the same place in the outbox: a repeat can be recognised. */
  readonly deliveryId: string;
  /** Time of the first record's arrival in the outbox. */
  readonly createdAt: number;
  readonly signal: AbortSignal;
};

/** One way to hand events over. */
export type Sender = {
  /** The item in the words of the destination; null when they have none for it. */
  readonly translate: (item: OutboxItem) => JsonObject | null;
  readonly send: (records: readonly JsonObject[], facts: SendFacts) => Promise<SendResult>;
  /** Bytes of one request. */
  readonly maxBytes: number;
};

const maxRetryAfterMs = 3_600_000;

/** Seconds or an HTTP date, as milliseconds from now; at most an hour. */
export function retryAfterOf(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const text = headers["retry-after"];
  if (text === undefined) return undefined;
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(waitMs) ? Math.min(Math.max(0, waitMs), maxRetryAfterMs) : undefined;
}

// Wrong credentials or address, throttling: said of the whole destination, not of a record.
const aboutDestination = new Set([401, 402, 403, 404, 405, 407, 408, 410, 425, 426, 429]);

/** What an HTTP answer means for the records of its request. */
export function judgeAnswer(answer: HttpAnswer, nowMs: number): SendResult {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return { kind: "done" };
  const message = `answered ${status}`;
  if (status >= 300 && status < 400)
    return { kind: "down", message: `answered ${status}; redirects are not followed, store the final address` };
  if (status < 500 && !aboutDestination.has(status)) return { kind: "refused", message };
  const retryAfterMs = retryAfterOf(headers, nowMs);
  return {
    kind: "down",
    message,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    // A server that stumbles over one record answers like one that is broken.
    ...(status >= 500 && status !== 503 ? { mayBeRecord: true } : {}),
  };
}

/** A failure to get any answer. */
export function judgeFailure(error: unknown): SendResult {
  return { kind: "down", message: error instanceof ClienteleError ? error.message : "the request failed" };
}
