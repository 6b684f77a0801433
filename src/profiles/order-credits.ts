// Money that was given back and is not in the `refunded` of an order: of orders that nobody has placed yet, of none at all, or in
// another currency than the order's.
import type { Money } from "../kernel/index.ts";
import type { Order, ProfileState } from "./profile.ts";

/** Order id under which refunds wait that name no order. */
export const noOrder = "";

/** Minor units of its currency, at least 0, and when it was given back. */
export type Credit = Money & { readonly at: number };

/** By refund id. */
function refundsOf(order: Order): readonly (readonly [string, Credit])[] {
  return Object.entries(order.refunds ?? {}).flatMap(([id, { minor, currency, at }]) =>
    minor === null || minor <= 0 || currency === "" ? [] : [[id, { minor, currency, at }] as const],
  );
}

/**
 * What to take off the person's net besides the `refunded` of each order. A refund that names no order is left out as soon as an
 * order knows a refund of the same id. Of cancelled orders nothing counts, and so nothing is taken off.
 */
export function creditsOf({
  orders,
  pendingOrders,
}: Pick<ProfileState, "orders" | "pendingOrders">): readonly Credit[] {
  const credits: Credit[] = [];
  for (const order of orders)
    if (order.status !== "cancelled")
      for (const [, credit] of refundsOf(order)) if (credit.currency !== order.total.currency) credits.push(credit);
  for (const order of pendingOrders)
    if (order.orderId !== noOrder && order.status !== "cancelled")
      for (const [, credit] of refundsOf(order)) credits.push(credit);
  const loose = pendingOrders.filter(({ orderId }) => orderId === noOrder).flatMap(refundsOf);
  if (loose.length === 0) return credits;
  const known = new Set(
    [...orders, ...pendingOrders]
      .filter(({ orderId }) => orderId !== noOrder)
      .flatMap(({ refunds }) => Object.keys(refunds ?? {})),
  );
  for (const [id, credit] of loose) if (!known.has(id)) credits.push(credit);
  return credits;
}
