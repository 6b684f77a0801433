import type { CouponFacts, CouponHolder } from "../coupons/index.ts";

/** Looks codes up for a shopper. */
export type LookUpCoupons = (codes: readonly string[], who: CouponHolder) => Promise<CouponFacts>;

/** Nothing is known of codes and uses. */
export const noCoupons: CouponFacts = { codes: new Map(), usesByCustomer: new Map(), spent: new Map() };
