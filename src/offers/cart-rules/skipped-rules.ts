// Rules that were not even looked at for a cart, and why: for whoever asks why a rule did nothing.

import { type CartRule, compareRules } from "./cart-rule.ts";
import { type CandidateContext, limitRejection } from "./choose-candidates.ts";
import type { RuleIndex } from "./rule-index.ts";

export type SkipReason =
  | "website"
  | "store_view"
  | "group"
  | "not_started"
  | "ended"
  | "no_code"
  | "customer_usage_limit_reached"
  | "budget_exhausted"
  | "not_chosen";

export type SkippedRule = {
  readonly rule: string;
  readonly name: string;
  readonly priority: number;
  readonly reason: SkipReason;
};

/** Told are the first so many in order. */
const maxSkipped = 200;

/**
 * @param first key of a rule that is told in any case
 */
export function skippedRules(
  index: RuleIndex,
  considered: ReadonlySet<string>,
  context: CandidateContext,
  first?: string,
): readonly SkippedRule[] {
  const left = [...index.byKey.values()].filter(({ key }) => !considered.has(key)).sort(compareRules);
  const told = left.slice(0, maxSkipped);
  const own = left.find(({ key }) => key === first);
  return (own && !told.includes(own) ? [own, ...told] : told).map((rule) => ({
    ...{ rule: rule.key, name: rule.name, priority: rule.priority },
    reason: skipReason(rule, context),
  }));
}

function skipReason(rule: CartRule, context: CandidateContext): SkipReason {
  const { nowMs, today, website, storeView, group } = context;
  const { fromMs, toMs } = rule.window;
  if (rule.websites !== null && !rule.websites.has(website)) return "website";
  if (rule.storeViews !== null && !rule.storeViews.includes(storeView)) return "store_view";
  if (rule.customerGroups !== null && !rule.customerGroups.has(group)) return "group";
  if ((rule.fromDay !== null && today < rule.fromDay) || (fromMs !== null && nowMs < fromMs)) return "not_started";
  if ((rule.toDay !== null && today > rule.toDay) || (toMs !== null && nowMs >= toMs)) return "ended";
  const limit = limitRejection(rule, context);
  if (limit === "customer_usage_limit_reached" || limit === "budget_exhausted") return limit;
  return rule.coupon === "none" ? "not_chosen" : "no_code";
}
