// How long people take until they buy a product again (ranking.md 5.5): a product is due while the time since the purchase lies
// between the 25th and the 90th percentile of these gaps; a product with few of them goes by its category.
import type { CatalogSnapshot } from "../catalog/index.ts";
import { createCatalogCache } from "./catalog-cache.ts";

/** Gaps between two orders of one product by one shopper. */
export type RepurchaseGaps = {
  readonly sku: string;
  readonly gaps: number;
  /** Percentiles, milliseconds. */
  readonly p25Ms: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
};

export type DueWindow = { readonly fromMs: number; readonly usualMs: number; readonly toMs: number };

/** Fewer say nothing of a product by itself. */
const minGaps = 5;
/** Things that most people buy once have categories with a few repeats too. */
const minCategoryGaps = 20;
const cachedCategories = 5_000;

const toWindow = ({ p25Ms, p50Ms, p90Ms }: RepurchaseGaps): DueWindow => ({
  fromMs: p25Ms,
  usualMs: p50Ms,
  toMs: p90Ms,
});

/** @param counted gaps of each product that was bought again */
export function createRepurchase(counted: readonly RepurchaseGaps[]) {
  const bySku = new Map(counted.map((gaps) => [gaps.sku, gaps]));
  const byCategory = createCatalogCache<string, DueWindow | null>(cachedCategories);

  /** Means of the products' percentiles, weighted by their gaps: percentiles themselves cannot be pooled. */
  const ofCategory = (path: string, catalog: CatalogSnapshot): DueWindow | null => {
    let [n, from, usual, to] = [0, 0, 0, 0];
    for (const { sku } of catalog.inCategory(path)) {
      const gaps = bySku.get(sku);
      if (!gaps) continue;
      n += gaps.gaps;
      from += gaps.gaps * gaps.p25Ms;
      usual += gaps.gaps * gaps.p50Ms;
      to += gaps.gaps * gaps.p90Ms;
    }
    return n < minCategoryGaps ? null : { fromMs: from / n, usualMs: usual / n, toMs: to / n };
  };

  /** Null = nothing says that people buy it again. */
  const windowOf = (sku: string, catalog: CatalogSnapshot, nowMs: number): DueWindow | null => {
    const own = bySku.get(sku);
    if (own && own.gaps >= minGaps) return toWindow(own);
    if (bySku.size === 0) return null;
    for (const path of catalog.get(sku)?.categories ?? []) {
      const found = byCategory.get(path, catalog, bySku, nowMs, () => ofCategory(path, catalog));
      if (found) return found;
    }
    return null;
  };

  return {
    productCount: bySku.size,
    windowOf,
    /** True while the shopper may want the product again. */
    isDue: (sku: string, boughtAt: number, catalog: CatalogSnapshot, nowMs: number): boolean => {
      const window = windowOf(sku, catalog, nowMs);
      const age = nowMs - boughtAt;
      return window !== null && age >= window.fromMs && age <= window.toMs;
    },
  };
}

export type Repurchase = ReturnType<typeof createRepurchase>;
