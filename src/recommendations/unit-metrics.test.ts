import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { inFixtures } from "../testing/folders.ts";
import { ratesOf } from "./unit-metrics.ts";

const file = inFixtures("measurement", "discovery-metrics.json");
const isThere = existsSync(file);
if (!isThere) console.info("unit metrics: skipped, no discovery-metrics.json in CLIENTELE_FIXTURES");

type Case = {
  readonly id: string;
  readonly kind: string;
  readonly input: Record<"impressions" | "views" | "clicks" | "unitClicks" | "orders" | "attributedRevenue", number>;
  readonly expect: Record<string, number>;
};
const cases: readonly Case[] = isThere
  ? (JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] }).cases.filter(
      ({ kind }) => kind === "recommendation-unit",
    )
  : [];

describe("rates of a unit", () => {
  it.each(cases)("equal $id", ({ input, expect: expected }) => {
    const { impressions, views, clicks, unitClicks, orders, attributedRevenue } = input;
    const rates = ratesOf({
      ...{ impressions, views, clicks, orders },
      viewedImpressions: views,
      clickedImpressions: unitClicks,
      revenue: attributedRevenue,
    });
    for (const [name, value] of Object.entries(expected))
      expect(rates[name as "ctr"], name).toBeCloseTo(value, 9 - Math.ceil(Math.log10(Math.abs(value) + 1)));
    expect(rates.adobe).toMatchObject({ impressions, vImpressions: views, ctr: unitClicks / impressions });
  });

  it("are null where nothing divides", () => {
    const none = { impressions: 0, views: 0, viewedImpressions: 0, clicks: 0, clickedImpressions: 0, orders: 0 };
    expect(ratesOf({ ...none, revenue: 0 })).toMatchObject({
      ctr: null,
      orderRate: null,
      revenuePerThousandImpressions: null,
      adobe: { viewability: null, vCtr: null },
    });
  });
});
