// Whether a browser has opted out, from the most certain to the least: what the event itself says, what this process was told
// lately, the browser's own entry, and the person's profile.
import type { FoundProfile } from "../../profiles/index.ts";
import { type ConsentDecision, readConsentStrings } from "./consent.ts";
import type { IncomingEvent } from "./read-call.ts";
import { createRecentMap } from "./recent-map.ts";

export type General = "in" | "out";

const capacity = 50_000;
/** Longer than a decision takes into the profile, in which it lives on. */
const keptMs = 10 * 60_000;

export type Consents = ReturnType<typeof createConsents>;

export function createConsents(now: () => number) {
  const lately = createRecentMap<General>(capacity, keptMs, now);
  return {
    remember: (ecid: string | undefined, general: General | null): void => {
      if (ecid !== undefined && general !== null) lately.set(ecid, general);
    },
    /** What this process was told lately. */
    of: (ecid: string | undefined): General | undefined => (ecid === undefined ? undefined : lately.get(ecid)),
  };
}

/** What the events of a call say themselves; the last one counts. */
export function statedBy(events: readonly IncomingEvent[]): ConsentDecision | undefined {
  return events.map(({ xdm }) => readConsentStrings(xdm)).findLast((decision) => decision !== undefined);
}

/** True when the person's profile refuses analytics, unless the browser has just opted in. */
export function profileRefuses(found: FoundProfile): boolean {
  return found.ok && found.profile.state.consents["analytics"]?.status === "denied";
}
