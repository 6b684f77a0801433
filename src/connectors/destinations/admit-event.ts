// Who may be told: the consent filter, before any mapping (profiles-and-journeys G.2, F.2). Asked when an event leaves, not when
// it came in, so that a "no" also stops what still waits.
import { allows, type Consent, consentStatus, storageVerdict, withoutPerson } from "../../profiles/index.ts";
import type { ConsentNeed, OutboxItem } from "./destination.ts";

/** What a person said, by category; a category that is missing was never asked. */
export type ConsentStates = Readonly<Record<string, Consent>>;

/** Whether a person's decisions keep them from what needs the given consent. */
export function isConsentDenied(need: ConsentNeed, consents: ConsentStates, nowMs: number): boolean {
  return need.categories.some((name) => {
    const [category = "", channel] = name.split(":");
    if (need.unset === "default") return !allows({ consents }, category, channel, nowMs);
    const status = consentStatus({ consents }, category, channel, nowMs);
    return need.unset === "deny" ? status !== "granted" : status === "denied";
  });
}

/**
 * The item as it may leave.
 *
 * Without consent for analytics the rule of storage holds for every destination, whatever it asks for: behaviour stays here, facts
 * of the trade leave without the person.
 *
 * @param consents what the event's person says now; undefined when the person is gone
 * @returns null when nothing of it may leave
 */
export function admitItem(
  item: OutboxItem,
  need: ConsentNeed,
  consents: ConsentStates | undefined,
  nowMs: number,
): OutboxItem | null {
  const nobody = item.profileId === undefined;
  // Stored without its person already: there is nobody left whose consent could be asked.
  if (nobody) return item;
  if (consents === undefined || isConsentDenied(need, consents, nowMs)) return null;
  const verdict = storageVerdict({ consents }, item.event);
  if (verdict === "drop") return null;
  return verdict === "strip" ? { event: withoutPerson(item.event) } : item;
}
