import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCartRule, aTree, evaluateLines } from "../../testing/rules/a-cart-rule.ts";
import { inputOf, type RandomCase, randomCase } from "../../testing/rules/arbitrary-cart.ts";
import type { CartRule, Combination, DiscountClass, RuleGroup } from "./cart-rule.ts";
import { canCombine } from "./combine-rules.ts";
import { type Evaluation, evaluateCart } from "./evaluate-cart.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const group = (mode: RuleGroup["mode"], per: RuleGroup["per"] = "cart", priority = 1): RuleGroup => ({
  ...{ key: `${mode}-${per}`, priority, mode, per },
});

function inGroup(each: RandomCase, of: RuleGroup): RandomCase {
  return { ...each, rules: each.rules.map((rule) => ({ ...rule, rule: { ...rule.rule, group: of } })) };
}

const evaluate = (each: RandomCase): Evaluation => evaluateCart(inputOf(each));
/** Free shipping counts as what it saves. */
const saved = (evaluation: Evaluation, without: Evaluation): number => without.total - evaluation.total;
const outcomesOf = ({ verdicts }: Evaluation) => new Map(verdicts.map(({ rule, outcome }) => [rule.key, outcome]));
const alone = (each: RandomCase) => each.rules.map((rule) => evaluate({ ...each, rules: [rule] }));
const nothing = (each: RandomCase) => evaluate({ ...each, rules: [] });
const runs = { numRuns: 500 };

describe("a group of rules", () => {
  it("takes what the best of its rules takes alone, or the least that one takes", () => {
    fc.assert(
      fc.property(randomCase, (each) => {
        const none = nothing(each);
        const trials = alone(each).map((trial) => saved(trial, none));
        const highest = saved(evaluate(inGroup(each, group("highest"))), none);
        expect(highest).toBe(Math.max(0, ...trials));
        const some = trials.filter((trial) => trial > 0);
        const lowest = saved(evaluate(inGroup(each, group("lowest"))), none);
        expect(lowest).toBe(some.length === 0 ? 0 : Math.min(...some));
      }),
      runs,
    );
  });

  it("lets one rule act, and names it to those that had to stand back", () => {
    fc.assert(
      fc.property(
        randomCase,
        fc.constantFrom("first" as const, "highest" as const, "lowest" as const),
        (each, mode) => {
          const { verdicts } = evaluate(inGroup(each, group(mode)));
          const winners = verdicts.filter(({ outcome }) => outcome === "applied").map(({ rule }) => rule.key);
          expect(winners.length).toBeLessThanOrEqual(1);
          for (const verdict of verdicts)
            if (verdict.outcome === "not_combinable") expect(verdict.with).toEqual(winners);
        },
      ),
      runs,
    );
  });

  it("gives each line the rule that takes most from it", () => {
    fc.assert(
      fc.property(randomCase, (given) => {
        const each = {
          ...given,
          rules: given.rules.map((rule) => ({ ...rule, rule: { ...rule.rule, freeShipping: null } })),
        };
        const trials = alone(each);
        const { units, shipping } = evaluate(inGroup(each, group("highest", "line")));
        for (const [at, { discount }] of units.entries())
          expect(discount).toBe(Math.max(0, ...trials.map((trial) => trial.units[at]?.discount ?? 0)));
        expect(shipping.discount).toBe(Math.max(0, ...trials.map((trial) => trial.shipping.discount)));
      }),
      runs,
    );
  });

  it("adds up whatever groups there are, and comes out the same in any order of rules", () => {
    const modes = fc.array(
      fc.record({
        mode: fc.constantFrom("stackable" as const, "first" as const, "highest" as const, "lowest" as const),
        per: fc.constantFrom("cart" as const, "line" as const),
        priority: fc.integer({ min: -1, max: 1 }),
      }),
      { minLength: 6, maxLength: 6 },
    );
    fc.assert(
      fc.property(randomCase, modes, (given, groups) => {
        const rules = given.rules.map((rule, at) => {
          const of = groups[at % 3]!;
          return { ...rule, rule: { ...rule.rule, group: { ...of, key: `g${at % 3}` } } };
        });
        const each = { ...given, rules };
        const result = evaluate(each);
        const { units, shipping, itemDiscount, subtotal } = result;
        expect(units.reduce((sum, { discount }) => sum + discount, 0)).toBe(itemDiscount);
        for (const [at, { discount, byRule }] of units.entries()) {
          expect(byRule.reduce((sum, [, amount]) => sum + amount, 0)).toBe(discount);
          expect(discount).toBeLessThanOrEqual(Math.max(0, result.cart.units[at]?.row ?? 0));
        }
        expect(shipping.discount).toBeLessThanOrEqual(shipping.amount);
        expect(shipping.byRule.every(([, amount]) => amount >= 0)).toBe(true);
        expect(subtotal - itemDiscount + shipping.amount - shipping.discount).toBe(result.total);
        const reversed = evaluate({ ...each, rules: rules.toReversed() });
        expect([reversed.total, outcomesOf(reversed)]).toEqual([result.total, outcomesOf(result)]);
        // A rule that lost frees no shipping.
        for (const key of shipping.freeBy) expect(outcomesOf(result).get(key)).toBe("applied");
      }),
      runs,
    );
  });

  it("runs in the order of groups, those without a group at 0", () => {
    const rules = [
      aCartRule({ key: "late", priority: 0, group: group("stackable", "cart", 1) }),
      aCartRule({ key: "early", priority: 9, group: { ...group("stackable", "cart", -1), key: "e" } }),
      aCartRule({ key: "plain", priority: 5 }),
    ];
    const { verdicts } = evaluateLines({ rules, lines: [{ id: "a", price: 1_000 }] });
    expect(verdicts.map(({ rule }) => rule.key)).toEqual(["early", "plain", "late"]);
  });
});

describe("rules that do not combine", () => {
  const classes: readonly DiscountClass[] = ["product", "order", "shipping"];
  const combination: fc.Arbitrary<Combination> = fc.record({
    class: fc.constantFrom(...classes),
    tags: fc.subarray(["x", "y"]),
    with: fc.option(fc.record({ classes: fc.subarray([...classes]), tags: fc.subarray(["x", "y"]) })),
  });

  it("never both act, and who stands back is told with whom it does not combine", () => {
    const combinations = fc.array(combination, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(randomCase, combinations, (given, made) => {
        const rules = given.rules.map((rule, at) => ({ ...rule, rule: { ...rule.rule, combination: made[at]! } }));
        const { units, verdicts, shipping } = evaluate({ ...given, rules });
        const byKey = new Map(rules.map(({ rule }) => [rule.key, rule]));
        const acting = new Set([
          ...units.flatMap(({ byRule }) => byRule.flatMap(([key, amount]) => (amount > 0 ? [key] : []))),
          ...shipping.byRule.flatMap(([key, amount]) => (amount > 0 ? [key] : [])),
        ]);
        for (const a of acting)
          for (const b of acting) if (a !== b) expect(canCombine(byKey.get(a)!, byKey.get(b)!)).toBe(true);
        for (const { rule, outcome, with: against } of verdicts) {
          if (outcome !== "not_combinable") continue;
          expect(against.length).toBeGreaterThan(0);
          for (const key of against) expect(canCombine(rule, byKey.get(key)!)).toBe(false);
        }
      }),
      runs,
    );
  });

  it("need the word of both", () => {
    const of = (fields: Partial<Combination>): Pick<CartRule, "combination"> => ({
      combination: { class: "order", tags: [], with: null, ...fields },
    });
    const choosy = of({ with: { classes: [], tags: ["vip"] } });
    expect(canCombine(choosy, of({ tags: ["vip"] }))).toBe(true);
    expect(canCombine(of({}), choosy)).toBe(false);
    expect(canCombine(choosy, of({ tags: ["vip"], with: { classes: ["product"], tags: [] } }))).toBe(false);
  });
});

describe("a budget", () => {
  const spent = (minor: number) => ({
    facts: { codes: new Map(), usesByCustomer: new Map(), spent: new Map([["rule", { uses: 3, minor }]]) },
  });
  const rule = (isPartial: boolean) =>
    aCartRule({ action: { type: "percent", percent: "10" }, budget: { uses: null, spend: usd(1_000), isPartial } });
  const lines = [
    { id: "a", price: 3_000 },
    { id: "b", price: 2_000 },
  ];

  it("that does not cover the discount gives nothing, and says so", () => {
    const { itemDiscount, verdicts } = evaluateLines({ rules: [rule(false)], lines, ...spent(600) });
    expect([itemDiscount, verdicts[0]]).toMatchObject([0, { outcome: "budget_exhausted", overBudget: 500 }]);
    expect(evaluateLines({ rules: [rule(false)], lines, ...spent(500) }).itemDiscount).toBe(500);
  });

  it("gives what is left of it where it may, split as the discount", () => {
    const { units, verdicts } = evaluateLines({ rules: [rule(true)], lines, ...spent(600) });
    expect(units.map(({ discount }) => discount)).toEqual([240, 160]);
    expect(verdicts[0]).toMatchObject({ outcome: "applied", overBudget: 100 });
  });

  it("that is dropped gives no free shipping either", () => {
    const { shipping } = evaluateLines({
      rules: [{ ...rule(false), freeShipping: "shipment" }],
      ...{ lines, ...spent(600) },
      cart: { shipping: { pricing: "per_order", rate: 700n } },
    });
    expect(shipping).toMatchObject({ amount: 700, free: "none" });
  });
});

describe("the margin guard", () => {
  it("leaves each line its cost times the factor, as far as its price had that", () => {
    const cost = fc.array(fc.integer({ min: 0, max: 15_000 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(randomCase, cost, fc.integer({ min: 0, max: 2_000_000 }), (each, costs, factor) => {
        const currency = each.cart.currency;
        const costOf = new Map(["a", "b", "c"].map((sku, at) => [sku, { minor: costs[at] ?? 0, currency }]));
        const result = evaluateCart({
          ...inputOf(each),
          marginFactor: BigInt(factor),
          productOf: (sku) => ({ sku, cost: costOf.get(sku) }),
        });
        for (const [at, { discount }] of result.units.entries()) {
          const unit = result.cart.units[at]!;
          const over = unit.qty * BigInt(costOf.get(unit.sku)?.minor ?? 0) * BigInt(factor);
          const left = BigInt(unit.row - discount) * 10n ** 12n;
          expect(discount === 0 || left >= over).toBe(true);
        }
      }),
      runs,
    );
  });

  it("reports what it held back, and lets a rule pass that may go below", () => {
    const call = {
      lines: [{ id: "a", price: 1_000 }],
      ...{ marginFactor: 1_100_000n, productOf: () => ({ cost: "8" }) },
    };
    const half = aCartRule({ action: { type: "percent", percent: "50" } });
    const { units, verdicts } = evaluateLines({ rules: [half], ...call });
    expect([units[0]?.discount, verdicts[0]?.held]).toEqual([120, [[0, 380]]]);
    expect(evaluateLines({ rules: [{ ...half, isBelowCost: true }], ...call }).itemDiscount).toBe(500);
  });
});

describe("conditions that see discounts", () => {
  it("look at what earlier rules left of the cart", () => {
    const conditions = aTree({ attribute: { path: "cart.subtotal", op: "gte", value: usd(1_000) } });
    const rules = (seesDiscounts: boolean) => [
      aCartRule({ key: "a", priority: 1, action: { type: "percent", percent: "10" } }),
      aCartRule({ key: "b", priority: 2, conditions, seesDiscounts }),
    ];
    const applied = (seesDiscounts: boolean) =>
      evaluateLines({ rules: rules(seesDiscounts), lines: [{ id: "x", price: 1_050 }] }).verdicts.map((v) => v.outcome);
    expect([applied(false), applied(true)]).toEqual([
      ["applied", "applied"],
      ["applied", "conditions_not_met"],
    ]);
  });
});
