import { isObject, type JsonObject } from "../kernel/index.ts";
import type { Identifier } from "./event.ts";
import { blockedIdentifiers, namespaceOfWireName, normaliseIdentifiers } from "./namespaces.ts";

const maxNamed = 20;

function asText(value: unknown): string {
  if (typeof value === "string") return value.trim();
  return typeof value === "number" && Number.isFinite(value) ? String(value) : "";
}

function traitsOf(raw: Record<string, unknown>, properties: JsonObject): Record<string, unknown> {
  if (isObject(raw["traits"])) return raw["traits"];
  return isObject(properties["traits"]) ? properties["traits"] : {};
}

// Order events may carry the buyer's address among their properties.
function emailOf(raw: Record<string, unknown>, properties: JsonObject, traits: Record<string, unknown>): string {
  return (
    asText(raw["email"]) ||
    asText(traits["email"]) ||
    (properties["orderId"] === undefined ? "" : asText(properties["email"]))
  );
}

function readNamed(value: unknown): readonly Identifier[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, maxNamed).flatMap((entry): readonly Identifier[] => {
    if (!isObject(entry)) return [];
    const namespace = asText(entry["namespace"]);
    return namespace === "" ? [] : [{ namespace: namespaceOfWireName(namespace), value: asText(entry["value"]) }];
  });
}

function countryOf(traits: Record<string, unknown>, fallback: string | undefined): string | undefined {
  const { address } = traits;
  return (isObject(address) ? asText(address["country"]) : "") || fallback;
}

/**
 * Identifiers of a native event, normalised and strongest first; blocked values are left on the event and do not identify.
 *
 * Read from `customerId`, `email`, `anonymousId`, the traits `email`, `phone`, `loyaltyId`, and `identifiers: [{namespace, value}]`.
 */
export function readIdentifiers(
  raw: Record<string, unknown>,
  properties: JsonObject,
  defaultCountry?: string,
): readonly Identifier[] {
  return readIdentifiersAndBlocked(raw, properties, defaultCountry).identifiers;
}

/** As `readIdentifiers`, with the values that were left out because they stand for nobody. */
export function readIdentifiersAndBlocked(
  raw: Record<string, unknown>,
  properties: JsonObject,
  defaultCountry?: string,
): { readonly identifiers: readonly Identifier[]; readonly blocked: readonly Identifier[] } {
  const traits = traitsOf(raw, properties);
  const given: Identifier[] = [];
  const add = (namespace: string, value: string): void => {
    if (value !== "") given.push({ namespace, value });
  };
  add("user_id", asText(raw["customerId"]));
  add("email", emailOf(raw, properties, traits));
  add("anonymous_id", asText(raw["anonymousId"]));
  add("phone", asText(traits["phone"]));
  add("loyalty_id", asText(traits["loyaltyId"]) || asText(traits["loyalty_id"]));
  given.push(...readNamed(raw["identifiers"]));
  const needsCountry = given.some(({ namespace }) => namespace === "phone");
  const identifiers = normaliseIdentifiers(given, needsCountry ? countryOf(traits, defaultCountry) : undefined);
  return { identifiers, blocked: identifiers.length === given.length ? [] : blockedIdentifiers(given) };
}
