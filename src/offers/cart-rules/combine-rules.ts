import type { CartRule, Combination } from "./cart-rule.ts";

/** Whether two rules may act on one cart: both have to accept the other. */
export function canCombine(a: Pick<CartRule, "combination">, b: Pick<CartRule, "combination">): boolean {
  return accepts(a.combination, b.combination) && accepts(b.combination, a.combination);
}

function accepts(own: Combination, other: Combination): boolean {
  if (own.with === null) return true;
  const { classes, tags } = own.with;
  return classes.includes(other.class) || tags.some((tag) => other.tags.includes(tag));
}
