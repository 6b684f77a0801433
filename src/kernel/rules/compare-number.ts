import { isObject } from "../json.ts";
import { minorDigits } from "../money.ts";
import { compareDecimals, type Decimal, multiplyDecimals, shiftDecimal, toDecimalNumber } from "./decimal.ts";
import type { Predicate, RuleEnvironment } from "./environment.ts";
import type { Operator } from "./grammar.ts";
import { orderTest } from "./order.ts";

export type Amount = { readonly minor: Decimal; readonly currency: string };
type RateOf = RuleEnvironment["rateOf"];

/** Numbers and strictly numeric text. */
export function prepareNumber(op: Operator, value: unknown): Predicate | undefined {
  if (op === "in") {
    const values = (Array.isArray(value) ? value : [value]).map(toDecimalNumber).filter((each) => each !== undefined);
    return (left) => {
      const number = toDecimalNumber(left);
      return number !== undefined && values.some((each) => compareDecimals(number, each) === 0);
    };
  }
  if (op === "between") {
    const [low, high] = Array.isArray(value) ? value.map(toDecimalNumber) : [];
    if (low === undefined || high === undefined) return undefined;
    return (left) => {
      const number = toDecimalNumber(left);
      return number !== undefined && compareDecimals(number, low) >= 0 && compareDecimals(number, high) <= 0;
    };
  }
  const holds = orderTest(op);
  const right = toDecimalNumber(value);
  if (!holds || right === undefined) return undefined;
  return (left) => {
    const number = toDecimalNumber(left);
    return number !== undefined && holds(compareDecimals(number, right));
  };
}

/** Reads `{minor, currency}`; undefined for anything else. */
export function toAmount(value: unknown): Amount | undefined {
  if (!isObject(value)) return undefined;
  const { minor, currency } = value as { minor?: unknown; currency?: unknown };
  const amount = toDecimalNumber(minor);
  return amount !== undefined && typeof currency === "string" ? { minor: amount, currency } : undefined;
}

/** The same amount in another currency's minor units, exactly; undefined without a rate. */
export function convertMinor(amount: Amount, currency: string, rateOf: RateOf): Decimal | undefined {
  if (amount.currency === currency) return amount.minor;
  const rate = toDecimalNumber(rateOf?.(amount.currency, currency));
  if (rate === undefined) return undefined;
  return shiftDecimal(multiplyDecimals(amount.minor, rate), minorDigits(currency) - minorDigits(amount.currency));
}

/** One amount, or one a currency: the left side's own currency is taken first, else the first that converts. */
function minorIn(amounts: readonly Amount[], currency: string, rateOf: RateOf): Decimal | undefined {
  const own = amounts.find((amount) => amount.currency === currency);
  if (own) return own.minor;
  for (const amount of amounts) {
    const converted = convertMinor(amount, currency, rateOf);
    if (converted !== undefined) return converted;
  }
  return undefined;
}

function amountsOf(value: unknown): readonly Amount[] {
  return (Array.isArray(value) ? value : [value]).map(toAmount).filter((amount) => amount !== undefined);
}

/** Money, in minor units of the left side's currency. */
export function prepareMoney(op: Operator, value: unknown, rateOf: RateOf): Predicate | undefined {
  if (op === "in") {
    const amounts = amountsOf(value);
    return (left) => {
      const amount = toAmount(left);
      return amount !== undefined && amounts.some((each) => equals(amount, each, rateOf));
    };
  }
  if (op === "between") {
    const [low, high] = Array.isArray(value) ? value.map(toAmount) : [];
    return low && high && ((left) => compareTo(left, [low], ">=", rateOf) && compareTo(left, [high], "<=", rateOf));
  }
  const holds = orderTest(op);
  const amounts = amountsOf(value);
  if (!holds || amounts.length === 0) return undefined;
  return (left) => {
    const amount = toAmount(left);
    const right = amount && minorIn(amounts, amount.currency, rateOf);
    return right !== undefined && amount !== undefined && holds(compareDecimals(amount.minor, right));
  };
}

function equals(left: Amount, right: Amount, rateOf: RateOf): boolean {
  const minor = convertMinor(right, left.currency, rateOf);
  return minor !== undefined && compareDecimals(left.minor, minor) === 0;
}

function compareTo(left: unknown, amounts: readonly Amount[], sign: ">=" | "<=", rateOf: RateOf): boolean {
  const amount = toAmount(left);
  const right = amount && minorIn(amounts, amount.currency, rateOf);
  if (right === undefined || amount === undefined) return false;
  const order = compareDecimals(amount.minor, right);
  return sign === ">=" ? order >= 0 : order <= 0;
}
