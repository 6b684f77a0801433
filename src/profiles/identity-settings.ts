import { ClienteleError, type ErrorDetail, isObject } from "../kernel/index.ts";
import { regexFault } from "../kernel/rules/index.ts";
import { defaultIdentitySettings, type IdentitySettings } from "./identity-rules.ts";

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
  };
  for (const [index, pattern] of settings.blockedPatterns.entries()) {
    const fault = regexFault(pattern);
    if (fault) details.push({ path: `/blockedPatterns/${index}`, code: "profiles.identitySettings", message: fault });
  }
  if (details.length > 0)
    throw new ClienteleError("profiles.identitySettings", `${details.length} settings are invalid`, { details });
  return settings;
}
