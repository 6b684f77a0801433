// Reserve, redeem, release: each one short transaction under the lock of its order, safe to repeat.
import { ClienteleError, type Clock } from "../../kernel/index.ts";
import { type CouponOrder, isActive } from "./coupon-order.ts";
import { type LockedOrders, relatedTo, withOrders, writeSettlement } from "./lock-orders.ts";
import type { PlanContext } from "./plan-uses.ts";
import type { ReadRequest } from "./read-request.ts";
import { redeemOrder, releaseOrder, type Settlement } from "./settle-order.ts";
import type { CouponStore, Ledger } from "./store.ts";
import { type LedgerResult, takeOrder } from "./take-order.ts";

export type LedgerDeps = {
  readonly store: CouponStore;
  /** What is needed to plan the uses of an order; reads outside the transaction. */
  readonly contextOf: (codes: readonly string[]) => Promise<PlanContext>;
  readonly reservationMs: number;
  readonly clock: Clock;
};

const sweptAtOnce = 200;

const conflict = (orderId: string) =>
  new ClienteleError("coupons.conflict", `the order ${orderId} uses something else already`);
const codesOf = ({ uses }: Pick<ReadRequest, "uses">) => uses.flatMap(({ code }) => code ?? []);

/** The uses of a stored order, to be taken again. */
function requestOf(order: CouponOrder): ReadRequest {
  return {
    orderId: order.orderId,
    customerKey: order.customerKey,
    storeView: order.storeView,
    uses: order.uses.map(({ ruleKey, code, granted }) => ({ ruleKey, code, amount: granted })),
    replaces: null,
    allowPartial: false,
    hash: order.requestHash,
  };
}

function assertSame(order: CouponOrder, request: ReadRequest | null): void {
  if (request && order.requestHash !== "" && order.requestHash !== request.hash) throw conflict(order.orderId);
}

async function write(ledger: Ledger, settlement: Settlement, orderId: string): Promise<LedgerResult> {
  await writeSettlement(ledger, settlement);
  return { ok: true, order: settlement.orders.find((order) => order.orderId === orderId) };
}

export function createCouponLedger({ store, contextOf, reservationMs, clock }: LedgerDeps) {
  const taking = (request: ReadRequest, context: PlanContext, status: "reserved" | "redeemed", isForced = false) => ({
    request,
    context,
    status,
    isForced,
    nowMs: clock.now(),
    reservationMs,
  });
  const lockedIds = (orderId: string, request: ReadRequest | null): readonly [string, ...string[]] =>
    request?.replaces ? [orderId, request.replaces] : [orderId];

  /** Gives back reservations whose time is over. @returns how many */
  const expireDue = async (): Promise<number> => {
    let count = 0;
    for (const orderId of await store.due(clock.now(), sweptAtOnce)) {
      const isDone = await withOrders(store, [orderId], async (ledger, orders) => {
        const order = orders.get(orderId);
        const nowMs = clock.now();
        if (order?.status !== "reserved" || order.expiresAt === null || order.expiresAt > nowMs) return false;
        await writeSettlement(ledger, releaseOrder(order, relatedTo(order, orders), "expired", nowMs));
        return true;
      });
      if (isDone) count += 1;
    }
    return count;
  };

  /** What is refused may only wait for the sweep of reservations that are over. */
  const afterSweep = async (work: () => Promise<LedgerResult>): Promise<LedgerResult> => {
    const first = await work();
    return first.ok || (await expireDue()) === 0 ? first : work();
  };

  const reserve = (request: ReadRequest): Promise<LedgerResult> =>
    afterSweep(async () => {
      const context = await contextOf(codesOf(request));
      return withOrders(store, lockedIds(request.orderId, request), async (ledger, orders) => {
        const known = orders.get(request.orderId);
        if (known?.status === "replaced") throw conflict(request.orderId);
        if (isActive(known) && known.requestHash !== "") {
          assertSame(known, request);
          return { ok: true, order: known };
        }
        // One that came as an event is placed already; now its uses are told exactly.
        return takeOrder(ledger, orders, taking(request, context, isActive(known) ? "redeemed" : "reserved"));
      });
    });

  const redeemKnown = async (
    ledger: Ledger,
    orders: LockedOrders,
    known: CouponOrder,
    request: ReadRequest | null,
    context: PlanContext,
  ): Promise<LedgerResult> => {
    switch (known.status) {
      case "reserved":
        assertSame(known, request);
        return write(ledger, redeemOrder(known, relatedTo(known, orders).previous, clock.now()), known.orderId);
      case "redeemed":
        if (request && known.requestHash === "") return takeOrder(ledger, orders, taking(request, context, "redeemed"));
        assertSame(known, request);
        return { ok: true, order: known };
      case "replaced":
        return { ok: true, order: known };
      case "released":
        throw new ClienteleError("coupons.released", `the coupons of the order ${known.orderId} were released`);
      case "expired":
        return takeOrder(ledger, orders, taking(request ?? requestOf(known), context, "redeemed"));
    }
  };

  /** @param request what the order uses; null = what was reserved */
  const redeem = (orderId: string, request: ReadRequest | null): Promise<LedgerResult> =>
    afterSweep(async () => {
      const before = request ?? (await store.order(orderId));
      const context = await contextOf(before ? codesOf(before) : []);
      return withOrders(store, lockedIds(orderId, request), async (ledger, orders) => {
        const known = orders.get(orderId);
        if (known) return redeemKnown(ledger, orders, known, request, context);
        if (!request) return { ok: true, order: undefined };
        return takeOrder(ledger, orders, taking(request, context, "redeemed"));
      });
    });

  const releaseKnown = async (ledger: Ledger, orders: LockedOrders, known: CouponOrder): Promise<LedgerResult> => {
    if (known.status === "released" || known.status === "replaced") return { ok: true, order: known };
    return write(ledger, releaseOrder(known, relatedTo(known, orders), "released", clock.now()), known.orderId);
  };

  const release = (orderId: string): Promise<LedgerResult> =>
    withOrders(store, [orderId], async (ledger, orders) => {
      const known = orders.get(orderId);
      return known ? releaseKnown(ledger, orders, known) : { ok: true, order: undefined };
    });

  /** An order was placed, says the shop's own event: a fact that no limit can refuse. Does nothing where calls told it before. */
  const applyPlaced = async (reportId: string, request: ReadRequest): Promise<void> => {
    const before = await store.order(request.orderId);
    const context = await contextOf([...codesOf(request), ...(before ? codesOf(before) : [])]);
    await withOrders(store, [request.orderId], async (ledger, orders) => {
      if (!(await ledger.takeReport(reportId))) return;
      const known = orders.get(request.orderId);
      if (known?.status === "reserved") await redeemKnown(ledger, orders, known, null, context);
      else if (!known || known.status === "expired")
        await takeOrder(ledger, orders, taking(known ? requestOf(known) : request, context, "redeemed", true));
    });
  };

  /** An order was cancelled. One that is not known yet is remembered, so that its placing, should it come late, uses nothing. */
  const applyCancelled = async (reportId: string, { orderId, storeView }: ReadRequest): Promise<void> => {
    await withOrders(store, [orderId], async (ledger, orders) => {
      if (!(await ledger.takeReport(reportId))) return;
      const known = orders.get(orderId);
      if (known) await releaseKnown(ledger, orders, known);
      else await ledger.insertOrder(cancelledOrder(orderId, storeView, clock.now()));
    });
  };

  return { reserve, redeem, release, expireDue, applyPlaced, applyCancelled };
}

function cancelledOrder(orderId: string, storeView: string, nowMs: number): CouponOrder {
  return {
    ...{ orderId, status: "released", requestHash: "", customerKey: null, storeView, uses: [], total: [], held: [] },
    ...{ replaces: null, replacedBy: null, expiresAt: null, createdAt: nowMs, updatedAt: nowMs, version: 1 },
  };
}

export type CouponLedger = ReturnType<typeof createCouponLedger>;
