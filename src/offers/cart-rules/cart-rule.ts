import { type Money, minorDigits } from "../../kernel/index.ts";
import { type CompiledRule, compareText, type RuleEnvironment, type RuleNode } from "../../kernel/rules/index.ts";
import { type Fraction, maxBig, minBig, readFraction, readScaled, scale } from "./exact.ts";

/** What a rule does to the lines that it reaches. */
export type CartAction = {
  /** Units of a line that the rule covers at most. */
  readonly maxQty?: number;
  /** Percent and fixed: only whole multiples of so many units count. */
  readonly step?: number;
  readonly applyToShipping?: boolean;
} & (
  | {
      readonly type: "percent";
      /** Decimal text, 0 to 100. */
      readonly percent: string;
    }
  | {
      /** `fixed` is taken from each unit, `cart_fixed` once from all lines together. */
      readonly type: "fixed" | "cart_fixed";
      /** One amount a currency; the first is also the base that other currencies are converted from. */
      readonly amounts: readonly Money[];
    }
  | { readonly type: "buy_x_get_y"; readonly buy: number; readonly get: number }
  | { readonly type: "free_gift"; readonly sku: string; readonly qty: number }
);

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
  readonly budget: { readonly uses: number | null; readonly spend: Money | null };
  /** Whether the rule runs for a cart; null = for every cart. */
  readonly conditions: RuleTree | null;
  /** Whether more in the cart could make the conditions hold: then they are explained where they do not. */
  readonly isNearable: boolean;
  /** Which lines it reaches; null = all. */
  readonly targets: RuleTree | null;
  readonly action: CartAction;
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

/** Priority first, lower first, then the id: the order in which rules run. */
export function compareRules(a: CartRule, b: CartRule): number {
  return a.priority - b.priority || compareText(a.id, b.id);
}

/** Percent of a percent action in millionths, 0 to 100 whatever was stored; 0 for text that is no number. */
export function percentOf(text: string): bigint {
  return minBig(maxBig(readScaled(text) ?? 0n, 0n), 100n * scale);
}

/**
 * A rule's amount in minor units of the cart's currency, exactly; never negative.
 *
 * @returns undefined when the rule names no amount in that currency and there is no rate
 */
export function amountIn(
  amounts: readonly Money[],
  currency: string,
  rateOf: RuleEnvironment["rateOf"],
): Fraction | undefined {
  const own = amounts.find((amount) => amount.currency === currency);
  if (own) return { over: maxBig(BigInt(own.minor), 0n), under: 1n };
  const [base] = amounts;
  const told = base && rateOf?.(base.currency, currency);
  const rate = told === undefined ? undefined : readFraction(told);
  if (!base || !rate) return undefined;
  const shift = minorDigits(currency) - minorDigits(base.currency);
  const over = maxBig(BigInt(base.minor), 0n) * rate.over * 10n ** BigInt(Math.max(0, shift));
  return { over, under: rate.under * 10n ** BigInt(Math.max(0, -shift)) };
}
