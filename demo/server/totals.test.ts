import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CartOffers, type CartQuestion, noOffers, readOffers, toEvaluation } from "./cart-offers.ts";
import { usesOf } from "./coupon-desk.ts";
import type { PricedLine } from "./lines.ts";
import { couponMessage, hintOf } from "./offer-texts.ts";
import { computeTotals, discountLines, shippingBeforeOffers } from "./totals.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });

function aLine(changes: Partial<PricedLine> = {}): PricedLine {
  const { unitMinor = 1_000, qty = 1 } = changes;
  return {
    ...{
      sku: "A",
      parentSku: null,
      name: "A",
      qty,
      unitMinor,
      lineMinor: unitMinor * qty,
      regularUnitMinor: unitMinor,
    },
    ...{ options: {}, choices: {}, categories: [], image: null, needsShipping: true },
    ...changes,
  };
}

const offersOn = (lines: readonly PricedLine[], over: Partial<CartOffers> = {}): CartOffers => ({
  ...noOffers({ lines, shippingMinor: shippingBeforeOffers(lines) }),
  ...over,
});

const standard = { method: "standard", state: "", agreedMinor: 0 } as const;

describe("the totals of an order", () => {
  it("takes discounts off before tax, and none off shipping", () => {
    const lines = [aLine({ unitMinor: 2_000, qty: 2 }), aLine({ unitMinor: 999 })];
    const applied = [{ rule: "r", label: "Tees", minor: 1_000 }];
    const totals = computeTotals(lines, offersOn(lines, { lineDiscounts: [1_000, 0], applied }), {
      ...standard,
      state: "CA",
    });

    // 49.99 - 10.00 = 39.99; 7.25 % of it is 2.899.
    expect(totals).toEqual({
      subtotalMinor: 4_999,
      discountMinor: 1_000,
      shippingMinor: 500,
      taxMinor: 290,
      totalMinor: 3_999 + 500 + 290,
      discounts: [{ key: "rule r", label: "Tees", minor: 1_000 }],
    });
  });

  it("keeps the surcharge of express where standard shipping is free", () => {
    const lines = [aLine()];
    const express = computeTotals(lines, offersOn(lines, { shippingMinor: 0 }), { ...standard, method: "express" });
    expect(express.shippingMinor).toBe(1_000);
  });

  it("ships downloads for nothing, whichever way", () => {
    const lines = [aLine({ needsShipping: false })];
    expect(computeTotals(lines, offersOn(lines), { ...standard, method: "express" }).shippingMinor).toBe(0);
  });

  it("never takes more off than the goods cost", () => {
    const lines = [aLine({ unitMinor: 1_000 })];
    const totals = computeTotals(lines, offersOn(lines, { lineDiscounts: [900] }), { ...standard, agreedMinor: 500 });
    expect(totals).toMatchObject({ discountMinor: 1_000, totalMinor: 500 });
  });

  it("adds up for every cart, and its rows are its discount", () => {
    const anyLine = fc.record({ unitMinor: fc.nat(50_000), qty: fc.integer({ min: 1, max: 100 }), share: fc.nat(100) });
    fc.assert(
      fc.property(
        fc.array(anyLine, { minLength: 1, maxLength: 20 }),
        fc.nat(3_000_000),
        fc.constantFrom("", "CA", "TX", "NJ"),
        (drawn, agreedMinor, state) => {
          const lines = drawn.map(({ unitMinor, qty }) => aLine({ unitMinor, qty }));
          const lineDiscounts = lines.map(({ lineMinor }, at) =>
            Math.floor((lineMinor * (drawn[at]?.share ?? 0)) / 100),
          );
          const minor = lineDiscounts.reduce((sum, one) => sum + one, 0);
          const offers = offersOn(lines, { lineDiscounts, applied: [{ rule: "r", label: "R", minor }] });
          const totals = computeTotals(lines, offers, { method: "standard", state, agreedMinor });
          const { subtotalMinor, discountMinor, shippingMinor, taxMinor, totalMinor, discounts = [] } = totals;
          expect(totalMinor).toBe(subtotalMinor - discountMinor + shippingMinor + taxMinor);
          expect(discounts.reduce((sum, row) => sum + row.minor, 0)).toBe(discountMinor);
          expect(subtotalMinor - discountMinor).toBeGreaterThanOrEqual(0);
          expect(discountLines(lines, offers).map(({ discountMinor: off = 0 }) => off)).toEqual(lineDiscounts);
        },
      ),
    );
  });
});

const aQuestion = (lines: readonly PricedLine[], changes: Partial<CartQuestion> = {}): CartQuestion => ({
  ...{ lines, method: "standard", shippingMinor: 500, state: "CA", codes: [], isAgreed: false },
  asker: { customerId: null, anonymousId: null },
  ...changes,
});

describe("an answer about offers", () => {
  const bundle = aLine({
    ...{ sku: "B", qty: 2, unitMinor: 3_000, lineMinor: 6_000 },
    parts: [
      { sku: "B1", unitMinor: 1_000 },
      { sku: "B2", unitMinor: 2_000 },
    ],
  });
  const answer = {
    lines: { L1: { discount: usd(100) }, "L2.1": { discount: usd(20) }, "L2.2": { discount: usd(0) } },
    totals: { subtotal: usd(7_000), itemDiscount: usd(120), shipping: usd(500), shippingDiscount: usd(200) },
    applied: ["r"],
    labels: [{ rule: "r", text: "Spring" }],
    effects: [
      { rule: "r", kind: "line_discount", target: "L1", amount: usd(120) },
      { rule: "r", kind: "shipping_discount", target: "shipping", amount: usd(200) },
    ],
    coupons: { SPRING: { status: "applied", rule: "r" }, NOPE: { status: "rejected", reason: "unknown_code" } },
    gifts: [{ rule: "g", sku: "GIFT", qty: 1, add: 1 }],
  };
  const question = aQuestion([aLine(), bundle], { codes: ["SPRING", "NOPE"] });

  it("is read by line, a bundle by its parts", () => {
    expect(readOffers(answer, question)).toEqual({
      lineDiscounts: [100, 20],
      shippingMinor: 300,
      applied: [{ rule: "r", label: "Spring", minor: 320 }],
      coupons: [
        { code: "SPRING", isApplied: true, rule: "r", reason: null, message: null },
        {
          code: "NOPE",
          isApplied: false,
          rule: null,
          reason: "unknown_code",
          message: expect.stringContaining("no such"),
        },
      ],
      hints: [],
      gifts: [{ rule: "g", sku: "GIFT", add: 1 }],
    });
    expect(usesOf(readOffers(answer, question))).toEqual([{ ruleKey: "r", code: "SPRING", amount: usd(320) }]);
  });

  it.each([
    ["nothing", null],
    ["a line that is missing", { ...answer, lines: {} }],
    ["a discount above the line", { ...answer, lines: { ...answer.lines, L1: { discount: usd(1_001) } } }],
    ["a negative discount", { ...answer, lines: { ...answer.lines, L1: { discount: usd(-1) } } }],
    ["another currency", { ...answer, lines: { ...answer.lines, L1: { discount: { minor: 100, currency: "EUR" } } } }],
    ["another subtotal", { ...answer, totals: { ...answer.totals, subtotal: usd(1) } }],
    ["a sum that is not that of the lines", { ...answer, totals: { ...answer.totals, itemDiscount: usd(7) } }],
    ["dearer shipping", { ...answer, totals: { ...answer.totals, shipping: usd(501) } }],
    ["shipping below nothing", { ...answer, totals: { ...answer.totals, shippingDiscount: usd(501) } }],
  ])("is not used when it holds %s", (_, faulty) => {
    expect(() => readOffers(faulty, question)).toThrow("cannot be worked out");
  });

  it("asks with the parts of a bundle, and without discounts where the price was agreed on", () => {
    expect(toEvaluation(aQuestion([bundle], { isAgreed: true }), "default")["cart"]).toMatchObject({
      lines: [
        {
          ...{ productType: "bundle_dynamic", qty: 2, noDiscount: true },
          children: [
            { sku: "B1", qty: 1, unitPrice: usd(1_000), noDiscount: true },
            { sku: "B2", qty: 1, unitPrice: usd(2_000), noDiscount: true },
          ],
        },
      ],
      shipping: { rate: usd(500), region: "CA" },
    });
  });
});

describe("what a shopper is told", () => {
  it("names the amount or the number of pieces that is missing", () => {
    const near = { rule: "ship", label: "Free shipping", missing: { attribute: "cart.subtotal", lacks: usd(750) } };
    expect(hintOf(near)).toEqual({ rule: "ship", text: "Add $7.50 for: Free shipping" });
    const pieces = { ...near, missing: { attribute: "cart.total_qty", lacks: 2 } };
    expect(hintOf(pieces)?.text).toBe("Add 2 more pieces for: Free shipping");
    expect(hintOf({ ...near, missing: { attribute: "cart.subtotal" } })).toBeNull();
    expect(hintOf({ ...near, label: undefined })).toBeNull();
  });

  it("has a sentence of its own for each reason, and one for reasons to come", () => {
    const reasons = ["unknown_code", "expired", "no_matching_items", "customer_usage_limit_reached", "superseded"];
    expect(new Set(reasons.map(couponMessage)).size).toBe(reasons.length);
    expect(couponMessage("constructor")).toBe(couponMessage("something_new"));
  });
});
