import type { PricedLine } from "./lines.ts";
import { usStates } from "./us-states.data.ts";

export const shippingMethods = ["standard", "express"] as const;
export type ShippingMethod = (typeof shippingMethods)[number];
export const paymentMethods = ["check", "bank_transfer", "purchase_order"] as const;
export type PaymentMethod = (typeof paymentMethods)[number];

const freeStandardFromMinor = 5000;
const shippingMinor: Readonly<Record<ShippingMethod, number>> = { standard: 500, express: 1500 };

export type Totals = {
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly shippingMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
};

/** Discount for a requisition list: 5 %, and 10 % from ten pieces on. */
export function quoteDiscount(lines: readonly PricedLine[]): number {
  const pieces = lines.reduce((sum, { qty }) => sum + qty, 0);
  const subtotal = lines.reduce((sum, { lineMinor }) => sum + lineMinor, 0);
  return Math.round((subtotal * (pieces >= 10 ? 10 : 5)) / 100);
}

/**
 * Adds up an order. Tax is on goods after the discount, rounded once; shipping is not taxed and free for downloads.
 *
 * @param state code of a US state; unknown or not yet given means no tax
 */
export function computeTotals(
  lines: readonly PricedLine[],
  method: ShippingMethod,
  state: string,
  discountMinor = 0,
): Totals {
  const subtotalMinor = lines.reduce((sum, { lineMinor }) => sum + lineMinor, 0);
  const goodsMinor = Math.max(subtotalMinor - discountMinor, 0);
  const isFree =
    !lines.some(({ needsShipping }) => needsShipping) || (method === "standard" && goodsMinor >= freeStandardFromMinor);
  const basisPoints = usStates.find(({ code }) => code === state)?.taxBasisPoints ?? 0;
  const taxMinor = Math.round((goodsMinor * basisPoints) / 10_000);
  const shipping = isFree ? 0 : shippingMinor[method];
  return {
    subtotalMinor,
    discountMinor: subtotalMinor - goodsMinor,
    shippingMinor: shipping,
    taxMinor,
    totalMinor: goodsMinor + shipping + taxMinor,
  };
}
