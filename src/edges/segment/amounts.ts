// Segment sends money as decimal numbers or texts in major units, with the currency beside it.
import { isObject, type Money, minorDigits, plainText, toDecimal, toMinor } from "../../kernel/index.ts";

/** The currency code in `value`; undefined for anything else. */
export function currencyOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const code = value.trim().toUpperCase();
  return /^[A-Z]{3}$/.test(code) ? code : undefined;
}

/** Exact, rounded half up to the minor unit; undefined for what is no plain decimal number. */
export function moneyOf(value: unknown, currency: string): Money | undefined {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const minor = toMinor(value, currency);
  return minor === undefined ? undefined : { minor, currency };
}

/** An amount of ours as a number in major units; undefined for what is no amount in that currency. */
export function majorOf(value: unknown, currency: string): number | undefined {
  if (!isObject(value) || value["currency"] !== currency) return undefined;
  const { minor } = value;
  return typeof minor === "number" && Number.isSafeInteger(minor) ? Number(toDecimal({ minor, currency })) : undefined;
}

const decimalPattern = /^(\d{1,15})(?:\.(\d{1,12}))?$/;

/** The decimal text of a price that is finer than a minor unit, e.g. `0.005`; undefined for every other. */
export function finePriceText(value: unknown, currency: string): string | undefined {
  const text = plainText(value).trim();
  const fraction = decimalPattern.exec(text)?.[2]?.replace(/0+$/, "") ?? "";
  return fraction.length > minorDigits(currency) ? text : undefined;
}

/**
 * Total of a line: price × quantity, rounded once.
 *
 * @param price as sent; a fine price is multiplied before it is rounded, so 1,000 at 0.005 are 5.00
 */
export function lineTotalOf(price: unknown, unitPrice: Money, qty: number): Money | undefined {
  const { currency } = unitPrice;
  const fine = finePriceText(price, currency);
  if (fine === undefined || !Number.isInteger(qty)) {
    const minor = Math.round(unitPrice.minor * qty);
    return Number.isSafeInteger(minor) ? { minor, currency } : undefined;
  }
  const [, whole = "0", fraction = ""] = decimalPattern.exec(fine) ?? [];
  const scaled = (BigInt(whole + fraction) * BigInt(qty)).toString().padStart(fraction.length + 1, "0");
  return moneyOf(`${scaled.slice(0, -fraction.length)}.${scaled.slice(-fraction.length)}`, currency);
}

/** A price as a number where a number says it exactly, else as its text. */
export function priceValue(text: string): number | string {
  const value = Number(text);
  return String(value) === text ? value : text;
}
