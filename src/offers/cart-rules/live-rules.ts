// The live cart price rules, compiled and indexed: anew when a definition is published or an attribute of the shop changes.
import type { LiveDefinition } from "../../definitions/index.ts";
import { sha256Hex } from "../../kernel/index.ts";
import { type AttributeCatalog, parseLocalDate, type RuleUse } from "../../kernel/rules/index.ts";
import { normaliseCode } from "../coupons/index.ts";
import type { CartRule, RuleTree } from "./cart-rule.ts";
import type { CartRuleBody } from "./cart-rule-body.ts";
import { foldCode } from "./coupon-facts.ts";
import { canNearlyHold } from "./failing-leaf.ts";
import { createRuleIndex, type RuleIndex } from "./rule-index.ts";

/** What this part asks of the rules of the shop. */
export type ShopRules = {
  /** Every attribute that a rule may name; another object when one changes. */
  readonly attributes: () => AttributeCatalog;
  readonly read: (rule: unknown, options: { readonly use: RuleUse }) => RuleTree;
};

type Definition = LiveDefinition<CartRuleBody>;
type Trees = Pick<CartRule, "conditions" | "targets">;

export function treesOf(
  rules: ShopRules,
  { conditions, targets }: Pick<CartRuleBody, "conditions" | "targets">,
): Trees {
  return {
    conditions: conditions === undefined ? null : rules.read(conditions, { use: "cart_rule" }),
    targets: targets === undefined ? null : rules.read(targets, { use: "cart_action" }),
  };
}

function foldAll(codes: readonly string[] | undefined): ReadonlySet<string> | null {
  return codes ? new Set(codes.map(foldCode)) : null;
}

export function toCartRule({ id, key, name, scope, window, body }: Definition, trees: Trees): CartRule {
  const { coupon, labels, budget } = body;
  return {
    ...{ id, key, name, priority: body.priority, isActive: true, window, storeViews: scope.storeViews, ...trees },
    isNearable: trees.conditions !== null && canNearlyHold(trees.conditions.node),
    websites: foldAll(body.websites),
    customerGroups: foldAll(body.customerGroups),
    fromDay: parseLocalDate(body.from) ?? null,
    toDay: parseLocalDate(body.to) ?? null,
    coupon: coupon?.type ?? "none",
    code:
      coupon?.type === "specific" ? { text: normaliseCode(coupon.code), limit: coupon.usesPerCoupon ?? null } : null,
    usesPerCustomer: body.usesPerCustomer ?? null,
    budget: { uses: budget?.uses ?? null, spend: budget?.spend ?? null },
    action: body.action,
    freeShipping: body.freeShipping ?? null,
    stop: body.stop ?? false,
    rewardPoints: body.rewardPoints ?? 0,
    labels: {
      ...(labels?.default === undefined ? {} : { default: labels.default }),
      ...(labels?.storeViews === undefined ? {} : { storeViews: labels.storeViews }),
    },
    description: body.description ?? "",
    blocks: body.blocks ?? [],
  };
}

/** The index of the live rules. Trees are compiled once a version: one edit among thousands of rules compiles one. */
export function createLiveRules(rules: ShopRules, live: () => readonly Definition[]): () => RuleIndex {
  let definitions: readonly Definition[] | undefined;
  let attributes: AttributeCatalog | undefined;
  let trees = new Map<string, Trees>();
  let index = createRuleIndex([], "");
  return () => {
    const [nowLive, nowAttributes] = [live(), rules.attributes()];
    if (nowLive === definitions && nowAttributes === attributes) return index;
    const known = nowAttributes === attributes ? trees : new Map<string, Trees>();
    trees = new Map();
    const compiled = nowLive.map((definition) => {
      const version = `${definition.id}/${definition.version}`;
      const made = known.get(version) ?? treesOf(rules, definition.body);
      trees.set(version, made);
      return toCartRule(definition, made);
    });
    const version = sha256Hex([...trees.keys()].sort().join("\n")).slice(0, 16);
    index = createRuleIndex(compiled, version);
    definitions = nowLive;
    attributes = nowAttributes;
    return index;
  };
}
