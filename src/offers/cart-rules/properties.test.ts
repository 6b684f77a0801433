import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inputOf, type RandomCase, randomCase, shippedCase } from "../../testing/rules/arbitrary-cart.ts";
import { readNaively } from "../../testing/rules/naive-cart.ts";
import { type Evaluation, evaluateCart } from "./evaluate-cart.ts";

const runs = { numRuns: 1_000 };

function plain(evaluation: Evaluation) {
  const { units, shipping, shipments, verdicts } = evaluation;
  return {
    lines: Object.fromEntries(units.map(({ id, byRule }) => [id, Object.fromEntries(byRule)])),
    itemDiscount: evaluation.itemDiscount,
    shippingAmount: shipping.amount,
    shippingDiscount: shipping.discount,
    free: shipping.free,
    total: evaluation.total,
    applied: verdicts.filter(({ outcome }) => outcome === "applied").map(({ rule }) => rule.key),
    shipments:
      shipments?.map(({ id, amount, byRule, free }) => ({ id, amount, byRule: Object.fromEntries(byRule), free })) ??
      null,
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

  it("comes out the same again, whatever the order of the stored rules, explained, and without a look at near misses", () => {
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
          const unexplained = evaluateCart({ ...inputOf(each), nearMisses: 0 });
          expect(plain(unexplained)).toEqual(first);
          expect(unexplained.verdicts.every(({ missing }) => missing === null)).toBe(true);
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

describe("any cart that goes to several addresses", () => {
  it("comes out as the contract reads, to the minor unit", () => {
    fc.assert(
      fc.property(shippedCase, (each) => {
        expect(plain(evaluate(each))).toEqual(readNaively(each.rules, each.cart));
      }),
      runs,
    );
  });

  it("costs what its shipments do, none of them less than nothing", () => {
    fc.assert(
      fc.property(shippedCase, (each) => {
        const { shipping, shipments, ...result } = evaluate(each);
        const parts = shipments ?? [];
        expect(parts).toHaveLength(each.cart.shipments?.length ?? 0);
        for (const { amount, discount, byRule } of parts) {
          expect(discount).toBeGreaterThanOrEqual(0);
          expect(discount).toBeLessThanOrEqual(amount);
          expect(add(byRule.map(([, taken]) => taken))).toBe(discount);
          expect(byRule.every(([, taken]) => taken >= 0 && Number.isSafeInteger(taken))).toBe(true);
        }
        expect(add(parts.map(({ amount }) => amount))).toBe(shipping.amount);
        expect(add(parts.map(({ discount }) => discount))).toBe(shipping.discount);
        for (const [at, [rule, taken]] of shipping.byRule.entries()) {
          const shares = parts.map(({ byRule }) => byRule[at]);
          expect(shares.every((share) => share?.[0] === rule)).toBe(true);
          expect(add(shares.map((share) => share?.[1] ?? 0))).toBe(taken);
        }
        expect(shipping.amount).toBeLessThanOrEqual(shipping.beforeFree);
        expect(result.subtotal - result.itemDiscount + shipping.amount - shipping.discount).toBe(result.total);
      }),
      runs,
    );
  });

  it("comes out as one address does, when there is one", () => {
    fc.assert(
      fc.property(randomCase, (each) => {
        const { shipping, lines } = each.cart;
        const shipments = [{ ...shipping, id: "all", lines: lines.map(({ id }) => id) }];
        const { shipments: parts, ...one } = evaluate({ ...each, cart: { ...each.cart, shipments } });
        const { shipments: none, ...plainly } = evaluate(each);
        expect(none).toBeNull();
        expect({ ...one, cart: null, verdicts: null }).toEqual({ ...plainly, cart: null, verdicts: null });
        const { amount, discount, byRule, free } = plainly.shipping;
        expect(parts).toEqual([{ id: "all", amount, discount, byRule, free }]);
      }),
      runs,
    );
  });

  it("has the same sums, lines and free shipments whatever the order of its shipments", () => {
    fc.assert(
      fc.property(
        shippedCase.chain((each) => {
          const shipments = each.cart.shipments ?? [];
          return fc.tuple(fc.constant(each), fc.shuffledSubarray([...shipments], { minLength: shipments.length }));
        }),
        ([each, shipments]) => {
          const { shipments: inOrder, ...sums } = plain(evaluate(each));
          const { shipments: shuffled, ...again } = plain(evaluate({ ...each, cart: { ...each.cart, shipments } }));
          expect(again).toEqual(sums);
          // Which of them has the odd minor unit of a discount goes by the order.
          const byId = new Map(shuffled?.map((one) => [one.id, one]));
          for (const { id, amount, free } of inOrder ?? []) expect(byId.get(id)).toMatchObject({ amount, free });
        },
      ),
      { numRuns: 500 },
    );
  });
});
