export type Money = { readonly minor: number; readonly currency: string };

/** A line of a cart or an order. */
export type Line = {
  readonly sku: string;
  readonly parentSku: string | null;
  readonly name: string;
  readonly qty: number;
  readonly unitMinor: number;
  readonly currency: string;
  readonly categories: readonly string[];
};

export type ShippingMethod = "standard" | "express";

export type OrderTotals = {
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly shippingMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
};

const shippingMinor: Readonly<Record<ShippingMethod, number>> = { standard: 500, express: 1500 };
const freeStandardFromMinor = 5_000;

export const lineMinor = ({ unitMinor, qty }: Line): number => unitMinor * qty;

/** A line under the native property names. */
export function toItem(line: Line): Readonly<Record<string, unknown>> {
  const { sku, parentSku, name, qty, unitMinor, currency, categories } = line;
  return {
    sku,
    ...(parentSku !== null && { parentSku }),
    name,
    qty,
    unitPrice: { minor: unitMinor, currency },
    lineTotal: { minor: lineMinor(line), currency },
    categories,
  };
}

/** Whole minor units throughout: total = subtotal - discount + shipping + tax. Tax is on goods after the discount. */
export function orderTotals(
  lines: readonly Line[],
  {
    method,
    discountRatio,
    taxBasisPoints,
  }: { readonly method: ShippingMethod; readonly discountRatio: number; readonly taxBasisPoints: number },
): OrderTotals {
  const subtotalMinor = lines.reduce((sum, line) => sum + lineMinor(line), 0);
  const discountMinor = Math.round(subtotalMinor * discountRatio);
  const goodsMinor = subtotalMinor - discountMinor;
  const isFree = method === "standard" && goodsMinor >= freeStandardFromMinor;
  const taxMinor = Math.round((goodsMinor * taxBasisPoints) / 10_000);
  const shipping = isFree ? 0 : shippingMinor[method];
  return {
    subtotalMinor,
    discountMinor,
    shippingMinor: shipping,
    taxMinor,
    totalMinor: goodsMinor + shipping + taxMinor,
  };
}

/** What is paid back for returned lines: their share of goods and tax; shipping is kept. */
export function refundMinor(
  returned: readonly Line[],
  { subtotalMinor, discountMinor, taxMinor }: OrderTotals,
): number {
  if (subtotalMinor === 0) return 0;
  const returnedMinor = returned.reduce((sum, line) => sum + lineMinor(line), 0);
  return Math.round((returnedMinor * (subtotalMinor - discountMinor + taxMinor)) / subtotalMinor);
}
