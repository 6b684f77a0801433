import type { Neighbour } from "./pair-scores.ts";

/** Later views say more: each step back counts this share of the step before it. */
const decay = 0.8;
const maxViewed = 20;

/**
 * How much each product is viewed together with what a shopper viewed: the association scores of the last 20 products, the newest
 * counting most.
 *
 * @param viewed SKUs, newest first
 */
export function viewedWith(
  viewed: readonly string[],
  together: ReadonlyMap<string, readonly Neighbour[]>,
): ReadonlyMap<string, number> {
  const scores = new Map<string, number>();
  let weight = 1;
  for (const sku of viewed.slice(0, maxViewed)) {
    for (const neighbour of together.get(sku) ?? [])
      scores.set(neighbour.sku, (scores.get(neighbour.sku) ?? 0) + weight * neighbour.score);
    weight *= decay;
  }
  return scores;
}
