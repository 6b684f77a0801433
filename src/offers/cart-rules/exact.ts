import { divideHalfUp } from "../../kernel/index.ts";
/**
 * Exact arithmetic of carts. Quantities and weights are millionths, unit prices millionths of a minor unit, so that everything is
 * an integer; only what a rule gives can be a fraction. Each amount is rounded once, half up, to the minor unit.
 */

/** Decimal places of quantities, weights, prices below the minor unit, and percentages. */
export const places = 6;
export const scale = 1_000_000n;
export const scaleNumber = Number(scale);
/** A hundred percent, in millionths of a percent. */
export const wholePercent = 100 * scaleNumber;

/** `under` is positive. */
export type Fraction = { readonly over: bigint; readonly under: bigint };

const decimalPattern = /^([+-]?)(\d{1,15})(?:\.(\d{1,18}))?$/;

/**
 * Reads a decimal number as an integer of `10^-digits`.
 *
 * @returns undefined for what is no plain decimal number of at most 15 digits, or has more places than that
 */
export function readScaled(value: string | number, digits: number = places): bigint | undefined {
  const match = decimalPattern.exec(String(value).trim());
  if (!match) return undefined;
  const [, sign, whole = "0", fraction = ""] = match;
  const significant = fraction.replace(/0+$/, "");
  if (significant.length > digits) return undefined;
  const number = BigInt(whole + significant.padEnd(digits, "0"));
  return sign === "-" ? -number : number;
}

/** Reads decimal text as a fraction; undefined for what is no plain decimal number. */
export function readFraction(text: string | number): Fraction | undefined {
  const over = readScaled(text, 18);
  return over === undefined ? undefined : { over, under: 10n ** 18n };
}

/** Plain decimal text of an integer of millionths. */
export function scaledText(value: bigint): string {
  const negative = value < 0n;
  const digits = (negative ? -value : value).toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return `${negative ? "-" : ""}${digits.slice(0, -places)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Fifteen digits are always exact. */
const mostShort = 1e15;

/** The whole number that millionths are; NaN where they are not whole, or more than fifteen digits. */
export function wholeOf(millionths: bigint): number {
  const number = Number(millionths);
  if (Number.isSafeInteger(number)) return number % scaleNumber === 0 ? number / scaleNumber : Number.NaN;
  if (millionths % scale !== 0n) return Number.NaN;
  const whole = Number(millionths / scale);
  return Math.abs(whole) < mostShort ? whole : Number.NaN;
}

/**
 * Millionths as rules compare them exactly: a number where it is exact, else decimal text.
 *
 * @param whole `wholeOf` of the same, where it is known
 */
export function decimalOf(millionths: bigint, whole: number = wholeOf(millionths)): number | string {
  if (!Number.isNaN(whole)) return whole;
  const text = scaledText(millionths);
  return text.length <= 15 ? Number(text) : text;
}

/** Up to here sums and doubles of a product are exact numbers. */
const mostExact = 2 ** 51;

/**
 * `a × b / under` rounded half up, of integers, `b` and `under` not negative.
 *
 * Numbers while the product is exact, which is nearly always and several times as fast as BigInt: the floor of a quotient of integers
 * below 2^53 is exact, since the quotient differs from the next integer by more than it is rounded.
 */
export function scaleHalfUp(a: number, b: number, under: number): number {
  const product = Math.abs(a) * b;
  if (product > mostExact || under > mostExact) return Number(divideHalfUp(BigInt(a) * BigInt(b), BigInt(under)));
  const rounded = Math.floor((2 * product + under) / (2 * under));
  return a < 0 && rounded !== 0 ? -rounded : rounded;
}

export function roundFraction({ over, under }: Fraction): bigint {
  return divideHalfUp(over, under);
}

export function minBig(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function maxBig(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

export function minFraction(a: Fraction, b: Fraction): Fraction {
  return a.over * b.under <= b.over * a.under ? a : b;
}
