import { isObject, type JsonObject } from "../kernel/index.ts";
import type { Identifier } from "./event.ts";

// Values that clients send instead of an identity (profiles-and-journeys A.2).
const blockedAnyCase = new Set(
  "-1 null undefined none nan nil true false anonymous guest unknown not_authenticated invalid id email distinct_id distinctid user test void abc123".split(
    " ",
  ),
);
const blockedLonger = new Set(["[object object]", "example@example.com", "test@test.com"]);
const longestBlocked = 20;
const maxBytes = 512;

/** True for values that must never link two events: empty, placeholders, noreply addresses, over 512 bytes. */
export function isBlockedIdentifier(value: string): boolean {
  let text = value.trim();
  if (text.length > 1 && (text.startsWith("'") || text.startsWith('"')) && text.endsWith(text.charAt(0)))
    text = text.slice(1, -1).trim();
  // All zeros is also the UUID of phones whose owner refused tracking.
  if (text === "" || /^[0-]+$/.test(text)) return true;
  if (text.length <= longestBlocked) {
    const lower = text.toLowerCase();
    if (blockedAnyCase.has(lower) || blockedLonger.has(lower)) return true;
  }
  if (/^no-?reply@/i.test(text)) return true;
  return text.length > maxBytes / 4 && Buffer.byteLength(text, "utf8") > maxBytes;
}

function asText(value: unknown): string {
  if (typeof value === "string") return value.trim();
  return typeof value === "number" && Number.isFinite(value) ? String(value) : "";
}

function normaliseEmail(value: string): string {
  return value.normalize("NFC").toLowerCase();
}

// Order events may carry the buyer's address among their properties.
function emailOf(raw: Record<string, unknown>, properties: JsonObject): string {
  const direct = asText(raw["email"]);
  if (direct) return direct;
  const traits = isObject(raw["traits"])
    ? raw["traits"]
    : isObject(properties["traits"])
      ? properties["traits"]
      : undefined;
  const fromTraits = asText(traits?.["email"]);
  if (fromTraits) return fromTraits;
  return properties["orderId"] === undefined ? "" : asText(properties["email"]);
}

/** Identifiers of a native event, normalised and strongest first; blocked values are left on the event and do not identify. */
export function readIdentifiers(raw: Record<string, unknown>, properties: JsonObject): readonly Identifier[] {
  const identifiers: Identifier[] = [];
  const customerId = asText(raw["customerId"]);
  if (customerId && !isBlockedIdentifier(customerId)) identifiers.push({ namespace: "user_id", value: customerId });
  const email = emailOf(raw, properties);
  if (email.includes("@") && !isBlockedIdentifier(email))
    identifiers.push({ namespace: "email", value: normaliseEmail(email) });
  const anonymousId = asText(raw["anonymousId"]);
  if (anonymousId && !isBlockedIdentifier(anonymousId))
    identifiers.push({ namespace: "anonymous_id", value: anonymousId });
  return identifiers;
}
