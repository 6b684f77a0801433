import { describe, expect, it } from "vitest";
import { scoreTrends } from "./trending-score.ts";

const hour = 3_600_000;
const count = (sku: string, views: number, backgroundViews: number, visitors = 10) => ({
  sku,
  views,
  backgroundViews,
  visitors,
});

describe("trending", () => {
  it("compares the last 24 hours with what the 28 days before lead to expect", () => {
    // μ = 280/28 · 1.2 = 12, score (40 − 12)/√13.
    const [trend] = scoreTrends([count("a", 40, 280)], 60 * 24 * hour, 1.2);
    expect(trend?.score).toBeCloseTo(28 / Math.sqrt(13), 9);
  });

  it("takes less background when the shop is young, without a weekday factor", () => {
    // 96 h of history leave 72 h of background: μ = 30 · 24/72 = 10.
    expect(scoreTrends([count("a", 30, 30)], 96 * hour, 3)[0]?.score).toBeCloseTo(20 / Math.sqrt(11), 9);
  });

  it("needs 72 hours of history, five visitors and more views than expected", () => {
    expect(scoreTrends([count("a", 99, 0)], 71 * hour, 1)).toEqual([]);
    expect(scoreTrends([count("few", 99, 0, 4), count("falling", 5, 500)], 90 * 24 * hour, 1)).toEqual([]);
  });
});
