// Rules as they would be, for carts that the live ones judge: the live rules with some changed, added or left out. They follow the live
// rules, of which only those that differ are compiled again.
import type { LiveDefinition } from "../../definitions/index.ts";
import type { CouponFacts } from "../coupons/index.ts";
import { normaliseCode } from "../coupons/index.ts";
import { type CartRule, compareRules, defaultGroup } from "./cart-rule.ts";
import type { CartRuleBody } from "./cart-rule-body.ts";
import { type ShopRules, toCartRule, treesOf } from "./live-rules.ts";
import { createRuleIndex, type RuleIndex } from "./rule-index.ts";

/** What differs from the live rules. */
export type RuleChange = {
  /** In place of the live rules of their keys, or beside them. */
  readonly rules: readonly LiveDefinition<CartRuleBody>[];
  /** Keys of live rules that are left out. */
  readonly removed: readonly string[];
};

/** @returns the rules as they would be beside the given live ones; the same object until those change */
export function createRulesBeside(rules: ShopRules, change: RuleChange): (live: RuleIndex) => RuleIndex {
  const replaced = new Set([...change.removed, ...change.rules.map(({ key }) => key)]);
  let attributes: ReturnType<ShopRules["attributes"]> | undefined;
  let trees: readonly ReturnType<typeof treesOf>[] = [];
  let of: RuleIndex | undefined;
  let index = createRuleIndex([], "");
  return (live) => {
    if (live === of) return index;
    const nowAttributes = rules.attributes();
    // Trees were compiled for the attributes of before.
    if (nowAttributes !== attributes) trees = change.rules.map(({ body }) => treesOf(rules, body));
    const changed = change.rules.flatMap((definition, at): readonly CartRule[] => {
      const own = trees[at];
      return own ? [toCartRule(definition, own, live.groups.get(definition.body.group ?? "") ?? defaultGroup)] : [];
    });
    const others = [...live.byKey.values()].filter(({ key }) => !replaced.has(key));
    index = createRuleIndex([...others, ...changed].sort(compareRules), `${live.version}-beside`, live.groups);
    [of, attributes] = [live, nowAttributes];
    return index;
  };
}

/**
 * What is known of codes, as if the rules beside were published: a code that only they have counts from 0, one that they no longer
 * have is unknown.
 */
export function codesBeside(facts: CouponFacts, rules: RuleIndex, entered: readonly string[]): CouponFacts {
  const codes: CouponFacts["codes"] extends ReadonlyMap<string, infer F> ? Map<string, F> : never = new Map();
  for (const each of entered) {
    const code = normaliseCode(each);
    const known = facts.codes.get(code);
    const own = rules.byCode.get(code);
    if (own?.code) {
      const used = known?.ruleKey === own.key ? known.used : 0;
      codes.set(code, { ruleKey: own.key, limit: own.code.limit, used, expires: null, poolId: null });
    } else if (known?.poolId != null && (rules.byKey.get(known.ruleKey)?.coupon ?? "pool") === "pool") {
      codes.set(code, known);
    }
  }
  return { ...facts, codes };
}
