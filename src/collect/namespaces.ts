// Kinds of identifiers (profiles-and-journeys A.1): how strong each is, what clients call it, and how its values are written.
import parsePhoneNumber, { type CountryCode, isSupportedCountry } from "libphonenumber-js/min";
import type { Identifier } from "./event.ts";

/** One kind of identifier and how strong it is. */
export type Namespace = {
  readonly name: string;
  /** 1 is strongest. */
  readonly priority: number;
  /** `device` identifiers change hands; `person` identifiers do not. */
  readonly kind: "person" | "device";
  /** Most values one profile may gain within `windowDays`, or ever. */
  readonly limit: number;
  /** Sliding window of the limit in days; absent = for ever. */
  readonly windowDays?: number;
  /**
   * What happens to a value beyond the limit: `demote` = it stays on the event only; `link` = it is linked, but no longer makes
   * two profiles one (a browser that forgets its id at every visit).
   */
  readonly overLimit: "demote" | "link";
  /** A profile has one value of it at most: profiles with two different ones are two persons. */
  readonly unique: boolean;
};

const person = (name: string, priority: number, limit: number, unique: boolean, windowDays?: number): Namespace => ({
  name,
  priority,
  kind: "person",
  limit,
  overLimit: "demote",
  unique,
  ...(windowDays === undefined ? {} : { windowDays }),
});
const device = (
  name: string,
  priority: number,
  limit: number,
  windowDays?: number,
  overLimit: Namespace["overLimit"] = "demote",
): Namespace => ({
  name,
  priority,
  kind: "device",
  limit,
  overLimit,
  unique: false,
  ...(windowDays === undefined ? {} : { windowDays }),
});

/** Families end with a colon: `customer_id:erp`, `device:ios`. */
const namespaces: readonly Namespace[] = [
  person("user_id", 1, 1, true),
  person("customer_id:", 2, 1, true),
  person("loyalty_id", 3, 1, true),
  person("email", 4, 5, false, 365),
  person("email_sha256", 4, 5, false, 365),
  person("phone", 5, 5, false, 365),
  device("device:", 6, 5, 365),
  device("push_token:", 7, 10),
  device("anonymous_id", 8, 5, 7, "link"),
  device("ecid", 8, 5, 7, "link"),
  device("fpid", 8, 5, 7, "link"),
  device("duid", 8, 5, 7, "link"),
  // Traits that the identity settings made identifiers, `trait:club_number` (profiles/identity-traits.ts).
  person("trait:", 9, 5, false),
  // Whoever claims an address or number without proof and without a device: a stranger of that name (profiles/identity-message.ts).
  device("claim", 9, 1_000),
];

const byName = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
const known = new Map<string, Namespace>();

/** The row of a namespace; names that no row knows are custom ones, the weakest. */
export function namespaceOf(name: string): Namespace {
  const cached = known.get(name);
  if (cached) return cached;
  const family = name.slice(0, name.indexOf(":") + 1);
  // `user_id:previous` is what an alias leaves behind: as strong as an anonymous id, and it may be one of several.
  const row: Namespace =
    name === "user_id:previous"
      ? { name, priority: 8, kind: "device", limit: 100, overLimit: "demote", unique: false }
      : { ...(byName.get(name) ?? byName.get(family) ?? device("", 9, 5)), name };
  // Names come from outside: the map must not grow with them.
  if (known.size < 1_000) known.set(name, row);
  return row;
}

const namespaceByWireName: Readonly<Record<string, string>> = {
  customerid: "user_id",
  userid: "user_id",
  user_id: "user_id",
  commercecustomerid: "user_id",
  anonymousid: "anonymous_id",
  anonymous_id: "anonymous_id",
  cookieid: "anonymous_id",
  ecid: "ecid",
  fpid: "fpid",
  spduid: "duid",
  duid: "duid",
  gaid: "device:android",
  idfa: "device:ios",
  email: "email",
  email_lc_sha256: "email_sha256",
  email_sha256: "email_sha256",
  phone: "phone",
  loyaltyid: "loyalty_id",
  loyalty_id: "loyalty_id",
  crmid: "customer_id:crm",
  erpid: "customer_id:erp",
  posid: "customer_id:pos",
};

const maxNameLength = 100;
/** What our own words in the names of namespaces mean must not be said by a client. */
const reserved = new Set(["claim", "user_id:previous"]);

/** Our name of a namespace as a client spells it, letter case ignored; an unknown one keeps its name in lower case. */
export function namespaceOfWireName(name: string): string {
  const lower = name.trim().toLowerCase();
  if (reserved.has(lower)) return `custom_${lower.replace(":", "_")}`;
  return Object.hasOwn(namespaceByWireName, lower)
    ? (namespaceByWireName[lower] ?? lower)
    : lower.slice(0, maxNameLength);
}

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

function normalisePhone(value: string, country: string | undefined): string | undefined {
  const region = country?.toUpperCase();
  const parsed = parsePhoneNumber(value, region && isSupportedCountry(region) ? (region as CountryCode) : undefined);
  return parsed?.isPossible() ? parsed.number : undefined;
}

/**
 * One identifier in the form in which equal ones compare equal.
 *
 * @param country ISO 3166 code for phone numbers without a country prefix
 * @returns undefined for a value that must not identify: blocked, or no address or phone number at all
 */
export function normaliseIdentifier(namespace: string, value: string, country?: string): Identifier | undefined {
  const text = value.trim();
  if (isBlockedIdentifier(text)) return undefined;
  switch (namespace) {
    case "email":
      return text.includes("@") ? { namespace, value: text.normalize("NFC").toLowerCase() } : undefined;
    case "email_sha256":
      return /^[0-9a-f]{64}$/i.test(text) ? { namespace, value: text.toLowerCase() } : undefined;
    case "phone": {
      const phone = normalisePhone(text, country);
      return phone === undefined ? undefined : { namespace, value: phone };
    }
    case "loyalty_id":
      return { namespace, value: text.toUpperCase() };
    default:
      return { namespace, value: text };
  }
}

/** The values among these that are placeholders instead of an identity; kept on the event, where a report counts them. */
export function blockedIdentifiers(given: readonly Identifier[]): readonly Identifier[] {
  const blocked = given.filter(({ value }) => value.trim() !== "" && isBlockedIdentifier(value));
  return blocked.length === 0
    ? noIdentifiers
    : blocked.map(({ namespace, value }) => ({ namespace, value: value.slice(0, 100) }));
}
const noIdentifiers: readonly Identifier[] = Object.freeze([]);

/** Normalises, drops what does not identify and repeats, strongest first. */
export function normaliseIdentifiers(given: readonly Identifier[], country?: string): readonly Identifier[] {
  const [only] = given;
  if (only === undefined) return noIdentifiers;
  if (given.length === 1) {
    const identifier = normaliseIdentifier(only.namespace, only.value, country);
    return identifier === undefined ? noIdentifiers : [identifier];
  }
  const byKey = new Map<string, Identifier>();
  for (const { namespace, value } of given) {
    const identifier = normaliseIdentifier(namespace, value, country);
    if (identifier) byKey.set(`${identifier.namespace}\0${identifier.value}`, identifier);
  }
  return [...byKey.values()].sort((a, b) => namespaceOf(a.namespace).priority - namespaceOf(b.namespace).priority);
}
