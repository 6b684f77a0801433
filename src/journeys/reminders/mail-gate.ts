import { consentStatus, type ProfileState } from "../../profiles/index.ts";
import type { SkipReason } from "./sequence.ts";

/** What decides whether a customer may be written to. */
export type Recipient = {
  readonly state: Pick<ProfileState, "consents">;
  readonly address: string | undefined;
  /** The trait `newsletter`. */
  readonly newsletter: unknown;
  readonly isSuppressed: boolean;
  /** Failures in a row of this address. */
  readonly failures: number;
  readonly isControl: boolean;
  readonly template: string | null;
};

/**
 * Why a customer gets no mail; undefined when nothing is against it.
 *
 * Reminders advertise: the person must have agreed to marketing by e-mail, in our consents or in the shop's newsletter record.
 */
export function gateOf(recipient: Recipient, failureThreshold: number, nowMs: number): SkipReason | undefined {
  const { state, address, newsletter, failures } = recipient;
  if (recipient.isControl) return "holdout";
  if (recipient.template === null) return "no_template";
  if (address === undefined) return "no_address";
  if (recipient.isSuppressed) return "suppressed";
  const consent = consentStatus(state, "marketing", "email", nowMs);
  if (consent === "denied" || newsletter === "unsubscribed") return "unsubscribed";
  if (consent !== "granted" && newsletter !== "subscribed") return "no_consent";
  if (failureThreshold > 0 && failures >= failureThreshold) return "address_failing";
  return undefined;
}
