import type { CatalogProduct, CatalogSnapshot } from "../catalog/index.ts";
import type { ProfileState } from "../profiles/index.ts";
import type { CategoryRankings } from "./category-rankings.ts";
import type { RecommendationModel } from "./model.ts";
import type { SimilarProducts } from "./similar-products.ts";
import type { Reason } from "./strategy.ts";

/** What a strategy may look at. All products are parents: a variant stands for its product. */
export type Situation = {
  readonly model: RecommendationModel;
  readonly catalog: CatalogSnapshot;
  readonly similar: SimilarProducts;
  readonly categoryRankings: CategoryRankings;
  /** Products that the page is about, oldest first. */
  readonly items: readonly string[];
  /** The same as they were given: repeats, and products that the catalog does not know. */
  readonly steps: readonly string[];
  readonly profile: ProfileState | null;
  readonly categoryPath: string | null;
  readonly nowMs: number;
};

/** Signals of one shopper (ranking.md 4). */
export const signalWeights = { view: 1, cart: 4, wish: 3, piece: 10 } as const;

/** A product that a strategy would show. Scores compare within one strategy only. */
export type Proposal = { readonly sku: string; readonly score: number; readonly reason: Reason };

export const nameOf = ({ catalog }: Situation, sku: string): string => catalog.get(sku)?.name ?? sku;

export function bestFirst(proposals: Iterable<Proposal>): readonly Proposal[] {
  return [...proposals].sort((a, b) => b.score - a.score || (a.sku < b.sku ? -1 : 1));
}

export function categoryName(catalog: CatalogSnapshot, path: string): string {
  return catalog.categories.get(path)?.name ?? path.slice(path.lastIndexOf("/") + 1);
}

/** Adds up proposals of one product; the reason of the largest part speaks for it. */
export function createTally() {
  const bySku = new Map<string, { score: number; best: number; reason: Reason }>();
  return {
    add: ({ sku, score, reason }: Proposal): void => {
      const known = bySku.get(sku);
      if (!known) {
        bySku.set(sku, { score, best: score, reason });
        return;
      }
      known.score += score;
      if (score > known.best) Object.assign(known, { best: score, reason });
    },
    proposals: (): readonly Proposal[] =>
      bestFirst([...bySku].map(([sku, { score, reason }]) => ({ sku, score, reason }))),
  };
}

/** When the shopper last bought each product, by parent; cancelled orders count nothing. */
export function lastPurchases(
  profile: ProfileState | null,
  parentOf: (sku: string) => CatalogProduct | undefined,
): ReadonlyMap<string, number> {
  const bought = new Map<string, number>();
  for (const { status, placedAt, items } of profile?.orders ?? []) {
    if (status === "cancelled") continue;
    for (const { sku, parentSku } of items) {
      const parent = parentOf(sku)?.sku ?? parentSku ?? sku;
      bought.set(parent, Math.max(placedAt, bought.get(parent) ?? 0));
    }
  }
  return bought;
}
