import { type Money, minorDigits } from "../../kernel/index.ts";
import type { PriceAction } from "./catalog-rule.ts";

// A price on its way through rules is a fraction whose denominator is known before the price is: each step multiplies both by
// constants. So a chain is compiled once to integer steps, runs on doubles as long as every number on the way stays below 2^53,
// else on big integers, and rounds once, at its end.

/** What one rule does to a price, exactly: `num / den` is a factor, or an amount in minor units. */
export type PriceStep = {
  readonly kind: "times" | "less" | "atMost";
  readonly num: bigint;
  readonly den: bigint;
};

/** Units of `to` for one unit of `from` today, as decimal text; undefined = unknown. */
export type RateOf = (from: string, to: string) => string | undefined;

/** A chain of steps: minor units in, minor units out, half a minor unit up. */
export type PriceChain = (minor: number) => number;

const decimal = /^([+-]?)(\d{1,15})(?:\.(\d{1,12}))?$/;

/** Plain decimal text as a fraction; undefined when it is none. */
function fractionOf(text: string): { readonly num: bigint; readonly den: bigint } | undefined {
  const match = decimal.exec(text.trim());
  if (!match) return undefined;
  const [, sign, whole = "0", fraction = ""] = match;
  const num = BigInt(whole + fraction);
  return { num: sign === "-" ? -num : num, den: 10n ** BigInt(fraction.length) };
}

function gcd(a: bigint, b: bigint): bigint {
  let [high, low] = [a, b];
  while (low !== 0n) [high, low] = [low, high % low];
  return high === 0n ? 1n : high;
}

function reduced(kind: PriceStep["kind"], num: bigint, den: bigint): PriceStep {
  const by = gcd(num, den);
  return { kind, num: num / by, den: den / by };
}

function clamp(value: bigint, low: bigint, high: bigint): bigint {
  return value < low ? low : value > high ? high : value;
}

/** The amount in the currency of the price: as the rule states it, else the first of its amounts at today's rate. */
function amountIn(amounts: readonly Money[], currency: string, rateOf: RateOf) {
  const own = amounts.find((amount) => amount.currency === currency);
  if (own) return { num: BigInt(Math.max(0, own.minor)), den: 1n };
  const [base] = amounts;
  const rate = base && fractionOf(rateOf(base.currency, currency) ?? "");
  if (!base || !rate || rate.num <= 0n) return undefined;
  const shift = minorDigits(currency) - minorDigits(base.currency);
  const num = BigInt(Math.max(0, base.minor)) * rate.num;
  return shift >= 0
    ? { num: num * 10n ** BigInt(shift), den: rate.den }
    : { num, den: rate.den * 10n ** BigInt(-shift) };
}

/**
 * What an action does to prices of a currency. Percents are held to 0..100, amounts to at least 0.
 *
 * @returns undefined when the rule states no amount that can be had in this currency
 */
export function stepOf(action: PriceAction, currency: string, rateOf: RateOf): PriceStep | undefined {
  switch (action.type) {
    case "by_percent":
    case "to_percent": {
      const percent = fractionOf(action.percent);
      if (!percent) return undefined;
      const whole = 100n * percent.den;
      const share = clamp(percent.num, 0n, whole);
      return reduced("times", action.type === "by_percent" ? whole - share : share, whole);
    }
    case "by_fixed":
    case "to_fixed": {
      const amount = amountIn(action.amounts, currency, rateOf);
      return amount && reduced(action.type === "by_fixed" ? "less" : "atMost", amount.num, amount.den);
    }
  }
}

type IntegerStep = { readonly multiplier: bigint; readonly kind: PriceStep["kind"]; readonly amount: bigint };

/** The steps over one running denominator, and how far they can stretch a price. */
function toIntegerSteps(steps: readonly PriceStep[]) {
  let den = 1n;
  let growth = 1n;
  let largest = 1n;
  const integers = steps.map(({ kind, num, den: own }): IntegerStep => {
    const multiplier = kind === "times" ? num : own;
    const amount = kind === "times" ? 0n : num * den;
    den *= own;
    growth *= multiplier > 1n ? multiplier : 1n;
    if (amount > largest) largest = amount;
    return { multiplier, kind, amount };
  });
  return { steps: integers, den, growth, largest };
}

function runBig(steps: readonly IntegerStep[], den: bigint, minor: number): number {
  let value = BigInt(minor);
  for (const { multiplier, kind, amount } of steps) {
    value *= multiplier;
    if (kind === "less") value = value > amount ? value - amount : 0n;
    else if (kind === "atMost" && value > amount) value = amount;
  }
  return Number((2n * value + den) / (2n * den));
}

/** Whether `Number` holds every value that a price of this many minor units takes on its way, doubled for the rounding. */
const exactBelow = 2n ** 53n;

/**
 * Compiles steps that run one after the other on the same price.
 *
 * @returns a function of the list price in minor units, a safe integer of at least 0; never negative
 */
export function compileChain(given: readonly PriceStep[]): PriceChain {
  const { steps, den, growth, largest } = toIntegerSteps(given);
  const room = exactBelow - 1n - den;
  const highest = largest < exactBelow && room > 0n ? Number(room / (2n * growth)) : -1;
  if (highest < 0) return (minor) => runBig(steps, den, minor);
  const small = steps.map(({ multiplier, kind, amount }) => ({
    kind,
    multiplier: Number(multiplier),
    amount: Number(amount),
  }));
  const [divisor, twice] = [Number(den), 2 * Number(den)];
  return (minor) => {
    if (minor > highest) return runBig(steps, den, minor);
    let value = minor;
    for (const { multiplier, kind, amount } of small) {
      value *= multiplier;
      if (kind === "less") value = value > amount ? value - amount : 0;
      else if (kind === "atMost" && value > amount) value = amount;
    }
    // Exact: the quotient of two safe integers never rounds up to a whole number that it does not reach.
    return Math.floor((2 * value + divisor) / twice);
  };
}
