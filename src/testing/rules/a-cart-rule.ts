/** Cart price rules and carts for tests: what a test does not say is the plainest there is. */
import { type AttributeSpec, createAttributeCatalog } from "../../kernel/rules/attribute-catalog.ts";
import { compileRule } from "../../kernel/rules/compile.ts";
import type { RuleNode } from "../../kernel/rules/grammar.ts";
import { type CartRule, defaultGroup, type RuleTree } from "../../offers/cart-rules/cart-rule.ts";
import { type EvaluationInput, evaluateCart } from "../../offers/cart-rules/evaluate-cart.ts";
import { readScaled, scale } from "../../offers/cart-rules/exact.ts";
import type { CartInput, CartLineInput } from "../../offers/cart-rules/price-cart.ts";
import { createRuleIndex } from "../../offers/cart-rules/rule-index.ts";

const money = [
  "subtotal",
  "subtotal_with_discount",
  "subtotal_incl_tax",
  "eligible_subtotal",
  "shipping",
  "grand_total",
];
const numbers = ["total_qty", "weight", "line_count", "eligible_qty", "eligible_weight"];
const attribute = (path: string, type: AttributeSpec["type"]): AttributeSpec => ({ path, type, label: path });

/** The attributes that trees of these tests may name. */
export const cartCatalog = createAttributeCatalog([
  ...money.map((name) => attribute(`cart.${name}`, "money")),
  ...numbers.map((name) => attribute(`cart.${name}`, "number")),
  attribute("cart.country", "key"),
  attribute("product.sku", "key"),
  attribute("product.color", "text"),
]);

export function aTree(node: RuleNode, use: "cart" | "line" = "cart"): RuleTree {
  const environment = use === "line" ? { catalog: cartCatalog, itemKind: "line" as const } : { catalog: cartCatalog };
  return { node, rule: compileRule(node, environment) };
}

export const ofSku = (...skus: readonly string[]): RuleTree =>
  aTree({ attribute: { path: "product.sku", op: "in", value: [...skus] } }, "line");

export function aCartRule(fields: Partial<CartRule> = {}): CartRule {
  const key = fields.key ?? "rule";
  return {
    ...{ id: key, key, name: key, priority: 0, isActive: true, websites: null, customerGroups: null, storeViews: null },
    ...{ fromDay: null, toDay: null, window: { fromMs: null, toMs: null }, coupon: "none", code: null },
    ...{ usesPerCustomer: null, budget: { uses: null, spend: null }, conditions: null, isNearable: false },
    ...{ targets: null, action: { type: "percent", percent: "10" }, freeShipping: null, stop: false, rewardPoints: 0 },
    ...{ labels: {}, description: "", blocks: [], bought: null, got: null, group: defaultGroup },
    ...{ combination: { class: "order", tags: [], with: null }, seesDiscounts: false, isBelowCost: false },
    ...fields,
  };
}

type Line = Omit<Partial<CartLineInput>, "qty" | "price" | "children"> & {
  readonly id: string;
  readonly qty?: number | string;
  /** Minor units. */
  readonly price?: number;
  readonly children?: readonly Line[];
};

export function aLine({ qty = 1, price = 0, children, ...line }: Line): CartLineInput {
  return {
    sku: line.id,
    ...line,
    qty: readScaled(qty) ?? 0n,
    price: BigInt(price) * scale,
    ...(children ? { children: children.map(aLine) } : {}),
  };
}

type Call = Partial<Omit<EvaluationInput, "cart" | "index">> & {
  readonly rules: readonly CartRule[];
  readonly lines: readonly Line[];
  readonly cart?: Partial<CartInput>;
};

/** Evaluates a cart in US dollars for a guest. */
export function evaluateLines({ rules, lines, cart, ...more }: Call) {
  return evaluateCart({
    index: createRuleIndex(rules, "test"),
    cart: { currency: "USD", lines: lines.map(aLine), ...cart },
    couponCodes: [],
    maxCodes: 5,
    facts: { codes: new Map(), usesByCustomer: new Map(), spent: new Map() },
    ...{ website: "base", storeView: "default", customerGroup: "not_logged_in", customerId: null },
    subject: {},
    productOf: () => undefined,
    nowMs: Date.parse("2026-03-10T12:00:00Z"),
    timezone: "UTC",
    rateOf: undefined,
    explain: false,
    ...more,
  });
}
