import { isObject, type JsonObject, type JsonValue } from "../../kernel/index.ts";

/** Text or number as trimmed text; undefined for everything else and for nothing. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

/** Number or numeric text. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "string" && !/^-?\d{1,15}(\.\d{1,12})?$/.test(value.trim())) return undefined;
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** The object in `value`, or an empty one. */
export function objectOf(value: unknown): JsonObject {
  // Parsed JSON is a JsonObject by construction once it is known to be an object.
  return isObject(value) ? (value as JsonObject) : {};
}

/** An object from entries whose keys come from outside: `__proto__` stays plain data. */
export function fromEntries(entries: Iterable<readonly [string, JsonValue]>): JsonObject {
  return Object.fromEntries(entries) as JsonObject;
}
