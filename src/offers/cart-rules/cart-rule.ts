import { type Money, minorDigits } from "../../kernel/index.ts";
import { type CompiledRule, compareText, type RuleEnvironment, type RuleNode } from "../../kernel/rules/index.ts";
import { type Fraction, maxBig, minBig, readFraction, readScaled, roundFraction, scale } from "./exact.ts";

/** From where a tier holds: units with the measure `qty`, amounts with the others. */
type TierFrom = { readonly fromQty?: number; readonly fromAmounts?: readonly Money[] };

type Tiers<Gives> = {
  readonly measure: "subtotal" | "eligible_subtotal" | "qty";
  readonly tiers: readonly (TierFrom & Gives)[];
};

/** Percent is decimal text, 0 to 100; of amounts there is one a currency, the first is what other currencies are converted from. */
type GivesPercent = { readonly percent: string };
type GivesAmounts = { readonly amounts: readonly Money[] };

/** What a rule takes at most from one cart, one amount a currency. */
type Capped = { readonly cap?: readonly Money[] };
type PickOf = "cheapest" | "dearest";

/** What a rule does to the lines that it reaches. */
export type CartAction = {
  /** Units of a line that the rule covers at most. */
  readonly maxQty?: number;
  /** Percent and fixed: only whole multiples of so many units count. */
  readonly step?: number;
  readonly applyToShipping?: boolean;
} & (
  | ({ readonly type: "percent"; readonly applyOnce?: boolean } & GivesPercent & Capped)
  // From each unit.
  | ({ readonly type: "fixed"; readonly applyOnce?: boolean } & GivesAmounts)
  // Once from all lines together.
  | ({ readonly type: "cart_fixed" } & GivesAmounts)
  | { readonly type: "buy_x_get_y"; readonly buy: number; readonly get: number }
  | {
      readonly type: "free_gift";
      readonly sku: string;
      readonly qty: number;
      readonly choices?: readonly string[];
      readonly autoAdd?: boolean;
    }
  | ({ readonly type: "tiered_percent" } & Tiers<GivesPercent> & Capped)
  | ({ readonly type: "tiered_fixed"; readonly per?: "cart" | "unit" } & Tiers<GivesAmounts>)
  | ({
      readonly type: "group_price";
      readonly qty: number;
      readonly pick?: PickOf;
      readonly repeat?: number;
    } & GivesAmounts)
  | ({
      readonly type: "buy_get";
      readonly buyQty: number;
      readonly getQty: number;
      readonly pick?: PickOf;
      readonly repeat?: number;
    } & GivesPercent)
);

/** Rules of one group: in which order groups run, and how many rules of one act. */
export type RuleGroup = {
  /** Empty for rules without a group. */
  readonly key: string;
  /** Lower first. */
  readonly priority: number;
  readonly mode: "stackable" | "first" | "highest" | "lowest";
  /** Where one rule acts: on the whole cart, or on each line and on shipping. */
  readonly per: "cart" | "line";
};

export const defaultGroup: RuleGroup = { key: "", priority: 0, mode: "stackable", per: "cart" };

/** What the discount of a rule is one of, and which others it may stand beside. */
export type DiscountClass = "product" | "order" | "shipping";
export type Combination = {
  readonly class: DiscountClass;
  readonly tags: readonly string[];
  /** Null = with all. */
  readonly with: { readonly classes: readonly DiscountClass[]; readonly tags: readonly string[] } | null;
};

export type FreeShipping = "items" | "shipment";

/** A tree of the rule language, with what it was compiled to. */
export type RuleTree = { readonly node: RuleNode; readonly rule: CompiledRule };

/** Uses of a code, from which a rule is a candidate. */
export type CouponNeed = "none" | "specific" | "pool";

/** One cart price rule, ready to be judged. */
export type CartRule = {
  /** Stable among rules of equal priority: lower first. */
  readonly id: string;
  /** The name of the rule in answers. */
  readonly key: string;
  readonly name: string;
  /** Lower first. */
  readonly priority: number;
  readonly isActive: boolean;
  /** Folded, as the groups; null = all. */
  readonly websites: ReadonlySet<string> | null;
  readonly customerGroups: ReadonlySet<string> | null;
  readonly storeViews: readonly string[] | null;
  /** First and last local day, as days since 1970-01-01; both inclusive. */
  readonly fromDay: number | null;
  readonly toDay: number | null;
  readonly window: { readonly fromMs: number | null; readonly toMs: number | null };
  readonly coupon: CouponNeed;
  /** Of a specific code, normalised. */
  readonly code: { readonly text: string; readonly limit: number | null } | null;
  readonly usesPerCustomer: number | null;
  readonly budget: { readonly uses: number | null; readonly spend: Money | null; readonly isPartial?: boolean };
  /** Whether the rule runs for a cart; null = for every cart. */
  readonly conditions: RuleTree | null;
  /** Whether more in the cart could make the conditions hold: then they are explained where they do not. */
  readonly isNearable: boolean;
  /** Which lines it reaches; null = all. */
  readonly targets: RuleTree | null;
  readonly action: CartAction;
  /** Of `buy_get`: the lines that are bought, and those that are reduced; null = all that the rule reaches. */
  readonly bought: RuleTree | null;
  readonly got: RuleTree | null;
  readonly group: RuleGroup;
  readonly combination: Combination;
  /** Whether conditions see what earlier rules left of the subtotal and of lines. */
  readonly seesDiscounts: boolean;
  /** Whether lines may go below what the margin guard holds. */
  readonly isBelowCost: boolean;
  readonly freeShipping: FreeShipping | null;
  readonly stop: boolean;
  readonly rewardPoints: number;
  readonly labels: RuleLabels;
  readonly description: string;
  /** Keys of blocks that are shown while the rule's conditions hold. */
  readonly blocks: readonly string[];
};

export type RuleLabels = {
  readonly default?: string;
  readonly storeViews?: Readonly<Record<string, string>>;
};

/** By group, then priority, lower first, then the id: the order in which rules run. */
export function compareRules(a: CartRule, b: CartRule): number {
  if (a.group !== b.group) {
    const order = a.group.priority - b.group.priority || compareText(a.group.key, b.group.key);
    if (order !== 0) return order;
  }
  return a.priority - b.priority || compareText(a.id, b.id);
}

/** Percent of a percent action in millionths, 0 to 100 whatever was stored; 0 for text that is no number. */
export function percentOf(text: string): number {
  return Number(minBig(maxBig(readScaled(text) ?? 0n, 0n), 100n * scale));
}

/** Minor units; `exact` where a rate makes them a fraction. */
export type Amount = { readonly minor: number; readonly exact: Fraction | null };

/**
 * A rule's amount in minor units of the cart's currency, exactly; never negative.
 *
 * @returns undefined when the rule names no amount in that currency and there is no rate
 */
export function amountIn(
  amounts: readonly Money[],
  currency: string,
  rateOf: RuleEnvironment["rateOf"],
): Amount | undefined {
  for (const amount of amounts)
    if (amount.currency === currency) return { minor: Math.max(0, Math.trunc(amount.minor)), exact: null };
  const [base] = amounts;
  const told = base && rateOf?.(base.currency, currency);
  const rate = told === undefined ? undefined : readFraction(told);
  if (!base || !rate) return undefined;
  const shift = minorDigits(currency) - minorDigits(base.currency);
  const over = maxBig(BigInt(base.minor), 0n) * rate.over * 10n ** BigInt(Math.max(0, shift));
  const exact = { over, under: rate.under * 10n ** BigInt(Math.max(0, -shift)) };
  return { minor: Number(roundFraction(exact)), exact };
}

export function fractionOf({ minor, exact }: Amount): Fraction {
  return exact ?? { over: BigInt(minor), under: 1n };
}

/** Whether so many minor units are at least an amount. */
export function reachesAmount(minor: number, amount: Amount): boolean {
  return amount.exact ? BigInt(minor) * amount.exact.under >= amount.exact.over : minor >= amount.minor;
}
