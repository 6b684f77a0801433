const dayMs = 86_400_000;
/** Below this much history nothing can be called a trend. */
export const minTrendHistoryMs = 3 * dayMs;
const minVisitors = 5;

/** What the window is compared with: 28 days before it, or twice its length when that is longer. */
export function trendBackgroundOf(windowMs: number): number {
  return Math.max(28 * dayMs, 2 * windowMs);
}

export type TrendCounts = {
  readonly sku: string;
  /** Views in the window; one visitor's repeats beyond 5 a day count 0. */
  readonly views: number;
  readonly visitors: number;
  /** Views in the background before that. */
  readonly backgroundViews: number;
};

export type Trend = { readonly sku: string; readonly score: number; readonly visitors: number };

/**
 * How far the views of the window lie above what the time before leads to expect: (c − μ)/√(μ + 1) (ranking.md 4).
 *
 * @param historyMs age of the oldest event, the window included; below 72 h, or where nothing lies before the window, nothing trends
 * @param weekdayFactor how busy this part of the week is against the mean; taken as 1 with less history than the whole background
 * @param windowMs default 24 h
 * @returns products above expectation with at least 5 visitors, strongest first
 */
export function scoreTrends(
  counts: readonly TrendCounts[],
  historyMs: number,
  weekdayFactor: number,
  windowMs = dayMs,
): readonly Trend[] {
  if (historyMs < minTrendHistoryMs || historyMs <= windowMs) return [];
  const whole = trendBackgroundOf(windowMs);
  const backgroundMs = Math.min(whole, historyMs - windowMs);
  const factor = (windowMs / backgroundMs) * (backgroundMs >= whole ? weekdayFactor : 1);
  return counts
    .filter((count) => count.visitors >= minVisitors)
    .map(({ sku, views, visitors, backgroundViews }) => {
      const expected = backgroundViews * factor;
      return { sku, visitors, score: (views - expected) / Math.sqrt(expected + 1) };
    })
    .filter((trend) => trend.score > 0)
    .sort((a, b) => b.score - a.score || (a.sku < b.sku ? -1 : 1));
}
