/**
 * Exact decimal numbers. A finite JavaScript number stands for the decimal it was written as, and two such numbers
 * order as doubles exactly as their decimals do; only sums, products and long decimal texts need big integers.
 */
type BigDecimal = { readonly units: bigint; readonly scale: number };
export type Decimal = number | BigDecimal;

const numericText = /^[+-]?\d+(\.\d+)?$/;
const written = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i;

/** True for text such as `10`, `+3.50`; no blanks, no exponent. */
export function isNumericText(text: string): boolean {
  // A first look at one character spares most texts the pattern.
  const first = text.charCodeAt(0);
  if (!((first >= 48 && first <= 57) || first === 43 || first === 45)) return false;
  return numericText.test(text);
}

/** Reads a number, numeric text or the result of exact arithmetic; undefined for anything else, NaN and infinities included. */
export function toDecimalNumber(value: unknown): Decimal | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (isBigDecimal(value)) return value;
  if (typeof value !== "string" || !isNumericText(value)) return undefined;
  // Up to 15 significant digits a double keeps every decimal apart from its neighbours.
  if (value.length <= 15) return Number(value);
  return toBig(value);
}

function isBigDecimal(value: unknown): value is BigDecimal {
  return typeof value === "object" && value !== null && "units" in value && typeof value.units === "bigint";
}

function toBig(value: number | string | BigDecimal): BigDecimal {
  if (typeof value === "object") return value;
  const match = written.exec(String(value));
  if (!match) return { units: 0n, scale: 0 };
  const [, sign, whole = "0", fraction = "", exponent = "0"] = match;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  const units = sign === "-" ? -digits : digits;
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

function align(a: BigDecimal, b: BigDecimal): readonly [bigint, bigint, number] {
  if (a.scale === b.scale) return [a.units, b.units, a.scale];
  const scale = Math.max(a.scale, b.scale);
  return [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale), scale];
}

/** @returns negative, 0 or positive, as `a` is below, equal to or above `b` */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (typeof a === "number" && typeof b === "number") return a < b ? -1 : a > b ? 1 : 0;
  const [left, right] = align(toBig(a), toBig(b));
  return left < right ? -1 : left > right ? 1 : 0;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(sum)) return sum;
  }
  const [left, right, scale] = align(toBig(a), toBig(b));
  return { units: left + right, scale };
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(product)) return product;
  }
  const [left, right] = [toBig(a), toBig(b)];
  return { units: left.units * right.units, scale: left.scale + right.scale };
}

/** `a × 10^power`, exactly. */
export function shiftDecimal(a: Decimal, power: number): Decimal {
  if (power === 0) return a;
  const { units, scale } = toBig(a);
  const moved = scale - power;
  return moved >= 0 ? { units, scale: moved } : { units: units * 10n ** BigInt(-moved), scale: 0 };
}

/** Plain decimal text, for explanations. */
export function decimalText(value: Decimal): string {
  if (typeof value === "number") return String(value);
  const digits = String(value.units < 0n ? -value.units : value.units).padStart(value.scale + 1, "0");
  const whole = digits.slice(0, digits.length - value.scale);
  const fraction = digits.slice(digits.length - value.scale).replace(/0+$/, "");
  return `${value.units < 0n ? "-" : ""}${whole}${fraction ? `.${fraction}` : ""}`;
}
