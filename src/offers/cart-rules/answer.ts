// The evaluation as callers get it.
import type { Money } from "../../kernel/index.ts";
import { foldText } from "../../kernel/rules/index.ts";
import type { CartRule } from "./cart-rule.ts";
import type { CodeOutcome, Evaluation } from "./evaluate-cart.ts";
import { scale } from "./exact.ts";
import { failingLeaf, type Missing } from "./failing-leaf.ts";
import type { TierMissing } from "./plan-action.ts";
import { maxNearMisses } from "./run-rules.ts";
import { createMismatches, type Verdict } from "./verdict.ts";

export type Effect = {
  readonly rule: string;
  readonly kind:
    | "line_discount"
    | "shipping_discount"
    | "free_shipping"
    | "add_gift"
    | "reward_points"
    /** What was held back of a line so that it does not go below its cost. */
    | "margin_guard"
    /** What the rule's budget did not cover. */
    | "budget_exhausted";
  /** A line, `shipping`, `shipment`, the SKU of a gift, or `order`. */
  readonly target: string;
  readonly amount: Money | number;
};

export type CouponAnswer = {
  readonly status: "applied" | "rejected";
  readonly reason?: string;
  readonly rule?: string;
  /** The condition that did not hold. */
  readonly detail?: Readonly<Record<string, unknown>>;
};

export type AnswerOptions = {
  readonly storeView: string;
  /** A server may read back what conditions saw of the shopper; a browser only what they saw of its cart. */
  readonly isTrusted: boolean;
  readonly version: string;
  readonly explain: boolean;
};

export type EvaluationAnswer = ReturnType<typeof answerOf>;

export function answerOf(evaluation: Evaluation, options: AnswerOptions) {
  const { cart, shipping, shipments, tax, verdicts, codes } = evaluation;
  const { currency } = cart.input;
  const money = (minor: number): Money => ({ minor, currency });
  const book = (entries: readonly (readonly [string, number])[]) =>
    Object.fromEntries(entries.map(([key, minor]) => [key, money(minor)]));
  const applied = verdicts.filter(({ outcome }) => outcome === "applied").map(({ rule }) => rule);
  const gifts = giftsOf(evaluation, applied);
  return {
    currency,
    trusted: options.isTrusted,
    // Made from entries: a line or code may be named __proto__.
    lines: Object.fromEntries(
      evaluation.units.map(({ id, discount, byRule }) => [id, { discount: money(discount), byRule: book(byRule) }]),
    ),
    shipping: {
      amount: money(shipping.amount),
      discount: money(shipping.discount),
      byRule: book(shipping.byRule),
      free: shipping.free,
    },
    ...(shipments
      ? {
          shipments: shipments.map(({ id, amount, discount, free, byRule }) => ({
            id,
            amount: money(amount),
            discount: money(discount),
            free,
            byRule: book(byRule),
          })),
        }
      : {}),
    totals: {
      subtotal: money(evaluation.subtotal),
      itemDiscount: money(evaluation.itemDiscount),
      shipping: money(shipping.amount),
      shippingDiscount: money(shipping.discount),
      total: money(evaluation.total),
      ...(tax ? { tax: money(tax.amount), totalInclTax: money(tax.totalInclTax) } : {}),
    },
    applied: applied.map(({ key }) => key),
    effects: [
      ...effectsOf(evaluation, applied, gifts, money),
      ...verdicts.flatMap((verdict) => heldBack(verdict, cart, options.isTrusted, money)),
    ],
    coupons: Object.fromEntries(codes.map((code) => [code.entered, couponAnswer(code, options.isTrusted)])),
    nearMisses: nearMissesOf(evaluation, options.storeView),
    gifts,
    rewardPoints: applied.reduce((sum, { rewardPoints }) => sum + rewardPoints, 0),
    labels: applied.flatMap((rule) => {
      const text = labelOf(rule, options.storeView, codes);
      return text === undefined ? [] : [{ rule: rule.key, text }];
    }),
    blocks: [
      ...new Set(verdicts.filter(({ outcome }) => outcome !== "conditions_not_met").flatMap((v) => v.rule.blocks)),
    ],
    ...(options.explain ? { explain: explainAll(evaluation) } : {}),
    version: options.version,
  };
}

type Gift = {
  readonly rule: string;
  readonly sku: string;
  /** Units that the rule gives. */
  readonly qty: number;
  /** Units to add to the cart so that all of them are there. */
  readonly add: number;
  /** The shopper takes one of these, or the SKU. */
  readonly choices?: readonly string[];
  /** The shop adds the SKU by itself. */
  readonly autoAdd?: boolean;
};

function giftsOf({ cart }: Evaluation, applied: readonly CartRule[]): readonly Gift[] {
  return applied.flatMap(({ key, action }) => {
    if (action.type !== "free_gift") return [];
    const { sku, qty, choices, autoAdd } = action;
    const gifts = new Set([sku, ...(choices ?? [])].map(foldText));
    const inCart = cart.units.filter((unit) => gifts.has(foldText(unit.sku))).reduce((sum, unit) => sum + unit.qty, 0n);
    return [
      {
        ...{ rule: key, sku, qty, add: Math.max(0, qty - Number(inCart / scale)) },
        ...(choices ? { choices } : {}),
        ...(autoAdd === undefined ? {} : { autoAdd }),
      },
    ];
  });
}

/** A browser does not get to know what goods cost. */
function heldBack(
  { rule, held, overBudget }: Verdict,
  { units }: Evaluation["cart"],
  isTrusted: boolean,
  money: (minor: number) => Money,
): readonly Effect[] {
  return [
    ...(isTrusted ? held : []).map(([at, amount]) => effect(rule, "margin_guard", units[at]?.id ?? "", money(amount))),
    ...(overBudget > 0 ? [effect(rule, "budget_exhausted", "order", money(overBudget))] : []),
  ];
}

function effectsOf(
  evaluation: Evaluation,
  applied: readonly CartRule[],
  gifts: readonly Gift[],
  money: (minor: number) => Money,
): readonly Effect[] {
  const { units, shipping } = evaluation;
  const onLines = new Map<string, Effect[]>(applied.map(({ key }) => [key, []]));
  for (const { id, byRule } of units)
    for (const [rule, amount] of byRule)
      if (amount > 0) onLines.get(rule)?.push({ rule, kind: "line_discount", target: id, amount: money(amount) });
  const onShipping = new Map(shipping.byRule);
  const freeBy = new Set(shipping.freeBy);
  return applied.flatMap((rule): readonly Effect[] => {
    const { key, freeShipping, rewardPoints } = rule;
    const shippingDiscount = onShipping.get(key) ?? 0;
    return [
      ...(onLines.get(key) ?? []),
      ...(shippingDiscount > 0 ? [effect(rule, "shipping_discount", "shipping", money(shippingDiscount))] : []),
      ...(freeShipping && freeBy.has(key) ? [effect(rule, "free_shipping", freeShipping, money(0))] : []),
      ...gifts
        .filter((each) => each.rule === key && each.add > 0)
        .map((each) => effect(rule, "add_gift", each.sku, each.add)),
      ...(rewardPoints > 0 ? [effect(rule, "reward_points", "order", rewardPoints)] : []),
    ];
  });
}

function effect(rule: CartRule, kind: Effect["kind"], target: string, amount: Effect["amount"]): Effect {
  return { rule: rule.key, kind, target, amount };
}

function couponAnswer({ rejection, ruleKey, verdict }: CodeOutcome, isTrusted: boolean): CouponAnswer {
  const rule = ruleKey === null ? {} : { rule: ruleKey };
  if (rejection === null) return { status: "applied", ...rule };
  const detail = verdict ? detailOf(rejection, verdict, isTrusted) : undefined;
  return { status: "rejected", reason: rejection, ...rule, ...(detail ? { detail } : {}) };
}

function detailOf(rejection: string, verdict: Verdict, isTrusted: boolean): CouponAnswer["detail"] {
  if (rejection === "not_combinable") return { with: verdict.with };
  return rejection === "conditions_not_met" ? failingDetail(verdict, isTrusted) : undefined;
}

function failingDetail(verdict: Verdict, isTrusted: boolean): CouponAnswer["detail"] {
  if (verdict.outcome === "no_rate") return { sentence: "there is no exchange rate to the currency of the cart" };
  const { conditions, rule } = verdict;
  const leaf = conditions && rule.conditions ? failingLeaf(rule.conditions.node, conditions) : undefined;
  if (!leaf || (!leaf.isOfCart && !isTrusted)) return undefined;
  const { isOfCart: _, ...detail } = leaf;
  return detail;
}

/** A rule that would apply if the cart had more of one thing. */
export type NearMiss = { readonly rule: string; readonly label?: string; readonly missing: Missing };

export function nearMissesOf({ verdicts, cart }: Evaluation, storeView: string): readonly NearMiss[] {
  const found: NearMiss[] = [];
  for (const { rule, missing, tier } of verdicts) {
    const lacking = missing ?? (tier && missingTier(tier, cart.input.currency));
    if (!lacking) continue;
    const label = labelOf(rule, storeView, []);
    found.push({ rule: rule.key, missing: lacking, ...(label === undefined ? {} : { label }) });
    if (found.length === maxNearMisses) break;
  }
  return found;
}

function missingTier({ measure, need, have }: TierMissing, currency: string): Missing {
  const money = (minor: number): Money => ({ minor, currency });
  const lacks = need - have;
  if (measure === "qty") return { attribute: "cart.eligible_qty", op: "gte", need, have, lacks };
  return { attribute: `cart.${measure}`, op: "gte", need: money(need), have: money(have), lacks: money(lacks) };
}

/** The label of the store view, else the rule's; of a rule with a code also its description, else the code. */
export function labelOf(rule: CartRule, storeView: string, codes: readonly CodeOutcome[]): string | undefined {
  const { storeViews = {}, default: ofRule } = rule.labels;
  if (Object.hasOwn(storeViews, storeView)) return storeViews[storeView];
  if (ofRule !== undefined || rule.coupon === "none") return ofRule;
  return rule.description || codes.find(({ ruleKey }) => ruleKey === rule.key)?.entered.trim();
}

function explainAll(evaluation: Evaluation) {
  const whyNot = createMismatches(evaluation.cart, evaluation.nowMs);
  return evaluation.verdicts.map((verdict) => explainVerdict(verdict, evaluation, whyNot));
}

function explainVerdict(
  { rule, outcome, conditions, units, with: others }: Verdict,
  { cart }: Evaluation,
  whyNot: ReturnType<typeof createMismatches>,
) {
  const { targets } = rule;
  return {
    rule: rule.key,
    name: rule.name,
    priority: rule.priority,
    outcome,
    ...(others.length > 0 ? { with: others } : {}),
    ...(rule.group.key === "" ? {} : { group: rule.group.key }),
    conditions,
    lines: units.map((verdict, at) => ({
      line: cart.units[at]?.id ?? "",
      verdict,
      why: verdict === "not_matched" && targets ? whyNot(targets, at) : null,
    })),
  };
}
