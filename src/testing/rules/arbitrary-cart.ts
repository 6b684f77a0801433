/** Random carts and cart price rules, each rule with its tests spelled twice: as a tree and as a plain function. */
import fc from "fast-check";
import { minorDigits } from "../../kernel/index.ts";
import { createAttributeCatalog } from "../../kernel/rules/attribute-catalog.ts";
import { compileRule } from "../../kernel/rules/compile.ts";
import type { RuleNode } from "../../kernel/rules/grammar.ts";
import { type CartAction, type CartRule, defaultGroup, type RuleTree } from "../../offers/cart-rules/cart-rule.ts";
import type { EvaluationInput } from "../../offers/cart-rules/evaluate-cart.ts";
import { readScaled, scale } from "../../offers/cart-rules/exact.ts";
import { createRuleIndex } from "../../offers/cart-rules/rule-index.ts";
import { exact, type NaiveCart, type NaiveLine, type NaiveRule } from "./naive-cart.ts";

const catalog = createAttributeCatalog([
  { path: "product.sku", type: "key", label: "SKU" },
  { path: "cart.subtotal", type: "money", label: "Subtotal" },
  { path: "cart.subtotal_with_discount", type: "money", label: "Subtotal with discount" },
]);
const skus = ["a", "b", "c"] as const;
const currencies = ["USD", "JPY", "KWD"] as const;
/** Units of the cart's currency for one US dollar. */
export const rates: Readonly<Record<string, string>> = { USD: "1", JPY: "151.37", KWD: "0.307" };

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const price = fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 3 }), fc.constant(-500));
const qty = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 40 }).map(String) },
  fc.integer({ min: 1, max: 9_999 }).map((thousandths) => (thousandths / 1_000).toFixed(3)),
);
const line = fc.record({
  sku: fc.constantFrom(...skus),
  qty,
  price,
  noDiscount: fc.boolean().chain((rare) => (rare ? fc.boolean() : fc.constant(false))),
});

const cart: fc.Arbitrary<NaiveCart> = fc.record({
  currency: fc.constantFrom(...currencies),
  lines: fc
    .array(line, { maxLength: 6 })
    .map((lines) => lines.map((each, index): NaiveLine => ({ ...each, id: `l${index}` }))),
  shipping: fc.record({
    rate: fc.integer({ min: 0, max: 2_000 }),
    pricing: fc.constantFrom("per_order" as const, "per_item" as const),
  }),
});

const limits = {
  maxQty: optional(fc.integer({ min: 1, max: 12 })),
  applyToShipping: optional(fc.boolean()),
};
const step = optional(fc.integer({ min: 1, max: 5 }));
/** In US dollars: other carts take it at the rate. */
const amounts = fc.integer({ min: 0, max: 12_000 }).map((minor) => [{ minor, currency: "USD" }]);
const percent = fc.oneof(fc.integer({ min: 0, max: 130 }).map(String), fc.constantFrom("33.333333", "12.5", "0.01"));

function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}

// Absent fields are left out, which exact optional types ask for.
const action = fc
  .oneof(
    fc.record({ type: fc.constant("percent" as const), percent, step, ...limits }),
    fc.record({ type: fc.constantFrom("fixed" as const, "cart_fixed" as const), amounts, ...limits }),
    fc.record({ type: fc.constant("fixed" as const), amounts, step, ...limits }),
    fc.record({
      type: fc.constant("buy_x_get_y" as const),
      buy: fc.integer({ min: 0, max: 4 }),
      get: fc.integer({ min: 1, max: 4 }),
      ...limits,
    }),
    fc.record({
      type: fc.constant("free_gift" as const),
      sku: fc.constantFrom(...skus),
      qty: fc.integer({ min: 1, max: 3 }),
      ...limits,
    }),
  )
  .map((each) => present(each) as CartAction);

const threshold = fc.record({
  path: fc.constantFrom("cart.subtotal" as const, "cart.subtotal_with_discount" as const),
  minor: fc.integer({ min: 0, max: 40_000 }),
});

const ruleParts = fc.record({
  priority: fc.integer({ min: 0, max: 2 }),
  action,
  targets: optional(fc.subarray([...skus])),
  conditions: optional(threshold),
  stop: fc.boolean().chain((rare) => (rare ? fc.boolean() : fc.constant(false))),
  freeShipping: fc.option(fc.constantFrom("items" as const, "shipment" as const), { nil: null, freq: 2 }),
});

type RuleParts = typeof ruleParts extends fc.Arbitrary<infer T> ? T : never;

const trees = new Map<string, RuleTree>();

/** One for all rules that say the same, as live rules have it. */
function tree(node: RuleNode, isOfLine: boolean): RuleTree {
  const text = `${isOfLine} ${JSON.stringify(node)}`;
  const rule = () => compileRule(node, isOfLine ? { catalog, itemKind: "line" } : { catalog });
  const made = trees.get(text) ?? { node, rule: rule() };
  trees.set(text, made);
  return made;
}

function ruleOf(parts: RuleParts, index: number, currency: string): NaiveRule {
  const { targets, conditions, action: does } = parts;
  const key = `r${index}`;
  const rule: CartRule = {
    ...{ id: key, key, name: key, isActive: true, priority: parts.priority, stop: parts.stop, action: does },
    ...{ websites: null, customerGroups: null, storeViews: null, fromDay: null, toDay: null },
    ...{ window: { fromMs: null, toMs: null }, coupon: "none", code: null, usesPerCustomer: null },
    ...{ budget: { uses: null, spend: null }, isNearable: false, rewardPoints: 0, labels: {}, description: "" },
    ...{ blocks: [], bought: null, got: null, group: defaultGroup, seesDiscounts: false, isBelowCost: false },
    combination: { class: "order", tags: [], with: null },
    freeShipping: parts.freeShipping,
    targets: targets ? tree({ attribute: { path: "product.sku", op: "in", value: targets } }, true) : null,
    conditions: conditions
      ? tree({ attribute: { path: conditions.path, op: "gte", value: { minor: conditions.minor, currency } } }, false)
      : null,
  };
  return {
    rule,
    matches: ({ sku }) => targets === undefined || targets.includes(sku as (typeof skus)[number]),
    holds: (subtotal, discounted) =>
      conditions === undefined ||
      (conditions.path === "cart.subtotal" ? subtotal : discounted) >= BigInt(conditions.minor),
    amount: "amounts" in does ? converted(does.amounts[0]?.minor ?? 0, currency) : [0n, 1n],
  };
}

function converted(minor: number, currency: string): readonly [bigint, bigint] {
  const [n, d] = exact(rates[currency] ?? "1");
  const shift = minorDigits(currency) - 2;
  return [BigInt(minor) * n * 10n ** BigInt(Math.max(0, shift)), d * 10n ** BigInt(Math.max(0, -shift))];
}

export type RandomCase = { readonly cart: NaiveCart; readonly rules: readonly NaiveRule[] };

export const randomCase: fc.Arbitrary<RandomCase> = fc
  .tuple(cart, fc.array(ruleParts, { maxLength: 6 }))
  .map(([given, parts]) => ({ cart: given, rules: parts.map((each, index) => ruleOf(each, index, given.currency)) }));

const place = fc.record({
  rate: fc.integer({ min: 0, max: 2_000 }),
  pricing: fc.constantFrom("per_order" as const, "per_item" as const),
});

/** Its lines in one to four shipments, some of them perhaps in none. */
const inShipments = (given: RandomCase): fc.Arbitrary<RandomCase> =>
  fc.array(place, { minLength: 1, maxLength: 4 }).chain((places) =>
    fc
      .array(fc.integer({ min: -1, max: places.length - 1 }), {
        minLength: given.cart.lines.length,
        maxLength: given.cart.lines.length,
      })
      .map((placeOf): RandomCase => {
        const shipments = places.map((each, at) => ({
          ...each,
          id: `s${at}`,
          lines: given.cart.lines.filter((_, index) => placeOf[index] === at).map(({ id }) => id),
        }));
        return { ...given, cart: { ...given.cart, shipments } };
      }),
  );

export const shippedCase: fc.Arbitrary<RandomCase> = randomCase.chain(inShipments);

/** The case as the engine takes it, its rules in the given order. */
export function inputOf({ cart: given, rules }: RandomCase): EvaluationInput {
  return {
    index: createRuleIndex(
      rules.map(({ rule }) => rule),
      "random",
    ),
    cart: {
      currency: given.currency,
      lines: given.lines.map(({ id, sku, noDiscount, ...each }) => ({
        ...{ id, sku, noDiscount, price: BigInt(each.price) * scale, qty: readScaled(each.qty) ?? 0n },
      })),
      ...(given.shipments
        ? { shipments: given.shipments.map((each) => ({ ...each, rate: BigInt(each.rate) })) }
        : { shipping: { pricing: given.shipping.pricing, rate: BigInt(given.shipping.rate) } }),
    },
    couponCodes: [],
    maxCodes: 1,
    facts: { codes: new Map(), usesByCustomer: new Map(), spent: new Map() },
    ...{ website: "base", storeView: "default", customerGroup: "general", customerId: null },
    subject: {},
    productOf: () => undefined,
    nowMs: 0,
    timezone: "UTC",
    rateOf: (from, to) => (from === "USD" ? rates[to] : undefined),
    explain: false,
  };
}
