import type { RuleNode } from "../../kernel/rules/index.ts";
import type { RuleTree } from "./cart-rule.ts";

/** What of a cart stays as it is while rules run. */
const steadyPaths: ReadonlySet<string> = new Set([
  ...["cart.subtotal", "cart.subtotal_incl_tax", "cart.total_qty", "cart.line_count", "cart.weight", "cart.cart_id"],
  ...["cart.country", "cart.region", "cart.region_id", "cart.postcode"],
  ...["cart.shipping_method", "cart.payment_method", "cart.coupon"],
]);

const cartTexts = /"cart[^"]*"/g;

/** Anything that begins like a path of the cart and is not known to stay makes it unsteady. */
function readsSteadyCart(node: RuleNode): boolean {
  const found = JSON.stringify(node).match(cartTexts) ?? [];
  // The name of the list of lines: they change with discounts only.
  return found.every((text) => text === '"cart"' || steadyPaths.has(text.slice(1, -1)));
}

const known = new WeakMap<RuleTree, boolean>();

/**
 * Whether conditions come out the same for every rule of an evaluation that sees no discounts: rules that share their tree are then
 * judged once.
 */
export function isSteady(tree: RuleTree): boolean {
  const before = known.get(tree);
  if (before !== undefined) return before;
  const found = readsSteadyCart(tree.node);
  known.set(tree, found);
  return found;
}
