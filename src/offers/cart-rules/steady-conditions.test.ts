// Rules that share a tree are judged once where that is right, and each by itself where it is not.
import { expect, it } from "vitest";
import { aCartRule, aTree, evaluateLines, ofSku } from "../../testing/rules/a-cart-rule.ts";
import type { CartRule } from "./cart-rule.ts";
import { isSteady } from "./steady-conditions.ts";

const lines = [
  { id: "a", qty: 1, price: 6_000 },
  { id: "b", qty: 1, price: 4_000 },
];
const atLeast = (path: string, minor: number) =>
  aTree({ attribute: { path, op: "gte", value: { minor, currency: "USD" } } });
const rules = (conditions: CartRule["conditions"], ...more: readonly Partial<CartRule>[]) =>
  more.map((fields, at) => aCartRule({ key: `r${at}`, priority: at, conditions, isNearable: true, ...fields }));
const outcomes = (given: readonly CartRule[]) =>
  evaluateLines({ rules: given, lines }).verdicts.map(({ outcome, missing }) => [outcome, missing?.lacks]);

it("sees for each rule what the rules before it left", () => {
  const left = atLeast("cart.subtotal_with_discount", 9_500);
  expect(isSteady(left)).toBe(false);
  expect(outcomes(rules(left, {}, {}))).toEqual([
    ["applied", undefined],
    ["conditions_not_met", { minor: 500, currency: "USD" }],
  ]);
});

it("sees for each rule the lines that it reaches", () => {
  const reached = atLeast("cart.eligible_subtotal", 5_000);
  expect(isSteady(reached)).toBe(false);
  expect(outcomes(rules(reached, { targets: ofSku("a") }, { targets: ofSku("b") }))).toEqual([
    ["applied", undefined],
    ["conditions_not_met", { minor: 1_000, currency: "USD" }],
  ]);
});

it("tells a rule that sees discounts from one that does not, in either order", () => {
  const subtotal = atLeast("cart.subtotal", 9_500);
  expect(isSteady(subtotal)).toBe(true);
  const [blind, seeing] = [{}, { seesDiscounts: true }];
  const lacks = ["conditions_not_met", { minor: 500, currency: "USD" }];
  expect(outcomes(rules(subtotal, blind, seeing, blind))).toEqual([
    ["applied", undefined],
    lacks,
    ["applied", undefined],
  ]);
  const tooMuch = atLeast("cart.subtotal", 10_500);
  const short = (minor: number) => ["conditions_not_met", { minor, currency: "USD" }];
  expect(outcomes(rules(tooMuch, seeing, blind, seeing))).toEqual([short(500), short(500), short(500)]);
});

it("judges what stays once for all rules that ask it, and tells each of them what is missing", () => {
  let tests = 0;
  const tree = atLeast("cart.subtotal", 12_000);
  const counting = {
    ...tree,
    rule: {
      ...tree.rule,
      test: (...given: Parameters<typeof tree.rule.test>) => {
        tests += 1;
        return tree.rule.test(...given);
      },
    },
  };
  const many = rules(counting, ...Array.from({ length: 30 }, () => ({})));
  const found = outcomes(many);
  expect(tests).toBe(1);
  expect(found.slice(0, 20).every(([, lacks]) => JSON.stringify(lacks) === '{"minor":2000,"currency":"USD"}')).toBe(
    true,
  );
  expect(found.slice(20)).toEqual(Array.from({ length: 10 }, () => ["conditions_not_met", undefined]));
});

it("takes nothing for steady that it does not know", () => {
  const of = (node: Parameters<typeof aTree>[0]) => isSteady({ node, rule: atLeast("cart.subtotal", 1).rule });
  const leaf = (path: string, value: unknown = 1) => ({ attribute: { path, op: "gte" as const, value } }) as never;
  expect(of(leaf("profile.orders_count"))).toBe(true);
  expect(of({ not: leaf("cart.total_qty") })).toBe(true);
  expect(of({ all: [leaf("cart.country"), leaf("cart.grand_total")] })).toBe(false);
  expect(of(leaf("profile.points", { ref: "cart.tax" }))).toBe(false);
  expect(of(leaf("cart.shipping"))).toBe(false);
  expect(of(leaf("cart.shipping_method"))).toBe(true);
  expect(of(leaf("cart.something_new"))).toBe(false);
});
