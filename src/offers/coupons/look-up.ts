// What evaluation asks of coupons before it looks at a condition: which rule a code opens, and how much of every limit is used.
import type { Amount } from "./amounts.ts";
import { isCode, normaliseCode, type RuleIndex } from "./coupon-rule.ts";
import { limitOfCode, type PoolCode, spendCounter } from "./plan-uses.ts";
import { customerKeyOf } from "./read-request.ts";

/** One known code; unknown ones are absent. */
export type CodeFacts = {
  readonly ruleKey: string;
  /** Uses of this code; null = no limit. */
  readonly limit: number | null;
  /** Reservations included. */
  readonly used: number;
  /** YYYY-MM-DD, the last day on which the code is good; null = no end. */
  readonly expires: string | null;
  /** Null for a code that stands in its rule. */
  readonly poolId: string | null;
};

/** Facts about codes and limits. Keys of `codes` are normalised: trimmed, upper case. */
export type CouponFacts = {
  readonly codes: ReadonlyMap<string, CodeFacts>;
  /** Orders of this customer by rule; rules that were never used are absent. */
  readonly usesByCustomer: ReadonlyMap<string, number>;
  /** Of rules with a budget: orders, and minor units in the currency of the budget. */
  readonly spent: ReadonlyMap<string, { readonly uses: number; readonly minor: number }>;
};

/** Who looks. `email` counts only where guests are bound. */
export type CouponHolder = {
  readonly profileId: string | null;
  readonly customerId: string | null;
  readonly email?: string | null | undefined;
};

export type LookUpDeps = {
  readonly index: () => RuleIndex;
  readonly findCodes: (codes: readonly string[]) => Promise<readonly PoolCode[]>;
  readonly counters: (items: readonly string[], limit: number) => Promise<readonly Amount[]>;
  readonly bindGuests: boolean;
};

/** Codes of one cart that are looked at; the rest stays unknown. */
const maxCodes = 20;
const maxCounters = 20_000;

/** A code of a pool opens nothing once its rule has a fixed code, or none. */
function isOpen(code: string, rules: RuleIndex, poolCodes: ReadonlyMap<string, PoolCode>): boolean {
  if (rules.byCode.has(code)) return true;
  const poolCode = poolCodes.get(code);
  const rule = poolCode && rules.byKey.get(poolCode.ruleKey);
  return poolCode !== undefined && (rule === undefined || rule.coupon.type === "pool");
}

export function createLookUp({ index, findCodes, counters, bindGuests }: LookUpDeps) {
  return async (given: readonly string[], who: CouponHolder): Promise<CouponFacts> => {
    const rules = index();
    const codes = [...new Set(given.map(normaliseCode))].filter(isCode).slice(0, maxCodes);
    const poolCodes = new Map(
      (await findCodes(codes.filter((code) => !rules.byCode.has(code)))).map((code) => [code.code, code]),
    );
    const customer = rules.hasCustomerLimits ? customerKeyOf(who, bindGuests) : null;
    const budgets = rules.withBudget.map(({ key, budget }) => ({
      key,
      spend: budget?.spend ? spendCounter(key, budget.spend.currency).item : null,
    }));
    const known = codes.filter((code) => isOpen(code, rules, poolCodes));
    const items = [
      ...known,
      ...(customer === null ? [] : [customer]),
      ...budgets.flatMap(({ key, spend }) => (spend === null ? [key] : [key, spend])),
    ];
    const values = new Map(
      (await counters(items, maxCounters)).map(({ kind, ruleKey, item, n }) => [`${kind}\0${ruleKey}\0${item}`, n]),
    );
    const countOf = (kind: Amount["kind"], ruleKey: string, item: string) =>
      values.get(`${kind}\0${ruleKey}\0${item}`) ?? 0;
    return {
      codes: new Map(
        known.map((code): [string, CodeFacts] => {
          const poolCode = poolCodes.get(code);
          const ruleKey = rules.byCode.get(code)?.key ?? poolCode?.ruleKey ?? "";
          const facts = {
            ruleKey,
            limit: limitOfCode(rules.byKey.get(ruleKey), poolCode),
            used: countOf("code", ruleKey, code),
            expires: poolCode?.expires ?? null,
            poolId: poolCode?.poolId ?? null,
          };
          return [code, facts];
        }),
      ),
      usesByCustomer: customer === null ? new Map() : usesBy(customer, values),
      spent: new Map(
        budgets.map(({ key, spend }) => [
          key,
          { uses: countOf("rule", key, key), minor: spend === null ? 0 : countOf("spend", key, spend) },
        ]),
      ),
    };
  };
}

function usesBy(customer: string, values: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [key, n] of values) {
    const [kind, ruleKey = "", item] = key.split("\0");
    if (kind === "customer" && item === customer) found.set(ruleKey, n);
  }
  return found;
}
