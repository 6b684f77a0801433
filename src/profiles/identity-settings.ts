import { ClienteleError, type ErrorDetail, isObject, plainNumber, plainText } from "../kernel/index.ts";
import { regexFault } from "../kernel/rules/index.ts";
import { toSnakeCase } from "./fold-attributes.ts";
import { defaultIdentitySettings, type IdentitySettings } from "./identity-rules.ts";
import { type TraitIdentifier, type TraitNormalisation, traitNormalisations } from "./identity-traits.ts";

const maxEntries = 1_000;
const maxLength = 512;

function textsOf(value: unknown, path: string, details: ErrorDetail[]): readonly string[] {
  if (!Array.isArray(value) || value.length > maxEntries || !value.every((text) => typeof text === "string")) {
    details.push({ path, code: "profiles.identitySettings", message: `a list of at most ${maxEntries} texts` });
    return [];
  }
  const texts = value as readonly string[];
  for (const [index, text] of texts.entries())
    if (text.trim() === "" || text.length > maxLength)
      details.push({
        path: `${path}/${index}`,
        code: "profiles.identitySettings",
        message: `1 to ${maxLength} characters`,
      });
  return texts;
}

function flagOf(value: unknown, path: string, details: ErrorDetail[]): boolean {
  if (typeof value !== "boolean") details.push({ path, code: "profiles.identitySettings", message: "true or false" });
  return value === true;
}

const maxTraits = 50;
const maxTraitLimit = 100;
const traitDefaults = { limit: 5, unique: false, normalise: "trim" as TraitNormalisation };
/** Identify without a setting. */
const builtInTraits = new Set(["email", "phone", "loyalty_id", "user_id", "customer_id", "anonymous_id"]);

function isNormalisation(value: unknown): value is TraitNormalisation {
  return traitNormalisations.some((known) => known === value);
}

function traitOf(given: unknown, path: string, details: ErrorDetail[]): TraitIdentifier | undefined {
  const before = details.length;
  const fault = (key: string, message: string): void => {
    details.push({ path: `${path}${key}`, code: "profiles.identitySettings", message });
  };
  if (!isObject(given)) {
    fault("", "an object with trait and namespace");
    return undefined;
  }
  const { trait, namespace, limit, unique, normalise, ...others } = { ...traitDefaults, ...given } as Record<
    string,
    unknown
  >;
  for (const key of Object.keys(others)) fault(`/${key}`, "no such setting");
  if (typeof trait !== "string" || !/^[\p{L}\p{N}_.$ -]{1,100}$/u.test(trait.trim()))
    fault("/trait", "the key of a trait, 1 to 100 characters");
  else if (builtInTraits.has(toSnakeCase(trait.trim()))) fault("/trait", `${trait.trim()} identifies by itself`);
  if (typeof namespace !== "string" || !/^[a-z][a-z0-9_]{0,39}$/.test(namespace))
    fault("/namespace", "a lower-case letter and at most 39 lower-case letters, digits and _");
  if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1 || limit > maxTraitLimit)
    fault("/limit", `a whole number from 1 to ${maxTraitLimit}`);
  if (typeof unique !== "boolean") fault("/unique", "true or false");
  if (!isNormalisation(normalise)) fault("/normalise", `one of ${traitNormalisations.join(", ")}`);
  if (details.length > before) return undefined;
  // Each was checked above.
  return {
    trait: plainText(trait).trim(),
    namespace: plainText(namespace),
    limit: plainNumber(limit),
    unique: unique === true,
    normalise: normalise as TraitNormalisation,
  };
}

function traitsOf(given: unknown, path: string, details: ErrorDetail[]): readonly TraitIdentifier[] {
  if (!Array.isArray(given) || given.length > maxTraits) {
    details.push({ path, code: "profiles.identitySettings", message: `a list of at most ${maxTraits} traits` });
    return [];
  }
  const traits = given.flatMap((entry, index) => traitOf(entry, `${path}/${index}`, details) ?? []);
  for (const key of ["trait", "namespace"] as const) {
    const names = traits.map((trait) => toSnakeCase(trait[key]));
    const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
    if (twice !== -1)
      details.push({
        path,
        code: "profiles.identitySettings",
        message: `the ${key} ${traits[twice]?.[key]} is there twice`,
      });
  }
  return traits;
}

/**
 * Checks settings; what is absent has its default.
 *
 * @throws {ClienteleError} `profiles.identitySettings` with every fault
 */
export function readIdentitySettings(given: unknown): IdentitySettings {
  const details: ErrorDetail[] = [];
  if (!isObject(given)) throw new ClienteleError("profiles.identitySettings", "settings are an object");
  for (const key of Object.keys(given))
    if (!Object.hasOwn(defaultIdentitySettings, key))
      details.push({ path: `/${key}`, code: "profiles.identitySettings", message: "no such setting" });
  const all: Record<string, unknown> = { ...defaultIdentitySettings, ...given };
  const settings: IdentitySettings = {
    aliasMayMergeIdentified: flagOf(all["aliasMayMergeIdentified"], "/aliasMayMergeIdentified", details),
    emailIsUnique: flagOf(all["emailIsUnique"], "/emailIsUnique", details),
    blockedValues: textsOf(all["blockedValues"], "/blockedValues", details),
    blockedPatterns: textsOf(all["blockedPatterns"], "/blockedPatterns", details),
    traitIdentifiers: traitsOf(all["traitIdentifiers"], "/traitIdentifiers", details),
  };
  for (const [index, pattern] of settings.blockedPatterns.entries()) {
    const fault = regexFault(pattern);
    if (fault) details.push({ path: `/blockedPatterns/${index}`, code: "profiles.identitySettings", message: fault });
  }
  if (details.length > 0)
    throw new ClienteleError("profiles.identitySettings", `${details.length} settings are invalid`, { details });
  return settings;
}
