// What the features look at: one person's dated facts up to an instant, taken from a profile's state. For training the state is
// folded from the events up to a past cut-off, for serving it is the present one: features cannot tell the difference.
import { creditsOf, type ProfileState, sessionIntervals } from "../../profiles/index.ts";

/** An amount in the deployment's currency with the rate of its day (days since 1970-01-01); undefined without a rate. */
export type ToMinor = (
  amount: { readonly minor: number; readonly currency: string },
  day: number,
) => number | undefined;

export type PastOrder = {
  readonly at: number;
  /** Less refunds, minor units, at least 0. */
  readonly minor: number;
  readonly refunded: number;
  readonly discount: number;
  readonly hasCoupon: boolean;
  readonly qty: number;
  readonly skus: readonly string[];
};

export type ShopperHistory = {
  readonly nowMs: number;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Counted orders, oldest first; at most the newest 100. */
  readonly orders: readonly PastOrder[];
  /** Orders before those. */
  readonly earlierOrders: number;
  readonly earlierMinor: number;
  readonly firstOrderAt: number | undefined;
  readonly credits: readonly { readonly at: number; readonly minor: number }[];
  /** Start and end, ascending. */
  readonly sessions: readonly (readonly [number, number])[];
  readonly sessionCount: number;
  readonly state: ProfileState;
};

export const dayMs = 86_400_000;

/**
 * Reads a profile's state as a history.
 *
 * @param nowMs nothing after it is looked at
 */
export function readHistory(state: ProfileState, nowMs: number, toMinor: ToMinor): ShopperHistory {
  const amount = (money: { minor: number; currency: string }, at: number) =>
    toMinor(money, Math.floor(at / dayMs)) ?? 0;
  const orders = state.orders
    .filter(({ status, placedAt }) => status !== "cancelled" && placedAt <= nowMs)
    .map((order): PastOrder => {
      const { placedAt: at, total, refunded, discount = 0, items, coupon } = order;
      const back = amount(refunded, at);
      return {
        at,
        minor: Math.max(0, amount(total, at) - back),
        refunded: back,
        discount: amount({ minor: discount, currency: total.currency }, at),
        hasCoupon: coupon !== undefined,
        qty: items.reduce((sum, { qty }) => sum + qty, 0),
        skus: items.map(({ sku, parentSku }) => parentSku ?? sku),
      };
    })
    .sort((a, b) => a.at - b.at);
  const { count, totalByCurrency, firstAt, lastAt = nowMs } = state.ordersBefore;
  return {
    nowMs,
    firstSeenAt: state.firstSeenAt,
    lastSeenAt: Math.min(state.lastSeenAt, nowMs),
    orders,
    earlierOrders: count,
    earlierMinor: Object.entries(totalByCurrency).reduce(
      (sum, [currency, minor]) => sum + amount({ minor, currency }, lastAt),
      0,
    ),
    firstOrderAt: firstAt ?? orders[0]?.at,
    credits: creditsOf(state)
      .filter(({ at }) => at <= nowMs)
      .map((credit) => ({ at: credit.at, minor: amount(credit, credit.at) })),
    sessions: sessionIntervals(state).filter(([startedAt]) => startedAt <= nowMs),
    sessionCount: state.sessionCount,
    state,
  };
}

/** Money that came in after one instant and up to another, less what went back; minor units, at least 0. */
export function spentBetween({ orders, credits }: ShopperHistory, afterMs: number, untilMs: number): number {
  const isInside = ({ at }: { readonly at: number }): boolean => at > afterMs && at <= untilMs;
  const paid = orders.filter(isInside).reduce((sum, { minor }) => sum + minor, 0);
  return Math.max(0, paid - credits.filter(isInside).reduce((sum, { minor }) => sum + minor, 0));
}

export function orderedBetween({ orders }: ShopperHistory, afterMs: number, untilMs: number): number {
  return orders.reduce((sum, { at }) => sum + (at > afterMs && at <= untilMs ? 1 : 0), 0);
}
