/**
 * A value from outside as text. `String` calls the value's own `toString`, and parsed JSON may hold a field of that name: it would
 * then throw at whoever only wanted to say what was wrong.
 *
 * @returns text, numbers and booleans as they are written; nothing for nothing; lists and objects as JSON
 */
export function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  if (typeof value === "object") return JSON.stringify(value) ?? "";
  return String(value);
}

/** As `Number`, for a value from outside: NaN for lists and objects. */
export function plainNumber(value: unknown): number {
  return typeof value === "object" && value !== null ? Number.NaN : Number(value);
}
