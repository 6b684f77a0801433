import type { RuleObject } from "../kernel/rules/index.ts";
import type { Cart, ProfileState } from "../profiles/index.ts";
import { cartTotal } from "./traits.ts";

/**
 * The open cart as rules read it; undefined without one. Amounts that the shop has not told are missing, but for the subtotal, which
 * is the sum of the lines, the grand total, which is then the subtotal, and credit and gift cards, of which none was used.
 */
export function cartFacts(state: ProfileState, currency: string): RuleObject | undefined {
  const { cart } = state;
  if (!cart) return undefined;
  const { totals = {} } = cart;
  const subtotal = totals.subtotal ?? cartTotal(state, currency);
  const nothing = { minor: 0, currency: subtotal.currency };
  return {
    cart_id: cart.cartId,
    coupon: totals.couponCodes,
    subtotal,
    subtotal_with_discount: totals.subtotalWithDiscount ?? subtotal,
    subtotal_incl_tax: totals.subtotalInclTax,
    grand_total: totals.grandTotal ?? totals.subtotalWithDiscount ?? subtotal,
    tax: totals.tax,
    shipping: totals.shipping,
    store_credit: totals.storeCredit ?? nothing,
    gift_card: totals.giftCard ?? nothing,
    weight: totals.weight,
    shipping_method: totals.shippingMethod,
    payment_method: totals.paymentMethod,
    country: totals.country,
    region: totals.region,
    postcode: totals.postcode,
    total_qty: piecesOf(cart),
    line_count: cart.items.length,
    updated_at: cart.updatedAt,
  };
}

function piecesOf({ items }: Cart): number {
  return items.reduce((sum, { qty }) => sum + qty, 0);
}
