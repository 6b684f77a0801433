import type { EventFlag } from "./event.ts";

export type TimeBounds = {
  /** Oldest accepted age; 0 = back to 1970. */
  readonly maxAgeMs: number;
  /** True for client-side sources, whose clocks are corrected by the transmission delay. */
  readonly correctByDelay: boolean;
};

const futureToleranceMs = 60_000;
const maxPlausibleSkewMs = 365 * 86_400_000;

export function parseInstant(value: unknown): number | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return Math.round(value);
  if (typeof value !== "string" || value.length > 64) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * Event time by profiles-and-journeys D.6: the delay between sending and receiving is taken out of the client's clock,
 * the future and the far past are clamped and flagged; nothing is refused for its time.
 *
 * @returns UTC milliseconds and the flags that say what was changed
 */
export function correctTime(
  given: { readonly timestamp: unknown; readonly sentAt: number | undefined; readonly receivedAt: number },
  bounds: TimeBounds,
): { readonly timestamp: number; readonly flags: readonly EventFlag[] } {
  const { receivedAt, sentAt } = given;
  if (given.timestamp === undefined || given.timestamp === null) return { timestamp: receivedAt, flags: [] };
  const original = parseInstant(given.timestamp);
  if (original === undefined) return { timestamp: receivedAt, flags: ["bad_timestamp"] };
  let timestamp = original;
  if (bounds.correctByDelay && sentAt !== undefined && Math.abs(sentAt - receivedAt) < maxPlausibleSkewMs) {
    timestamp = receivedAt - (sentAt - original);
  }
  if (timestamp > receivedAt + futureToleranceMs) return { timestamp: receivedAt, flags: ["future_clamped"] };
  const oldest = bounds.maxAgeMs > 0 ? receivedAt - bounds.maxAgeMs : 0;
  if (timestamp < oldest) return { timestamp: oldest, flags: ["past_clamped"] };
  return { timestamp, flags: [] };
}
