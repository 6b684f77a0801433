import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestFacts } from "../collect/index.ts";
import { anEvent } from "../testing/builders.ts";
import { checkCardNumbers, cleanCardNumbers } from "./card-check.ts";
import { cardNumberRemoved, isCardNumber, withoutCardNumbers } from "./card-numbers.ts";

// Numbers that the networks publish for tests.
const cards = [
  "4111111111111111",
  "4222222222222",
  "5555555555554444",
  "2223003122003222",
  "378282246310005",
  "6011111111111117",
  "30569309025904",
  "3530111333300000",
  "6200000000000005",
  "6759649826438453",
];
const grouped = (digits: string, by: string) => digits.replace(/(.{4})(?=.)/g, `$1${by}`);

describe("card numbers in texts", () => {
  it.each(cards)("finds %s, plain and in groups", (card) => {
    for (const by of ["", " ", "-", ".", "\u00a0", "+", "%20"]) {
      expect(withoutCardNumbers(`my card ${grouped(card, by)}, thanks`)).toBe(`my card ${cardNumberRemoved}, thanks`);
    }
    expect(withoutCardNumbers(grouped(card, " "))).toBe(cardNumberRemoved);
  });

  it("finds it beside other digits, twice, in full-width digits and in a URL", () => {
    expect(withoutCardNumbers("4111 1111 1111 1111 12/27 123")).toBe(`${cardNumberRemoved} 12/27 123`);
    expect(withoutCardNumbers("no 7 4111111111111111")).toBe(`no 7 ${cardNumberRemoved}`);
    expect(withoutCardNumbers("378282246310005;5555555555554444")).toBe(`${cardNumberRemoved};${cardNumberRemoved}`);
    expect(withoutCardNumbers("４１１１１１１１１１１１１１１１")).toBe(cardNumberRemoved);
    expect(withoutCardNumbers("https://shop/?cc=4111111111111111&x=1")).toBe(
      `https://shop/?cc=${cardNumberRemoved}&x=1`,
    );
  });

  it.each([
    ["a wrong check digit", "4111111111111112"],
    ["no network's prefix", "1760000000000000"],
    ["a time in milliseconds", "1760000000003"],
    ["twenty digits in a row", "41111111111111111111"],
    ["a UUID", "550e8400-e29b-41d4-a716-446655440000"],
    ["an article number", "4006381333931"],
    ["part of a word", "x4111111111111111"],
    ["a phone number", "+49 151 23456789"],
    ["a loyalty number", "6338000000000006"],
  ])("leaves %s alone", (_what, text) => {
    expect(withoutCardNumbers(text)).toBe(text);
  });

  it("finds any valid number among any other text", () => {
    const text = fc.string({ maxLength: 30 }).filter((given) => !/[\d\p{L}０-９]/u.test(given));
    fc.assert(
      fc.property(text, fc.constantFrom(...cards), text, (before, card, after) => {
        const clean = withoutCardNumbers(`${before}x ${card} x${after}`);
        expect(clean).not.toContain(card);
        expect(clean).toContain(cardNumberRemoved);
      }),
    );
  });

  it("takes out nothing that is no card number", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9 .-]{0,40}$/), (text) => {
        const clean = withoutCardNumbers(text);
        const digits = text.replace(/\D/g, "");
        const windows = Array.from({ length: digits.length }, (_, from) =>
          [13, 14, 15, 16, 17, 18, 19].map((length) => digits.slice(from, from + length)),
        ).flat();
        if (!windows.some(isCardNumber)) expect(clean).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it("takes linear time for a hostile text", () => {
    const hostile = "4 ".repeat(15_000);
    expect(withoutCardNumbers(hostile).length).toBeGreaterThan(0);
    expect(withoutCardNumbers("4111 ".repeat(6_000))).not.toContain("4111 1111");
  });
});

describe("card numbers in events", () => {
  // Not read by the check.
  const facts = {} as RequestFacts;

  it("removes them from properties, traits, context, extra fields and names of fields, and flags the event", () => {
    const event = {
      ...anEvent({
        properties: {
          note: "pay 4111 1111 1111 1111",
          number: 4111111111111111,
          traits: { deep: [{ card: "378282246310005" }] },
        },
        context: { page: { url: "/?q=5555555555554444" } },
      }),
      extra: { "4111111111111111": 1 },
    };
    const verdict = checkCardNumbers(event, null, facts);
    if (verdict.action !== "keep") throw new Error("dropped");
    expect(verdict.event).toMatchObject({
      properties: {
        note: `pay ${cardNumberRemoved}`,
        number: cardNumberRemoved,
        traits: { deep: [{ card: cardNumberRemoved }] },
      },
      context: { page: { url: `/?q=${cardNumberRemoved}` } },
      extra: { [cardNumberRemoved]: 1 },
      flags: ["card_number_removed"],
    });
    expect(event.properties["number"]).toBe(4111111111111111);
  });

  it("leaves an event without one as it is, article numbers included", () => {
    const event = anEvent({
      properties: { items: [{ sku: "4222222222222", qty: 1 }], at: 1_760_000_000_000, price: 12.5 },
    });
    const verdict = checkCardNumbers(event, null, facts);
    expect(verdict.action === "keep" && verdict.event).toBe(event);
  });

  it("keeps hostile names as data", () => {
    const cleaned = cleanCardNumbers(JSON.parse('{"__proto__": {"polluted": "4111111111111111"}}'));
    expect(JSON.stringify(cleaned)).toBe(`{"__proto__":{"polluted":"${cardNumberRemoved}"}}`);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
