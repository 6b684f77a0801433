import type { CartOffers } from "./cart-offers.ts";
import type { PricedLine } from "./lines.ts";
import { usStates } from "./us-states.data.ts";

export const shippingMethods = ["standard", "express"] as const;
export type ShippingMethod = (typeof shippingMethods)[number];
export const paymentMethods = ["check", "bank_transfer", "purchase_order"] as const;
export type PaymentMethod = (typeof paymentMethods)[number];

const standardMinor = 500;
/** What express costs on top; offers for shipping reach the standard part only. */
const surchargeMinor: Readonly<Record<ShippingMethod, number>> = { standard: 0, express: 1_000 };

/** A row between subtotal and shipping: an offer, or what was agreed on in a quote. */
export type Discount = { readonly key: string; readonly label: string; readonly minor: number };

export type Totals = {
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly shippingMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  /** Adds up to `discountMinor`, besides offers that only change shipping, which stand with 0. */
  readonly discounts?: readonly Discount[];
};

/** Discount for a requisition list: 5 %, and 10 % from ten pieces on. */
export function quoteDiscount(lines: readonly PricedLine[]): number {
  const pieces = lines.reduce((sum, { qty }) => sum + qty, 0);
  const subtotal = lines.reduce((sum, { lineMinor }) => sum + lineMinor, 0);
  return Math.round((subtotal * (pieces >= 10 ? 10 : 5)) / 100);
}

/** What offers for shipping can take away: nothing for downloads. */
export function shippingBeforeOffers(lines: readonly PricedLine[]): number {
  return lines.some(({ needsShipping }) => needsShipping) ? standardMinor : 0;
}

/** Lines with what offers take off each. */
export function discountLines(lines: readonly PricedLine[], offers: CartOffers): readonly PricedLine[] {
  return lines.map((line, index) => {
    const discountMinor = offers.lineDiscounts[index] ?? 0;
    return discountMinor > 0 ? { ...line, discountMinor } : line;
  });
}

function discountRows(offers: CartOffers, agreedMinor: number): readonly Discount[] {
  const agreed = agreedMinor > 0 ? [{ key: "quote", label: "Agreed discount", minor: agreedMinor }] : [];
  return [...agreed, ...offers.applied.map(({ rule, label, minor }) => ({ key: `rule ${rule}`, label, minor }))];
}

/**
 * Adds up an order. Tax is on goods after discounts, rounded once; shipping is not taxed and free for downloads.
 *
 * @param state code of a US state; unknown or not yet given means no tax
 * @param agreedMinor what an accepted quote takes off
 */
export function computeTotals(
  lines: readonly PricedLine[],
  offers: CartOffers,
  {
    method,
    state,
    agreedMinor,
  }: { readonly method: ShippingMethod; readonly state: string; readonly agreedMinor: number },
): Totals {
  const subtotalMinor = lines.reduce((sum, { lineMinor }) => sum + lineMinor, 0);
  const itemsMinor = offers.lineDiscounts.reduce((sum, minor) => sum + minor, 0);
  const agreed = Math.min(agreedMinor, subtotalMinor - itemsMinor);
  const goodsMinor = subtotalMinor - itemsMinor - agreed;
  const basisPoints = usStates.find(({ code }) => code === state)?.taxBasisPoints ?? 0;
  const taxMinor = Math.round((goodsMinor * basisPoints) / 10_000);
  const isShipped = lines.some(({ needsShipping }) => needsShipping);
  const shippingMinor = offers.shippingMinor + (isShipped ? surchargeMinor[method] : 0);
  return {
    subtotalMinor,
    discountMinor: itemsMinor + agreed,
    shippingMinor,
    taxMinor,
    totalMinor: goodsMinor + shippingMinor + taxMinor,
    discounts: discountRows(offers, agreed),
  };
}
