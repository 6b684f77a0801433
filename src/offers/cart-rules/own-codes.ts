import { type CodeFacts, normaliseCode } from "../coupons/index.ts";
import { type LookUpCoupons, noCoupons } from "./coupon-facts.ts";
import type { RuleIndex } from "./rule-index.ts";

/** Codes that stand in rules, as if nobody had used one yet: where uses are not counted. */
export function createOwnCodes(index: () => RuleIndex): LookUpCoupons {
  return async (codes) => {
    const found = new Map<string, CodeFacts>();
    for (const each of codes) {
      const code = normaliseCode(each);
      const rule = index().byCode.get(code);
      if (!rule) continue;
      found.set(code, { ruleKey: rule.key, limit: rule.code?.limit ?? null, used: 0, expires: null, poolId: null });
    }
    return { ...noCoupons, codes: found };
  };
}
