import { describe, expect, it } from "vitest";
import { createCatalogMemory } from "../catalog/index.ts";
import { aProduct } from "../testing/a-product.ts";
import { createCategoryRankings } from "./category-rankings.ts";
import { emptyModel, learnTogether, nothingTogether } from "./model.ts";
import { measureReadiness, percentOf } from "./readiness-percent.ts";
import { recommend } from "./recommend.ts";
import type { RecommendationQuery } from "./recommendation-query.ts";
import { createSimilarProducts } from "./similar-products.ts";
import { type Strategy, toStrategy } from "./strategy.ts";
import { unitSettings } from "./unit.ts";

const now = Date.UTC(2026, 2, 20, 12);
const skus = ["a", "b", "c", "d"];

function shop(pairsOf: readonly string[]) {
  const memory = createCatalogMemory();
  memory.apply({
    version: 1,
    upserted: [...skus.map((sku) => aProduct(sku, { categories: ["x"] })), aProduct("sold-out", { inStock: false })],
  });
  const bought = {
    total: { n: 1_000, w: 1_000 },
    items: new Map(skus.map((sku) => [sku, { n: 50, w: 50 }])),
    pairs: pairsOf.flatMap((a) => skus.filter((b) => b !== a).map((b) => ({ a, b, n: 30, w: 30 }))),
  };
  const base = {
    model: { ...emptyModel(now), ...learnTogether({ ...nothingTogether, bought }) },
    catalog: memory.current(),
    similar: createSimilarProducts(),
    categoryRankings: createCategoryRankings(),
  };
  const ask = (query: RecommendationQuery) =>
    recommend(
      {
        unit: { ...unitSettings({ strategy: "most-viewed", ...query.unit }), limit: query.limit ?? 5 },
        profile: query.profile,
        items: query.items ?? [],
        cart: null,
        categoryPath: query.categoryPath ?? null,
        seen: new Set(),
        nowMs: now,
      },
      base,
    );
  return (strategy: Strategy, limit = 3) => measureReadiness({ strategy }, strategy, limit, base.catalog, now, ask);
}

describe("the readiness of a unit", () => {
  it("is coverage by variety: 75 with everything covered by few products, 100 from a third of the catalog on", () => {
    expect(percentOf(1, 0.3)).toBe(100);
    expect(percentOf(1, 0.15)).toBe(75);
    expect(percentOf(0.5, 1)).toBe(50);
    expect(percentOf(0, 1)).toBe(0);
  });

  it("asks for the page of each product in stock and counts what the strategy fills by itself", async () => {
    expect(await shop(skus)("bought-together")).toMatchObject({ percent: 100, coverage: 1, variety: 1, asked: 4 });
    const half = await shop(["a", "b"])("bought-together");
    expect(half).toMatchObject({ percent: 50, coverage: 0.5, asked: 4 });
    expect(half.missing).toEqual(["It has seen 0 of 100 orders", "2 of 4 pages get fewer than 3 products"]);
  });

  it("is nothing before anything happened, and has no percentage where all depends on the shopper", async () => {
    expect(await shop([])("most-viewed")).toMatchObject({ percent: 0, coverage: 0, variety: 0 });
    expect(await shop([])("buy-again")).toMatchObject({ percent: null, asked: 0 });
    expect(toStrategy("viewed_viewed")).toBe("viewed-also-viewed");
  });
});
