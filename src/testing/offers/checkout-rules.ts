import type { CouponRule } from "../../offers/coupons/index.ts";

export const fewLimit = 100;
export const perCustomer = 7;
export const customers = 4;
export const price = 250;
export const budget = 10_000;

/** Rules of the tests with several processes: whatever limits there are, each soon used up, and two that are not. */
export const checkoutRules: readonly CouponRule[] = [
  { key: "few", coupon: { type: "specific", code: "FEW", usesPerCoupon: fewLimit } },
  { key: "many", coupon: { type: "specific", code: "MANY" } },
  { key: "all", coupon: { type: "none" }, budget: { uses: 1_000_000 } },
  { key: "own", coupon: { type: "specific", code: "OWN" }, usesPerCustomer: perCustomer },
  { key: "spend", coupon: { type: "none" }, budget: { spend: { minor: budget, currency: "EUR" } } },
];

/** What the order of a number uses: one in three against each kind of limit. */
export function orderOf(name: string, number: number) {
  const kind = number % 3;
  if (kind === 1) return { customerId: `customer-${number % customers}`, uses: [{ code: "OWN" }] };
  if (kind === 2) return { uses: [{ ruleKey: "spend", amount: { minor: price, currency: "EUR" } }] };
  const uses = [{ code: "FEW" }, { ruleKey: "all" }, { code: "MANY" }];
  // Both ways round: locks are taken in one order whatever the order of the request.
  return { customerId: name, uses: number % 2 === 0 ? uses : uses.reverse() };
}
