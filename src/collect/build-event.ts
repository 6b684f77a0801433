// The end of every reader: what a client said, whoever it was, becomes one canonical event.
import { type ErrorCode, isObject, type JsonObject, newId, sha256Hex } from "../kernel/index.ts";
import { type ClientFacts, withClientFacts } from "./client-facts.ts";
import { correctTime, type TimeBounds } from "./correct-time.ts";
import type { CanonicalEvent, EventFlag, Identifier, SourceKind } from "./event.ts";
import { blockedIdentifiers, normaliseIdentifiers } from "./namespaces.ts";

export type Rejection = { readonly code: ErrorCode; readonly message: string };
export type ReadResult =
  | { readonly ok: true; readonly event: CanonicalEvent }
  | ({ readonly ok: false; readonly messageId: string | null } & Rejection);

/** What the request says about every event in it. */
export type RequestFacts = {
  readonly sourceId: string;
  readonly sourceKind: SourceKind;
  /** Server token or key of a server source: identifiers are taken as proven, times as right. */
  readonly trusted: boolean;
  /** Customer proven by a signed identity token, if one came along. */
  readonly provenCustomerId: string | null;
  readonly receivedAt: number;
  readonly sentAt: number | undefined;
  readonly bounds: TimeBounds;
  readonly defaultStoreView: string;
  /** ISO 3166 code for phone numbers without a country prefix. */
  readonly defaultCountry?: string | undefined;
  readonly client?: ClientFacts | undefined;
};

/** Reads one foreign event; never throws for bad input. The raw value is complete in itself, so that a dead letter can be read again. */
export type EventReader = (raw: unknown, facts: RequestFacts) => ReadResult;

/** An event whose vocabulary is ours already: what every edge and connector hands over. */
export type TranslatedEvent = {
  readonly messageId?: unknown;
  /** Canonical name; a name without a row in the name table as it came. */
  readonly type: string;
  /** The name as the client sent it. */
  readonly originalName: string;
  readonly timestamp?: unknown;
  /** Client clock when this event was sent, if it differs from the request's. */
  readonly sentAt?: number | undefined;
  /** Raw values in our namespaces; normalised and checked here. */
  readonly identifiers: readonly Identifier[];
  /** ISO 3166 code for phone numbers without a country prefix. */
  readonly country?: string | undefined;
  readonly storeView?: string | undefined;
  readonly properties: JsonObject;
  readonly context: JsonObject;
  readonly extra?: JsonObject;
  /** True when the protocol itself proves the person, e.g. a signed webhook of the shop. Default: the request's own proof. */
  readonly verified?: boolean;
  /** May come without identifiers, e.g. a page view of somebody unknown. Default false: rejected. */
  readonly mayBeNobody?: boolean;
};

const maxNameLength = 200;
const maxMessageIdLength = 100;
const maxDepth = 32;
const maxKeys = 10_000;
const maxStoreViewLength = 64;
const emptyObject: JsonObject = Object.freeze({});

export function reject(code: ErrorCode, message: string, messageId: unknown): ReadResult {
  return { ok: false, code, message, messageId: typeof messageId === "string" ? messageId : null };
}

const isNested = (value: unknown): value is object => typeof value === "object" && value !== null;

/**
 * Keys of a value and of all within it.
 *
 * @param depthLeft levels that may still follow; the call stack is never deeper than that
 * @param keysLeft keys that there may be
 * @returns the keys that are left, negative when a bound is passed
 */
function countDown(value: object, depthLeft: number, keysLeft: number): number {
  if (depthLeft < 0) return -1;
  let left = keysLeft;
  if (Array.isArray(value)) {
    left -= value.length;
    for (let index = 0; left >= 0 && index < value.length; index += 1) {
      const child: unknown = value[index];
      if (isNested(child)) left = countDown(child, depthLeft - 1, left);
    }
    return left;
  }
  // In place of Object.values, which makes a list of each: this runs for every event.
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key in fields) {
    left -= 1;
    if (left < 0) return left;
    const child = fields[key];
    if (isNested(child)) left = countDown(child, depthLeft - 1, left);
  }
  return left;
}

/** Counts keys and depth, to the bound and no further; true when one is passed. */
export function exceedsBounds(root: unknown, depthLimit = maxDepth, keyLimit = maxKeys): boolean {
  return isNested(root) && countDown(root, depthLimit, keyLimit) < 0;
}

function readMessageId(given: unknown, receivedAt: number): { messageId: string; hashed: boolean } {
  if (typeof given === "number") return { messageId: String(given), hashed: false };
  if (typeof given !== "string" || given === "") return { messageId: `srv-${newId(receivedAt)}`, hashed: false };
  if (given.length <= maxMessageIdLength) return { messageId: given, hashed: false };
  return { messageId: `h-${sha256Hex(given).slice(0, 32)}`, hashed: true };
}

function isVerified(identifiers: readonly Identifier[], facts: RequestFacts): boolean {
  if (facts.trusted) return true;
  const { provenCustomerId } = facts;
  return (
    provenCustomerId !== null &&
    identifiers.some(({ namespace, value }) => namespace === "user_id" && value === provenCustomerId)
  );
}

/**
 * The canonical event of a translated one: bounds, message id, time, name length, identifiers.
 *
 * @param raw what the client sent, whole; its depth and number of keys are bounded
 */
export function buildEvent(translated: TranslatedEvent, raw: unknown, facts: RequestFacts): ReadResult {
  const given = translated.messageId;
  if (exceedsBounds(raw))
    return reject("collect.tooDeep", `nested deeper than ${maxDepth} levels or more than ${maxKeys} keys`, given);
  const identifiers = normaliseIdentifiers(translated.identifiers, translated.country ?? facts.defaultCountry);
  const blocked =
    identifiers.length === translated.identifiers.length ? [] : blockedIdentifiers(translated.identifiers);
  return finishEvent(translated, identifiers, facts, blocked);
}

/** As `buildEvent`, for a reader that checked the bounds and normalised the identifiers itself. */
export function finishEvent(
  translated: Omit<TranslatedEvent, "identifiers">,
  identifiers: readonly Identifier[],
  facts: RequestFacts,
  blocked: readonly Identifier[] = [],
): ReadResult {
  const given = translated.messageId;
  // A placeholder like "undefined" is a mistake of the client that must not lose its event: it belongs to nobody.
  if (identifiers.length === 0 && blocked.length === 0 && !translated.mayBeNobody)
    return reject("collect.noIdentity", "send an identifier of a person or a device, e.g. anonymousId", given);
  const { messageId, hashed } = readMessageId(given, facts.receivedAt);
  const time = correctTime(
    {
      timestamp: translated.timestamp,
      sentAt: translated.sentAt ?? facts.sentAt,
      receivedAt: facts.receivedAt,
    },
    facts.bounds,
  );
  const flags: EventFlag[] = [...time.flags];
  let { type, originalName } = translated;
  if (originalName.length > maxNameLength) {
    originalName = originalName.slice(0, maxNameLength);
    flags.push("name_truncated");
  }
  if (type.length > maxNameLength) type = type.slice(0, maxNameLength);
  if (hashed) flags.push("message_id_hashed");
  if (translated.context["simulated"] === true) flags.push("simulated");
  const verified = translated.verified ?? isVerified(identifiers, facts);
  // The kind of a native event says so by itself: a trusted server's is another.
  if (verified && translated.verified === undefined && !facts.trusted && facts.sourceKind !== "native")
    flags.push("customer_proven");
  const { storeView } = translated;
  let extra = translated.extra ?? emptyObject;
  if (blocked.length > 0) {
    flags.push("identifier_blocked");
    extra = { ...extra, _blocked_identifiers: blocked.map(({ namespace, value }) => ({ namespace, value })) };
  }
  return {
    ok: true,
    event: {
      messageId,
      sourceId: facts.sourceId,
      sourceKind: facts.sourceKind,
      type,
      originalName,
      timestamp: time.timestamp,
      receivedAt: facts.receivedAt,
      identifiers,
      verified,
      storeView:
        storeView !== undefined && storeView.length > 0 && storeView.length <= maxStoreViewLength
          ? storeView
          : facts.defaultStoreView,
      properties: translated.properties,
      context: withClientFacts(translated.context, facts.client),
      extra: hashed && typeof given === "string" ? { ...extra, _original_message_id: given } : extra,
      flags,
    },
  };
}

/** Reader of events that were translated before they got here: imports and connectors. */
export const readTranslatedEvent: EventReader = (raw, facts) => {
  if (!isObject(raw)) return reject("collect.eventShape", "an event must be an object", null);
  const { type, originalName, identifiers, properties, context } = raw;
  if (typeof type !== "string" || type === "" || !Array.isArray(identifiers) || !isObject(properties))
    return reject("collect.eventShape", "a translated event has type, identifiers and properties", raw["messageId"]);
  return buildEvent(
    {
      ...raw,
      type,
      originalName: typeof originalName === "string" ? originalName : type,
      identifiers: identifiers.filter(
        (id): id is Identifier =>
          isObject(id) && typeof id["namespace"] === "string" && typeof id["value"] === "string",
      ),
      // Parsed JSON is a JsonObject by construction once it is known to be an object.
      properties: properties as JsonObject,
      context: isObject(context) ? (context as JsonObject) : emptyObject,
    },
    raw,
    facts,
  );
};
