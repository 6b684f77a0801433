import type { Money } from "../../kernel/index.ts";
import type { Amount } from "./amounts.ts";

/**
 * `reserved` until it is redeemed, released or expires; `redeemed` with the order; `released` by a cancellation or a failed
 * payment; `expired` when neither came in time; `replaced` by the order that it was edited into.
 */
export type CouponOrderStatus = "reserved" | "redeemed" | "released" | "expired" | "replaced";

/** One rule that an order uses. `amount` is the discount that was asked for, `granted` what the budget allowed of it. */
export type CouponUse = {
  readonly ruleKey: string;
  /** Normalised; null for a rule without coupon. */
  readonly code: string | null;
  readonly amount: Money | null;
  readonly granted: Money | null;
};

export type CouponOrder = {
  readonly orderId: string;
  readonly status: CouponOrderStatus;
  /** Of the request that made it; empty when it came as an event. */
  readonly requestHash: string;
  readonly customerKey: string | null;
  readonly storeView: string;
  readonly uses: readonly CouponUse[];
  readonly total: readonly Amount[];
  readonly held: readonly Amount[];
  /** The order that it is to replace, while that is not done. */
  readonly replaces: string | null;
  /** The order that is to replace it, or has. */
  readonly replacedBy: string | null;
  readonly expiresAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly version: number;
};

/** True while it holds something. */
export function isActive(order: CouponOrder | undefined): order is CouponOrder {
  return order?.status === "reserved" || order?.status === "redeemed";
}

/** Why a use is refused; offers-and-segments.md 1.8 and 6. */
export type RejectionReason =
  | "unknown_code"
  | "inactive_rule"
  | "expired"
  | "usage_limit_reached"
  | "customer_usage_limit_reached"
  | "budget_exhausted";

export type CouponRejection = {
  /** Place of the use in the request. */
  readonly index: number;
  readonly ruleKey: string | null;
  readonly code: string | null;
  readonly reason: RejectionReason;
};
