import { consentStatus, type ProfileState } from "../../profiles/index.ts";
import type { Channel } from "./channels.ts";
import type { SkipReason } from "./sequence.ts";

/** What decides whether a customer may be written to. */
export type Recipient = {
  readonly channel: Channel;
  readonly state: Pick<ProfileState, "consents">;
  /** Mail address, phone number or device. */
  readonly address: string | undefined;
  /** The trait `newsletter`; says nothing of other channels than e-mail. */
  readonly newsletter: unknown;
  readonly isSuppressed: boolean;
  /** Failures in a row of this address. */
  readonly failures: number;
  readonly isControl: boolean;
  readonly template: string | null;
};

/**
 * Why a customer gets no message on a channel; undefined when nothing is against it.
 *
 * Reminders advertise: the person must have agreed to marketing on this channel, in our consents or, for e-mail, in the shop's
 * newsletter record. That a device takes push messages, or that a number is known, is no such agreement.
 */
export function gateOf(recipient: Recipient, failureThreshold: number, nowMs: number): SkipReason | undefined {
  const { state, channel, address, failures } = recipient;
  const newsletter = channel === "email" ? recipient.newsletter : undefined;
  if (recipient.isControl) return "holdout";
  if (recipient.template === null) return "no_template";
  if (address === undefined) return "no_address";
  if (recipient.isSuppressed) return "suppressed";
  const consent = consentStatus(state, "marketing", channel, nowMs);
  if (consent === "denied" || newsletter === "unsubscribed") return "unsubscribed";
  if (consent !== "granted" && newsletter !== "subscribed") return "no_consent";
  if (failureThreshold > 0 && failures >= failureThreshold) return "address_failing";
  return undefined;
}
