import { randomUUID } from "node:crypto";
import type { PricedLine } from "./lines.ts";
import { money } from "./money.ts";
import type { Account, BackOfficeEvent, Order } from "./records.ts";

/** A line under the native property names. */
function toEventItem(line: PricedLine): Readonly<Record<string, unknown>> {
  return {
    sku: line.sku,
    ...(line.parentSku !== null && { parentSku: line.parentSku }),
    name: line.name,
    qty: line.qty,
    unitPrice: money(line.unitMinor),
    lineTotal: money(line.lineMinor),
    ...(line.discountMinor !== undefined && { discount: money(line.discountMinor) }),
    ...(Object.keys(line.options).length > 0 && { options: line.options }),
    categories: line.categories,
  };
}

type Frame = { readonly nowMs: number; readonly storeView: string };

function frame<T extends BackOfficeEvent["type"]>(type: T, { nowMs, storeView }: Frame) {
  return { messageId: randomUUID(), type, timestamp: new Date(nowMs).toISOString(), context: { storeView } };
}

export function accountCreated(account: Account, at: Frame): BackOfficeEvent {
  const { customerId, email, firstName, lastName } = account;
  return { ...frame("accountCreated", at), customerId, email, properties: { firstName, lastName } };
}

function buyer({ customerId, email }: Order) {
  return { ...(customerId !== null && { customerId }), email };
}

/** @param anonymousId the browser that ordered; ties a guest's order to what that browser did */
export function orderPlaced(order: Order, anonymousId: string | null, at: Frame): BackOfficeEvent {
  return {
    ...frame("orderPlaced", at),
    ...buyer(order),
    ...(anonymousId !== null && { anonymousId }),
    properties: {
      orderId: order.orderId,
      orderTotal: money(order.totalMinor),
      tax: money(order.taxMinor),
      shipping: money(order.shippingMinor),
      discount: money(order.discountMinor),
      // Counts the codes as used, should the call after the order have been lost.
      ...((order.couponCodes ?? []).length > 0 && { coupon: order.couponCodes?.join(",") }),
      shippingMethod: order.shippingMethod,
      paymentMethod: order.paymentMethod,
      ...(order.quoteId !== null && { quoteId: order.quoteId }),
      items: order.lines.map(toEventItem),
    },
  };
}

export function orderCancelled(order: Order, at: Frame): BackOfficeEvent {
  return {
    ...frame("orderCancelled", at),
    ...buyer(order),
    properties: { orderId: order.orderId, orderTotal: money(order.totalMinor), reason: "cancelled by the customer" },
  };
}

export function orderReturned(order: Order, reason: string, at: Frame): BackOfficeEvent {
  return {
    ...frame("orderReturned", at),
    ...buyer(order),
    properties: {
      orderId: order.orderId,
      returnId: `R-${order.orderId}`,
      orderTotal: money(order.totalMinor),
      reason,
      items: order.lines.map(toEventItem),
    },
  };
}
