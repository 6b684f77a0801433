import { isObject, type JsonObject } from "../../kernel/index.ts";

/** Text or number as trimmed text, cut at `maxLength`; undefined for everything else and for nothing. */
export function textOf(value: unknown, maxLength = 1_000): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text.slice(0, maxLength);
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

/** The first `most` entries of the list in `value`, or none. */
export function listOf(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : [];
}
