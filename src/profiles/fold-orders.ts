import type { CanonicalEvent } from "../collect/index.ts";
import type { Money } from "../kernel/index.ts";
import { readLines, readMoney, readText, totalOfLine } from "./event-lines.ts";
import type { Order, OrderStatus, ProfileState } from "./profile.ts";

const keptOrders = 100;
const maxOrderLines = 200;

const statusAfter: Readonly<Record<string, OrderStatus>> = {
  orderInvoiced: "invoiced",
  orderShipped: "shipped",
  orderShipmentCompleted: "completed",
  orderCancelled: "cancelled",
};

// Money of an order is believed in this order (events.md 3.3).
const trust: Readonly<Record<Order["confirmedBy"], number>> = { storefront: 0, history: 1, back_office: 2 };

function originOf(event: CanonicalEvent): Order["confirmedBy"] {
  if (event.sourceKind === "history") return "history";
  return event.type === "orderPlaced" && event.verified ? "back_office" : "storefront";
}

function readOrder(event: CanonicalEvent, orderId: string, currency: string): Order {
  const lines = readLines(event).slice(0, maxOrderLines);
  const items = lines.map((line) => ({
    sku: line.sku,
    qty: line.qty,
    lineTotal: totalOfLine(line, currency),
    ...(line.parentSku ? { parentSku: line.parentSku } : {}),
  }));
  const sum = items.reduce((total, item) => total + item.lineTotal.minor, 0);
  const total: Money = readMoney(event.properties["orderTotal"]) ?? {
    minor: sum,
    currency: items[0]?.lineTotal.currency ?? currency,
  };
  const coupon = readText(event.properties["coupon"], 64);
  return {
    orderId,
    placedAt: event.timestamp,
    status: "placed",
    total,
    refunded: { minor: 0, currency: total.currency },
    items,
    confirmedBy: originOf(event),
    ...(coupon ? { coupon } : {}),
  };
}

/** One order seen twice (browser and back office, or a repeat) stays one: the more trusted source keeps the money. */
function combine(known: Order, seen: Order): Order {
  const better = trust[seen.confirmedBy] > trust[known.confirmedBy] ? seen : known;
  return {
    ...better,
    placedAt: Math.min(known.placedAt, seen.placedAt),
    status: known.status,
    refunded: known.refunded,
  };
}

function refundOf(event: CanonicalEvent, order: Order): number {
  const direct = readMoney(event.properties["refund"]) ?? readMoney(event.properties["orderTotal"]);
  if (direct) return direct.currency === order.total.currency ? direct.minor : 0;
  return readLines(event).reduce((sum, line) => sum + totalOfLine(line, order.total.currency).minor, 0);
}

function changeOrder(orders: readonly Order[], orderId: string, change: (order: Order) => Order): readonly Order[] {
  return orders.map((order) => (order.orderId === orderId ? change(order) : order));
}

/** True for events that make or change an order. */
export function isOrderEvent(type: string): boolean {
  return (
    type === "completeCheckout" ||
    type === "orderPlaced" ||
    type === "orderUpdated" ||
    type === "orderRefunded" ||
    type in statusAfter
  );
}

type OrderState = Pick<ProfileState, "orders" | "ordersBefore">;

/** Orders after an event; the oldest beyond 100 are kept as count and sum a currency. */
export function foldOrders(state: OrderState, event: CanonicalEvent, currency: string): OrderState {
  const orderId = readText(event.properties["orderId"], 128);
  if (!orderId) return state;
  const status = statusAfter[event.type];
  if (status) return { ...state, orders: changeOrder(state.orders, orderId, (order) => ({ ...order, status })) };
  if (event.type === "orderRefunded") {
    const orders = changeOrder(state.orders, orderId, (order) => {
      const minor = Math.min(order.total.minor, order.refunded.minor + Math.max(0, refundOf(event, order)));
      return { ...order, refunded: { minor, currency: order.total.currency } };
    });
    return { ...state, orders };
  }
  const seen = readOrder(event, orderId, currency);
  if (event.type === "orderUpdated") {
    return {
      ...state,
      orders: changeOrder(state.orders, orderId, (order) => ({ ...order, items: seen.items, total: seen.total })),
    };
  }
  if (state.orders.some((order) => order.orderId === orderId)) {
    return { ...state, orders: changeOrder(state.orders, orderId, (order) => combine(order, seen)) };
  }
  return keepNewest([seen, ...state.orders], state.ordersBefore);
}

/** Sorts newest first and moves the oldest into the sums. */
export function keepNewest(all: readonly Order[], before: ProfileState["ordersBefore"]): OrderState {
  const orders = [...all].sort((a, b) => b.placedAt - a.placedAt || (a.orderId < b.orderId ? -1 : 1));
  if (orders.length <= keptOrders) return { orders, ordersBefore: before };
  const totalByCurrency: Record<string, number> = { ...before.totalByCurrency };
  let { count } = before;
  for (const order of orders.slice(keptOrders)) {
    if (order.status === "cancelled") continue;
    count += 1;
    totalByCurrency[order.total.currency] =
      (totalByCurrency[order.total.currency] ?? 0) + order.total.minor - order.refunded.minor;
  }
  return { orders: orders.slice(0, keptOrders), ordersBefore: { count, totalByCurrency } };
}
