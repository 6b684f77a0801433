// What coupons must know of cart price rules: codes and limits. Limits always come from the live rule, never from a caller.
import type { Money } from "../../kernel/index.ts";

/** The limits of one live cart price rule, under the names of its definition. */
export type CouponRule = {
  readonly key: string;
  readonly coupon:
    | { readonly type: "none" }
    | { readonly type: "specific"; readonly code: string; readonly usesPerCoupon?: number | undefined }
    | { readonly type: "pool"; readonly usesPerCoupon?: number | undefined };
  /** Orders of one registered customer. */
  readonly usesPerCustomer?: number | undefined;
  /** What the rule may cost, in minor units of one currency, and in how many orders it may be used. */
  readonly budget?: { readonly spend?: Money | undefined; readonly uses?: number | undefined } | undefined;
};

export type RuleIndex = {
  readonly byKey: ReadonlyMap<string, CouponRule>;
  /** Rules by their specific code, normalised. */
  readonly byCode: ReadonlyMap<string, CouponRule>;
  /** Counters of rules with a budget; `spend` null = it is one of orders only. */
  readonly budgets: readonly { readonly key: string; readonly spend: string | null }[];
  readonly hasCustomerLimits: boolean;
};

export const maxCodeLength = 64;

/** Codes ignore case and blanks around them; a dash counts. */
export function normaliseCode(code: string): string {
  return code.trim().toUpperCase();
}

/** Whether a normalised text can be a code at all. */
export function isCode(code: string): boolean {
  return code !== "" && code.length <= maxCodeLength && !code.includes("\0");
}

/** Item of the counter of what a rule cost in one currency. */
export function spendItem(ruleKey: string, currency: string): string {
  return `${ruleKey} ${currency}`;
}

function buildIndex(rules: readonly CouponRule[]): RuleIndex {
  const byCode = new Map<string, CouponRule>();
  for (const rule of rules) {
    if (rule.coupon.type !== "specific") continue;
    const code = normaliseCode(rule.coupon.code);
    // Two rules with one code are refused when they are saved; should it happen, the first in the order of rules has it.
    if (!byCode.has(code)) byCode.set(code, rule);
  }
  return {
    byKey: new Map(rules.map((rule) => [rule.key, rule])),
    byCode,
    budgets: rules.flatMap(({ key, budget }): RuleIndex["budgets"] => {
      if (budget?.spend) return [{ key, spend: spendItem(key, budget.spend.currency) }];
      return budget?.uses === undefined ? [] : [{ key, spend: null }];
    }),
    hasCustomerLimits: rules.some(({ usesPerCustomer }) => usesPerCustomer !== undefined),
  };
}

/** The index of the live rules, built anew when their list is another one. */
export function createRuleIndex(liveRules: () => readonly CouponRule[]): () => RuleIndex {
  let known: { readonly rules: readonly CouponRule[]; readonly index: RuleIndex } | undefined;
  return () => {
    const rules = liveRules();
    if (known?.rules !== rules) known = { rules, index: buildIndex(rules) };
    return known.index;
  };
}
