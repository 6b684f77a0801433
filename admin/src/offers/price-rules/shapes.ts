import type { Json, Money } from "../../api/shapes.ts";

export const measures = ["subtotal", "eligible_subtotal", "qty"] as const;
export type Measure = (typeof measures)[number];

/** From an amount or from so many units, by the measure. */
export type Tier = {
  readonly fromAmounts?: readonly Money[];
  readonly fromQty?: number;
  readonly percent?: string;
  readonly amounts?: readonly Money[];
};

type Common = { readonly maxQty?: number; readonly applyToShipping?: boolean };

/** What a rule does to the lines that it reaches. */
export type CartAction = Common &
  (
    | {
        readonly type: "percent";
        readonly percent: string;
        readonly cap?: readonly Money[];
        readonly applyOnce?: boolean;
        readonly step?: number;
      }
    | {
        readonly type: "fixed";
        readonly amounts: readonly Money[];
        readonly applyOnce?: boolean;
        readonly step?: number;
      }
    | { readonly type: "cart_fixed"; readonly amounts: readonly Money[] }
    | { readonly type: "buy_x_get_y"; readonly buy: number; readonly get: number }
    | {
        readonly type: "free_gift";
        readonly sku: string;
        readonly qty: number;
        readonly choices?: readonly string[];
        readonly autoAdd?: boolean;
      }
    | {
        readonly type: "tiered_percent";
        readonly measure: Measure;
        readonly tiers: readonly Tier[];
        readonly cap?: readonly Money[];
      }
    | {
        readonly type: "tiered_fixed";
        readonly measure: Measure;
        readonly tiers: readonly Tier[];
        readonly per?: "cart" | "unit";
      }
    | {
        readonly type: "group_price";
        readonly qty: number;
        readonly amounts: readonly Money[];
        readonly pick?: "cheapest" | "dearest";
        readonly repeat?: number;
      }
    | {
        readonly type: "buy_get";
        readonly buy?: Json;
        readonly buyQty: number;
        readonly get?: Json;
        readonly getQty: number;
        readonly percent: string;
        readonly pick?: "cheapest" | "dearest";
        readonly repeat?: number;
      }
  );
export type ActionType = CartAction["type"];
export type ActionOf<T extends ActionType> = Extract<CartAction, { readonly type: T }>;

export type Coupon =
  | { readonly type: "none" }
  | { readonly type: "specific"; readonly code: string; readonly usesPerCoupon?: number }
  | { readonly type: "pool"; readonly usesPerCoupon?: number };

export const discountClasses = ["product", "order", "shipping"] as const;
export type DiscountClass = (typeof discountClasses)[number];

export type Labels = { readonly default?: string; readonly storeViews?: Readonly<Record<string, string>> };

/** For whom and when a price rule is; cart and catalog price rules share it. */
export type RuleReachFields = {
  readonly websites?: readonly string[];
  readonly customerGroups?: readonly string[];
  readonly from?: string;
  readonly to?: string;
};

export type CartRuleBody = RuleReachFields & {
  readonly description?: string;
  /** Lower first. */
  readonly priority: number;
  readonly coupon?: Coupon;
  readonly usesPerCustomer?: number;
  readonly budget?: { readonly spend?: Money; readonly uses?: number; readonly partial?: boolean };
  readonly publicInFeed?: boolean;
  readonly conditions?: Json;
  readonly targets?: Json;
  readonly action: CartAction;
  readonly freeShipping?: "items" | "shipment";
  readonly group?: string;
  readonly class?: DiscountClass;
  readonly tags?: readonly string[];
  readonly combinesWith?: { readonly classes?: readonly DiscountClass[]; readonly tags?: readonly string[] };
  readonly conditionsSeeDiscounts?: boolean;
  readonly belowCost?: boolean;
  readonly stop?: boolean;
  readonly rewardPoints?: number;
  readonly labels?: Labels;
  readonly blocks?: readonly string[];
};

export const priceActions = ["by_percent", "to_percent", "by_fixed", "to_fixed"] as const;
export type PriceAction =
  | { readonly type: "by_percent" | "to_percent"; readonly percent: string }
  | { readonly type: "by_fixed" | "to_fixed"; readonly amounts: readonly Money[] };

export type CatalogRuleBody = RuleReachFields & {
  readonly description?: string;
  /** Lower first. */
  readonly priority: number;
  readonly conditions?: Json;
  readonly action: PriceAction;
  readonly stop?: boolean;
  readonly audiences?: readonly string[];
  readonly blocks?: readonly string[];
};

export const groupModes = ["stackable", "first", "highest", "lowest"] as const;
export type RuleGroupBody = {
  readonly description?: string;
  /** Lower first; rules without a group stand at 0. */
  readonly priority: number;
  readonly mode: (typeof groupModes)[number];
  readonly per?: "cart" | "line";
};

/** Answer of the evaluation of a cart, as far as it is shown. */
export type TriedCart = {
  readonly currency: string;
  readonly lines: Readonly<
    Record<string, { readonly discount: Money; readonly byRule: Readonly<Record<string, Money>> }>
  >;
  readonly shipping: { readonly amount: Money; readonly discount: Money; readonly free: string };
  readonly totals: {
    readonly subtotal: Money;
    readonly itemDiscount: Money;
    readonly shipping: Money;
    readonly shippingDiscount: Money;
    readonly total: Money;
  };
  readonly coupons: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>;
  readonly nearMisses: readonly {
    readonly rule: string;
    readonly missing: { readonly lacks?: Money | number | string };
  }[];
  readonly gifts: readonly {
    readonly rule: string;
    readonly sku: string;
    readonly qty: number;
    readonly add: number;
  }[];
  readonly rewardPoints: number;
  readonly labels: readonly { readonly rule: string; readonly text: string }[];
  readonly explain: readonly LookedAtRule[];
  readonly skipped: readonly SkippedRule[];
};

export type LookedAtRule = {
  readonly rule: string;
  readonly name: string;
  readonly priority: number;
  readonly outcome: string;
  readonly conditions: unknown;
  readonly lines: readonly { readonly line: string; readonly verdict: string; readonly why: unknown }[];
};

export type SkippedRule = {
  readonly rule: string;
  readonly name: string;
  readonly priority: number;
  readonly reason: string;
};

export type RuleReach = {
  readonly looked: number;
  readonly reached: number;
  readonly examples: readonly string[];
  readonly compared: number;
  readonly conflicts: readonly {
    readonly code: string;
    readonly rule?: string;
    readonly name?: string;
    readonly priority?: number;
    readonly group?: string;
    readonly products?: number;
    readonly examples?: readonly string[];
  }[];
};

export type PricedProduct = {
  readonly sku: string;
  readonly name: string;
  readonly image: string | null;
  readonly before: Money | null;
  readonly after: Money | null;
  readonly isChanged: boolean;
  readonly source: string;
};

export type RuleOutcome = {
  readonly key: string;
  readonly name: string;
  readonly priority: number;
  readonly isApplied: boolean;
  readonly before?: Money;
  readonly after?: Money;
  readonly reasonText?: string;
};

export type CatalogTrial = {
  readonly idle: { readonly reason: string; readonly text: string } | null;
  readonly looked: number;
  readonly reached: number;
  readonly compared: number;
  readonly items: readonly PricedProduct[];
  readonly meetings: readonly {
    readonly rule: string;
    readonly name: string;
    readonly priority: number;
    readonly products: number;
    readonly examples: readonly string[];
    readonly isEarlier: boolean;
    readonly isStopped: boolean;
    readonly isShadow: boolean;
  }[];
  readonly asked:
    | (PricedProduct & {
        readonly listPrice: Money | null;
        readonly tierPrice: Money | null;
        readonly specialPrice: Money | null;
        readonly optionsPrice: Money | null;
        readonly rules: readonly RuleOutcome[];
        readonly conditions: unknown;
      })
    | null;
};
