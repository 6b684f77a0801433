// One message of the Segment protocol (profiles-and-journeys D) → one canonical event. Pure; bad input is rejected, never thrown.
import {
  buildEvent,
  canonicalOfSegment,
  type EventReader,
  normaliseIdentifier,
  parseInstant,
  type ReadResult,
  type RequestFacts,
  reject,
  type TranslatedEvent,
} from "../../collect/index.ts";
import { isObject, type JsonObject, type JsonValue, plainText } from "../../kernel/index.ts";
import { hasKnownProperties, isOrderEvent } from "./ecommerce-names.data.ts";
import { readContext, withoutPage } from "./read-context.ts";
import { readIdentifiers, type Who } from "./read-identifiers.ts";
import { readProperties } from "./read-properties.ts";
import { readTraits } from "./read-traits.ts";
import { fromEntries, objectOf, textOf } from "./values.ts";

/** Set by the route of `/v1/import`: times stay as given, back to 1970. */
export const importMark = "_import";

export type SegmentReaderOptions = {
  /** ISO 4217 code of amounts where the event names none. */
  readonly defaultCurrency: string;
};

type Message = Record<string, unknown>;
/** What the kind of call decides; the rest is the same for all of them. */
type Call = Pick<TranslatedEvent, "type" | "originalName" | "identifiers" | "country" | "properties" | "context">;
type Refusal = Extract<ReadResult, { ok: false }>;

// Kept nowhere else: fields that the canonical event carries in places of its own, and the key.
const carriedFields = new Set([
  "type",
  "event",
  "messageId",
  "userId",
  "anonymousId",
  "context",
  "sentAt",
  "channel",
  "writeKey",
  importMark,
]);

const refuse = (code: "collect.noIdentity" | "collect.eventType" | "collect.eventShape", message: string): Refusal => ({
  ok: false,
  code,
  message,
  messageId: null,
});

/** Traits that lead to a person: an identify call's own, else what the context repeats of it. */
function personTraits(message: Message, isIdentify: boolean): JsonObject {
  const inContext = objectOf(objectOf(message["context"])["traits"]);
  return isIdentify ? { ...inContext, ...objectOf(message["traits"]) } : inContext;
}

function whoOf(message: Message, traits: JsonObject, orderEmail: unknown): Who | undefined {
  const userId = textOf(message["userId"]);
  const anonymousId = textOf(message["anonymousId"]);
  if (userId === undefined && anonymousId === undefined) return undefined;
  return { userId, anonymousId, traits, context: objectOf(message["context"]), orderEmail };
}

const nobody = refuse("collect.noIdentity", "send userId or anonymousId");

function readTrack(message: Message, facts: RequestFacts, options: SegmentReaderOptions): Call | Refusal {
  const { event } = message;
  const name = typeof event === "string" ? event.trim() : "";
  if (name === "") return refuse("collect.eventType", "a track call needs a name in event");
  const canonical = canonicalOfSegment(name);
  // What a server says of a completed order is the order itself; a browser only saw its checkout end.
  const type = canonical === "completeCheckout" && facts.trusted ? "orderPlaced" : canonical;
  const given = objectOf(message["properties"]);
  const who = whoOf(message, personTraits(message, false), isOrderEvent(type) ? given["email"] : undefined);
  if (!who) return nobody;
  const properties = hasKnownProperties(name) ? readProperties(type, given, options.defaultCurrency) : given;
  return { type, originalName: name, ...readIdentifiers(who), properties, context: readContext(message) };
}

function readIdentify(message: Message): Call | Refusal {
  const traits = personTraits(message, true);
  const who = whoOf(message, traits, undefined);
  if (!who) return nobody;
  const { traits: _repeated, ...context } = readContext(message);
  return {
    type: "profileRecord",
    originalName: "identify",
    ...readIdentifiers(who),
    properties: { traits: readTraits(traits) },
    context,
  };
}

function readPageCall(message: Message, originalName: string): Call | Refusal {
  const who = whoOf(message, personTraits(message, false), undefined);
  if (!who) return nobody;
  const given = objectOf(message["properties"]);
  const context = readContext(message, given);
  const named: Record<string, JsonValue> = {};
  for (const key of ["name", "category"] as const) {
    const value = textOf(message[key]);
    if (value !== undefined) named[key] = value;
  }
  const properties = { ...withoutPage(given, context["page"]), ...named };
  return { type: "pageView", originalName, ...readIdentifiers(who), properties, context };
}

/** Its traits are those of the company; they name no person. */
function readGroup(message: Message): Call | Refusal {
  const groupId = textOf(message["groupId"]);
  if (groupId === undefined) return refuse("collect.eventShape", "a group call needs groupId");
  const who = whoOf(message, personTraits(message, false), undefined);
  if (!who) return nobody;
  const { traits } = message;
  return {
    type: "group",
    originalName: "group",
    ...readIdentifiers(who),
    properties: { groupId, ...(isObject(traits) ? { traits: objectOf(traits) } : {}) },
    context: readContext(message),
  };
}

function readAlias(message: Message): Call | Refusal {
  const userId = textOf(message["userId"]);
  const previousId = textOf(message["previousId"]);
  if (userId === undefined || previousId === undefined)
    return refuse("collect.noIdentity", "an alias call needs userId and previousId");
  return {
    type: "alias",
    originalName: "alias",
    identifiers: [{ namespace: "user_id", value: userId }],
    country: undefined,
    properties: { previousId },
    context: readContext(message),
  };
}

function readCall(message: Message, facts: RequestFacts, options: SegmentReaderOptions): Call | Refusal {
  const { type } = message;
  switch (type) {
    case "track":
      return readTrack(message, facts, options);
    case "identify":
      return readIdentify(message);
    case "page":
    case "screen":
      return readPageCall(message, type);
    case "group":
      return readGroup(message);
    case "alias":
      return readAlias(message);
    default:
      return refuse("collect.eventType", "type must be track, identify, page, screen, group or alias");
  }
}

const fieldsOfCall: Readonly<Record<string, readonly string[]>> = {
  track: ["properties"],
  identify: ["traits"],
  page: ["properties", "name", "category"],
  screen: ["properties", "name", "category"],
  group: ["groupId", "traits"],
  alias: ["previousId"],
};

/** Top-level fields that nothing else carries. A value that cannot be read or does not identify stays here. */
function readExtra(message: Message): JsonObject {
  const ofCall = fieldsOfCall[plainText(message["type"])] ?? [];
  const timeField = message["timestamp"] === undefined ? "originalTimestamp" : "timestamp";
  const extra: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(objectOf(message))) {
    if (carriedFields.has(key) || key === timeField) continue;
    const isRead = key === "properties" || key === "traits" ? isObject(value) : textOf(value) !== undefined;
    if (!(isRead && ofCall.includes(key))) extra.push([key, value]);
  }
  for (const [key, namespace] of [
    ["userId", "user_id"],
    ["anonymousId", "anonymous_id"],
  ] as const) {
    const value = textOf(message[key]);
    if (value !== undefined && normaliseIdentifier(namespace, value) === undefined) extra.push([key, value]);
  }
  return fromEntries(extra);
}

/**
 * Reader of messages that are complete in themselves: the context of a batch is merged into each.
 *
 * A message's own `sentAt` wins over the request's. Without a `sentAt` in the facts no time is corrected: a dead letter
 * that is read again was sent long before it is received.
 */
export function createSegmentReader(options: SegmentReaderOptions): EventReader {
  return (raw, facts) => {
    if (!isObject(raw)) return reject("collect.eventShape", "a message must be an object", null);
    const messageId = raw["messageId"];
    const call = readCall(raw, facts, options);
    if ("ok" in call) return reject(call.code, call.message, messageId);
    const isImport = raw[importMark] === true;
    const { storeView } = call.context;
    return buildEvent(
      {
        ...call,
        messageId,
        timestamp: raw["timestamp"] ?? raw["originalTimestamp"],
        sentAt: facts.sentAt === undefined ? undefined : parseInstant(raw["sentAt"]),
        storeView: typeof storeView === "string" ? storeView : undefined,
        extra: readExtra(raw),
        // The message names somebody, though perhaps by a value that never identifies.
        mayBeNobody: true,
      },
      raw,
      isImport ? { ...facts, bounds: { maxAgeMs: 0, correctByDelay: false } } : facts,
    );
  };
}
