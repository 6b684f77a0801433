import type { CatalogSnapshot } from "../../catalog/index.ts";
import { createRuleClasses } from "./rule-classes.ts";
import { createJudge } from "./rule-judge.ts";
import type { CatalogRule } from "./rule-set.ts";
import type { RuleTable } from "./rule-table.ts";

type LazyDeps = {
  /** In the order in which they run. */
  readonly rules: readonly CatalogRule[];
  readonly snapshot: () => Pick<CatalogSnapshot, "get">;
  readonly now: () => number;
};

const maxKept = 200_000;

/**
 * A table for the time in which the first one is built: it judges a product by all rules when it is asked for, 0.1 ms at 100 rules.
 * So no price is ever wrong, and a start waits for none.
 */
export function createLazyTable({ rules, snapshot, now }: LazyDeps): RuleTable {
  const classes = createRuleClasses();
  const known = new Map<string, number>();
  // What time changes is judged anew by the table that follows.
  const judge = createJudge(rules, [...rules.keys()], () => false);
  const classOf = (sku: string): number => {
    const before = known.get(sku);
    if (before !== undefined) return before;
    const current = snapshot();
    const product = current.get(sku);
    if (!product) return 0;
    const number = classes.numberOf(judge(product, current, now()).places);
    if (known.size >= maxKept) known.clear();
    known.set(sku, number);
    return number;
  };
  return {
    rules,
    isPartial: true,
    classOf,
    placesOf: classes.placesOf,
    classCount: classes.size,
    update: (skus) => {
      for (const sku of skus) known.delete(sku);
    },
    nextChangeAt: () => Number.POSITIVE_INFINITY,
    bitsOf: () => undefined,
  };
}
