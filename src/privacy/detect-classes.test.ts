import { describe, expect, it } from "vitest";
import { detect, isIban, suggestClasses } from "./detect-classes.ts";

describe("what a value looks like", () => {
  it.each([
    ["ada@example.com", "email"],
    ["+49 151 23456789", "phone"],
    ["0151/23456789", "phone"],
    ["DE89 3704 0044 0532 0130 00", "iban"],
    ["GB29NWBK60161331926819", "iban"],
    ["4111 1111 1111 1111", "card_number"],
    ["078-05-1120", "national_id"],
    ["AB123456C", "national_id"],
    ["12345678Z", "national_id"],
    ["X1234567L", "national_id"],
    ["44051401359", "national_id"],
    ["36574261809", "national_id"],
    ["blue", undefined],
    ["DE89 3704 0044 0532 0130 01", undefined],
    ["2026-01-01", undefined],
    ["12345", undefined],
    [42, undefined],
    [null, undefined],
    ["x".repeat(10_000), undefined],
  ])("tells of %s: %s", (value, kind) => {
    expect(detect(value)).toBe(kind);
  });

  it("checks the digits of an account number", () => {
    expect(isIban("FR1420041010050500013M02606")).toBe(true);
    expect(isIban("FR1420041010050500013M02607")).toBe(false);
  });
});

it("suggests a class for names whose values mostly look personal, and not for those that are classed so", () => {
  const mails = ["a@example.com", "b@example.com", "none"];
  const values = new Map<string, readonly unknown[]>([
    ["contact", mails],
    ["email", mails],
    ["colour", ["red", "blue", "green"]],
    ["rare", ["a@example.com"]],
  ]);
  expect(suggestClasses(values, "trait", (name) => (name === "email" ? "direct" : "none"))).toEqual([
    { kind: "trait", name: "contact", looksLike: "email", ratio: 2 / 3, values: 3, pii: "direct" },
  ]);
});
