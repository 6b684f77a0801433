// What stands at the door of every event path: checks that may change an event, send it away, or refuse it.
import type { ErrorCode } from "../kernel/index.ts";
import type { RequestFacts } from "./build-event.ts";
import type { CanonicalEvent } from "./event.ts";

export type DoorVerdict =
  | { readonly action: "keep"; readonly event: CanonicalEvent }
  /** Answered as accepted, not stored, counted by reason: suppressed persons, sampling. */
  | { readonly action: "drop"; readonly reason: string }
  /** Goes to the dead letters. */
  | { readonly action: "reject"; readonly code: ErrorCode; readonly message: string };

/** Synchronous, in memory: it runs for every event. The raw value is what the client sent. */
export type DoorCheck = (event: CanonicalEvent, raw: unknown, facts: RequestFacts) => DoorVerdict;

/** Asks every check in turn; the first that does not keep the event decides. */
export function passDoor(
  checks: readonly DoorCheck[],
  event: CanonicalEvent,
  raw: unknown,
  facts: RequestFacts,
): DoorVerdict {
  let verdict: DoorVerdict = { action: "keep", event };
  for (const check of checks) {
    if (verdict.action !== "keep") break;
    verdict = check(verdict.event, raw, facts);
  }
  return verdict;
}
