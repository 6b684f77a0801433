// A rule that is not published yet, put among those that are: for whoever edits it.
import { Type } from "typebox";
import type { CouponFacts } from "../coupons/index.ts";
import { normaliseCode } from "../coupons/index.ts";
import { type CartRule, compareRules } from "./cart-rule.ts";
import { type CartRuleBody, cartRuleSchema } from "./cart-rule-body.ts";
import { type ShopRules, toCartRule, treesOf } from "./live-rules.ts";
import { createRuleIndex, type RuleIndex } from "./rule-index.ts";

/** A cart price rule as it stands in a form. */
export type CartRuleDraft = {
  /** Takes the place of the published rule with this key. */
  readonly key: string;
  readonly name: string;
  readonly body: CartRuleBody;
  readonly storeViews: readonly string[] | null;
  /** Of a rule with a pool: a code that is taken as one of its pool. */
  readonly code?: string | undefined;
};

export const draftSchema = Type.Object(
  {
    key: Type.String({
      minLength: 1,
      maxLength: 200,
      description: "Takes the place of the published rule of this key",
    }),
    name: Type.String({ maxLength: 200 }),
    body: cartRuleSchema,
    storeViews: Type.Optional(Type.Union([Type.Array(Type.String({ maxLength: 100 })), Type.Null()])),
    code: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: "Of a rule with a pool: taken as one of its codes" }),
    ),
  },
  { additionalProperties: false, description: "A rule as if it were published; needs the scope edit" },
);

/** Ids are UUIDs: a rule that is new comes after all of its priority. */
const newest = "~";

/** @throws {ClienteleError} of the rule language, for conditions that are not whole */
export function compileDraft(
  rules: ShopRules,
  { key, name, body, storeViews }: CartRuleDraft,
  live: RuleIndex,
): CartRule {
  const definition = {
    ...{ id: live.byKey.get(key)?.id ?? newest, kind: "", key, name, version: 0, updatedAt: 0, body },
    ...{ scope: { storeViews }, schedule: null, window: { fromMs: null, toMs: null } },
  };
  return toCartRule(definition, treesOf(rules, body), live.groups.get(body.group ?? ""));
}

/** The published rules with the draft in its place. */
export function withDraft(live: RuleIndex, draft: CartRule): RuleIndex {
  const others = [...live.byKey.values()].filter(({ key }) => key !== draft.key);
  return createRuleIndex([...others, draft].sort(compareRules), `${live.version}-draft`, live.groups);
}

/** What is known of codes, as if the draft were published: its own code counts from 0 unless it has been counted before. */
export function withDraftCodes(
  facts: CouponFacts,
  rule: CartRule,
  { body, code }: CartRuleDraft,
  entered: readonly string[],
): CouponFacts {
  const codes = new Map([...facts.codes].filter(([, each]) => each.ruleKey !== rule.key || each.poolId !== null));
  const own = rule.code?.text ?? (body.coupon?.type === "pool" && code !== undefined ? normaliseCode(code) : undefined);
  if (own === undefined || codes.has(own) || !entered.some((each) => normaliseCode(each) === own))
    return { ...facts, codes };
  const known = facts.codes.get(own);
  const limit = body.coupon && "usesPerCoupon" in body.coupon ? (body.coupon.usesPerCoupon ?? null) : null;
  const used = known?.ruleKey === rule.key ? known.used : 0;
  codes.set(own, { ruleKey: rule.key, limit, used, expires: null, poolId: null });
  return { ...facts, codes };
}
