// What merchandising asks of behaviour: one number a product, for a signal and a window of days.
import { scoreTrends, type Trend, type TrendCounts } from "./trending-score.ts";

export const signalWindowsDays = [1, 3, 7, 14, 30, 90] as const;
export const trendWindowsDays = [1, 3, 14, 30] as const;
export type SignalWindow = (typeof signalWindowsDays)[number];

export const signalNames = [
  "views",
  "purchases",
  "cartAdds",
  "viewToCartRate",
  "viewToPurchaseRate",
  "trending",
  "popularity",
] as const;
export type SignalName = (typeof signalNames)[number];

/** Sessions and orders of one product, one number for each of `signalWindowsDays`. */
export type WindowCounts = {
  readonly sku: string;
  readonly views: readonly number[];
  readonly carts: readonly number[];
  readonly orders: readonly number[];
  readonly viewAndCart: readonly number[];
  readonly viewAndBuy: readonly number[];
};

export type CountedSignals = {
  readonly windows: readonly WindowCounts[];
  readonly trends: ReadonlyMap<number, { readonly counts: readonly TrendCounts[]; readonly weekdayFactor: number }>;
};

export const noSignals: CountedSignals = { windows: [], trends: new Map() };

const rateSmoothing = 50;
const minRateSessions = 20;

/** The smallest window that is at least so long; the longest for more. */
export function windowFor<W extends number>(days: number, windows: readonly W[]): W {
  const longest = windows.at(-1);
  if (longest === undefined) throw new RangeError("no windows");
  return windows.find((window) => window >= days) ?? longest;
}

function rates(counted: CountedSignals, at: number, led: "viewAndCart" | "viewAndBuy"): ReadonlyMap<string, number> {
  let [views, successes] = [0, 0];
  for (const counts of counted.windows) {
    views += counts.views[at] ?? 0;
    successes += counts[led][at] ?? 0;
  }
  const mean = views > 0 ? successes / views : 0;
  return new Map(
    counted.windows.flatMap((counts) => {
      const n = counts.views[at] ?? 0;
      if (n < minRateSessions) return [];
      return [[counts.sku, ((counts[led][at] ?? 0) + rateSmoothing * mean) / (n + rateSmoothing)] as const];
    }),
  );
}

function positive(counted: CountedSignals, of: (counts: WindowCounts) => number | undefined) {
  return new Map(
    counted.windows.flatMap((counts) => {
      const value = of(counts) ?? 0;
      return value > 0 ? [[counts.sku, value] as const] : [];
    }),
  );
}

/** Each signal is worked out when it is first asked for, and kept as long as the counts. */
export function createSignals(counted: CountedSignals, popularity: ReadonlyMap<string, number>, historyMs: number) {
  const made = new Map<string, ReadonlyMap<string, number>>();
  const make = (name: SignalName, days: number): ReadonlyMap<string, number> => {
    const at = signalWindowsDays.indexOf(windowFor(days, signalWindowsDays));
    switch (name) {
      case "views":
        return positive(counted, (counts) => counts.views[at]);
      case "purchases":
        return positive(counted, (counts) => counts.orders[at]);
      case "cartAdds":
        return positive(counted, (counts) => counts.carts[at]);
      case "viewToCartRate":
        return rates(counted, at, "viewAndCart");
      case "viewToPurchaseRate":
        return rates(counted, at, "viewAndBuy");
      case "trending":
        return new Map(trendsOf(counted, days, historyMs).map(({ sku, score }) => [sku, score]));
      case "popularity":
        return popularity;
    }
  };
  return (name: SignalName, days: number): ReadonlyMap<string, number> => {
    const key = `${name} ${windowFor(days, name === "trending" ? trendWindowsDays : signalWindowsDays)}`;
    const known = made.get(key) ?? make(name, days);
    made.set(key, known);
    return known;
  };
}

function trendsOf(counted: CountedSignals, days: number, historyMs: number): readonly Trend[] {
  const window = windowFor(days, trendWindowsDays);
  const trend = counted.trends.get(window);
  return trend ? scoreTrends(trend.counts, historyMs, trend.weekdayFactor, window * 86_400_000) : [];
}
