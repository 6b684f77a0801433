// What leaves of an event: fields chosen, dropped or replaced by their hash. Pure, and before any format sees the event.
import type { CanonicalEvent, Identifier } from "../../collect/index.ts";
import { isObject, type JsonObject, type JsonValue, plainText, sha256Hex } from "../../kernel/index.ts";
import type { FieldPolicy, OutboxItem } from "./destination.ts";

const roots = ["properties", "context", "extra"] as const;

type Change = (value: JsonValue) => JsonValue | undefined;

/** Applies a change at a dotted path; lists on the way are passed element by element. */
function changeAt(value: JsonValue, path: readonly string[], change: Change): JsonValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    return items.flatMap((item) => changeAt(item, path, change) ?? []);
  }
  if (!isObject(value) || !Object.hasOwn(value, key)) return value;
  // Parsed from JSON, so every field is a JsonValue.
  const object = value as JsonObject;
  const changed = changeAt(object[key] ?? null, rest, change);
  const { [key]: _gone, ...others } = object;
  return changed === undefined ? others : { ...others, [key]: changed };
}

/** The parts of a value that lie under one of the paths. */
function keepOnly(value: JsonValue, paths: readonly (readonly string[])[]): JsonValue | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    return items.flatMap((item) => keepOnly(item, paths) ?? []);
  }
  if (!isObject(value)) return undefined;
  const object = value as JsonObject;
  const kept = Object.entries(object).flatMap(([key, child]): [string, JsonValue][] => {
    const below = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
    const part = below.length === 0 ? undefined : keepOnly(child, below);
    return part === undefined ? [] : [[key, part]];
  });
  return Object.fromEntries(kept);
}

/** SHA-256 of a text as advertisers compare it: trimmed, lower case, Unicode NFC. */
export function hashValue(value: JsonValue): JsonValue {
  if (value === null || typeof value === "boolean") return value;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return sha256Hex(text.trim().normalize("NFC").toLowerCase());
}

function projectIdentifiers(identifiers: readonly Identifier[], policy: FieldPolicy): readonly Identifier[] {
  const { identifiers: kept, hashIdentifiers: hashed = [] } = policy;
  return identifiers
    .filter(({ namespace }) => kept === undefined || kept.includes(namespace))
    .map((identifier) => {
      const { namespace, value } = identifier;
      if (!hashed.includes(namespace)) return identifier;
      return { namespace: namespace === "email" ? "email_sha256" : namespace, value: plainText(hashValue(value)) };
    });
}

/** The event as a destination may see it. */
export function projectEvent(event: CanonicalEvent, policy: FieldPolicy): CanonicalEvent {
  const split = (paths: readonly string[] = []) => paths.map((path) => path.split("."));
  let body: JsonObject = { properties: event.properties, context: event.context, extra: event.extra };
  if (policy.keep !== undefined) body = (keepOnly(body, split(policy.keep)) ?? {}) as JsonObject;
  for (const path of split(policy.drop)) body = (changeAt(body, path, () => undefined) ?? {}) as JsonObject;
  for (const path of split(policy.hash)) body = (changeAt(body, path, hashValue) ?? {}) as JsonObject;
  const [properties, context, extra] = roots.map((root) => (isObject(body[root]) ? (body[root] as JsonObject) : {}));
  return {
    ...event,
    identifiers: projectIdentifiers(event.identifiers, policy),
    properties: properties ?? {},
    context: context ?? {},
    extra: extra ?? {},
  };
}

/** The item as a destination may see it. A transition is its audience: a choice of the fields of events does not empty it. */
export function projectItem({ event, isTransition }: OutboxItem, policy: FieldPolicy): CanonicalEvent {
  if (!isTransition) return projectEvent(event, policy);
  const { keep: _keep, ...rest } = policy;
  return projectEvent(event, rest);
}

/** The event in our own vocabulary, as webhooks and files carry it. Times are ISO 8601. */
export function toNativeJson(event: CanonicalEvent, profileId: string | undefined): JsonObject {
  return {
    messageId: event.messageId,
    type: event.type,
    originalName: event.originalName,
    timestamp: new Date(event.timestamp).toISOString(),
    receivedAt: new Date(event.receivedAt).toISOString(),
    source: event.sourceId,
    storeView: event.storeView,
    ...(profileId === undefined ? {} : { profileId }),
    identifiers: event.identifiers.map(({ namespace, value }) => ({ namespace, value })),
    properties: event.properties,
    context: event.context,
    extra: event.extra,
  };
}
