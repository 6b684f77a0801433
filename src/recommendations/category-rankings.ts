import type { CatalogSnapshot } from "../catalog/index.ts";
import type { RankedSku, RecommendationModel } from "./model.ts";

const kept = 200;
const cachedCategories = 5_000;

/** Popular products of a category, made on first use and kept until the model or the catalog changes. */
export function createCategoryRankings() {
  let model: RecommendationModel | undefined;
  let version = -1;
  const cache = new Map<string, readonly RankedSku[]>();
  return {
    of: (path: string, current: RecommendationModel, catalog: CatalogSnapshot): readonly RankedSku[] => {
      if (current !== model || catalog.version !== version || cache.size >= cachedCategories) {
        cache.clear();
        model = current;
        version = catalog.version;
      }
      const cached = cache.get(path);
      if (cached) return cached;
      const ranked = catalog
        .inCategory(path)
        .map((product) => ({ sku: product.sku, score: current.popularity.get(product.sku) ?? 0 }))
        .filter((product) => product.score > 0)
        .sort((a, b) => b.score - a.score || (a.sku < b.sku ? -1 : 1))
        .slice(0, kept);
      cache.set(path, ranked);
      return ranked;
    },
  };
}

export type CategoryRankings = ReturnType<typeof createCategoryRankings>;
