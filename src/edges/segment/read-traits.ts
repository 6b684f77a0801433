import type { JsonObject, JsonValue } from "../../kernel/index.ts";
import { objectOf } from "./values.ts";

// Traits that Segment reserves under names of its own; ours stand beside them.
const nativeByTrait: Readonly<Record<string, string>> = { birthday: "birthDate", createdAt: "startDate" };

function readAddress(address: JsonValue | undefined): JsonValue | undefined {
  const { street } = objectOf(address);
  if (typeof street !== "string" || objectOf(address)["street1"] !== undefined) return undefined;
  return { ...objectOf(address), street1: street };
}

/** Traits as they came, with our names of those that Segment calls otherwise. */
export function readTraits(traits: JsonObject): JsonObject {
  const added: Record<string, JsonValue> = {};
  for (const [key, native] of Object.entries(nativeByTrait)) {
    const value = traits[key];
    if (value !== undefined && traits[native] === undefined) added[native] = value;
  }
  const address = readAddress(traits["address"]);
  return { ...traits, ...added, ...(address === undefined ? {} : { address }) };
}
