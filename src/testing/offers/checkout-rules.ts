import type { CouponRule } from "../../offers/coupons/index.ts";

export const fewLimit = 100;

/** Rules of the tests with several processes: one code that is soon used up, one that is not, and a rule for everybody. */
export const checkoutRules: readonly CouponRule[] = [
  { key: "few", coupon: { type: "specific", code: "FEW", usesPerCoupon: fewLimit } },
  { key: "many", coupon: { type: "specific", code: "MANY" } },
  { key: "all", coupon: { type: "none" }, budget: { uses: 1_000_000 } },
];
