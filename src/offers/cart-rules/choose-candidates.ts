// Which rules are looked at for a cart, and why a code brings none: offers-and-segments 1.2 and 1.8.
import { parseLocalDate } from "../../kernel/rules/index.ts";
import { type CodeFacts, type CouponFacts, normaliseCode } from "../coupons/index.ts";
import { type CartRule, compareRules } from "./cart-rule.ts";
import type { RuleIndex } from "./rule-index.ts";

/** Why a code gives nothing; the first in this order that is true. */
export type Rejection =
  | "unknown_code"
  | "not_combinable"
  | "inactive_rule"
  | "not_started"
  | "expired"
  | "website_mismatch"
  | "group_mismatch"
  | "usage_limit_reached"
  | "customer_usage_limit_reached"
  | "budget_exhausted"
  | "conditions_not_met"
  | "no_matching_items"
  | "superseded";

/** For whom and when rules are chosen. */
export type CandidateContext = {
  /** Folded, as the group. */
  readonly website: string;
  readonly storeView: string;
  readonly group: string;
  /** Null for a guest, whom limits for each customer do not bind. */
  readonly customerId: string | null;
  readonly facts: CouponFacts;
  readonly nowMs: number;
  /** The local day, as days since 1970-01-01. */
  readonly today: number;
};

/** A code as it was entered, with the rule it brings or the reason why it brings none. */
export type EnteredCode = {
  readonly entered: string;
  readonly code: string;
  readonly rule: CartRule | null;
  readonly rejection: Rejection | null;
};

export type Candidates = {
  /** In the order in which they run. */
  readonly rules: readonly CartRule[];
  readonly codes: readonly EnteredCode[];
};

/**
 * @param maxCodes different codes that count; further ones are not combinable
 */
export function chooseCandidates(
  index: RuleIndex,
  entered: readonly string[],
  maxCodes: number,
  context: CandidateContext,
): Candidates {
  const taken = [...new Set(entered.map(normaliseCode))];
  const counted = new Set(taken.slice(0, maxCodes));
  const codes = entered.map((each): EnteredCode => {
    const code = normaliseCode(each);
    const facts = context.facts.codes.get(code);
    const rule = (facts && index.byKey.get(facts.ruleKey)) ?? null;
    const rejection = counted.has(code) ? rejectionOf(facts, rule, context) : "not_combinable";
    return { entered: each, code, rule, rejection };
  });
  const automatic = index
    .automatic(context)
    .filter((rule) => limitRejection(rule, context) === null && isOpen(rule, context));
  const brought = new Set(codes.flatMap(({ rule, rejection }) => (rule && rejection === null ? [rule] : [])));
  const rules = brought.size === 0 ? automatic : [...automatic, ...brought].sort(compareRules);
  return { rules, codes };
}

/** What the index does not know: parts of a day, and store views. */
function isOpen({ window, storeViews }: CartRule, { nowMs, storeView }: CandidateContext): boolean {
  return (
    (window.fromMs === null || nowMs >= window.fromMs) &&
    (window.toMs === null || nowMs < window.toMs) &&
    (storeViews === null || storeViews.includes(storeView))
  );
}

function rejectionOf(facts: CodeFacts | undefined, rule: CartRule | null, context: CandidateContext): Rejection | null {
  if (!facts) return "unknown_code";
  if (!rule?.isActive) return "inactive_rule";
  const { nowMs, today, website, storeView, group } = context;
  const { fromMs, toMs } = rule.window;
  if ((rule.fromDay !== null && today < rule.fromDay) || (fromMs !== null && nowMs < fromMs)) return "not_started";
  const lastDay = facts.expires === null ? null : (parseLocalDate(facts.expires) ?? null);
  const isOver = (rule.toDay !== null && today > rule.toDay) || (toMs !== null && nowMs >= toMs);
  if (isOver || (lastDay !== null && today > lastDay)) return "expired";
  if (rule.websites !== null && !rule.websites.has(website)) return "website_mismatch";
  if (rule.storeViews !== null && !rule.storeViews.includes(storeView)) return "website_mismatch";
  if (rule.customerGroups !== null && !rule.customerGroups.has(group)) return "group_mismatch";
  if (facts.limit !== null && facts.used >= facts.limit) return "usage_limit_reached";
  return limitRejection(rule, context);
}

/** Why limits keep a rule away; null = they do not. */
export function limitRejection(
  { key, usesPerCustomer, budget }: CartRule,
  { customerId, facts }: CandidateContext,
): Rejection | null {
  if (usesPerCustomer === null && budget.uses === null && budget.spend === null) return null;
  const isBound = usesPerCustomer !== null && customerId !== null;
  if (isBound && (facts.usesByCustomer.get(key) ?? 0) >= usesPerCustomer) return "customer_usage_limit_reached";
  const spent = facts.spent.get(key);
  if (!spent) return null;
  const isUsedUp = budget.uses !== null && spent.uses >= budget.uses;
  return isUsedUp || (budget.spend !== null && spent.minor >= budget.spend.minor) ? "budget_exhausted" : null;
}
