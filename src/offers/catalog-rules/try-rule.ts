// A catalog price rule that is not published yet, among those that are: which products it reaches and what they would cost.

import { type CatalogProduct, type CatalogSnapshot, isParent } from "../../catalog/index.ts";
import { createTurn } from "../../kernel/index.ts";
import type { CompiledRule, Explanation } from "../../kernel/rules/index.ts";
import { frameCovers } from "../rule-frame.ts";
import type { CatalogRuleBody, PriceContext } from "./catalog-rule.ts";
import type { EvaluatedPrice } from "./evaluate-price.ts";
import { explainPrice } from "./explain-price.ts";
import type { RateOf } from "./price-chain.ts";
import { factsToJudge } from "./rule-judge.ts";
import { byPriority, type CatalogRule, toCatalogRule, whyIdle } from "./rule-set.ts";

export type CatalogRuleDraft = {
  /** Takes the place of the published rule with this key. */
  readonly key: string;
  readonly name: string;
  readonly body: CatalogRuleBody;
  readonly storeViews: readonly string[] | null;
};

/** Which products to show: those reached, at most `limit` of them, or the one that is asked about. */
export type ProductLook = { readonly limit: number; readonly sku?: string | undefined };

export type TriedProduct = {
  readonly product: CatalogProduct;
  /** By the published rules, without the draft's own; null = no price of its own. */
  readonly before: EvaluatedPrice | null;
  readonly after: EvaluatedPrice | null;
  /** Whether the draft changed the price. */
  readonly isChanged: boolean;
};

/** Published rules that reach products which the draft reaches, too. */
export type RuleMeeting = {
  readonly rule: CatalogRule;
  /** Of the products that were compared. */
  readonly products: number;
  readonly examples: readonly string[];
  /** Runs before the draft. */
  readonly isEarlier: boolean;
  /** Runs first and lets nothing through, for everybody and every product that the draft is for: the draft never does anything. */
  readonly isShadow: boolean;
};

export type RuleTrial = {
  /** Why the draft does not run for who asks; null = it does. */
  readonly idle: string | null;
  /** Products of the catalog that may have a price. */
  readonly looked: number;
  readonly reached: number;
  /** Of those reached, compared with other rules. */
  readonly compared: number;
  readonly items: readonly TriedProduct[];
  readonly meetings: readonly RuleMeeting[];
  readonly asked: (TriedProduct & { readonly conditions: Explanation }) | null;
};

type Deps = {
  readonly compile: (rule: unknown) => CompiledRule;
  readonly context: PriceContext;
  readonly rateOf: RateOf;
  /** Published, in the order in which they run. */
  readonly rules: readonly CatalogRule[];
  readonly snapshot: CatalogSnapshot;
};

const maxCompared = 500;
const maxMeetings = 50;
const shownExamples = 5;
/** Ids are UUIDs: a rule that is new comes after all of its priority. */
const newest = "~";

export async function tryRule(draft: CatalogRuleDraft, look: ProductLook, deps: Deps): Promise<RuleTrial> {
  const { context, snapshot, compile } = deps;
  const live = deps.rules.find(({ key }) => key === draft.key);
  const others = deps.rules.filter((rule) => rule !== live);
  const rule = toCatalogRule(
    {
      ...{ id: live?.id ?? newest, key: draft.key, name: draft.name, version: 0, body: draft.body },
      ...{ scope: { storeViews: draft.storeViews }, window: { fromMs: null, toMs: null } },
    },
    compile,
  );
  const holds = (each: CatalogRule, product: CatalogProduct): boolean =>
    factsToJudge(product, snapshot, each.productKeys).some((facts) =>
      each.condition.test({ product: facts }, context.nowMs),
    );
  const turn = createTurn();
  const reached: CatalogProduct[] = [];
  let looked = 0;
  let count = 0;
  for (const product of snapshot.products.values()) {
    await turn();
    if (isParent(product) && !product.price) continue;
    looked += 1;
    if (!holds(rule, product)) continue;
    count += 1;
    if (reached.length < maxCompared) reached.push(product);
  }
  const withDraft = [...others, rule].sort(byPriority);
  const tried = (product: CatalogProduct) => tryOn(product, others, withDraft, deps);
  const asked = look.sku === undefined ? undefined : snapshot.get(look.sku);
  return {
    idle: whyIdle(rule, context) ?? null,
    looked,
    reached: count,
    compared: reached.length,
    items: reached.slice(0, look.limit).map(tried),
    meetings: await meetingsOf(rule, others, { reached, count, holds, turn, context }),
    asked: asked ? { ...tried(asked), conditions: explainOf(rule, asked, deps) } : null,
  };
}

function tryOn(
  product: CatalogProduct,
  others: readonly CatalogRule[],
  withDraft: readonly CatalogRule[],
  { context, rateOf, snapshot }: Deps,
): TriedProduct {
  const before = explainPrice({ rules: others, snapshot, rateOf }, product, context, 1)?.price ?? null;
  const after = explainPrice({ rules: withDraft, snapshot, rateOf }, product, context, 1)?.price ?? null;
  return { product, before, after, isChanged: before?.finalPrice.minor !== after?.finalPrice.minor };
}

/** Of a variant the facts that hold, its own or its parent's. */
function explainOf(rule: CatalogRule, product: CatalogProduct, { snapshot, context }: Deps): Explanation {
  const facts = factsToJudge(product, snapshot, rule.productKeys);
  const held = facts.find((each) => rule.condition.test({ product: each }, context.nowMs)) ?? facts[0];
  return rule.condition.explain(held ? { product: held } : {}, context.nowMs);
}

type Meeting = {
  readonly reached: readonly CatalogProduct[];
  /** Of all that the draft reaches. */
  readonly count: number;
  readonly holds: (rule: CatalogRule, product: CatalogProduct) => boolean;
  readonly turn: () => Promise<void>;
  readonly context: PriceContext;
};

async function meetingsOf(
  draft: CatalogRule,
  others: readonly CatalogRule[],
  { reached, count, holds, turn, context }: Meeting,
): Promise<readonly RuleMeeting[]> {
  const found: RuleMeeting[] = [];
  for (const rule of others) {
    if (found.length === maxMeetings) break;
    if (whyIdle({ ...rule, audiences: [] }, context) !== undefined) continue;
    const both: string[] = [];
    for (const product of reached) {
      await turn();
      if (holds(rule, product)) both.push(product.sku);
    }
    if (both.length === 0) continue;
    const isEarlier = byPriority(rule, draft) < 0;
    const isStopping = isEarlier && rule.stop && rule.audiences.length === 0;
    const isShadow = isStopping && both.length === count && frameCovers(rule, draft, context.day);
    found.push({ rule, isEarlier, isShadow, products: both.length, examples: both.slice(0, shownExamples) });
  }
  return found;
}
