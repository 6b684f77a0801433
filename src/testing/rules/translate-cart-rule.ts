/** Turns the cart price rule cases of the fixtures into rules and carts of the engine. */

import { type AttributeType, createAttributeCatalog } from "../../kernel/rules/attribute-catalog.ts";
import { compileRule } from "../../kernel/rules/compile.ts";
import type { RuleObject } from "../../kernel/rules/subject.ts";
import { parseLocalDate } from "../../kernel/rules/time.ts";
import { requireRule } from "../../kernel/rules/validate.ts";
import { type CartAction, type CartRule, defaultGroup, type RuleTree } from "../../offers/cart-rules/cart-rule.ts";
import type { Evaluation, EvaluationInput } from "../../offers/cart-rules/evaluate-cart.ts";
import { readScaled } from "../../offers/cart-rules/exact.ts";
import type { CartInput, CartLineInput } from "../../offers/cart-rules/price-cart.ts";
import { createRuleIndex } from "../../offers/cart-rules/rule-index.ts";
import { type CodeFacts, normaliseCode } from "../../offers/coupons/index.ts";
import { foldCode } from "../../offers/fold-code.ts";
import { catalogOfPriceRule, translatePriceRule } from "./translate-price-rule.ts";

type Json = Readonly<Record<string, unknown>>;

export type CartRuleCase = {
  readonly name: string;
  readonly currency: string;
  readonly rules: readonly Json[];
  readonly cart: Json & { readonly now: string; readonly timezone: string; readonly lines: readonly Json[] };
  readonly expected: Json;
};

const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);

function scaled(value: unknown): bigint {
  const found = readScaled(String(value));
  if (found === undefined) throw new Error(`${String(value)} is no decimal number`);
  return found;
}

type Types = ReadonlyMap<string, AttributeType>;

/** Types of product attributes as the data of the case has them: lists, numbers; else they are texts. */
function typesOf(lines: readonly Json[]): Types {
  const types = new Map<string, AttributeType>();
  for (const line of lines) {
    for (const [code, value] of Object.entries((line["attributes"] ?? {}) as Json)) {
      const path = `product.${code}`;
      if (Array.isArray(value)) types.set(path, "list");
      else if (typeof value === "number" && !types.has(path)) types.set(path, "number");
      else if (typeof value === "string" && types.get(path) !== "list") types.set(path, "text");
    }
    for (const [path, type] of typesOf((line["children"] ?? []) as readonly Json[])) types.set(path, type);
  }
  return types;
}

function treeOf(
  conditions: unknown,
  use: "cart_rule" | "cart_action",
  currency: string,
  types: Types,
): RuleTree | null {
  if (conditions === undefined) return null;
  const named = catalogOfPriceRule(conditions as Json).list();
  const catalog = createAttributeCatalog(named.map((spec) => ({ ...spec, type: types.get(spec.path) ?? spec.type })));
  const node = requireRule(translatePriceRule(conditions as Json, currency), { catalog, use });
  const environment = use === "cart_action" ? { catalog, itemKind: "line" as const } : { catalog };
  return { node, rule: compileRule(node, environment) };
}

function actionOf(action: Json, currency: string): CartAction {
  const { type, value, maxQty, step, applyToShipping } = action;
  const common = {
    ...(maxQty === undefined || maxQty === null ? {} : { maxQty: Number(maxQty) }),
    ...(step === undefined || step === null ? {} : { step: Number(step) }),
    ...(applyToShipping === true ? { applyToShipping: true } : {}),
  };
  switch (type) {
    case "percent":
      return { ...common, type, percent: String(value) };
    case "fixed":
    case "cart_fixed":
      return { ...common, type, amounts: [{ minor: Number(value), currency }] };
    case "buy_x_get_y":
      return { ...common, type, buy: Number(action["x"]), get: Number(action["y"]) };
    case "free_gift":
      return { ...common, type, sku: String(action["giftSku"]), qty: Number(action["giftQty"]) };
    default:
      throw new Error(`unknown action ${String(type)}`);
  }
}

type Coupon = { readonly type: string; readonly codes: readonly Json[] };

function ruleOf(rule: Json, currency: string, base: string, types: Types): CartRule {
  const websites = rule["websites"] as readonly string[] | undefined;
  const groups = rule["customerGroups"] as readonly string[] | undefined;
  const action = rule["action"] as Json;
  const coupon = rule["coupon"] as Coupon | undefined;
  return {
    // Numbers order as numbers, ids as text.
    id: String(rule["id"]).padStart(9, "0"),
    key: String(rule["id"]),
    name: String(rule["name"]),
    priority: Number(rule["priority"] ?? 0),
    isActive: rule["active"] !== false,
    websites: websites ? new Set(websites.map(foldCode)) : null,
    customerGroups: groups ? new Set(groups.map(foldCode)) : null,
    storeViews: null,
    fromDay: parseLocalDate(rule["from"]) ?? null,
    toDay: parseLocalDate(rule["to"]) ?? null,
    window: { fromMs: null, toMs: null },
    coupon: coupon === undefined ? "none" : coupon.type === "auto" ? "pool" : "specific",
    code: null,
    usesPerCustomer: rule["usesPerCustomer"] === undefined ? null : Number(rule["usesPerCustomer"]),
    budget: { uses: null, spend: null },
    isNearable: false,
    conditions: treeOf(rule["conditions"], "cart_rule", currency, types),
    targets: treeOf(action["conditions"], "cart_action", currency, types),
    action: actionOf(action, base),
    freeShipping: (rule["freeShipping"] as CartRule["freeShipping"] | undefined) ?? null,
    stop: rule["stop"] === true,
    rewardPoints: 0,
    labels: {},
    description: "",
    ...{ blocks: [], bought: null, got: null, group: defaultGroup, seesDiscounts: false, isBelowCost: false },
    combination: { class: "order", tags: [], with: null },
  };
}

function lineOf(line: Json): CartLineInput {
  const children = line["children"] as readonly Json[] | undefined;
  return {
    id: String(line["id"]),
    sku: String(line["sku"]),
    qty: scaled(line["qty"] ?? 1),
    price: scaled(line["unitPrice"]),
    ...(line["weight"] === undefined ? {} : { weight: scaled(line["weight"]) }),
    noDiscount: line["noDiscount"] === true,
    productType: text(line["productType"]),
    attributes: (line["attributes"] ?? {}) as RuleObject,
    ...(children ? { children: children.map(lineOf) } : {}),
  };
}

function cartOf({ cart, currency }: CartRuleCase): CartInput {
  const shipping = cart["shipping"] as Json | undefined;
  const tax = cart["tax"] as Json | undefined;
  return {
    currency,
    lines: cart.lines.map(lineOf),
    paymentMethod: text(cart["paymentMethod"]),
    shipping: shipping && {
      method: text(shipping["method"]),
      pricing: shipping["pricing"] === "per_item" ? "per_item" : "per_order",
      rate: BigInt(Number(shipping["rate"])),
      country: text(shipping["country"]),
      region: text(shipping["region"]),
      postcode: text(shipping["postcode"]),
    },
    tax: tax && {
      rate: scaled(tax["rate"]),
      pricesIncludeTax: tax["pricesIncludeTax"] === true,
      afterDiscount: tax["afterDiscount"] === true,
    },
  };
}

function codesOf({ rules, cart }: CartRuleCase): ReadonlyMap<string, CodeFacts> {
  const usage = (cart["usage"] ?? {}) as { readonly coupons?: Record<string, number> };
  const used = new Map(Object.entries(usage.coupons ?? {}).map(([code, uses]) => [normaliseCode(code), uses]));
  const facts = new Map<string, CodeFacts>();
  for (const rule of rules) {
    for (const each of (rule["coupon"] as Coupon | undefined)?.codes ?? []) {
      const code = normaliseCode(String(each["code"]));
      facts.set(code, {
        ruleKey: String(rule["id"]),
        limit: each["usesPerCoupon"] === undefined ? null : Number(each["usesPerCoupon"]),
        used: used.get(code) ?? 0,
        expires: text(each["expires"]) ?? null,
        poolId: null,
      });
    }
  }
  return facts;
}

/** The case as the engine takes it. */
export function evaluationOf(fixture: CartRuleCase): EvaluationInput {
  const { cart, currency } = fixture;
  const customer = (cart["customer"] ?? {}) as Json;
  const audiences = new Set([
    ...((customer["segments"] ?? []) as string[]),
    ...((customer["audiences"] ?? []) as string[]),
  ]);
  const base = text(cart["baseCurrency"]) ?? currency;
  const rules = fixture.rules.map((rule) => ruleOf(rule, currency, base, typesOf(cart.lines)));
  const usage = (cart["usage"] ?? {}) as { readonly customerRules?: Record<string, number> };
  return {
    index: createRuleIndex(rules, "fixture"),
    cart: cartOf(fixture),
    couponCodes: (cart["couponCodes"] ?? []) as readonly string[],
    maxCodes: 20,
    facts: {
      codes: codesOf(fixture),
      usesByCustomer: new Map(Object.entries(usage.customerRules ?? {})),
      spent: new Map(),
    },
    website: String(cart["website"]),
    storeView: "default",
    customerGroup: text(customer["group"]) ?? "not_logged_in",
    customerId: text(customer["id"]) ?? null,
    subject: { member: (id) => (audiences.has(id) ? { since: 0 } : undefined) },
    productOf: () => undefined,
    nowMs: Date.parse(cart.now),
    timezone: cart.timezone,
    rateOf: (from, to) => (from === base && to === currency ? text(cart["rate"]) : undefined),
    explain: false,
  };
}

/** The answer as the cases spell it. */
export function expectedOf(evaluation: Evaluation): Json {
  const { units, shipping, tax } = evaluation;
  return {
    lines: Object.fromEntries(
      units.map(({ id, discount, byRule }) => [id, { discount, byRule: Object.fromEntries(byRule) }]),
    ),
    subtotal: evaluation.subtotal,
    itemDiscount: evaluation.itemDiscount,
    shippingAmount: shipping.amount,
    shippingDiscount: shipping.discount,
    freeShipping: shipping.free,
    total: evaluation.total,
    appliedRules: evaluation.verdicts.flatMap(({ rule, outcome }) => (outcome === "applied" ? [Number(rule.key)] : [])),
    ...(tax ? { tax: tax.amount, totalInclTax: tax.totalInclTax } : {}),
    ...(evaluation.codes.length === 0
      ? {}
      : {
          coupons: Object.fromEntries(
            evaluation.codes.map(({ entered, rejection }) => [
              entered,
              rejection === null ? { status: "applied" } : { status: "rejected", reason: rejection },
            ]),
          ),
        }),
  };
}
