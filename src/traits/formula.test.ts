import { describe, expect, it } from "vitest";
import { compileFormula, FormulaFault } from "./formula.ts";

const traits: Record<string, unknown> = {
  orders_count: 4,
  aov: { minor: 2550, currency: "USD" },
  favourite_brand: "Acme",
  is_registered: true,
  coupons_used: ["A", "B"],
  "trait.visits": 10,
  "trait.my-key": 3,
};
const value = (text: string, nowMs = 0) => compileFormula(text).evaluate((path) => traits[path], nowMs);

describe("formulas", () => {
  it.each([
    ["orders_count * 2 + 1", 9],
    ["aov * orders_count", 102],
    ["round(trait.visits / orders_count, 1)", 2.5],
    ['trait["my-key"] % 2', 1],
    ["orders_count > 3 && is_registered", true],
    ["orders_count > 3 ? 'many' : 'few'", "many"],
    ["if(exists(nothing), 1, 2)", 2],
    ["coalesce(nothing, 7)", 7],
    ["nothing + 1", undefined],
    ["1 / 0", undefined],
    ["coupons_used", 2],
    ["upper(concat(favourite_brand, '-', orders_count))", "ACME-4"],
    ["min(3, max(1, orders_count))", 3],
    ["-orders_count", -4],
    ["!is_registered", false],
  ])("%s", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  it("knows the time, and says that it does", () => {
    expect(value("days_since(0)", 3.5 * 86_400_000)).toBe(3);
    expect(compileFormula("now - 5").usesNow).toBe(true);
    expect(compileFormula("orders_count").usesNow).toBe(false);
    expect(compileFormula('aov + trait["my-key"] + aov').reads).toEqual(["aov", "trait.my-key"]);
  });

  it.each([
    "",
    "a; b",
    "process.exit()",
    "constructor('x')()",
    "a = 1",
    "this",
    "[1]",
    "fetch('x')",
    "round()",
    "trait[a]",
    "a.b.c()",
    "2 ** 3",
    "a & b",
    `${"(".repeat(60)}1${")".repeat(60)} + ${Array.from({ length: 600 }, () => "1").join("+")}`,
  ])("refuses %s", (text) => {
    expect(() => compileFormula(text)).toThrow(FormulaFault);
  });

  it("reaches nothing of the program through names", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      expect(compileFormula(name).evaluate((path) => ({})[path as never], 0)).toBeUndefined();
    }
  });
});
