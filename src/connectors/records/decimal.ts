// Exact decimal arithmetic for amounts that arrive as text: unit price × quantity must not pass through a float.
import { minorDigits } from "../../kernel/index.ts";

/** `units · 10^−scale`. */
export type Decimal = { readonly units: bigint; readonly scale: number };

const plain = /^([+-])?(\d{1,15})(?:\.(\d{1,12}))?$/;

/** @returns undefined for anything but a plain decimal number of at most 15 digits before and 12 after the point */
export function parseDecimal(value: unknown): Decimal | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const match = plain.exec(typeof value === "number" ? String(value) : value.trim());
  if (!match) return undefined;
  const [, sign, whole = "0", fraction = ""] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === "-" ? -units : units, scale: fraction.length };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** Rounds once, half away from zero. @returns undefined beyond the safe integer range */
export function toMinorUnits(value: Decimal, currency: string): number | undefined {
  const digits = minorDigits(currency);
  if (value.scale <= digits) return toSafe(value.units * 10n ** BigInt(digits - value.scale));
  const divisor = 10n ** BigInt(value.scale - digits);
  const isNegative = value.units < 0n;
  const magnitude = isNegative ? -value.units : value.units;
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n);
  return toSafe(isNegative ? -rounded : rounded);
}

/** True when the amount has no digits beyond the minor unit, trailing zeros apart. */
export function isWholeMinor(value: Decimal, currency: string): boolean {
  const surplus = value.scale - minorDigits(currency);
  return surplus <= 0 || value.units % 10n ** BigInt(surplus) === 0n;
}

export function decimalText({ units, scale }: Decimal): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function toSafe(units: bigint): number | undefined {
  const value = Number(units);
  return Number.isSafeInteger(value) ? value : undefined;
}
