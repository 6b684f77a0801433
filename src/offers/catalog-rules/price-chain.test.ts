import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minorDigits } from "../../kernel/index.ts";
import type { PriceAction } from "./catalog-rule.ts";
import { compileChain, stepOf } from "./price-chain.ts";

const currencies = ["USD", "JPY", "KWD"] as const;
const percent = fc
  .tuple(fc.integer({ min: -20, max: 130 }), fc.nat(999_999), fc.nat(6))
  .map(([whole, part, digits]) =>
    digits === 0 ? String(whole) : `${whole}.${String(part).padStart(6, "0").slice(0, digits)}`,
  );
const amount = fc.record({
  minor: fc.integer({ min: -100, max: 2_000_000 }),
  currency: fc.constantFrom(...currencies),
});
const action: fc.Arbitrary<PriceAction> = fc.oneof(
  fc.record({ type: fc.constantFrom("by_percent" as const, "to_percent" as const), percent }),
  fc.record({ type: fc.constantFrom("by_fixed" as const, "to_fixed" as const), amounts: fc.tuple(amount) }),
);
const rates: Readonly<Record<string, string>> = {
  "USD/JPY": "150.125",
  "USD/KWD": "0.3071",
  "JPY/USD": "0.00667",
  "JPY/KWD": "0.0021",
  "KWD/USD": "3.25",
  "KWD/JPY": "488",
};
const rateOf = (from: string, to: string) => rates[`${from}/${to}`];

/** The formulas as they are written down, over plain fractions. */
type Fraction = readonly [bigint, bigint];
const textToFraction = (text: string): Fraction => {
  const [whole = "0", part = ""] = text.replace("-", "").split(".");
  const units = BigInt(whole + part);
  return [text.startsWith("-") ? -units : units, 10n ** BigInt(part.length)];
};
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
const minus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d - c * b, b * d];
const isLess = ([a, b]: Fraction, [c, d]: Fraction) => a * d < c * b;
const lower = (a: Fraction, b: Fraction) => (isLess(a, b) ? a : b);
const higher = (a: Fraction, b: Fraction) => (isLess(a, b) ? b : a);

function naive(minor: number, actions: readonly PriceAction[], currency: string): number {
  let price: Fraction = [BigInt(minor), 1n];
  for (const each of actions) {
    if ("percent" in each) {
      const share = times(lower(higher(textToFraction(each.percent), [0n, 1n]), [100n, 1n]), [1n, 100n]);
      price = times(price, each.type === "by_percent" ? minus([1n, 1n], share) : share);
    } else {
      const [base] = each.amounts;
      if (!base) continue;
      const digits = minorDigits(currency) - minorDigits(base.currency);
      const shift: Fraction = digits >= 0 ? [10n ** BigInt(digits), 1n] : [1n, 10n ** BigInt(-digits)];
      const rate = base.currency === currency ? "1" : (rateOf(base.currency, currency) ?? "0");
      const by = times(
        times([BigInt(Math.max(0, base.minor)), 1n], textToFraction(rate)),
        base.currency === currency ? [1n, 1n] : shift,
      );
      price = each.type === "by_fixed" ? higher(minus(price, by), [0n, 1n]) : lower(price, by);
    }
  }
  const [num, den] = price;
  return Number((2n * num + den) / (2n * den));
}

describe("a chain of rules", () => {
  it("gives what exact fractions give, rounded once at the end", () => {
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 8 }),
        fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.maxSafeNat()),
        fc.constantFrom(...currencies),
        (actions, minor, currency) => {
          const steps = actions.map((each) => stepOf(each, currency, rateOf)).filter((step) => step !== undefined);
          expect(steps).toHaveLength(actions.length);
          expect(compileChain(steps)(minor)).toBe(naive(minor, actions, currency));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("never goes below zero and never raises a price", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 5 }), fc.nat(10_000_000), (actions, minor) => {
        const steps = actions.flatMap((each) => stepOf(each, "USD", rateOf) ?? []);
        const price = compileChain(steps)(minor);
        expect(price >= 0 && price <= minor).toBe(true);
      }),
    );
  });

  it("does not round between rules", () => {
    const third = stepOf({ type: "to_percent", percent: "33.333333" }, "USD", rateOf);
    const triple = stepOf({ type: "by_percent", percent: "50" }, "USD", rateOf);
    expect(third && triple && compileChain([third, triple])(100)).toBe(17);
  });

  it("leaves prices alone in a currency for which there is neither amount nor rate", () => {
    expect(stepOf({ type: "by_fixed", amounts: [{ minor: 100, currency: "EUR" }] }, "USD", rateOf)).toBeUndefined();
    expect(stepOf({ type: "by_percent", percent: "ten" }, "USD", rateOf)).toBeUndefined();
  });
});
