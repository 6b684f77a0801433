// A canonical event → one message of the Segment protocol, for tools that read it. `createSegmentReader` is the way back.
import { type CanonicalEvent, segmentNameOf } from "../../collect/index.ts";
import { type JsonObject, type JsonValue, plainText, sha256Hex } from "../../kernel/index.ts";
import { hasKnownProperties } from "./ecommerce-names.data.ts";
import { toSegmentProperties } from "./to-segment-properties.ts";
import { objectOf } from "./values.ts";

/** A message as `/v1/batch` takes it. */
export type SegmentMessage = {
  readonly type: "track" | "identify" | "page" | "screen" | "group" | "alias";
  readonly messageId: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly previousId?: string;
  readonly groupId?: string;
  readonly event?: string;
  readonly name?: string;
  readonly category?: string;
  readonly properties?: JsonObject;
  readonly traits?: JsonObject;
  readonly context: JsonObject;
  readonly integrations?: JsonObject;
};

type Named = Pick<SegmentMessage, "type"> & Partial<SegmentMessage>;

const text = (key: "name" | "category", value: JsonValue | undefined): Partial<SegmentMessage> =>
  typeof value === "string" ? { [key]: value } : {};

function callOf({ type, originalName, properties }: CanonicalEvent, page: JsonObject): Named {
  switch (type) {
    case "pageView": {
      const { name, category, ...rest } = properties;
      const kind = originalName === "screen" ? "screen" : "page";
      return { type: kind, ...text("name", name), ...text("category", category), properties: { ...page, ...rest } };
    }
    case "profileRecord":
      return { type: "identify", traits: objectOf(properties["traits"]) };
    case "group": {
      const { groupId, traits } = properties;
      return { type: "group", groupId: plainText(groupId ?? ""), traits: objectOf(traits) };
    }
    case "alias":
      return { type: "alias", previousId: plainText(properties["previousId"] ?? "") };
    default: {
      // A server's order and a browser's end of checkout have one name in that vocabulary.
      const event = type === "orderPlaced" ? "Order Completed" : (segmentNameOf(type) ?? type);
      return {
        type: "track",
        event,
        properties: hasKnownProperties(type) ? toSegmentProperties(type, properties) : properties,
      };
    }
  }
}

/** Identifiers that the protocol has no field for, as its list of external ids. */
function externalIds(event: CanonicalEvent): readonly JsonObject[] {
  return event.identifiers
    .filter(({ namespace }) => !/^(user_id|anonymous_id|email|phone|device:.*|push_token:.*)$/.test(namespace))
    .map(({ namespace, value }) => ({ id: value, type: namespace, collection: "users", encoding: "none" }));
}

function firstOf(event: CanonicalEvent, test: (namespace: string) => boolean) {
  return event.identifiers.find(({ namespace }) => test(namespace));
}

/** The device as an object: our class of it is its type unless the client said more. */
function deviceOf(event: CanonicalEvent): JsonObject {
  const { device, deviceDetails } = event.context;
  const id = firstOf(event, (namespace) => namespace.startsWith("device:"));
  const token = firstOf(event, (namespace) => namespace.startsWith("push_token:"));
  const platform = (id ?? token)?.namespace.split(":")[1];
  const made: JsonObject = {
    ...(typeof device === "string" ? { type: device } : {}),
    ...(platform === undefined ? {} : { type: platform }),
    ...(id ? { id: id.value } : {}),
    ...(token ? { token: token.value } : {}),
    ...objectOf(deviceDetails),
  };
  return Object.keys(made).length === 0 ? {} : { device: made };
}

function contextOf(event: CanonicalEvent): JsonObject {
  const { device: _device, deviceDetails: _details, traits, ...rest } = event.context;
  const email = firstOf(event, (namespace) => namespace === "email")?.value;
  const phone = firstOf(event, (namespace) => namespace === "phone")?.value;
  const person: JsonObject = {
    ...objectOf(traits),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
  };
  const known = Array.isArray(rest["externalIds"]) ? rest["externalIds"] : [];
  const ids = [
    ...known,
    ...externalIds(event).filter((made) => !known.some((entry) => objectOf(entry)["id"] === made["id"])),
  ];
  return {
    ...rest,
    ...deviceOf(event),
    ...(Object.keys(person).length === 0 ? {} : { traits: person }),
    ...(ids.length === 0 ? {} : { externalIds: ids }),
  };
}

/** The protocol wants one of the two ids: somebody known otherwise gets a stable pseudonym, nobody the id of the event. */
function idsOf(event: CanonicalEvent): Pick<SegmentMessage, "userId" | "anonymousId"> {
  const userId = firstOf(event, (namespace) => namespace === "user_id")?.value;
  const anonymousId = firstOf(event, (namespace) => namespace === "anonymous_id")?.value;
  if (userId !== undefined || anonymousId !== undefined)
    return { ...(userId === undefined ? {} : { userId }), ...(anonymousId === undefined ? {} : { anonymousId }) };
  const [strongest] = event.identifiers;
  return {
    anonymousId: strongest
      ? sha256Hex(`${strongest.namespace}:${strongest.value}`).slice(0, 32)
      : `nobody-${event.messageId}`,
  };
}

/**
 * The message that says what an event of ours says. Pure.
 *
 * Names follow the table of event names; a name without a Segment spelling is a track call of that name. Read back by
 * `createSegmentReader` (as a trusted source for back-office events), it gives the same type, properties and identifiers.
 */
export function toSegmentMessage(event: CanonicalEvent): SegmentMessage {
  const { integrations } = event.extra;
  return {
    ...callOf(event, objectOf(event.context["page"])),
    ...idsOf(event),
    messageId: event.messageId,
    timestamp: new Date(event.timestamp).toISOString(),
    context: contextOf(event),
    ...(integrations === undefined ? {} : { integrations: objectOf(integrations) }),
  };
}
