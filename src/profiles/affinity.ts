// Taste as decayed scores (profiles-and-journeys B.3): score(v) = Σ w(event) · 2^(−age/half-life), kept relative to the time
// of the last addition, so that no row is rewritten as time passes.
import type { CatalogProduct } from "../catalog/index.ts";
import type { DecayedScore, ProfileState } from "./profile.ts";

export const affinityHalfLifeMs = 30 * 86_400_000;
const ancestorFactor = 0.5;
const keptValues = 50;
const pruneAbove = 100;

/** Weight of one event line by canonical type; types without a row say nothing about taste. */
export const affinityWeights: Readonly<Record<string, number>> = {
  productPageView: 1,
  searchProductClick: 2,
  recsItemClick: 2,
  addToCart: 4,
  recsItemAddToCartClick: 4,
  addToWishlist: 4,
  orderPlaced: 10,
  orderReturned: -8,
};

/** Value of a stored score at a time. */
export function scoreAt(score: DecayedScore, now: number): number {
  return score.s * 2 ** (-(now - score.at) / affinityHalfLifeMs);
}

function add(score: DecayedScore | undefined, weight: number, at: number): DecayedScore {
  if (score === undefined) return { s: weight, at };
  if (at >= score.at) return { s: scoreAt(score, at) + weight, at };
  return { s: score.s + weight * 2 ** (-(score.at - at) / affinityHalfLifeMs), at: score.at };
}

function prune(scores: Record<string, DecayedScore>, now: number): Record<string, DecayedScore> {
  const entries = Object.entries(scores);
  if (entries.length <= pruneAbove) return scores;
  entries.sort((a, b) => scoreAt(b[1], now) - scoreAt(a[1], now));
  return Object.fromEntries(entries.slice(0, keptValues));
}

/** Adds one product's weight to category (each ancestor half of its child), brand and price band. */
export function addAffinity(
  affinity: ProfileState["affinity"],
  product: CatalogProduct,
  weight: number,
  at: number,
): ProfileState["affinity"] {
  const categories: Record<string, DecayedScore> = { ...affinity["category"] };
  const given = new Map<string, number>();
  for (const path of product.categories) {
    let factor = 1;
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
      const ancestor = path.slice(0, end);
      given.set(ancestor, Math.max(given.get(ancestor) ?? 0, factor));
      factor *= ancestorFactor;
    }
  }
  for (const [path, factor] of given) categories[path] = add(categories[path], weight * factor, at);
  const next: Record<string, Readonly<Record<string, DecayedScore>>> = { ...affinity, category: prune(categories, at) };
  if (product.brand)
    next["brand"] = prune(
      { ...affinity["brand"], [product.brand]: add(affinity["brand"]?.[product.brand], weight, at) },
      at,
    );
  const band = priceBand(product);
  if (band) next["price_band"] = { ...affinity["price_band"], [band]: add(affinity["price_band"]?.[band], weight, at) };
  return next;
}

/** Price as a power-of-two band in minor units, e.g. `3200-6400 USD`: wide enough to hold a taste, narrow enough to mean one. */
function priceBand(product: CatalogProduct): string | undefined {
  const price = product.finalPrice;
  if (!price || price.minor <= 0) return undefined;
  const low = 100 * 2 ** Math.max(0, Math.floor(Math.log2(price.minor / 100)));
  return `${low}-${low * 2} ${price.currency}`;
}

export type AffinityShare = { readonly value: string; readonly score: number };

/** The positive scores of one attribute as shares of their total, largest first, at most 50. */
export function affinityShares(
  scores: Readonly<Record<string, DecayedScore>> | undefined,
  now: number,
): readonly AffinityShare[] {
  if (!scores) return [];
  const positive = Object.entries(scores)
    .map(([value, score]) => ({ value, score: scoreAt(score, now) }))
    .filter(({ score }) => score > 0);
  const total = positive.reduce((sum, { score }) => sum + score, 0);
  return positive
    .map(({ value, score }) => ({ value, score: score / total }))
    .sort((a, b) => b.score - a.score || (a.value < b.value ? -1 : 1))
    .slice(0, keptValues);
}
