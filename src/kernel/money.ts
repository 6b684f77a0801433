/** An amount in integer minor units (cents, yen, fils) of an ISO 4217 currency. */
export type Money = { readonly minor: number; readonly currency: string };

// ISO 4217 currencies whose minor unit is not two digits.
const digitsByCurrency: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

/** Digits after the point of a currency: 2 unless ISO 4217 says otherwise. */
export function minorDigits(currency: string): number {
  return digitsByCurrency[currency] ?? 2;
}

const decimalPattern = /^([+-])?(\d{1,15})(?:\.(\d{1,12}))?$/;

/**
 * Reads a decimal amount in major units exactly, without floating-point arithmetic, and rounds half up (away from zero) once.
 *
 * @param text a decimal number such as `12.345`, or a finite number
 * @returns integer minor units, or undefined when the text is no plain decimal number or leaves the safe integer range
 */
export function toMinor(text: string | number, currency: string): number | undefined {
  const match = decimalPattern.exec(String(text).trim());
  if (!match) return undefined;
  const [, sign, whole = "0", fraction = ""] = match;
  const digits = minorDigits(currency);
  const kept = fraction.slice(0, digits).padEnd(digits, "0");
  const roundUp = fraction.length > digits && fraction.charCodeAt(digits) >= 53 ? 1 : 0;
  const minor = Number(whole + kept) + roundUp;
  if (!Number.isSafeInteger(minor)) return undefined;
  return sign === "-" && minor !== 0 ? -minor : minor;
}

/** Major units as decimal text: `{minor: 1999, currency: "EUR"}` is `19.99`. */
export function toDecimal({ minor, currency }: Money): string {
  const digits = minorDigits(currency);
  if (digits === 0) return String(minor);
  const sign = minor < 0 ? "-" : "";
  const padded = String(Math.abs(minor)).padStart(digits + 1, "0");
  return `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

/** `over / under`, rounded half up: away from zero. `under` is positive. */
export function divideHalfUp(over: bigint, under: bigint): bigint {
  const negative = over < 0n;
  const rounded = ((negative ? -over : over) * 2n + under) / (under * 2n);
  return negative ? -rounded : rounded;
}
