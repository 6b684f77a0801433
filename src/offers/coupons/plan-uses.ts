// From what an order wants to use to the counters that it moves, with their limits.
import { ClienteleError, type Money } from "../../kernel/index.ts";
import { type Amount, type Counter, counterKey, plus } from "./amounts.ts";
import type { CouponRejection, CouponUse } from "./coupon-order.ts";
import { type CouponRule, type RuleIndex, spendItem } from "./coupon-rule.ts";
import type { ReadRequest } from "./read-request.ts";

/** A generated or imported code as it is stored. */
export type PoolCode = {
  readonly code: string;
  readonly poolId: string;
  readonly ruleKey: string;
  readonly useLimit: number | null;
  /** YYYY-MM-DD, the last day on which it is good. */
  readonly expires: string | null;
};

export type PlanContext = {
  readonly index: RuleIndex;
  readonly codes: ReadonlyMap<string, PoolCode>;
  /** The shop's day, YYYY-MM-DD. */
  readonly today: string;
  readonly convert: (money: Money, to: string) => Money | undefined;
};

/** A counter that the order wants to move. `max` null = no limit; `index` the use that asks for it first. */
export type Wanted = Amount & { readonly max: number | null; readonly index: number };

export type UsePlan = {
  readonly uses: readonly CouponUse[];
  readonly wanted: readonly Wanted[];
  readonly rejections: readonly CouponRejection[];
};

export function limitOfCode(rule: CouponRule | undefined, code: PoolCode | undefined): number | null {
  const byRule = rule && rule.coupon.type !== "none" ? (rule.coupon.usesPerCoupon ?? null) : null;
  return code?.useLimit ?? byRule;
}

/** The rule of a use, or why it cannot be used at all. */
function findRule(
  { ruleKey, code }: ReadRequest["uses"][number],
  { index, codes, today }: PlanContext,
): CouponRule | Exclude<CouponRejection["reason"], "budget_exhausted"> {
  const poolCode = code === null ? undefined : codes.get(code);
  const key = code === null ? ruleKey : (index.byCode.get(code)?.key ?? poolCode?.ruleKey);
  if (key === undefined || key === null || (ruleKey !== null && key !== ruleKey)) return "unknown_code";
  const rule = index.byKey.get(key);
  if (!rule) return "inactive_rule";
  // A rule with a coupon is not to be had without one, nor by a code that was of its pool once.
  if ((rule.coupon.type === "none") !== (code === null)) return "unknown_code";
  if (rule.coupon.type === "pool" && !poolCode) return "unknown_code";
  if (rule.coupon.type === "specific" && index.byCode.get(code ?? "")?.key !== key) return "unknown_code";
  if (rule.coupon.type === "pool" && poolCode?.expires && poolCode.expires < today) return "expired";
  return rule;
}

/** Counter of what a rule cost in one currency. */
export function spendCounter(ruleKey: string, currency: string): Counter {
  return { kind: "spend", ruleKey, item: spendItem(ruleKey, currency) };
}

/** What a discount takes from the budget: in its currency where there is one, else in its own. */
function spendOf(
  rule: CouponRule,
  amount: Money | null,
  convert: PlanContext["convert"],
  isFact: boolean,
): Money | null {
  const budget = rule.budget?.spend;
  if (amount === null) {
    if (!budget || isFact) return null;
    const message = `the rule ${rule.key} has a spend budget: send the discount as amount`;
    throw new ClienteleError("coupons.invalid", message, {
      details: [{ path: "/uses", code: "coupons.invalid", message }],
    });
  }
  if (!budget) return amount;
  const spend = convert(amount, budget.currency);
  if (!spend && isFact) return amount;
  if (!spend)
    throw new ClienteleError("coupons.noRate", `there is no rate from ${amount.currency} to ${budget.currency}`);
  return spend;
}

/**
 * @param isFact the order is placed already: what cannot be converted or is not told is no fault
 * @throws {ClienteleError} `coupons.noRate`, `coupons.invalid` for a budget without an amount
 */
export function planUses(
  request: Pick<ReadRequest, "uses" | "customerKey">,
  context: PlanContext,
  isFact = false,
): UsePlan {
  const uses: CouponUse[] = [];
  const rejections: CouponRejection[] = [];
  const wanted = new Map<string, Wanted>();
  const want = (counter: Counter, n: number, max: number | null, index: number) => {
    const key = counterKey(counter);
    const known = wanted.get(key);
    wanted.set(key, { ...counter, n: n + (known?.n ?? 0), max, index: known?.index ?? index });
  };
  const once = (counter: Counter, max: number | null, index: number) => {
    if (!wanted.has(counterKey(counter))) want(counter, 1, max, index);
  };
  for (const [index, use] of request.uses.entries()) {
    const rule = findRule(use, context);
    if (typeof rule === "string") {
      rejections.push({ index, ruleKey: use.ruleKey, code: use.code, reason: rule });
      continue;
    }
    const { key: ruleKey } = rule;
    uses.push({ ruleKey, code: use.code, amount: use.amount, granted: use.amount });
    // Several codes of one rule are one use of the rule and of the customer.
    once({ kind: "rule", ruleKey, item: ruleKey }, rule.budget?.uses ?? null, index);
    const spend = spendOf(rule, use.amount, context.convert, isFact);
    if (spend && spend.minor > 0)
      want(spendCounter(ruleKey, spend.currency), spend.minor, rule.budget?.spend?.minor ?? null, index);
    if (use.code !== null)
      once({ kind: "code", ruleKey, item: use.code }, limitOfCode(rule, context.codes.get(use.code)), index);
    if (request.customerKey !== null)
      once({ kind: "customer", ruleKey, item: request.customerKey }, rule.usesPerCustomer ?? null, index);
  }
  return { uses, wanted: [...wanted.values()], rejections };
}

export function totalOf(wanted: readonly Wanted[]): readonly Amount[] {
  return plus(wanted.map(({ kind, ruleKey, item, n }) => ({ kind, ruleKey, item, n })));
}
