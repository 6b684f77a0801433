// Free shipping: offers-and-segments 1.7.
import { coveredOf } from "./amounts.ts";
import type { CartRule } from "./cart-rule.ts";
import { maxBig, scale } from "./exact.ts";
import type { FreeUnits } from "./ledger.ts";
import type { PricedCart } from "./price-cart.ts";

export const nothingFree: FreeUnits = { scope: "none", qty: new Map(), givenBy: new Set() };

/** Before any discount, by the same rules in the same order; lines that take no discount can still ship free. */
export function findFreeShipping(
  candidates: readonly CartRule[],
  cart: PricedCart,
  holds: (rule: CartRule) => boolean,
  matching: (rule: CartRule) => readonly number[],
): FreeUnits {
  if (!candidates.some(({ freeShipping }) => freeShipping)) return nothingFree;
  const stopped = new Set<number>();
  const qty = new Map<number, bigint>();
  const givenBy = new Set<string>();
  let isWhole = false;
  for (const rule of candidates) {
    if ((!rule.freeShipping && !rule.stop) || !holds(rule)) continue;
    const live = matching(rule).filter((at) => !stopped.has(at));
    if (live.length === 0) continue;
    if (rule.freeShipping) givenBy.add(rule.key);
    if (rule.freeShipping === "shipment") isWhole = true;
    if (rule.freeShipping === "items")
      for (const at of live) qty.set(at, maxBig(qty.get(at) ?? 0n, coveredUnits(rule, cart, at)));
    if (rule.stop) for (const at of live) stopped.add(at);
  }
  return { scope: isWhole ? "shipment" : qty.size > 0 ? "items" : "none", qty, givenBy };
}

/** Millionths; free shipping knows no steps. */
function coveredUnits({ action }: CartRule, { units }: PricedCart, at: number): bigint {
  const unit = units[at];
  const covered = unit ? coveredOf(unit, action.maxQty) : 0;
  return typeof covered === "number" ? BigInt(covered) * scale : covered;
}
