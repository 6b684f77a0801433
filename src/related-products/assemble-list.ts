// One list: links that people set, then what rules display, brought into order and cut.
import type { CatalogSnapshot } from "../catalog/index.ts";
import { assertNever } from "../kernel/index.ts";
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
  /** Why it was refused. */
  readonly refusal: string | null;
  readonly matched: readonly Anchor[];
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
    const outcome = outcomeOf(limit, refusal, matched, found);
    considered.push({ rule, outcome, refusal, matched, candidates: found.length });
  }
  return { candidates, considered };
}

function outcomeOf(
  limit: number,
  refusal: string | null,
  matched: readonly Anchor[],
  found: readonly Found[],
): ConsideredRule["outcome"] {
  if (limit <= 0) return "full";
  if (refusal !== null) return "refused";
  if (matched.length === 0) return "not_matched";
  return found.length === 0 ? "empty" : "used";
}

/** What became of a rule, in words. */
export function outcomeText({ outcome, refusal, matched }: ConsideredRule): string {
  const names = matched.map(({ name }) => name).join(", ");
  switch (outcome) {
    case "full":
      return "Rules before it gave enough products";
    case "refused":
      return refusal ?? "Not for this visitor";
    case "not_matched":
      return "It matches no product of the page";
    case "empty":
      return `It matches ${names} but has no product to show`;
    case "used":
      return `It matches ${names}`;
    default:
      return assertNever(outcome);
  }
}

export function matchedBy(
  { trees }: Pick<RelatedRule, "trees">,
  anchors: readonly Anchor[],
  subject: RuleSubject,
  nowMs: number,
): readonly Anchor[] {
  // One object for all anchors: what a rule is judged on is read when it is judged.
  const judged: { -readonly [Key in keyof RuleSubject]: RuleSubject[Key] } = { ...subject };
  return anchors.filter(({ facts }) => {
    judged.product = facts;
    return trees.match.test(judged, nowMs);
  });
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
