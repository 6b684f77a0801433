// What a person allowed (profiles-and-journeys G.2). Decisions form a total order, so that the fold of them is the same whatever
// order the events arrive in, and two states merge by taking the greater decision of each category and channel.
import { type CanonicalEvent, parseInstant } from "../collect/index.ts";
import { isObject, type JsonObject } from "../kernel/index.ts";
import { tradeFacts } from "./person-free.ts";
import type { Consent, ProfileState } from "./profile.ts";

/** By category, or `category:channel`, e.g. `marketing` and `marketing:email`. */
export type Consents = ProfileState["consents"];
type WithConsents = Pick<ProfileState, "consents">;

export type ConsentStatus = "granted" | "denied" | "unset";

/** One explicit decision of a person, as an event carried it. */
export type ConsentDecision = {
  readonly category: string;
  readonly channel?: string;
  readonly consent: Consent;
};

/** A grant is good for 24 months unless it says otherwise. A refusal does not expire: time must not turn a no into a yes. */
export const defaultGrantMs = 730 * 86_400_000;
/** `source` of what a browser says for its owner by GPC or DNT. */
export const signalSource = "browser-signal";
/** Categories that nobody needs to be asked for; of the others, these two are off until granted. */
const optInCategories = new Set(["marketing", "advertising"]);

const maxKeys = 100;
const maxDecisionsPerEvent = 100;
const maxTextLength = 200;
const maxProofLength = 2_000;
const namePattern = /^[a-z][a-z0-9_.-]{0,63}$/;
const aliases: Readonly<Record<string, string>> = {
  personalization: "personalisation",
  personalize: "personalisation",
};
const statusByText: Readonly<Record<string, Consent["status"]>> = {
  granted: "granted",
  denied: "denied",
  in: "granted",
  out: "denied",
  y: "granted",
  n: "denied",
};

const maxKnownNames = 1_000;
/** Names are few and come with every event. */
const knownNames = new Map<string, string | undefined>();

function nameOf(text: string): string | undefined {
  if (knownNames.has(text)) return knownNames.get(text);
  const written = text.trim().toLowerCase();
  const isName = namePattern.test(written);
  const name = isName && Object.hasOwn(aliases, written) ? aliases[written] : isName ? written : undefined;
  if (knownNames.size < maxKnownNames && text.length <= maxTextLength) knownNames.set(text, name);
  return name;
}

function statusOf(value: unknown): Consent["status"] | undefined {
  if (typeof value === "boolean") return value ? "granted" : "denied";
  return typeof value === "string" && Object.hasOwn(statusByText, value) ? statusByText[value] : undefined;
}

function textOf(value: unknown, maxLength = maxTextLength): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, maxLength) : undefined;
}

type Origin = Omit<Consent, "status"> & {
  /** Time and source are all of it, as with nearly every page: no other field is there to be copied. */
  readonly isPlain: boolean;
};

function originOf(block: Record<string, unknown>, event: CanonicalEvent): Origin {
  const at = block["at"] ?? block["updatedAt"];
  const given = at === undefined ? undefined : parseInstant(at);
  const expiresAt = block["expiresAt"] === undefined ? undefined : parseInstant(block["expiresAt"]);
  const textVersion = textOf(block["textVersion"]);
  const proof = textOf(block["proof"], maxProofLength);
  return {
    // A decision of the future would hold against every later one.
    at: given === undefined ? event.timestamp : Math.min(given, event.timestamp),
    source: textOf(block["source"]) ?? event.sourceId,
    isPlain: textVersion === undefined && expiresAt === undefined && proof === undefined,
    ...(textVersion === undefined ? {} : { textVersion }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(proof === undefined ? {} : { proof }),
  };
}

function consentFrom(status: Consent["status"], from: Origin): Consent {
  const { at, source } = from;
  if (from.isPlain) return { status, at, source };
  const { isPlain: _, ...origin } = from;
  return { status, ...origin };
}

function addDecisions(
  decisions: ConsentDecision[],
  value: unknown,
  category: string | undefined,
  origin: Origin,
): void {
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    if (decisions.length >= maxDecisionsPerEvent) return;
    const name = nameOf(key);
    if (name === undefined) continue;
    const status = statusOf(value[key]);
    if (status !== undefined) {
      const consent = consentFrom(status, origin);
      decisions.push(category === undefined ? { category: name, consent } : { category, channel: name, consent });
    } else if (category === undefined) addDecisions(decisions, value[key], name, origin);
  }
}

/** `channels: {marketing: {email: true}}`, or `channels: {email: true}` for marketing. */
function addChannels(decisions: ConsentDecision[], value: unknown, origin: Origin): void {
  if (!isObject(value)) return;
  for (const [key, given] of Object.entries(value)) {
    const name = nameOf(key);
    if (name === undefined) continue;
    if (isObject(given)) addDecisions(decisions, given, name, origin);
    else addDecisions(decisions, { [name]: given }, "marketing", origin);
  }
}

const noDecisions: readonly ConsentDecision[] = Object.freeze([]);

function addBlock(decisions: ConsentDecision[], block: unknown, event: CanonicalEvent): void {
  if (!isObject(block)) return;
  const origin = originOf(block, event);
  addDecisions(decisions, block["categoryPreferences"], undefined, origin);
  addChannels(decisions, block["channels"], origin);
}

/**
 * Explicit decisions that an event carries, in `context.consent` of any event, or in the properties of `consentUpdated`; at most 100.
 * Storefronts repeat them with every page: this runs for nearly every event.
 */
export function decisionsOf(event: CanonicalEvent): readonly ConsentDecision[] {
  const ofContext = event.context["consent"];
  const ofProperties = event.properties["consent"];
  const isUpdate = event.type === "consentUpdated";
  if (ofContext === undefined && ofProperties === undefined && !isUpdate) return noDecisions;
  const decisions: ConsentDecision[] = [];
  addBlock(decisions, ofContext, event);
  addBlock(decisions, ofProperties, event);
  if (isUpdate) addBlock(decisions, event.properties, event);
  return decisions;
}

/** Name of a decision in a profile's consents. */
export function consentKey(category: string, channel?: string): string {
  return channel === undefined ? category : `${category}:${channel}`;
}

const rank = { granted: 0, denied: 1 } as const;

/** Newest first; of the same instant the more restrictive one; then any fixed order, so that the fold has one result. */
function isGreater(x: Consent, y: Consent): boolean {
  if (x.at !== y.at) return x.at > y.at;
  if (x.status !== y.status) return rank[x.status] > rank[y.status];
  // Events of one request share their time: the same decision again, nearly always.
  const isSame =
    x.source === y.source && x.textVersion === y.textVersion && x.expiresAt === y.expiresAt && x.proof === y.proof;
  return !isSame && tieText(x) > tieText(y);
}

function tieText({ source, textVersion, expiresAt, proof }: Consent): string {
  return JSON.stringify([source, textVersion ?? "", expiresAt ?? 0, proof ?? ""]);
}

type Parts = { readonly explicit: Consent | undefined; readonly signalAt: number | undefined };

function partsOf(consent: Consent | undefined): Parts {
  if (consent === undefined) return { explicit: undefined, signalAt: undefined };
  const { signalAt, overruled, ...own } = consent;
  if (signalAt !== undefined && own.source === signalSource) return { explicit: overruled, signalAt };
  return { explicit: own, signalAt };
}

function joinParts(a: Parts, b: Parts): Consent | undefined {
  const explicit =
    a.explicit && b.explicit
      ? isGreater(b.explicit, a.explicit)
        ? b.explicit
        : a.explicit
      : (a.explicit ?? b.explicit);
  const signalAt =
    a.signalAt !== undefined && b.signalAt !== undefined
      ? Math.min(a.signalAt, b.signalAt)
      : (a.signalAt ?? b.signalAt);
  if (signalAt === undefined) return explicit;
  // A browser repeats its signal with every page: only the first one counts, else no later yes could ever hold.
  if (explicit && (explicit.status === "denied" || explicit.at > signalAt)) return { ...explicit, signalAt };
  const denied: Consent = { status: "denied", at: signalAt, source: signalSource, signalAt };
  return explicit ? { ...denied, overruled: explicit } : denied;
}

const joinConsent = (x: Consent | undefined, y: Consent | undefined) => joinParts(partsOf(x), partsOf(y));

function withConsent(consents: Record<string, Consent>, key: string, consent: Consent | undefined): void {
  if (consent === undefined) return;
  const known = Object.hasOwn(consents, key) ? consents[key] : undefined;
  if (!known && Object.keys(consents).length >= maxKeys) return;
  const isPlain = consent.signalAt === undefined && (known === undefined || known.signalAt === undefined);
  const joined = isPlain ? (known && !isGreater(consent, known) ? known : consent) : joinConsent(known, consent);
  if (joined) consents[key] = joined;
}

/** A decision that is not newer than the one that holds, and nothing else is known of either. */
function isNoNews(consents: Consents, key: string, consent: Consent): boolean {
  const known = Object.hasOwn(consents, key) ? consents[key] : undefined;
  return (
    known !== undefined && known.signalAt === undefined && consent.signalAt === undefined && !isGreater(consent, known)
  );
}

/**
 * Consents after an event: per category and channel the newest explicit decision, of the same instant the more restrictive one.
 * GPC and DNT (`context.optsOut`) deny advertising until a later explicit grant. The order of events does not matter.
 */
export function foldConsents(consents: Consents, event: CanonicalEvent): Consents {
  const decisions = decisionsOf(event);
  const optsOut = event.context["optsOut"] === true;
  if (decisions.length === 0 && !optsOut) return consents;
  let next: Record<string, Consent> | undefined;
  for (const { category, channel, consent } of decisions) {
    const key = consentKey(category, channel);
    if (isNoNews(next ?? consents, key, consent)) continue;
    next ??= { ...consents };
    withConsent(next, key, consent);
  }
  if (optsOut) {
    const at = event.timestamp;
    next ??= { ...consents };
    withConsent(next, "advertising", { status: "denied", at, source: signalSource, signalAt: at });
  }
  return next ?? consents;
}

/** Consents of two profiles that become one: as if all their events had been one person's. Commutative and associative. */
export function mergeConsents(a: Consents, b: Consents): Consents {
  const merged: Record<string, Consent> = { ...a };
  for (const [key, consent] of Object.entries(b)) withConsent(merged, key, consent);
  return merged;
}

function currentStatus(consent: Consent, nowMs: number): ConsentStatus {
  if (consent.status === "denied") return "denied";
  return nowMs < (consent.expiresAt ?? consent.at + defaultGrantMs) ? "granted" : "unset";
}

/**
 * What holds for a category, or for one channel of it: the newer of both decisions, of the same instant the more restrictive one.
 *
 * @param nowMs a grant past its end counts as unset; without it nothing expires
 */
export function consentStatus(
  { consents }: WithConsents,
  category: string,
  channel?: string,
  nowMs = Number.NEGATIVE_INFINITY,
): ConsentStatus {
  const of = (key: string) => (Object.hasOwn(consents, key) ? consents[key] : undefined);
  const general = of(category);
  const own = channel === undefined ? undefined : of(consentKey(category, channel));
  const decisive = general && own ? (isGreater(own, general) ? own : general) : (own ?? general);
  return decisive === undefined ? "unset" : currentStatus(decisive, nowMs);
}

/**
 * Whether something may be done with a person. `necessary` always may; `marketing` and `advertising` must have been granted; every
 * other category may until it is denied.
 */
export function allows(state: WithConsents, category: string, channel?: string, nowMs?: number): boolean {
  if (category === "necessary") return true;
  const status = consentStatus(state, category, channel, nowMs);
  return optInCategories.has(category) ? status === "granted" : status !== "denied";
}

/** The person said no to personalisation: their profile must not shape what they see. Nothing said is not a no. */
export function refusesPersonalisation(state: WithConsents): boolean {
  return consentStatus(state, "personalisation") === "denied";
}

// What a shop must know to do its business: orders, accounts, and the consent itself.
const necessary = /^(order|account|consent|profileRecord$|message(Unsubscribed|Bounced|Complained)$)/;

/**
 * What may be stored of an event once its profile knows the event's own consent (profiles-and-journeys G.2): everything; the
 * event without person and device; nothing.
 */
export function storageVerdict(state: WithConsents, event: CanonicalEvent): "keep" | "strip" | "drop" {
  if (consentStatus(state, "analytics") !== "denied") return "keep";
  if (!necessary.test(event.type)) return "drop";
  return event.type === "consentUpdated" ? "keep" : "strip";
}

/** The event as the event store may keep it without consent: the facts of the trade, nobody's name. */
export function withoutPerson(event: CanonicalEvent): CanonicalEvent {
  return {
    ...event,
    identifiers: [],
    // JSON by construction: a selection of the event's own properties.
    properties: tradeFacts(event.properties) as JsonObject,
    context: {},
    extra: {},
    flags: [...event.flags, "no_consent"],
  };
}
