// What evaluation asks of coupons before it looks at a condition: which rule a code opens, and how much of every limit is used.
import type { Amount } from "./amounts.ts";
import { isCode, normaliseCode, type RuleIndex } from "./coupon-rule.ts";
import { limitOfCode, type PoolCode } from "./plan-uses.ts";
import { customerKeyOf } from "./read-request.ts";
import type { ReadLooked } from "./store-look.ts";

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
  readonly read: ReadLooked;
  readonly bindGuests: boolean;
};

/** Codes of one cart that are looked at; the rest stays unknown. */
const maxCodes = 20;

/** What a look is for. */
type Asked = {
  /** Normalised. */
  readonly codes: readonly string[];
  /** Whose uses; null = nobody's count. */
  readonly customer: string | null;
};

/** What a visitor with such codes asks for. */
export function askedOf(
  given: readonly string[],
  who: CouponHolder,
  { hasCustomerLimits }: Pick<RuleIndex, "hasCustomerLimits">,
  bindGuests: boolean,
): Asked {
  return {
    codes: given.length === 0 ? given : [...new Set(given.map(normaliseCode))].filter(isCode).slice(0, maxCodes),
    customer: hasCustomerLimits ? customerKeyOf(who, bindGuests) : null,
  };
}

/** A code of a pool opens nothing once its rule has a fixed code, or none. */
function isOpen(code: string, rules: RuleIndex, poolCodes: ReadonlyMap<string, PoolCode>): boolean {
  if (rules.byCode.has(code)) return true;
  const poolCode = poolCodes.get(code);
  const rule = poolCode && rules.byKey.get(poolCode.ruleKey);
  return poolCode !== undefined && (rule === undefined || rule.coupon.type === "pool");
}

/** Reads what is asked for, and of budgets where wanted: one statement at most. */
export async function readFacts(
  { codes, customer }: Asked,
  rules: RuleIndex,
  isWithBudgets: boolean,
  read: ReadLooked,
): Promise<CouponFacts> {
  const budgets = isWithBudgets ? rules.budgets : [];
  const looked = await read(
    codes.filter((code) => !rules.byCode.has(code)),
    [
      ...codes,
      ...(customer === null ? [] : [customer]),
      ...budgets.flatMap(({ key, spend }) => (spend === null ? [key] : [key, spend])),
    ],
  );
  const poolCodes = new Map(looked.codes.map((code) => [code.code, code]));
  const values = new Map(looked.counters.map(({ kind, ruleKey, item, n }) => [`${kind}\0${ruleKey}\0${item}`, n]));
  const countOf = (kind: Amount["kind"], ruleKey: string, item: string) =>
    values.get(`${kind}\0${ruleKey}\0${item}`) ?? 0;
  const known = codes.filter((code) => isOpen(code, rules, poolCodes));
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
    usesByCustomer: customer === null ? new Map() : usesBy(customer, looked.counters),
    spent: new Map(
      budgets.map(({ key, spend }) => [
        key,
        { uses: countOf("rule", key, key), minor: spend === null ? 0 : countOf("spend", key, spend) },
      ]),
    ),
  };
}

/** As it is now: for carts that are priced, and for whoever must not be told anything older. */
export function createLookUp({ index, read, bindGuests }: LookUpDeps) {
  return (given: readonly string[], who: CouponHolder): Promise<CouponFacts> => {
    const rules = index();
    return readFacts(askedOf(given, who, rules, bindGuests), rules, true, read);
  };
}

function usesBy(customer: string, counters: readonly Amount[]): ReadonlyMap<string, number> {
  const own = counters.filter(({ kind, item }) => kind === "customer" && item === customer);
  return new Map(own.map(({ ruleKey, n }) => [ruleKey, n]));
}
