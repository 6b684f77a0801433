// Free shipping: offers-and-segments 1.7.
import { coveredOf } from "./amounts.ts";
import type { CartRule } from "./cart-rule.ts";
import { maxBig, scale } from "./exact.ts";
import type { FreeUnits } from "./ledger.ts";
import type { PricedCart, PricedShipment } from "./price-cart.ts";

const noShipments: ReadonlySet<number> = new Set();
export const nothingFree: FreeUnits = { scope: "none", qty: new Map(), shipments: noShipments, givenBy: new Set() };

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
  const shipments = cart.shipments ? new Set<number>() : null;
  let isWhole = false;
  for (const rule of candidates) {
    if ((!rule.freeShipping && !rule.stop) || !holds(rule)) continue;
    const live = matching(rule).filter((at) => !stopped.has(at));
    if (live.length === 0) continue;
    if (rule.freeShipping) givenBy.add(rule.key);
    if (rule.freeShipping === "shipment") {
      isWhole = true;
      if (shipments) for (const index of shipmentsWith(cart, live)) shipments.add(index);
    }
    if (rule.freeShipping === "items")
      for (const at of live) qty.set(at, maxBig(qty.get(at) ?? 0n, coveredUnits(rule, cart, at)));
    if (rule.stop) for (const at of live) stopped.add(at);
  }
  if (shipments) return { scope: scopeOf(cart, shipments, qty), qty, shipments, givenBy };
  return { scope: isWhole ? "shipment" : qty.size > 0 ? "items" : "none", qty, shipments: noShipments, givenBy };
}

/** Positions of the shipments that hold one of some units. */
function shipmentsWith({ shipments }: PricedCart, live: readonly number[]): readonly number[] {
  const isLive = new Set(live);
  return (shipments ?? []).flatMap(({ units }, index) => (units.some((at) => isLive.has(at)) ? [index] : []));
}

/** Of all shipments: free as a whole where each of them is. */
function scopeOf({ shipments }: PricedCart, whole: ReadonlySet<number>, qty: FreeUnits["qty"]): FreeUnits["scope"] {
  const each = (shipments ?? []).map((shipment, index) => shipmentScope(shipment, index, { shipments: whole, qty }));
  if (each.every((scope) => scope === "shipment")) return "shipment";
  return each.every((scope) => scope === "none") ? "none" : "items";
}

/** What of one shipment of several is free. */
export function shipmentScope(
  { units }: PricedShipment,
  index: number,
  { shipments, qty }: Pick<FreeUnits, "shipments" | "qty">,
): FreeUnits["scope"] {
  if (shipments.has(index)) return "shipment";
  return units.some((at) => qty.has(at)) ? "items" : "none";
}

/** Millionths; free shipping knows no steps. */
function coveredUnits({ action }: CartRule, { units }: PricedCart, at: number): bigint {
  const unit = units[at];
  const covered = unit ? coveredOf(unit, action.maxQty) : 0;
  return typeof covered === "number" ? BigInt(covered) * scale : covered;
}
