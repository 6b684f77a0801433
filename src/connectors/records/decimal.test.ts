import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalText, isWholeMinor, multiply, parseDecimal, toMinorUnits } from "./decimal.ts";

const minorOf = (text: string, currency = "EUR") => {
  const value = parseDecimal(text);
  return value && toMinorUnits(value, currency);
};

describe("an amount in decimal text", () => {
  it("is rounded once, half away from zero, in the digits of its currency", () => {
    expect(minorOf("12.345")).toBe(1235);
    expect(minorOf("-12.345")).toBe(-1235);
    expect(minorOf("12.344999999999")).toBe(1234);
    expect(minorOf("1999", "JPY")).toBe(1999);
    expect(minorOf("0.5", "JPY")).toBe(1);
    expect(minorOf("1.2345", "KWD")).toBe(1235);
  });

  it("is refused when it is no plain decimal number", () => {
    for (const text of ["", "abc", "1,5", "1e5", "0x10", ".", "1.", "--1", "1".repeat(16), "NaN", " "])
      expect(parseDecimal(text)).toBeUndefined();
    expect(parseDecimal(null)).toBeUndefined();
    expect(parseDecimal(Number.NaN)).toBeUndefined();
  });

  it("multiplies exactly: a price of a tenth of a penny times a million is what it says", () => {
    const [price, quantity] = [parseDecimal("0.001"), parseDecimal("1000000")];
    expect(price && quantity && toMinorUnits(multiply(price, quantity), "GBP")).toBe(100_000);
    expect(price && isWholeMinor(price, "GBP")).toBe(false);
  });

  it("agrees with whole-number arithmetic for every price in pennies and every quantity", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: -1e5, max: 1e5 }), (pennies, quantity) => {
        const price = parseDecimal(decimalText({ units: BigInt(pennies), scale: 2 }));
        const qty = parseDecimal(String(quantity));
        const minor = price && qty && toMinorUnits(multiply(price, qty), "GBP");
        const expected = BigInt(pennies) * BigInt(quantity);
        const isSafe = expected <= BigInt(Number.MAX_SAFE_INTEGER) && expected >= -BigInt(Number.MAX_SAFE_INTEGER);
        expect(minor).toBe(isSafe ? Number(expected) : undefined);
      }),
    );
  });
});
