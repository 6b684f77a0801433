import type { UnitBody } from "../../../recommendations/index.ts";
import { type RecommendationQuery, toStrategy } from "../../../recommendations/index.ts";
import { valuesOf } from "./filter-query.ts";
import type { Ranker } from "./precs-call.ts";

/** SKUs that a ranker may start from, by the names of the client. */
export type RankerSources = Readonly<
  Record<"current_pdp" | "cart" | "user_view_history" | "user_purchase_history", readonly string[]>
>;

export type RankedSku = { readonly sku: string; readonly score: number; readonly isFallback: boolean };

type Filters = NonNullable<UnitBody["filters"]>;
type Step = Pick<RecommendationQuery, "unit" | "items">;

/** Ranks of different signals are joined by place, not by score: scores of different strategies do not compare. */
const placeOffset = 10;

/** What one ranker asks for; undefined for a signal that is not known. */
function stepOf({ signal, keys }: Ranker, sources: RankerSources, filters: Filters): Step | undefined {
  if (signal === "query") {
    const categories = keys.flatMap((key) => {
      const match = /^(?:product\.[^.]+\.)?categories:\s*(.+)$/.exec(key.trim());
      return match?.[1] === undefined ? [] : valuesOf(match[1]);
    });
    if (categories.length === 0) return undefined;
    const inclusions = [...(filters.inclusions ?? []), { by: "category" as const, paths: categories }];
    return { unit: { strategy: "most-viewed", filters: { ...filters, inclusions } } };
  }
  const strategy = toStrategy(signal);
  if (!strategy) return undefined;
  // The personal type is two signals over the views of the shopper; ours weighs them by itself.
  if (keys.length > 0 && keys.every((key) => key === "user_view_history"))
    return { unit: { strategy: "recommended-for-you", filters } };
  const items = keys.flatMap((key) => (Object.hasOwn(sources, key) ? sources[key as keyof RankerSources] : []));
  return { unit: { strategy, filters }, items };
}

/**
 * The products of a unit that the client made from signals, best first.
 *
 * @param ask recommends for one ranker
 */
export function blendRankers(
  rankers: readonly Ranker[],
  sources: RankerSources,
  filters: Filters,
  ask: (step: Step) => readonly RankedSku[],
): readonly RankedSku[] {
  const steps = new Map<string, { readonly step: Step; boost: number }>();
  for (const ranker of rankers) {
    const step = stepOf(ranker, sources, filters);
    if (!step) continue;
    const key = JSON.stringify(step);
    const known = steps.get(key);
    if (known) known.boost += ranker.boost;
    else steps.set(key, { step, boost: ranker.boost });
  }
  const [only] = steps.values();
  if (steps.size === 1 && only) return ask(only.step);
  const bySku = new Map<string, { score: number; isFallback: boolean }>();
  for (const { step, boost } of steps.values())
    for (const [place, { sku, isFallback }] of ask(step).entries()) {
      const known = bySku.get(sku) ?? { score: 0, isFallback: true };
      // A ranker's own products stand before those that filled its places.
      const score = (isFallback ? 0.01 : 1) * (boost / (placeOffset + place));
      bySku.set(sku, { score: known.score + score, isFallback: known.isFallback && isFallback });
    }
  return [...bySku]
    .map(([sku, { score, isFallback }]) => ({ sku, score: Number(score.toPrecision(6)), isFallback }))
    .sort((a, b) => b.score - a.score || (a.sku < b.sku ? -1 : 1));
}
