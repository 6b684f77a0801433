// The changes of orders and counters, worked out before anything is written. Whatever happens, each counter is the sum of what
// orders hold of it: every step returns the new holdings and their exact difference.
//
// An order that is an edit of another holds only what the other does not. When it is redeemed, the other gives up what it held;
// when it is given up, the other stays as it was.
import { type Amount, amountOf, common, counterKey, minus, negative, plus, positivePart } from "./amounts.ts";
import {
  type CouponOrder,
  type CouponRejection,
  type CouponUse,
  isActive,
  type RejectionReason,
} from "./coupon-order.ts";
import { totalOf, type UsePlan, type Wanted } from "./plan-uses.ts";

/** What is to be written: the counters' differences, with the limits of those that grow, and the orders. */
export type Settlement = { readonly deltas: readonly Amount[]; readonly orders: readonly CouponOrder[] };

export type Taken =
  | {
      readonly ok: true;
      readonly uses: readonly CouponUse[];
      readonly total: readonly Amount[];
      readonly held: readonly Amount[];
    }
  | { readonly ok: false; readonly rejections: readonly CouponRejection[] };

const reasonByKind: Readonly<Record<Amount["kind"], RejectionReason>> = {
  rule: "budget_exhausted",
  spend: "budget_exhausted",
  code: "usage_limit_reached",
  customer: "customer_usage_limit_reached",
};

/** Cuts the uses of a rule to what is left of its budget, in proportion. Rounds down: never more than is left. */
function cutUses(uses: readonly CouponUse[], ruleKey: string, wanted: number, granted: number): readonly CouponUse[] {
  return uses.map((use) => {
    if (use.ruleKey !== ruleKey || use.amount === null) return use;
    const minor = Number((BigInt(use.amount.minor) * BigInt(granted)) / BigInt(wanted));
    return { ...use, granted: { minor, currency: use.amount.currency } };
  });
}

/**
 * What an order may take.
 *
 * @param base what it has already, by itself or by the order that it replaces
 * @param values counters as they are, `base` included
 * @param mode `limited`: all or nothing; `partial`: as much of a spend budget as is left; `forced`: a fact, whatever the limits
 */
export function take(
  { uses, wanted }: UsePlan,
  base: readonly Amount[],
  values: ReadonlyMap<string, number>,
  mode: "limited" | "partial" | "forced",
): Taken {
  let grantedUses = uses;
  const granted: Wanted[] = [];
  const rejections: CouponRejection[] = [];
  for (const want of wanted) {
    const own = amountOf(base, want);
    const more = Math.max(0, want.n - own);
    const left =
      want.max === null || mode === "forced" ? more : Math.max(0, want.max - (values.get(counterKey(want)) ?? 0));
    if (more <= left) granted.push(want);
    else if (want.kind === "spend" && mode === "partial" && own + left > 0) {
      granted.push({ ...want, n: own + left });
      grantedUses = cutUses(grantedUses, want.ruleKey, want.n, own + left);
    } else {
      const code = want.kind === "code" ? want.item : null;
      rejections.push({ index: want.index, ruleKey: want.ruleKey, code, reason: reasonByKind[want.kind] });
    }
  }
  if (rejections.length > 0) return { ok: false, rejections };
  const total = totalOf(granted);
  return { ok: true, uses: grantedUses, total, held: positivePart(minus(total, base)) };
}

const changed = (order: CouponOrder, nowMs: number, change: Partial<CouponOrder>): CouponOrder => ({
  ...order,
  ...change,
  updatedAt: nowMs,
  version: order.version + 1,
});

/** The order is placed: it is counted for good, and the order that it replaces is gone. */
export function redeemOrder(order: CouponOrder, previous: CouponOrder | undefined, nowMs: number): Settlement {
  const before = isActive(previous) ? previous : undefined;
  const redeemed = changed(order, nowMs, { status: "redeemed", held: order.total, expiresAt: null });
  const deltas = minus(order.total, plus(order.held, before?.held ?? []));
  if (!before) return { deltas, orders: [redeemed] };
  return { deltas, orders: [changed(before, nowMs, { status: "replaced", held: [], expiresAt: null }), redeemed] };
}

/**
 * The order gives back what it holds, once.
 *
 * @param next the order that is to replace it and is not placed yet: it keeps what it needs
 * @param previous the order that this one was to replace: it stays
 */
export function releaseOrder(
  order: CouponOrder,
  related: { readonly next?: CouponOrder | undefined; readonly previous?: CouponOrder | undefined },
  status: "released" | "expired",
  nowMs: number,
): Settlement {
  const next = related.next?.status === "reserved" ? related.next : undefined;
  const kept = next ? common(order.held, positivePart(minus(next.total, next.held))) : [];
  const orders = [changed(order, nowMs, { status, held: [], expiresAt: null, replaces: null, replacedBy: null })];
  if (next) orders.push(changed(next, nowMs, { held: plus(next.held, kept), replaces: null }));
  if (order.status === "reserved" && isActive(related.previous))
    orders.push(changed(related.previous, nowMs, { replacedBy: null }));
  return { deltas: negative(minus(order.held, kept)), orders };
}
