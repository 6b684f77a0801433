// Storefront and back office may number one order differently (events.md 2.5). Each number keeps what was said under it; which of
// them are one order is worked out from all of them whenever one changes, so that the order of arrival does not matter.
import { compareText } from "../kernel/rules/index.ts";
import { factsOfOrder, firstTotalOf, heardOf, joinFacts, toOrder } from "./order-record.ts";
import type { JoinedOrder, Order } from "./profile.ts";

const windowMs = 30 * 60_000;

type Pair = Omit<JoinedOrder, "sides" | "orderId" | "environment"> & { readonly office: Order; readonly shop: Order };

/** The orders by their own numbers. */
export function takeApart(orders: readonly Order[]): readonly Order[] {
  if (!orders.some(({ joined }) => joined)) return orders;
  return orders.flatMap((order) => order.joined?.sides ?? [order]);
}

function pairOf(office: Order, shop: Order): Pair | undefined {
  const apartMs = Math.abs(office.placedAt - shop.placedAt);
  if (apartMs > windowMs) return undefined;
  if (office.environment !== shop.environment && office.environment !== undefined && shop.environment !== undefined)
    return undefined;
  const [asked, paid] = [firstTotalOf(office), firstTotalOf(shop)];
  if (!asked || !paid || asked.minor !== paid.minor || asked.currency !== paid.currency) return undefined;
  const named = office.buyer !== undefined && shop.buyer !== undefined;
  if (named && office.buyer !== shop.buyer) return undefined;
  // Both are in one profile: where a side names no address, the person stands for it.
  return { office, shop, apartMs, by: named ? "email_amount_time" : "person_amount_time" };
}

const keyOf = ({ orderId, environment = "" }: Order): string => `${orderId}\u0001${environment}`;

/** Pairs that name the same address first, then those nearest in time. */
function comparePairs(a: Pair, b: Pair): number {
  return (
    compareText(a.by, b.by) ||
    a.apartMs - b.apartMs ||
    compareText(keyOf(a.office), keyOf(b.office)) ||
    compareText(keyOf(a.shop), keyOf(b.shop))
  );
}

function joinPair({ office, shop, by, apartMs }: Pair): Order {
  const facts = joinFacts(factsOfOrder(office, true), factsOfOrder(shop, true));
  const joined: JoinedOrder = {
    orderId: shop.orderId,
    ...(shop.environment === undefined ? {} : { environment: shop.environment }),
    by,
    apartMs,
    sides: [office, shop],
  };
  return { ...toOrder(facts, office.total.currency), joined };
}

/**
 * Orders of which storefront and back office each know one number, as one. What both know under the same number, or only one of
 * them knows, stays by itself.
 *
 * @param apart orders by their own numbers, as `takeApart` gives them
 * @param before joined orders of before: those that did not change are taken over as they are
 */
export function joinOrders(apart: readonly Order[], before: readonly Order[]): readonly Order[] {
  const offices = apart.filter((order) => heardOf(order) === "office");
  if (offices.length === 0) return apart;
  const shops = apart.filter((order) => heardOf(order) === "storefront");
  if (shops.length === 0) return apart;
  const pairs = offices.flatMap((office) => shops.flatMap((shop) => pairOf(office, shop) ?? [])).sort(comparePairs);
  if (pairs.length === 0) return apart;
  const taken = new Set<Order>();
  const joined: Order[] = [];
  for (const pair of pairs) {
    if (taken.has(pair.office) || taken.has(pair.shop)) continue;
    taken.add(pair.office).add(pair.shop);
    const same = before.find(({ joined: old }) => old?.sides[0] === pair.office && old.sides[1] === pair.shop);
    joined.push(same ?? joinPair(pair));
  }
  return [...apart.filter((order) => !taken.has(order)), ...joined];
}

/** All numbers that an order goes by. */
export function numbersOf(order: Order): readonly string[] {
  return order.joined ? [order.orderId, order.joined.orderId] : [order.orderId];
}
