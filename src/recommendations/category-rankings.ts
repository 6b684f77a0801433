import type { CatalogProduct, CatalogSnapshot } from "../catalog/index.ts";
import type { RankedSku, RecommendationModel } from "./model.ts";

const kept = 200;
const cachedCategories = 5_000;

function isMarkedNew(product: CatalogProduct): boolean {
  const { new: mark } = product.attributes;
  return mark === true || mark === "Yes";
}

/** An imported catalog often has one date for everything: the shop's own mark decides then. */
function isNewer(a: CatalogProduct, b: CatalogProduct): number {
  return b.createdAt - a.createdAt || Number(isMarkedNew(b)) - Number(isMarkedNew(a)) || (a.sku < b.sku ? -1 : 1);
}

/** Popular and new products of a category, found on first use and kept until the model or the catalog changes. */
export function createCategoryRankings() {
  let model: RecommendationModel | undefined;
  let version = -1;
  const popular = new Map<string, readonly RankedSku[]>();
  const newest = new Map<string | null, readonly RankedSku[]>();

  const forgetOld = (current: RecommendationModel | undefined, catalog: CatalogSnapshot) => {
    if (catalog.version !== version || newest.size >= cachedCategories) {
      newest.clear();
      popular.clear();
      version = catalog.version;
    }
    if (current === undefined || (current === model && popular.size < cachedCategories)) return;
    popular.clear();
    model = current;
  };

  return {
    /** By decayed signals; products without any are left out. */
    of: (path: string, current: RecommendationModel, catalog: CatalogSnapshot): readonly RankedSku[] => {
      forgetOld(current, catalog);
      const cached = popular.get(path);
      if (cached) return cached;
      const ranked = catalog
        .inCategory(path)
        .map((product) => ({ sku: product.sku, score: current.popularity.get(product.sku) ?? 0 }))
        .filter((product) => product.score > 0)
        .sort((a, b) => b.score - a.score || (a.sku < b.sku ? -1 : 1))
        .slice(0, kept);
      popular.set(path, ranked);
      return ranked;
    },
    /** @param path null = the whole catalog */
    newest: (path: string | null, catalog: CatalogSnapshot): readonly RankedSku[] => {
      forgetOld(undefined, catalog);
      const cached = newest.get(path);
      if (cached) return cached;
      const products = [...(path === null ? catalog.listed() : catalog.inCategory(path))].filter(
        (product) => product.inStock,
      );
      const ranked = products
        .sort(isNewer)
        .slice(0, kept)
        .map((product) => ({ sku: product.sku, score: product.createdAt }));
      newest.set(path, ranked);
      return ranked;
    },
  };
}

export type CategoryRankings = ReturnType<typeof createCategoryRankings>;
