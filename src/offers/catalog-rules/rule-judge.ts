import type { CatalogProduct, CatalogSnapshot } from "../../catalog/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";
import { productFacts } from "./product-facts.ts";
import type { CatalogRule } from "./rule-set.ts";

/** Facts to judge a product by: its own and, of a variant, its parent's; a rule that holds for one of them reaches the product. */
export function factsToJudge(
  product: CatalogProduct,
  snapshot: Pick<CatalogSnapshot, "get">,
  keys: readonly string[],
): readonly RuleObject[] {
  const parent = product.parentSku === null ? undefined : snapshot.get(product.parentSku);
  const own = productFacts(product, parent, keys);
  return parent ? [own, productFacts(parent, undefined, keys)] : [own];
}

export type Judgement = {
  /** Places of the rules that reach the product, ascending. */
  readonly places: readonly number[];
  /** When time alone may change that; Infinity = never. */
  readonly nextChangeAt: number;
};

/** Judges products by some rules of a list: those at `places`. */
export function createJudge(
  rules: readonly CatalogRule[],
  places: readonly number[],
  isTimed: (rule: CatalogRule) => boolean,
) {
  const judged = places.flatMap((place) => {
    const rule = rules[place];
    return rule ? [{ place, condition: rule.condition, timed: isTimed(rule) }] : [];
  });
  const keys = [...new Set(judged.flatMap(({ place }) => rules[place]?.productKeys ?? []))];
  return (product: CatalogProduct, snapshot: Pick<CatalogSnapshot, "get">, nowMs: number): Judgement => {
    const subjects = factsToJudge(product, snapshot, keys).map((each) => ({ product: each }));
    const reached: number[] = [];
    let nextChangeAt = Number.POSITIVE_INFINITY;
    for (const { place, condition, timed } of judged) {
      if (subjects.some((subject) => condition.test(subject, nowMs))) reached.push(place);
      if (!timed) continue;
      for (const subject of subjects)
        nextChangeAt = Math.min(nextChangeAt, condition.nextChangeAt(subject, nowMs) ?? nextChangeAt);
    }
    return { places: reached, nextChangeAt };
  };
}
