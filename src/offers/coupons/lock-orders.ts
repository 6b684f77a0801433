// The lock of an order and of all it is tied to. Orders are locked in order of their ids, counters after them.
import { ClienteleError } from "../../kernel/index.ts";
import type { CouponOrder } from "./coupon-order.ts";
import type { Settlement } from "./settle-order.ts";
import type { CouponStore, Ledger } from "./store.ts";

export type LockedOrders = ReadonlyMap<string, CouponOrder>;

const maxAttempts = 8;
const noLimits: ReadonlyMap<string, number | null> = new Map();
/** Another call was first: roll back and look again. */
export const lostRace = Symbol("lost race");

/**
 * Runs `work` in a transaction with the orders locked; again when it throws `lostRace`.
 *
 * @throws {ClienteleError} `coupons.busy`
 */
export async function withOrders<T>(
  store: CouponStore,
  [orderId, ...others]: readonly [string, ...string[]],
  work: (ledger: Ledger, orders: LockedOrders) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    try {
      return await store.transaction(async (ledger) => {
        const ids = new Set([orderId, ...others, ...(await ledger.related(orderId))]);
        const orders = await ledger.lockOrders([...ids]);
        const { replaces = null, replacedBy = null } = orders.get(orderId) ?? {};
        if ([replaces, replacedBy].some((id) => id !== null && !ids.has(id))) throw lostRace;
        return work(ledger, orders);
      });
    } catch (error) {
      if (error !== lostRace) throw error;
    }
  }
  throw new ClienteleError("coupons.busy", `the order ${orderId} changes too often`, { retryAfterSeconds: 1 });
}

/** What an order is tied to. */
export function relatedTo({ replaces, replacedBy }: CouponOrder, orders: LockedOrders) {
  return {
    previous: replaces === null ? undefined : orders.get(replaces),
    next: replacedBy === null ? undefined : orders.get(replacedBy),
  };
}

/** Writes a settlement that only gives back. */
export async function writeSettlement(ledger: Ledger, { deltas, orders }: Settlement): Promise<void> {
  await ledger.lockCounters(deltas);
  if (!(await ledger.add(deltas, noLimits))) throw lostRace;
  for (const order of orders) await ledger.writeOrder(order);
}
