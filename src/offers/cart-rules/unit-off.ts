import type { RuleEnvironment } from "../../kernel/rules/index.ts";
import { amountIn, type CartAction, type CartRule, percentOf } from "./cart-rule.ts";
import { wholePercent } from "./exact.ts";
import type { Piece } from "./one-piece.ts";

/** Percent is text: read once an action, not once a product. */
const shares = new WeakMap<CartAction, number>();

/** Millionths of a percent; of tiers the most. */
function shareOf(action: Extract<CartAction, { readonly type: "percent" | "tiered_percent" }>): number {
  const known = shares.get(action);
  if (known !== undefined) return known;
  const texts = action.type === "percent" ? [action.percent] : action.tiers.map(({ percent }) => percent);
  const share = Math.max(0, ...texts.map(percentOf));
  shares.set(action, share);
  return share;
}

/**
 * What a rule takes at most from one piece of a product, in minor units: of tiers the highest, of free units the share that they are of
 * all. 0 for actions whose share of one piece hangs on the rest of the cart.
 */
export function unitOff(
  { action }: Pick<CartRule, "action">,
  { price, currency }: Pick<Piece, "price" | "currency">,
  rateOf: RuleEnvironment["rateOf"],
): number {
  const share = (millionths: number) => Math.floor((price * millionths + wholePercent / 2) / wholePercent);
  const minorOf = (amounts: Parameters<typeof amountIn>[0]) => amountIn(amounts, currency, rateOf)?.minor ?? 0;
  const capped = (off: number) => ("cap" in action && action.cap ? Math.min(off, minorOf(action.cap)) : off);
  switch (action.type) {
    case "percent":
    case "tiered_percent":
      return capped(share(shareOf(action)));
    case "fixed":
      return Math.min(price, minorOf(action.amounts));
    case "tiered_fixed":
      return action.per === "unit"
        ? Math.min(price, Math.max(0, ...action.tiers.map((each) => minorOf(each.amounts))))
        : 0;
    case "buy_x_get_y":
      return action.maxQty === undefined ? Math.floor((price * action.get) / (action.buy + action.get)) : 0;
    default:
      return 0;
  }
}
