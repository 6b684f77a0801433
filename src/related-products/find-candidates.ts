import {
  bindReferences,
  compileRule,
  type RuleEnvironment,
  type RuleNode,
  type RuleObject,
  type RuleSubject,
} from "../kernel/rules/index.ts";
import { coverOf } from "./cover.ts";
import type { IndexedProduct, ProductIndex } from "./product-index.ts";

/** A product of the page or a line of the cart, for which rules look for others. */
export type Anchor = { readonly sku: string; readonly name: string; readonly facts: RuleObject };

export type Found = { readonly entry: IndexedProduct; readonly anchor: Anchor };

export type DisplayQuery = {
  readonly display: RuleNode;
  /** The products that the rule matched. */
  readonly anchors: readonly Anchor[];
  /** The visitor and the request. */
  readonly subject: RuleSubject;
  readonly isExcluded: (sku: string) => boolean;
  /** How many at most. */
  readonly limit: number;
  readonly nowMs: number;
};

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Products that a rule displays for any of the anchors, the first `limit` by SKU. */
export function findCandidates(
  query: DisplayQuery,
  index: ProductIndex,
  environment: RuleEnvironment,
): readonly Found[] {
  const bySku = new Map<string, Found>();
  for (const anchor of query.anchors) {
    for (const entry of displayedFor(anchor, query, index, environment)) {
      if (!bySku.has(entry.sku)) bySku.set(entry.sku, { entry, anchor });
    }
  }
  // The first of all anchors are among the first of each.
  const found = [...bySku.values()];
  if (query.anchors.length > 1) found.sort((a, b) => (a.entry.sku < b.entry.sku ? -1 : 1));
  return found.slice(0, query.limit);
}

function displayedFor(
  anchor: Anchor,
  query: DisplayQuery,
  index: ProductIndex,
  environment: RuleEnvironment,
): readonly IndexedProduct[] {
  const { nowMs, limit, isExcluded } = query;
  // One object for all candidates: what a rule is judged on is read when it is judged.
  const subject: Mutable<RuleSubject> = { ...query.subject, product: undefined, matched: anchor.facts };
  const bound = bindReferences(query.display, subject, environment);
  const cover = coverOf(bound, index, environment.catalog);
  if (cover?.size === 0) return [];
  const rule = compileRule(bound, environment);
  return index.first(cover, limit, ({ sku, facts }) => {
    subject.product = facts;
    return rule.test(subject, nowMs) && !isExcluded(sku);
  });
}
