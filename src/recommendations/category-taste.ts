import { affinityShares } from "../profiles/index.ts";
import { bestFirst, categoryName, type Proposal, type Situation } from "./situation.ts";

const topCategories = 5;

/** Popular products of the categories the visitor likes, weighted by how much. */
export function byTaste(situation: Situation): readonly Proposal[] {
  const { profile, catalog, model, categoryRankings, nowMs } = situation;
  const bySku = new Map<string, Proposal>();
  const brandShares = new Map(
    affinityShares(profile?.affinity["brand"], nowMs).map(({ value, score }) => [value, score]),
  );
  // The leaves say what the visitor likes; their parents only repeat it in other words.
  const shares = affinityShares(profile?.affinity["category"], nowMs).slice(0, 3 * topCategories);
  const leaves = shares
    .filter(({ value }) => !shares.some((other) => other.value.startsWith(`${value}/`)))
    .slice(0, topCategories);
  const strongest = leaves[0]?.score ?? 1;
  for (const { value: path, score: share } of leaves) {
    const ranked = categoryRankings.of(path, model, catalog, situation.nowMs);
    const popular =
      ranked.length > 0
        ? ranked
        : catalog
            .inCategory(path)
            .slice(0, 50)
            .map(({ sku }) => ({ sku, score: 0 }));
    const most = ranked[0]?.score ?? 1;
    for (const { sku, score } of popular.slice(0, 50)) {
      const brand = catalog.get(sku)?.brand;
      const taste = share / strongest + 0.5 * (brand ? (brandShares.get(brand) ?? 0) : 0);
      const proposal = {
        sku,
        score: taste * (0.5 + 0.5 * (score / most)),
        reason: { code: "taste", text: `Because you like ${categoryName(catalog, path)}` },
      };
      if (proposal.score > (bySku.get(sku)?.score ?? 0)) bySku.set(sku, proposal);
    }
  }
  return bestFirst(bySku.values());
}
