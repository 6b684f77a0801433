// From the cart page to what happens to an order weeks later.
import {
  type Line,
  type Money,
  type OrderTotals,
  orderTotals,
  refundMinor,
  type ShippingMethod,
  toItem,
} from "./order-totals.ts";
import { dayMs } from "./season.ts";
import { considerAccount, openCartPage } from "./shopping.ts";
import { isSignedIn, open, pause, tell, tellFromBackOffice, type Visit } from "./visit.ts";

type PlacedOrder = {
  readonly orderId: string;
  readonly lines: readonly Line[];
  readonly totals: OrderTotals;
  readonly method: ShippingMethod;
  readonly buyer: Readonly<Record<string, unknown>>;
  readonly placedAt: number;
};

const couponCode = "SIM10";
const couponRatio = 0.1;
const cancelRatio = 0.02;
const returnRatio = 0.08;
const hourMs = 3_600_000;
const reasons = ["too small", "too large", "not as described", "changed my mind", "arrived damaged", "ordered twice"];

/** Ships on the following days, or is cancelled before; some of it may come back. */
function followOrder(visit: Visit, order: PlacedOrder): void {
  const { random } = visit;
  const { orderId, lines, totals, buyer, placedAt } = order;
  const money = (minor: number): Money => ({ minor, currency: lines[0]?.currency ?? "USD" });
  if (random.chance(cancelRatio)) {
    const at = placedAt + random.between(0.5, 18) * hourMs;
    tellFromBackOffice(visit, at, "orderCancelled", {
      ...buyer,
      properties: { orderId, orderTotal: money(totals.totalMinor), reason: "cancelled by the customer" },
    });
    return;
  }
  const shippedAt = placedAt + random.between(20, order.method === "express" ? 30 : 80) * hourMs;
  tellFromBackOffice(visit, shippedAt, "orderShipped", {
    ...buyer,
    properties: { orderId, shippingMethod: order.method, items: lines.map(toItem) },
  });
  if (!random.chance(returnRatio)) return;
  const returned = lines.filter((_, at) => at === 0 || random.chance(0.3));
  const returnedAt = shippedAt + random.between(3, 16) * dayMs;
  const common = { orderId, returnId: `R-${orderId}`, items: returned.map(toItem) };
  const refund = money(refundMinor(returned, totals));
  tellFromBackOffice(visit, returnedAt, "orderReturned", {
    ...buyer,
    properties: { ...common, reason: random.pick(reasons) },
  });
  tellFromBackOffice(visit, returnedAt + random.between(1, 4) * dayMs, "orderRefunded", {
    ...buyer,
    properties: { ...common, refund },
  });
}

function placeOrder(visit: Visit): void {
  const { shopper, state, random } = visit;
  const lines = state.cart;
  const method: ShippingMethod = random.chance(0.18) ? "express" : "standard";
  const hasCoupon = random.chance(shopper.isDiscountSeeker ? 0.5 : 0.05);
  const totals = orderTotals(lines, {
    method,
    discountRatio: hasCoupon ? couponRatio : 0,
    taxBasisPoints: shopper.taxBasisPoints,
  });
  const orderId = `SIM-${visit.idTail.toUpperCase()}`;
  const money = (minor: number): Money => ({ minor, currency: lines[0]?.currency ?? "USD" });
  const properties = {
    orderId,
    orderTotal: money(totals.totalMinor),
    tax: money(totals.taxMinor),
    shipping: money(totals.shippingMinor),
    discount: money(totals.discountMinor),
    ...(hasCoupon && { coupon: couponCode }),
    shippingMethod: method,
    paymentMethod: random.pick(["check", "bank_transfer"]),
    items: lines.map(toItem),
  };
  tell(visit, "completeCheckout", { ...properties, cartId: state.cartId });
  const buyer = { ...(isSignedIn(visit) && { customerId: shopper.customerId }), email: shopper.email };
  const placedAt = Math.round(visit.at + random.between(2_000, 15_000));
  tellFromBackOffice(visit, placedAt, "orderPlaced", {
    ...buyer,
    anonymousId: shopper.anonymousIds[visit.deviceIndex],
    properties,
  });
  followOrder(visit, { orderId, lines, totals, method, buyer, placedAt });
  state.cart = [];
  state.cartId = null;
  pause(visit, 0.5, 1.5);
  open(visit, { type: "confirmation", title: "Thank you", path: `/confirmation/${orderId}` });
}

/** Goes to the cart, perhaps to the checkout, perhaps through it; what is not bought stays in the cart. */
export function considerCheckout(visit: Visit): void {
  const { shopper, random } = visit;
  if (!random.chance(0.72)) return;
  pause(visit, 3, 15);
  openCartPage(visit);
  if (!random.chance(Math.min(0.9, 0.55 * shopper.inclination))) return;
  pause(visit, 5, 40);
  considerAccount(visit, 0.8);
  open(visit, { type: "checkout", title: "Checkout", path: "/checkout" });
  pause(visit, 0.3, 1);
  tell(visit, "startCheckout", { cartId: visit.state.cartId, items: visit.state.cart.map(toItem) });
  if (!random.chance(0.65)) return;
  pause(visit, 30, 150);
  placeOrder(visit);
}
