import type { Money } from "../kernel/index.ts";

/** What is counted of a unit in a period. */
export type UnitCounts = {
  readonly unitId: string;
  /** Times it was rendered with products. */
  readonly impressions: number;
  /** Times at least half of it was in view. */
  readonly views: number;
  /** Renderings with at least one view. */
  readonly viewedImpressions: number;
  /** Clicks on products and on "add to cart". */
  readonly clicks: number;
  /** Renderings with at least one click. */
  readonly clickedImpressions: number;
  readonly orders: number;
  /** Of the clicked products in attributed orders; one amount a currency, the largest first. */
  readonly revenue: readonly Money[];
  /** Less what came back. */
  readonly netRevenue: readonly Money[];
  /** Of all time, by the same attribution. */
  readonly lifetimeRevenue: readonly Money[];
};

/** Rates of a unit; null where nothing divides. */
export type UnitRates = {
  readonly ctr: number | null;
  readonly viewableCtr: number | null;
  readonly orderRate: number | null;
  readonly revenuePerThousandImpressions: number | null;
  /** Adobe's own, which count renderings instead of clicks (discovery.md 4.8). */
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

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

/** Rates by measurement.md 11, and Adobe's under their names. Revenue in major or minor units: the result has the same. */
export function ratesOf(
  counts: Pick<
    UnitCounts,
    "impressions" | "views" | "viewedImpressions" | "clicks" | "clickedImpressions" | "orders"
  > & { readonly revenue: number },
): UnitRates {
  const { impressions, views, viewedImpressions, clicks, clickedImpressions, orders, revenue } = counts;
  const perImpression = ratio(revenue, impressions);
  return {
    ctr: ratio(clicks, impressions),
    viewableCtr: ratio(clicks, views),
    orderRate: ratio(orders, clicks),
    revenuePerThousandImpressions: perImpression === null ? null : perImpression * 1_000,
    adobe: {
      impressions,
      views,
      vImpressions: viewedImpressions,
      clicks,
      viewability: ratio(viewedImpressions, impressions),
      ctr: ratio(clickedImpressions, impressions),
      vCtr: ratio(clickedImpressions, viewedImpressions),
    },
  };
}
