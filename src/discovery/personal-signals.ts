import type { CatalogSnapshot } from "../catalog/index.ts";
import { affinityShares, type Profile } from "../profiles/index.ts";
import type { ItemReason, RankingSignal } from "../search/index.ts";

const categoryBeta = 0.3;
const brandBeta = 0.2;
const popularityBeta = 0.3;
const viewedBeta = 0.1;

/**
 * What a profile brings to a product list on day one, without a model (ranking.md 6.3): taste for categories and brands,
 * products looked at before, and what everybody likes.
 *
 * @param profile null when nobody is known, or when personalisation was refused
 */
export function personalSignals(
  profile: Profile | null,
  catalog: CatalogSnapshot,
  popularityOf: (sku: string) => number,
  nowMs: number,
): { readonly signals: readonly RankingSignal[]; readonly reasons: readonly ItemReason[] } {
  const popularity: RankingSignal = {
    name: "popularity",
    beta: popularityBeta,
    valueOf: popularityOf,
    text: "Popular with other shoppers",
  };
  if (!profile) {
    return {
      signals: [popularity],
      reasons: [
        {
          code: "not_personal",
          text: "Ranked the same for everybody: nobody is known, or personalisation was refused",
        },
      ],
    };
  }
  const { state } = profile;
  const categories = new Map(
    affinityShares(state.affinity["category"], nowMs).map(({ value, score }) => [value, score]),
  );
  const brands = new Map(affinityShares(state.affinity["brand"], nowMs).map(({ value, score }) => [value, score]));
  const viewed = new Map(state.viewed.map((product) => [product.sku, product.count]));
  const signals: RankingSignal[] = [popularity];
  if (categories.size > 0) {
    signals.push({
      name: "category_affinity",
      beta: categoryBeta,
      valueOf: (sku) =>
        catalog.get(sku)?.categories.reduce((best, path) => Math.max(best, categories.get(path) ?? 0), 0),
      text: "From a category you like",
    });
  }
  if (brands.size > 1)
    signals.push({
      name: "brand_affinity",
      beta: brandBeta,
      valueOf: (sku) => brands.get(catalog.get(sku)?.brand ?? ""),
      text: "From a brand you like",
    });
  if (viewed.size > 0)
    signals.push({
      name: "viewed_before",
      beta: viewedBeta,
      valueOf: (sku) => viewed.get(sku),
      text: "You looked at this before",
    });
  const personal: ItemReason = { code: "personal", text: "Ranked by what this shopper looked at, added and bought" };
  return {
    signals,
    reasons:
      signals.length > 1
        ? [personal]
        : [{ code: "cold_start", text: "Known, but nothing is known of their taste yet" }],
  };
}
