// Reads JSON of foreign clients defensively: what is unreadable is absent, never a fault.
import { isObject, type JsonObject, type JsonValue, type Money, toMinor } from "../../kernel/index.ts";

export type Loose = Readonly<Record<string, unknown>>;

const empty: Loose = Object.freeze({});
const maxText = 500;

export function objectOf(value: unknown): Loose {
  return isObject(value) ? value : empty;
}

export function listOf(value: unknown, limit: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, limit) : [];
}

/** A text, or a number as text; undefined when empty or neither. */
export function textOf(value: unknown, maxLength = maxText): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" ? undefined : text.slice(0, maxLength);
}

/** A finite number, or a text that is one. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

const maxFractionDigits = 10;

/** Plain decimal text of an amount: sums of clients carry binary noise (229.99999999999997) that no exact reader takes. */
export function amountText(value: unknown): string | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const text = String(value).trim();
  if (/^[+-]?\d{1,15}(\.\d{1,10})?$/.test(text)) return text;
  const number = numberOf(value);
  if (number === undefined || Math.abs(number) >= 1e15) return undefined;
  const fixed = number.toFixed(maxFractionDigits);
  return fixed.replace(/\.?0+$/, "") || "0";
}

/** Major units of a client to money; undefined when there is no amount or no ISO 4217 code. */
export function moneyOf(value: unknown, currency: string | undefined): Money | undefined {
  if (currency === undefined || !/^[A-Z]{3}$/.test(currency)) return undefined;
  const text = amountText(value);
  const minor = text === undefined ? undefined : toMinor(text, currency);
  return minor === undefined ? undefined : { minor, currency };
}

/** ISO 4217 code as clients write it. */
export function currencyOf(value: unknown): string | undefined {
  const code = textOf(value, 3)?.toUpperCase();
  return code !== undefined && /^[A-Z]{3}$/.test(code) ? code : undefined;
}

/** An instant as ISO text in UTC; undefined when unreadable. */
export function instantOf(value: unknown): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const ms = typeof value === "number" ? value : Date.parse(value.slice(0, 64));
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return undefined;
  return new Date(ms).toISOString();
}

/** An object without what is undefined, empty lists and empty objects. */
export function compact(fields: Readonly<Record<string, unknown>>): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(fields)) {
    // Keys may be foreign: assigning this one would change the object's prototype.
    if (value === undefined || key === "__proto__") continue;
    if (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0) continue;
    // Callers hand over JSON values, or parts of parsed JSON.
    kept[key] = value as JsonValue;
  }
  return kept;
}
