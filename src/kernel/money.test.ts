import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minorDigits, toDecimal, toMinor } from "./money.ts";

describe("a decimal amount", () => {
  it.each([
    ["19.99", "EUR", 1999],
    ["0.1", "USD", 10],
    ["12", "USD", 1200],
    [" 5.5 ", "USD", 550],
    [19.99, "USD", 1999],
    ["1.005", "USD", 101],
    ["1.0049999", "USD", 100],
    ["-1.005", "USD", -101],
    ["-0.001", "USD", 0],
    ["+3.50", "USD", 350],
    ["1234", "JPY", 1234],
    ["0.5", "JPY", 1],
    ["1.2345", "KWD", 1235],
    ["0.00005", "CLF", 1],
  ])("%s %s is %d minor units", (text, currency, minor) => {
    expect(toMinor(text, currency)).toBe(minor);
  });

  it.each([
    "",
    "1,5",
    "1.",
    ".5",
    "1e3",
    "0x10",
    "NaN",
    "12 EUR",
    "1".repeat(16),
    "99999999999999999",
    Number.NaN,
    1e21,
  ])("is not %j", (text) => {
    expect(toMinor(text, "USD")).toBeUndefined();
  });

  it("comes back from minor units exactly, in every currency", () => {
    const currency = fc.constantFrom("USD", "EUR", "JPY", "KRW", "KWD", "TND", "CLF", "XXX");
    const minor = fc.integer({ min: -1e14, max: 1e14 });
    fc.assert(
      fc.property(minor, currency, (amount, code) => {
        const text = toDecimal({ minor: amount, currency: code });
        expect(toMinor(text, code)).toBe(amount);
        expect(text.split(".")[1]?.length ?? 0).toBe(minorDigits(code));
      }),
    );
  });
});
