import type { LiveDefinition } from "../../definitions/index.ts";
import { type CompiledRule, compareText, parseLocalDate } from "../../kernel/rules/index.ts";
import { foldCode } from "../fold-code.ts";
import type { CatalogRuleBody, PriceAction, PriceContext } from "./catalog-rule.ts";
import { productKeysOf } from "./product-keys.ts";

/** A live rule, ready to be judged. */
export type CatalogRule = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly priority: number;
  readonly stop: boolean;
  readonly action: PriceAction;
  readonly audiences: readonly string[];
  readonly blocks: readonly string[];
  readonly condition: CompiledRule;
  /** Names of the product facts that the condition reads. */
  readonly productKeys: readonly string[];
  /** Null = all. */
  readonly storeViews: ReadonlySet<string> | null;
  readonly websites: ReadonlySet<string> | null;
  readonly groups: ReadonlySet<string> | null;
  readonly fromDay: number;
  readonly toDay: number;
  readonly fromMs: number;
  readonly toMs: number;
};

/** The fields of a live definition that a rule is made of. */
export type RuleDefinition = Pick<
  LiveDefinition<CatalogRuleBody>,
  "id" | "key" | "name" | "version" | "scope" | "window" | "body"
>;

function foldAll(codes: readonly string[] | undefined): ReadonlySet<string> | null {
  return codes ? new Set(codes.map(foldCode)) : null;
}

const everyProduct = { everyone: true };

export function toCatalogRule(definition: RuleDefinition, compile: (rule: unknown) => CompiledRule): CatalogRule {
  const { id, key, name, version, body, scope, window } = definition;
  return {
    ...{ id, key, name, version, priority: body.priority, stop: body.stop ?? false, action: body.action },
    audiences: body.audiences ?? [],
    blocks: body.blocks ?? [],
    condition: compile(body.conditions ?? everyProduct),
    productKeys: productKeysOf(body.conditions),
    storeViews: scope.storeViews ? new Set(scope.storeViews) : null,
    websites: foldAll(body.websites),
    groups: foldAll(body.customerGroups),
    fromDay: parseLocalDate(body.from) ?? Number.NEGATIVE_INFINITY,
    toDay: parseLocalDate(body.to) ?? Number.POSITIVE_INFINITY,
    fromMs: window.fromMs ?? Number.NEGATIVE_INFINITY,
    toMs: window.toMs ?? Number.POSITIVE_INFINITY,
  };
}

/** Lower priority first, then the older rule: ids ascend with time. */
export function byPriority(a: CatalogRule, b: CatalogRule): number {
  return a.priority - b.priority || compareText(a.id, b.id);
}

/** Why a rule does not run for who asks; undefined when it does. Products are not looked at. */
export function whyIdle(rule: CatalogRule, context: PriceContext): string | undefined {
  if (rule.storeViews && !rule.storeViews.has(context.storeView)) return "storeView";
  if (rule.websites && !rule.websites.has(context.website)) return "website";
  if (rule.groups && !rule.groups.has(context.customerGroup)) return "customerGroup";
  if (context.day < rule.fromDay || context.nowMs < rule.fromMs) return "notStarted";
  if (context.day > rule.toDay || context.nowMs >= rule.toMs) return "ended";
  const { isMember } = context;
  if (rule.audiences.length > 0 && !(isMember && rule.audiences.some((key) => isMember(key)))) return "audience";
  return undefined;
}
