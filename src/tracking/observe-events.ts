// Counts what comes in by source and event, in memory; written every few seconds. A killed process loses the last of it:
// these are figures about the data, not the data.
import type { CanonicalEvent } from "../collect/index.ts";
import type { Violation } from "./compile-plan.ts";
import { shapeOf } from "./event-shape.ts";

export type EventCount = {
  readonly sourceId: string;
  readonly type: string;
  readonly firstAt: number;
  lastAt: number;
  total: number;
  violations: number;
  readonly shape: Set<string>;
  shapesTaken: number;
};

export type ViolationCount = Violation & {
  readonly hour: number;
  readonly sourceId: string;
  readonly type: string;
  readonly planKey: string;
  count: number;
};

export type Observations = { readonly events: readonly EventCount[]; readonly violations: readonly ViolationCount[] };

const hourMs = 3_600_000;
const maxEvents = 2_000;
const maxViolations = 2_000;
const maxShape = 300;
/** Payloads looked at for each event between two writes. */
const shapesPerWrite = 20;

export function createObserver() {
  let events = new Map<string, EventCount>();
  let violations = new Map<string, ViolationCount>();

  return {
    /** Counts one event of the given receipt. */
    add: (event: CanonicalEvent, found: readonly Violation[], planKey: string): void => {
      const { sourceId, type, receivedAt } = event;
      const key = `${sourceId}\0${type}`;
      let count = events.get(key);
      if (!count) {
        // Names come from outside: beyond the bound new ones are not counted until the next write.
        if (events.size >= maxEvents) return;
        count = {
          sourceId,
          type,
          firstAt: receivedAt,
          lastAt: receivedAt,
          total: 0,
          violations: 0,
          shape: new Set(),
          shapesTaken: 0,
        };
        events.set(key, count);
      }
      count.lastAt = Math.max(count.lastAt, receivedAt);
      count.total += 1;
      if (count.shapesTaken < shapesPerWrite) {
        count.shapesTaken += 1;
        for (const entry of shapeOf(event.properties)) if (count.shape.size < maxShape) count.shape.add(entry);
      }
      if (found.length === 0) return;
      count.violations += 1;
      const hour = Math.floor(receivedAt / hourMs) * hourMs;
      for (const violation of found) {
        const id = `${hour}\0${key}\0${violation.kind}\0${violation.path}\0${planKey}`;
        const known = violations.get(id);
        if (known) known.count += 1;
        else if (violations.size < maxViolations)
          violations.set(id, { ...violation, hour, sourceId, type, planKey, count: 1 });
      }
    },
    /** Hands over what was counted since the last call. */
    take: (): Observations => {
      const taken = { events: [...events.values()], violations: [...violations.values()] };
      events = new Map();
      violations = new Map();
      return taken;
    },
  };
}
