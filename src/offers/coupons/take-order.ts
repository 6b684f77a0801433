// An order takes what it uses: all of it or nothing.
import { ClienteleError } from "../../kernel/index.ts";
import { counterKey, minus, plus } from "./amounts.ts";
import { type CouponOrder, type CouponRejection, isActive } from "./coupon-order.ts";
import { type LockedOrders, lostRace, writeSettlement } from "./lock-orders.ts";
import { type PlanContext, planUses } from "./plan-uses.ts";
import type { ReadRequest } from "./read-request.ts";
import { redeemOrder, take } from "./settle-order.ts";
import type { Ledger } from "./store.ts";

export type Taking = {
  readonly request: ReadRequest;
  readonly context: PlanContext;
  readonly status: "reserved" | "redeemed";
  /** A fact: what cannot be planned is left out, and no limit holds. */
  readonly isForced: boolean;
  readonly nowMs: number;
  readonly reservationMs: number;
};

export type LedgerResult =
  /** `order` is missing when nothing is used. */
  | { readonly ok: true; readonly order: CouponOrder | undefined }
  | { readonly ok: false; readonly rejections: readonly CouponRejection[] };

/** The order that a new one is to replace. @throws {ClienteleError} `coupons.replaces` */
function previousOf(orders: LockedOrders, { orderId, replaces }: ReadRequest): CouponOrder | undefined {
  if (replaces === null) return undefined;
  const previous = orders.get(replaces);
  if (isActive(previous)) {
    const isFree = previous.replacedBy === null || previous.replacedBy === orderId;
    // One that is itself only to replace another does not hold all it uses.
    if (isFree && (previous.status === "redeemed" || previous.replaces === null)) return previous;
  }
  throw new ClienteleError("coupons.replaces", `the order ${replaces} cannot be replaced by ${orderId}`);
}

/** The order may be known: as one that was released or expired, or that came as an event. Its row is written anew. */
export async function takeOrder(ledger: Ledger, orders: LockedOrders, taking: Taking): Promise<LedgerResult> {
  const { request, context, status, isForced, nowMs, reservationMs } = taking;
  const known = orders.get(request.orderId);
  const previous = isForced ? undefined : previousOf(orders, request);
  const plan = planUses(request, context, isForced);
  if (plan.rejections.length > 0 && !isForced) return { ok: false, rejections: plan.rejections };
  if (plan.uses.length === 0) return { ok: true, order: undefined };

  const own = known?.held ?? [];
  const values = await ledger.lockCounters([...plan.wanted, ...own]);
  const mode = isForced ? "forced" : request.allowPartial ? "partial" : "limited";
  const taken = take(plan, plus(own, previous?.held ?? []), values, mode);
  if (!taken.ok) return taken;
  const order: CouponOrder = {
    orderId: request.orderId,
    status,
    requestHash: request.hash,
    customerKey: request.customerKey,
    storeView: request.storeView,
    uses: taken.uses,
    total: taken.total,
    held: previous ? minusHeld(taken.total, previous) : taken.total,
    replaces: previous?.orderId ?? null,
    replacedBy: known?.replacedBy ?? null,
    expiresAt: status === "reserved" ? nowMs + reservationMs : null,
    createdAt: known?.createdAt ?? nowMs,
    updatedAt: nowMs,
    version: (known?.version ?? 0) + 1,
  };
  const limits = new Map(isForced ? [] : plan.wanted.map((want) => [counterKey(want), want.max] as const));
  if (!(await ledger.add(minus(order.held, own), limits))) throw lostRace;
  if (known) await ledger.writeOrder(order);
  else if (!(await ledger.insertOrder(order))) throw lostRace;
  if (!previous) return { ok: true, order };

  const tied = { ...previous, replacedBy: order.orderId, updatedAt: nowMs, version: previous.version + 1 };
  if (status === "reserved") {
    await ledger.writeOrder(tied);
    return { ok: true, order };
  }
  const settlement = redeemOrder(order, tied, nowMs);
  await writeSettlement(ledger, settlement);
  return { ok: true, order: settlement.orders.at(-1) };
}

function minusHeld(total: CouponOrder["total"], previous: CouponOrder): CouponOrder["held"] {
  return minus(total, previous.held).filter(({ n }) => n > 0);
}
