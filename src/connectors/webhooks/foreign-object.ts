// Reads a foreign object without believing anything about its types, and writes amounts exactly.
import { isObject, type JsonObject, type JsonValue } from "../../kernel/index.ts";

/** One field, or undefined where it is missing, null or blank. Own fields only. */
export function field(object: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    // Own fields of a JSON object hold JSON.
    value = value[key] as JsonValue;
  }
  return value === null || value === "" ? undefined : value;
}

export function text(object: JsonValue | undefined, ...path: readonly string[]): string | undefined {
  const value = field(object, ...path);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

const maxListLength = 5_000;

export function list(object: JsonValue | undefined, ...path: readonly string[]): readonly JsonValue[] {
  const value = field(object, ...path);
  const items: readonly JsonValue[] = Array.isArray(value) ? value : [];
  return items.slice(0, maxListLength);
}

/** The given fields without the empty ones; an object of nothing is nothing. */
export function compact(fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, JsonValue] => {
      const value = entry[1];
      return value !== undefined && value !== "" && !(isObject(value) && Object.keys(value).length === 0);
    }),
  );
}

const decimalPattern = /^(-?)(\d{1,15})(?:\.(\d{1,8}))?$/;
const scale = 8;

function toUnits(value: JsonValue | undefined): bigint | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const match = decimalPattern.exec(String(value).trim());
  if (!match) return undefined;
  const units = BigInt(`${match[2] ?? "0"}${(match[3] ?? "").padEnd(scale, "0")}`);
  return match[1] === "-" ? -units : units;
}

function toText(units: bigint): string {
  const sign = units < 0n ? "-" : "";
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const fraction = digits.slice(-scale).replace(/0+$/, "");
  return `${sign}${digits.slice(0, -scale)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Sum of decimal texts, exactly; undefined when none of them is one. */
export function sum(values: readonly (JsonValue | undefined)[]): string | undefined {
  const units = values.map(toUnits).filter((value) => value !== undefined);
  return units.length === 0 ? undefined : toText(units.reduce((total, value) => total + value, 0n));
}

/** `a − b` of decimal texts; undefined when one of them is none. */
export function difference(a: JsonValue | undefined, b: JsonValue | undefined): string | undefined {
  const [left, right] = [toUnits(a), toUnits(b)];
  return left === undefined || right === undefined ? undefined : toText(left - right);
}

/** Decimal text times a whole number, exactly. */
export function times(price: JsonValue | undefined, count: JsonValue | undefined): string | undefined {
  const units = toUnits(price);
  const factor = typeof count === "number" || typeof count === "string" ? Number(count) : Number.NaN;
  return units === undefined || !Number.isSafeInteger(factor) ? undefined : toText(units * BigInt(factor));
}

/** Without its sign. */
export function magnitude(value: JsonValue | undefined): string | undefined {
  const units = toUnits(value);
  return units === undefined ? undefined : toText(units < 0n ? -units : units);
}

/** `2026-01-31 10:00:00` and `2026-01-31T10:00:00` are meant in UTC by the shops that write them so. */
export function utcTime(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const plain = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d+)?)$/.exec(value.trim());
  return plain ? `${plain[1]}T${plain[2]}Z` : value;
}
