import type { CanonicalEvent } from "../collect/index.ts";
import type { ProfileState } from "./profile.ts";

type Consents = Pick<ProfileState, "consents">;

/** The person said no to personalisation: their profile must not shape what they see. Nothing said is not a no. */
export function refusesPersonalisation(state: Consents): boolean {
  return state.consents["personalisation"]?.status === "denied";
}

// What a shop must know to do its business: orders, accounts, and the consent itself.
const necessary = /^(order|account|consent|profileRecord$|message(Unsubscribed|Bounced|Complained)$)/;

/**
 * What may be stored of an event once its profile knows the event's own consent (profiles-and-journeys G.2): everything; the
 * event without person and device; nothing.
 */
export function storageVerdict(state: Consents, event: CanonicalEvent): "keep" | "strip" | "drop" {
  if (state.consents["analytics"]?.status !== "denied") return "keep";
  if (!necessary.test(event.type)) return "drop";
  return event.type === "consentUpdated" ? "keep" : "strip";
}

/** The event as the event store may keep it without consent: the facts of the trade, nobody's name. */
export function withoutPerson(event: CanonicalEvent): CanonicalEvent {
  const {
    traits: _traits,
    email: _email,
    billingAddress: _billing,
    shippingAddress: _shipping,
    ...properties
  } = event.properties;
  return { ...event, identifiers: [], properties, context: {}, extra: {}, flags: [...event.flags, "no_consent"] };
}
