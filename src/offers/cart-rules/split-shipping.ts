// What of shipping falls on each shipment. Rules look at shipping as one sum; afterwards what each took is split over the shipments.
import { shareOut } from "./amounts.ts";
import { shipmentScope } from "./free-shipping.ts";
import { type FreeUnits, shipmentCharges } from "./ledger.ts";
import type { PricedCart, PricedShipment } from "./price-cart.ts";

type Entries = readonly (readonly [ruleKey: string, amount: number])[];

/** Amounts in minor units. */
export type ShipmentResult = {
  readonly id: string;
  /** After free shipping, before discounts. */
  readonly amount: number;
  readonly discount: number;
  /** By rule key, in the order in which they ran. */
  readonly byRule: Entries;
  readonly free: FreeUnits["scope"];
};

/**
 * Splits what rules took from shipping, rule by rule, by what earlier ones left of each shipment: with the running remainder of lines,
 * so that the parts add up and none goes below nothing.
 *
 * The order of the shipments decides which of them has the odd minor unit, and nothing else.
 *
 * @param byRule what each rule took, together at most what the shipments cost
 */
export function splitShipping(
  cart: PricedCart,
  shipments: readonly PricedShipment[],
  free: FreeUnits,
  byRule: Entries,
): readonly ShipmentResult[] {
  const amounts = shipmentCharges(cart, free);
  const left = [...amounts];
  const books = shipments.map((): [string, number][] => []);
  for (const [rule, taken] of byRule) {
    const { lines: shares } = shareOut(taken, left, 0);
    for (const [index, share] of shares.entries()) {
      left[index] = (left[index] ?? 0) - share;
      books[index]?.push([rule, share]);
    }
  }
  return shipments.map((shipment, index) => {
    const amount = amounts[index] ?? 0;
    const scope = shipmentScope(shipment, index, free);
    return {
      id: shipment.id,
      amount,
      discount: amount - (left[index] ?? 0),
      byRule: books[index] ?? [],
      free: scope,
    };
  });
}
