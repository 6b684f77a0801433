import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inputOf, type RandomCase, randomCase } from "../../testing/rules/arbitrary-cart.ts";
import { readNaively } from "../../testing/rules/naive-cart.ts";
import { type Evaluation, evaluateCart } from "./evaluate-cart.ts";

const runs = { numRuns: 1_000 };

function plain(evaluation: Evaluation) {
  const { units, shipping, verdicts } = evaluation;
  return {
    lines: Object.fromEntries(units.map(({ id, byRule }) => [id, Object.fromEntries(byRule)])),
    itemDiscount: evaluation.itemDiscount,
    shippingAmount: shipping.amount,
    shippingDiscount: shipping.discount,
    free: shipping.free,
    total: evaluation.total,
    applied: verdicts.filter(({ outcome }) => outcome === "applied").map(({ rule }) => rule.key),
  };
}

const evaluate = (each: RandomCase) => evaluateCart(inputOf(each));
const add = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);

describe("any cart under any rules", () => {
  it("comes out as the contract reads, to the minor unit", () => {
    fc.assert(
      fc.property(randomCase, (each) => {
        expect(plain(evaluate(each))).toEqual(readNaively(each.rules, each.cart));
      }),
      runs,
    );
  });

  it("adds up, and no line or shipping is discounted below nothing", () => {
    fc.assert(
      fc.property(randomCase, (each) => {
        const result = evaluate(each);
        const { units, cart, shipping } = result;
        for (const [index, { discount, byRule }] of units.entries()) {
          const row = Number(cart.units[index]?.row);
          expect(discount).toBeGreaterThanOrEqual(0);
          expect(discount).toBeLessThanOrEqual(Math.max(0, row));
          expect(add(byRule.map(([, amount]) => amount))).toBe(discount);
          expect(byRule.every(([, amount]) => amount >= 0 && Number.isSafeInteger(amount))).toBe(true);
        }
        expect(add(units.map(({ discount }) => discount))).toBe(result.itemDiscount);
        expect(add(cart.units.map(({ row }) => Number(row)))).toBe(result.subtotal);
        expect(shipping.discount).toBeGreaterThanOrEqual(0);
        expect(shipping.discount).toBeLessThanOrEqual(shipping.amount);
        expect(add(shipping.byRule.map(([, amount]) => amount))).toBe(shipping.discount);
        expect(result.subtotal - result.itemDiscount + shipping.amount - shipping.discount).toBe(result.total);
      }),
      runs,
    );
  });

  it("comes out the same again, whatever the order in which rules are stored and with an explanation", () => {
    fc.assert(
      fc.property(
        randomCase.chain((each) =>
          fc.tuple(fc.constant(each), fc.shuffledSubarray([...each.rules], { minLength: each.rules.length })),
        ),
        ([each, rules]) => {
          const first = plain(evaluate(each));
          expect(plain(evaluate(each))).toEqual(first);
          expect(plain(evaluate({ ...each, rules }))).toEqual(first);
          expect(plain(evaluateCart({ ...inputOf(each), explain: true }))).toEqual(first);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("gets the whole of a whole-cart amount, as far as there is something to take it from", () => {
    const lines = fc.array(fc.tuple(fc.integer({ min: 0, max: 9_999 }), fc.integer({ min: 1, max: 9 })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(randomCase, lines, fc.integer({ min: 0, max: 200_000 }), (each, given, amount) => {
        const [rule] = each.rules;
        if (!rule) return;
        const whole: RandomCase = {
          cart: {
            ...each.cart,
            currency: "USD",
            lines: given.map(([price, qty], index) => ({
              id: `l${index}`,
              sku: "a",
              qty: String(qty),
              price,
              noDiscount: false,
            })),
          },
          rules: [
            {
              ...rule,
              rule: {
                ...rule.rule,
                ...{ conditions: null, targets: null, freeShipping: null },
                action: { type: "cart_fixed", amounts: [{ minor: amount, currency: "USD" }], applyToShipping: true },
              },
            },
          ],
        };
        const { itemDiscount, shipping, subtotal } = evaluate(whole);
        const available = subtotal + (given.length > 0 ? shipping.amount : 0);
        expect(itemDiscount + shipping.discount).toBe(Math.min(amount, available));
      }),
      { numRuns: 500 },
    );
  });
});
