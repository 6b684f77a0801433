import type { JsonValue } from "../kernel/index.ts";

// PostgreSQL's jsonb refuses U+0000 and lone surrogates; JSON.stringify writes both as escapes.
const suspicious = /\\u0000|\\ud[89a-f]/i;

/** One text as it is stored: NUL and lone surrogates become U+FFFD. Look stored values up by this. */
export function toStorable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}

function cleanDeep(value: JsonValue): JsonValue {
  if (typeof value === "string") return toStorable(value);
  if (Array.isArray(value)) return value.map(cleanDeep);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [toStorable(key), cleanDeep(child)]));
}

/**
 * JSON text that every engine can store: NUL and lone surrogates become U+FFFD.
 *
 * @param text what JSON.stringify made
 */
export function toStorableText(text: string): string {
  if (!suspicious.test(text)) return text;
  // Parsed from our own JSON.stringify, so it is a JsonValue.
  return JSON.stringify(cleanDeep(JSON.parse(text) as JsonValue));
}
