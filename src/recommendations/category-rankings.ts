import { type CatalogProduct, type CatalogSnapshot, regularPriceOf } from "../catalog/index.ts";
import { createCatalogCache } from "./catalog-cache.ts";
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

function reductionOf(product: CatalogProduct): number {
  const { finalPrice } = product;
  const price = regularPriceOf(product);
  if (!price || !finalPrice || price.currency !== finalPrice.currency || price.minor <= 0) return 0;
  return 1 - finalPrice.minor / price.minor;
}

/** Popular, new and reduced products of a category, found on first use and remembered. */
export function createCategoryRankings() {
  const popular = createCatalogCache<string, readonly RankedSku[]>(cachedCategories);
  const parts = createCatalogCache<string, readonly RankedSku[]>(cachedCategories);
  const newest = createCatalogCache<string | null, readonly RankedSku[]>(cachedCategories);
  const reduced = createCatalogCache<string | null, readonly RankedSku[]>(cachedCategories);

  return {
    /** The part of a list that lies in a category, in its order. `name` tells the lists of one model apart. */
    within: (
      name: string,
      path: string,
      list: readonly RankedSku[],
      model: RecommendationModel,
      catalog: CatalogSnapshot,
      nowMs: number,
    ): readonly RankedSku[] =>
      parts.get(`${name} ${path}`, catalog, model, nowMs, () => {
        const inside = new Set(catalog.inCategory(path).map(({ sku }) => sku));
        return list.filter(({ sku }) => inside.has(sku));
      }),
    /** By decayed signals; products without any are left out. */
    of: (path: string, model: RecommendationModel, catalog: CatalogSnapshot, nowMs: number): readonly RankedSku[] =>
      popular.get(path, catalog, model, nowMs, () =>
        catalog
          .inCategory(path)
          .map((product) => ({ sku: product.sku, score: model.popularity.get(product.sku) ?? 0 }))
          .filter((product) => product.score > 0)
          .sort((a, b) => b.score - a.score || (a.sku < b.sku ? -1 : 1))
          .slice(0, kept),
      ),
    /** @param path null = the whole catalog */
    newest: (path: string | null, catalog: CatalogSnapshot, nowMs: number): readonly RankedSku[] =>
      newest.get(path, catalog, null, nowMs, () =>
        (path === null ? catalog.listed() : catalog.inCategory(path))
          .filter((product) => product.inStock)
          .sort(isNewer)
          .slice(0, kept)
          .map((product) => ({ sku: product.sku, score: product.createdAt })),
      ),
    /**
     * What sells below its price, by the share it is reduced by.
     *
     * @param path null = the whole catalog
     */
    reduced: (path: string | null, catalog: CatalogSnapshot, nowMs: number): readonly RankedSku[] =>
      reduced.get(path, catalog, null, nowMs, () =>
        (path === null ? catalog.listed() : catalog.inCategory(path))
          .map((product) => ({ sku: product.sku, score: reductionOf(product) }))
          .filter(({ score }) => score > 0)
          .sort((a, b) => b.score - a.score || (a.sku < b.sku ? -1 : 1))
          .slice(0, kept),
      ),
  };
}

export type CategoryRankings = ReturnType<typeof createCategoryRankings>;
