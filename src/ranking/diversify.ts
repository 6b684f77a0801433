// Keeps the best products from being all alike: maximal marginal relevance, argmax λ·s_i − (1−λ)·max_j sim(i, j) (ranking.md 8.3).
import { categoryOverlap, type ItemFacts } from "./item-facts.ts";

export type DiversitySettings = {
  /** 1 = by score alone. Default 0.85. */
  readonly lambda: number;
  /** Products of one brand in the first twelve. Default 3. */
  readonly perBrand: number;
  /** Candidates that are looked at. Default 50. */
  readonly depth: number;
};

export const plainDiversity: DiversitySettings = { lambda: 0.85, perBrand: 3, depth: 50 };

const cappedPlaces = 12;
const priceScale = 0.35;

/** 0 to 1: categories, brand and price in common. */
export function similarity(a: ItemFacts, b: ItemFacts): number {
  const price = a.price > 0 && b.price > 0 ? Math.exp(-Math.abs(Math.log(a.price / b.price)) / priceScale) : 0;
  return 0.5 * categoryOverlap(a, b) + (a.brand !== "" && a.brand === b.brand ? 0.3 : 0) + 0.2 * price;
}

/** Scores as shares of the way from the worst to the best of those that are looked at. */
function relevanceOf(scores: ArrayLike<number>, count: number): Float64Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < count; at += 1) {
    low = Math.min(low, scores[at] ?? 0);
    high = Math.max(high, scores[at] ?? 0);
  }
  return Float64Array.from({ length: count }, (_, at) => (high > low ? ((scores[at] ?? 0) - low) / (high - low) : 1));
}

/**
 * Numbers of the candidates in their new order; what lies behind `depth` keeps its place.
 *
 * The best one stays first. Where all scores are equal nothing is changed: the order then means something else than relevance.
 */
export function diversify(
  items: readonly (ItemFacts | undefined)[],
  scores: ArrayLike<number>,
  { lambda, perBrand, depth }: DiversitySettings = plainDiversity,
): readonly number[] {
  const count = Math.min(depth, items.length);
  const order: number[] = [];
  const rest = items.map((_, at) => at).slice(count);
  const relevance = relevanceOf(scores, count);
  if (relevance.every((value) => value === 1)) return items.map((_, at) => at);
  const nearest = new Float64Array(count);
  const isTaken = new Uint8Array(count);
  const ofBrand = new Map<string, number>();
  while (order.length < count) {
    let best = chooseNext(items, relevance, nearest, isTaken, lambda, (brand) => {
      return order.length < cappedPlaces && brand !== "" && (ofBrand.get(brand) ?? 0) >= perBrand;
    });
    // Only products of brands that are full are left: better those than a gap.
    if (best < 0) best = chooseNext(items, relevance, nearest, isTaken, lambda, () => false);
    isTaken[best] = 1;
    order.push(best);
    const chosen = items[best];
    if (!chosen) continue;
    ofBrand.set(chosen.brand, (ofBrand.get(chosen.brand) ?? 0) + 1);
    for (let at = 0; at < count; at += 1) {
      const other = items[at];
      if (isTaken[at] === 0 && other) nearest[at] = Math.max(nearest[at] ?? 0, similarity(chosen, other));
    }
  }
  return [...order, ...rest];
}

function chooseNext(
  items: readonly (ItemFacts | undefined)[],
  relevance: Float64Array,
  nearest: Float64Array,
  isTaken: Uint8Array,
  lambda: number,
  isFull: (brand: string) => boolean,
): number {
  let [best, highest] = [-1, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < isTaken.length; at += 1) {
    if (isTaken[at] === 1 || isFull(items[at]?.brand ?? "")) continue;
    const value = lambda * (relevance[at] ?? 0) - (1 - lambda) * (nearest[at] ?? 0);
    if (value > highest) [best, highest] = [at, value];
  }
  return best;
}
