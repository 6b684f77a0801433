// One list: links that people set, then what rules display, brought into order and cut.
import type { CatalogSnapshot } from "../catalog/index.ts";
import type { Explanation, RuleEnvironment, RuleSubject } from "../kernel/rules/index.ts";
import type { RelatedRule } from "./compiled-rules.ts";
import { type Anchor, type Found, findCandidates } from "./find-candidates.ts";
import type { ListSettings } from "./list-kind.ts";
import type { ProductIndex } from "./product-index.ts";
import { rotate } from "./rotate.ts";
import { maxResultLimit } from "./rule-kind.ts";

/** A product of the list and how it came there. */
export type ListedProduct = {
  readonly sku: string;
  readonly anchor: Anchor;
  /** Null = a link that people set. */
  readonly rule: RelatedRule | null;
};

/** What became of one rule. */
export type ConsideredRule = {
  readonly rule: RelatedRule;
  readonly outcome: "used" | "refused" | "not_matched" | "empty" | "full";
  readonly text: string;
  /** Candidates it gave. */
  readonly candidates: number;
};

export type AssembleQuery = {
  readonly settings: ListSettings;
  readonly anchors: readonly Anchor[];
  readonly rules: readonly RelatedRule[];
  /** Why a rule is not for this visitor now; null when it is. */
  readonly refusalOf: (rule: RelatedRule) => string | null;
  readonly subject: RuleSubject;
  readonly isExcluded: (sku: string) => boolean;
  readonly seed: string;
  readonly nowMs: number;
};

export type AssembledList = {
  readonly items: readonly ListedProduct[];
  /** Candidates of rules before the list was cut. */
  readonly candidates: number;
  readonly propensity: number;
  readonly considered: readonly ConsideredRule[];
};

type Shop = {
  readonly catalog: CatalogSnapshot;
  readonly index: ProductIndex;
  readonly environment: RuleEnvironment;
};

type Candidate = ListedProduct & { readonly priority: number };

/** Assembles a list. Pure: the same query on the same shop gives the same list. */
export function assembleList(query: AssembleQuery, shop: Shop): AssembledList {
  const { settings, seed } = query;
  const linked = settings.show === "rules" ? [] : linkedProducts(query, shop.catalog);
  const ruled = settings.show === "selected" ? noRules : ruleCandidates(query, shop, linked);
  const { chosen, propensity } = rotate(ruled.candidates, settings.rotation, settings.maximum - linked.length, seed);
  return {
    items: [...linked, ...chosen],
    candidates: ruled.candidates.length,
    propensity,
    considered: ruled.considered,
  };
}

/** In the order of the products and of their links; the first `maximum` of them. */
function linkedProducts(query: AssembleQuery, catalog: CatalogSnapshot): readonly ListedProduct[] {
  const { settings, anchors, isExcluded } = query;
  const bySku = new Map<string, ListedProduct>();
  for (const anchor of anchors) {
    for (const sku of catalog.get(anchor.sku)?.[settings.list] ?? []) {
      const product = catalog.parentOf(sku);
      if (!product || product.type === "variant" || product.visibility === "none" || !product.inStock) continue;
      if (bySku.size >= settings.maximum || isExcluded(product.sku) || bySku.has(product.sku)) continue;
      bySku.set(product.sku, { sku: product.sku, anchor, rule: null });
    }
  }
  return [...bySku.values()];
}

type RuleCandidates = { readonly candidates: readonly Candidate[]; readonly considered: readonly ConsideredRule[] };
const noRules: RuleCandidates = { candidates: [], considered: [] };

/**
 * Candidates of the rules by priority. A rule gives no more than its own limit, and none once there are as many as its limit and
 * the maximum of the list together.
 */
function ruleCandidates(query: AssembleQuery, shop: Shop, linked: readonly ListedProduct[]): RuleCandidates {
  const { settings, anchors, nowMs } = query;
  const taken = new Set(linked.map(({ sku }) => sku));
  const candidates: Candidate[] = [];
  const considered: ConsideredRule[] = [];
  const isExcluded = (sku: string): boolean => taken.has(sku) || query.isExcluded(sku);
  for (const rule of query.rules) {
    const { body } = rule.definition;
    const own = body.resultLimit ?? maxResultLimit;
    const limit = Math.min(own, own + settings.maximum - candidates.length);
    const refusal = limit <= 0 ? null : query.refusalOf(rule);
    const matched = limit <= 0 || refusal !== null ? [] : matchedBy(rule, anchors, query.subject, nowMs);
    const found =
      matched.length === 0
        ? []
        : findCandidates(
            { ...query, display: rule.trees.displayNode, anchors: matched, isExcluded, limit },
            shop.index,
            shop.environment,
          );
    for (const { entry, anchor } of found) {
      taken.add(entry.sku);
      candidates.push({ sku: entry.sku, anchor, rule, priority: body.priority });
    }
    considered.push({ rule, ...outcomeOf(limit, refusal, matched, found), candidates: found.length });
  }
  return { candidates, considered };
}

function outcomeOf(
  limit: number,
  refusal: string | null,
  matched: readonly Anchor[],
  found: readonly Found[],
): Pick<ConsideredRule, "outcome" | "text"> {
  if (limit <= 0) return { outcome: "full", text: "Rules before it gave enough products" };
  if (refusal !== null) return { outcome: "refused", text: refusal };
  const [first] = matched;
  if (!first) return { outcome: "not_matched", text: "It matches no product of the page" };
  if (found.length === 0) return { outcome: "empty", text: `It matches ${first.name} but has no product to show` };
  return { outcome: "used", text: `It matches ${matched.map(({ name }) => name).join(", ")}` };
}

export function matchedBy(
  { trees }: Pick<RelatedRule, "trees">,
  anchors: readonly Anchor[],
  subject: RuleSubject,
  nowMs: number,
): readonly Anchor[] {
  return anchors.filter(({ facts }) => trees.match.test({ ...subject, product: facts }, nowMs));
}

/** Both trees of a rule, leaf by leaf, for one product that it matched and one that it displays. */
export function explainRule(
  { trees }: Pick<RelatedRule, "trees">,
  anchor: Anchor,
  product: RuleSubject["product"],
  subject: RuleSubject,
  nowMs: number,
): { readonly match: Explanation; readonly display: Explanation } {
  return {
    match: trees.match.explain({ ...subject, product: anchor.facts }, nowMs),
    display: trees.display.explain({ ...subject, product, matched: anchor.facts }, nowMs),
  };
}
