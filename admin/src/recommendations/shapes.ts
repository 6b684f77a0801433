import type { Money, Reason, RecommendedItem } from "../api/shapes.ts";

export type PreviewedItem = RecommendedItem & { readonly strategy?: string };

/** A product that was proposed and not shown. */
export type LeftOut = {
  readonly sku: string;
  readonly strategy: string;
  readonly score: number;
  readonly because: Reason;
};

export type PreviewAnswer = {
  readonly items: readonly PreviewedItem[];
  readonly strategyUsed: string;
  /** Whether the strategy has seen enough to answer by itself. */
  readonly trained: boolean;
  readonly reasons: readonly Reason[];
  readonly leftOut?: readonly LeftOut[];
};

export type Readiness = {
  /** 0 to 100; null = depends on the shopper alone. */
  readonly percent: number | null;
  readonly coverage: number;
  readonly variety: number;
  readonly asked: number;
  readonly missing: readonly string[];
};

export const attributions = ["session", "24h", "7d"] as const;
export type Attribution = (typeof attributions)[number];

/** What a unit achieved; rates are null where nothing divides. */
export type UnitFigures = {
  readonly unitId: string;
  readonly name: string | null;
  readonly typeId: string | null;
  readonly impressions: number;
  readonly views: number;
  readonly clicks: number;
  readonly orders: number;
  readonly revenue: readonly Money[];
  readonly netRevenue: readonly Money[];
  readonly lifetimeRevenue: readonly Money[];
  readonly ctr: number | null;
  readonly viewableCtr: number | null;
  readonly orderRate: number | null;
  /** Minor units of the first currency of `revenue`. */
  readonly revenuePerThousandImpressions: number | null;
  readonly adobe: {
    readonly impressions: number;
    readonly views: number;
    readonly vImpressions: number;
    readonly clicks: number;
    readonly viewability: number | null;
    readonly ctr: number | null;
    readonly vCtr: number | null;
  };
};
