const dayMs = 86_400_000;
export const trendWindowMs = dayMs;
export const trendBackgroundMs = 28 * dayMs;
/** Below this much history nothing can be called a trend. */
export const minTrendHistoryMs = 3 * dayMs;
const minVisitors = 5;

export type TrendCounts = {
  readonly sku: string;
  /** Views in the last 24 h; one visitor's repeats beyond 5 count 0. */
  readonly views: number;
  readonly visitors: number;
  /** Views in the background before that. */
  readonly backgroundViews: number;
};

export type Trend = { readonly sku: string; readonly score: number; readonly visitors: number };

/**
 * How far the views of the last 24 h lie above what the time before leads to expect: (c − μ)/√(μ + 1).
 *
 * @param historyMs age of the oldest event, the last 24 h included; below 72 h nothing trends
 * @param weekdayFactor how busy this day of the week is against the mean day; taken as 1 with less than 28 d of history
 * @returns products above expectation with at least 5 visitors, strongest first
 */
export function scoreTrends(
  counts: readonly TrendCounts[],
  historyMs: number,
  weekdayFactor: number,
): readonly Trend[] {
  if (historyMs < minTrendHistoryMs) return [];
  const backgroundMs = Math.min(trendBackgroundMs, historyMs - trendWindowMs);
  const isWhole = backgroundMs >= trendBackgroundMs;
  const factor = (trendWindowMs / backgroundMs) * (isWhole ? weekdayFactor : 1);
  return counts
    .filter((count) => count.visitors >= minVisitors)
    .map(({ sku, views, visitors, backgroundViews }) => {
      const expected = backgroundViews * factor;
      return { sku, visitors, score: (views - expected) / Math.sqrt(expected + 1) };
    })
    .filter((trend) => trend.score > 0)
    .sort((a, b) => b.score - a.score || (a.sku < b.sku ? -1 : 1));
}
