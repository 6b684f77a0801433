import type { Rejection } from "./build-event.ts";
import type { CanonicalEvent } from "./event.ts";

/** One line of the live event stream: what came in and what became of it. */
export type LiveEvent =
  | { readonly status: "accepted"; readonly event: CanonicalEvent }
  | ({
      readonly status: "rejected";
      readonly receivedAt: number;
      readonly sourceId: string;
      readonly payload: unknown;
    } & Rejection);

export type LiveEvents = {
  readonly publish: (entry: LiveEvent) => void;
  readonly recent: (limit: number) => readonly LiveEvent[];
  /** @returns the function that ends the subscription */
  readonly subscribe: (handler: (entry: LiveEvent) => void) => () => void;
  /** Takes entries out, e.g. those of an erased person. */
  readonly forget: (isTheirs: (entry: LiveEvent) => boolean) => void;
  /** Events accepted in the last 60 s. */
  readonly lastMinute: (nowMs: number) => number;
};

const ringSize = 500;
const seconds = 60;

export function createLiveEvents(): LiveEvents {
  const ring: LiveEvent[] = [];
  const handlers = new Set<(entry: LiveEvent) => void>();
  const countBySecond = new Map<number, number>();
  return {
    publish: (entry) => {
      ring.push(entry);
      // Cut rarely instead of shifting on every event.
      if (ring.length > ringSize * 2) ring.splice(0, ring.length - ringSize);
      if (entry.status === "accepted") {
        const second = Math.floor(entry.event.receivedAt / 1000);
        countBySecond.set(second, (countBySecond.get(second) ?? 0) + 1);
        if (countBySecond.size > seconds * 2)
          for (const key of countBySecond.keys()) if (key < second - seconds) countBySecond.delete(key);
      }
      for (const handler of handlers) handler(entry);
    },
    recent: (limit) => ring.slice(-Math.min(limit, ringSize)).reverse(),
    subscribe: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    forget: (isTheirs) => {
      const left = ring.filter((entry) => !isTheirs(entry));
      ring.splice(0, ring.length, ...left);
    },
    lastMinute: (nowMs) => {
      const from = Math.floor(nowMs / 1000) - seconds;
      let sum = 0;
      for (const [second, count] of countBySecond) if (second > from) sum += count;
      return sum;
    },
  };
}
