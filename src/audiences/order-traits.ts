/** Standard traits of orders: money, counts, times, returns, discounts, channels. */
import type { Money } from "../kernel/index.ts";
import { creditsOf, isUnconfirmed, type Order } from "../profiles/index.ts";
import type { TraitInput } from "./traits.ts";

const dayMs = 86_400_000;

function countedOrders({ state }: TraitInput): readonly Order[] {
  return state.orders.filter(({ status }) => status !== "cancelled");
}

export function ordersCount(input: TraitInput): number {
  return countedOrders(input).length + input.state.ordersBefore.count;
}

/** An amount in the deployment's currency, with the rate of its day; undefined without a rate. */
function converted(money: Money, at: number, { currency, convert }: TraitInput): number | undefined {
  if (money.currency === currency) return money.minor;
  return convert?.(money, currency, Math.floor(at / dayMs))?.minor;
}

type Paid = { readonly order: Order; readonly total: number; readonly refunded: number; readonly discount: number };

/** Counted orders whose amounts are known in the deployment's currency. */
function paidOrders(input: TraitInput): readonly Paid[] {
  return countedOrders(input).flatMap((order): Paid[] => {
    const { total, refunded, discount = 0, placedAt } = order;
    const amount = converted(total, placedAt, input);
    if (amount === undefined) return [];
    const back = converted(refunded, placedAt, input) ?? 0;
    const off = converted({ minor: discount, currency: total.currency }, placedAt, input) ?? 0;
    return [{ order, total: amount, refunded: back, discount: off }];
  });
}

/** Older orders are sums a currency: they take the rate of the newest of them. */
function revenueBefore(input: TraitInput): number {
  const { totalByCurrency, lastAt = input.nowMs } = input.state.ordersBefore;
  return Object.entries(totalByCurrency).reduce(
    (sum, [currency, minor]) => sum + (converted({ minor, currency }, lastAt, input) ?? 0),
    0,
  );
}

/** Given back, but not in the `refunded` of a counted order. */
function credited(input: TraitInput): number {
  return creditsOf(input.state).reduce((sum, credit) => sum + (converted(credit, credit.at, input) ?? 0), 0);
}

/** Gross − cancelled − refunds (events.md 3.3); below zero when more came back than is known to have been bought. */
export function revenueNet(input: TraitInput): Money {
  const net = paidOrders(input).reduce((sum, { total, refunded }) => sum + total - refunded, 0);
  return { minor: net + revenueBefore(input) - credited(input), currency: input.currency };
}

/** Sum of the orders before anything was given back; of orders older than the newest hundred what is left of them. */
export function lifetimeSales(input: TraitInput): Money {
  const sales = paidOrders(input).reduce((sum, { total }) => sum + total, 0);
  return { minor: sales + revenueBefore(input), currency: input.currency };
}

/** Given back of the newest hundred orders, and credited without an order. */
export function lifetimeRefunds(input: TraitInput): Money {
  const back = paidOrders(input).reduce((sum, { refunded }) => sum + refunded, 0);
  return { minor: back + credited(input), currency: input.currency };
}

/** True when an order is left out of amounts for want of an exchange rate. */
export function lacksRate(input: TraitInput): boolean {
  const { totalByCurrency, lastAt = input.nowMs } = input.state.ordersBefore;
  return (
    countedOrders(input).some(({ total, placedAt }) => converted(total, placedAt, input) === undefined) ||
    creditsOf(input.state).some((credit) => converted(credit, credit.at, input) === undefined) ||
    Object.keys(totalByCurrency).some((currency) => converted({ minor: 1, currency }, lastAt, input) === undefined)
  );
}

export function averageOrder(input: TraitInput): Money | undefined {
  const count = ordersCount(input);
  if (count === 0) return undefined;
  return { minor: Math.round(revenueNet(input).minor / count), currency: input.currency };
}

export function firstOrderAt(input: TraitInput): number | undefined {
  const { firstAt } = input.state.ordersBefore;
  const times = countedOrders(input).map(({ placedAt }) => placedAt);
  if (firstAt !== undefined) times.push(firstAt);
  return times.length === 0 ? undefined : Math.min(...times);
}

export function lastOrderAt(input: TraitInput): number | undefined {
  const { lastAt } = input.state.ordersBefore;
  const times = countedOrders(input).map(({ placedAt }) => placedAt);
  if (lastAt !== undefined) times.push(lastAt);
  return times.length === 0 ? undefined : Math.max(...times);
}

export function daysSinceLastOrder(input: TraitInput): number | undefined {
  const last = lastOrderAt(input);
  return last === undefined ? undefined : Math.max(0, Math.floor((input.nowMs - last) / dayMs));
}

export function daysBetweenOrders(input: TraitInput): number | undefined {
  const { count, firstAt } = input.state.ordersBefore;
  // Sums of a former layout have no times.
  const orders = countedOrders(input).length + (firstAt === undefined ? 0 : count);
  const [first, last] = [firstOrderAt(input), lastOrderAt(input)];
  if (orders < 2 || first === undefined || last === undefined) return undefined;
  return Math.round(((last - first) / dayMs / (orders - 1)) * 10) / 10;
}

function quantity(orders: readonly Order[]): number {
  return orders.reduce((sum, { items }) => sum + items.reduce((inner, { qty }) => inner + qty, 0), 0);
}

export function itemsBought(input: TraitInput): number {
  return quantity(countedOrders(input)) + (input.state.ordersBefore.items ?? 0);
}

/** Share of the pieces bought that were sent back, 0..1; where the shop reports no returns, the share of the money given back. */
export function returnsRate(input: TraitInput): number | undefined {
  const orders = countedOrders(input);
  const returned = orders.reduce(
    (sum, { returns }) =>
      sum + Object.values(returns ?? {}).reduce((of, { lines }) => of + lines.reduce((n, [, qty]) => n + qty, 0), 0),
    0,
  );
  const bought = quantity(orders);
  if (returned > 0 && bought > 0) return Math.min(1, returned / bought);
  const paid = paidOrders(input);
  const total = paid.reduce((sum, order) => sum + order.total, 0);
  const back = paid.reduce((sum, { refunded }) => sum + refunded, 0) + credited(input);
  return total <= 0 ? undefined : Math.min(1, back / total);
}

/** Share of the price before discounts that was taken off, 0..1. */
export function discountShare(input: TraitInput): number | undefined {
  const paid = paidOrders(input);
  const total = paid.reduce((sum, order) => sum + order.total, 0);
  const discount = paid.reduce((sum, order) => sum + order.discount, 0);
  return total + discount <= 0 ? undefined : discount / (total + discount);
}

/** Newest order first. */
export function couponsUsed(input: TraitInput): readonly string[] {
  return [...new Set(countedOrders(input).flatMap(({ coupon }) => (coupon === undefined ? [] : [coupon])))];
}

/** The channel of most orders, of equal ones the newest; without orders the one of most events. */
export function preferredChannel(input: TraitInput): string | undefined {
  const counts = new Map<string, number>();
  for (const { channel = "web" } of countedOrders(input)) counts.set(channel, (counts.get(channel) ?? 0) + 1);
  const events = Object.entries(input.state.engagement?.channels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const ranked = counts.size > 0 ? [...counts] : events;
  const best = ranked.reduce<readonly [string, number] | undefined>(
    (most, entry) => (most === undefined || entry[1] > most[1] ? entry : most),
    undefined,
  );
  return best?.[0] ?? (input.state.sessionCount > 0 ? "web" : undefined);
}

/** Orders that only the browser reported, a day after they were placed. */
export function unconfirmedOrders(input: TraitInput): number {
  return countedOrders(input).filter((order) => isUnconfirmed(order, input.nowMs)).length;
}

export function unconfirmedChangesAt(input: TraitInput): number {
  const waiting = countedOrders(input).flatMap((order) => unconfirmedFrom(order, input.nowMs) ?? []);
  return Math.min(Number.POSITIVE_INFINITY, ...waiting);
}

/** When an order that only the browser reported will count as unconfirmed; undefined when it does, or never will. */
export function unconfirmedFrom(order: Order, nowMs: number): number | undefined {
  return order.confirmedBy === "storefront" && !isUnconfirmed(order, nowMs) ? order.placedAt + dayMs + 1 : undefined;
}
