// Everything the features of one list are read from, laid out by candidate.
import { type CandidateList, percentiles, type TextFeatures } from "../search/index.ts";
import { type Cosines, readCosines, type ShopVectors } from "./cosines.ts";
import type { ItemFacts } from "./item-facts.ts";
import type { ItemSignals, QueryItemSignals, QuerySignals, Rates, RateTree, ShopSignals } from "./signals.ts";
import { signalsOf } from "./signals.ts";
import type { SessionFacts, VisitorFacts } from "./visitor-facts.ts";
import { medianOf } from "./visitor-facts.ts";

/** What is known of a list before it has candidates. */
export type ListFrame = {
  readonly kind: "search" | "category";
  /** Normalised; empty while browsing. */
  readonly query: string;
  /** Words of the query. */
  readonly words: number;
  readonly isMobile: boolean;
  readonly nowMs: number;
  readonly filters: number;
  readonly referrer: "direct" | "search" | "campaign" | "other";
};

export type ListFacts = {
  readonly frame: ListFrame;
  readonly count: number;
  readonly items: readonly (ItemFacts | undefined)[];
  readonly signals: readonly ItemSignals[];
  readonly rates: readonly Rates[];
  readonly query: QuerySignals | undefined;
  readonly queryItems: readonly (QueryItemSignals | undefined)[];
  /** Clicks of the query by category. */
  readonly queryCategories: ReadonlyMap<string, number>;
  readonly text: readonly (TextFeatures | undefined)[];
  /** Score without a model, divided by the list's highest. */
  readonly plain: Float64Array;
  readonly highestText: number;
  readonly pricePercentile: Float64Array;
  readonly medianPrice: number;
  /** Share of the candidates before that have the brand. */
  readonly brandBefore: Float64Array;
  readonly visitor: VisitorFacts | null;
  readonly session: SessionFacts | null;
  readonly tree: RateTree;
  readonly cosines: Cosines;
};

function brandShares(items: readonly (ItemFacts | undefined)[]): Float64Array {
  const seen = new Map<string, number>();
  return Float64Array.from(items, (item, at) => {
    const brand = item?.brand ?? "";
    const before = seen.get(brand) ?? 0;
    seen.set(brand, before + 1);
    return brand === "" || at === 0 ? 0 : before / at;
  });
}

function clicksByCategory(
  query: QuerySignals | undefined,
  itemOf: (sku: string) => ItemFacts | undefined,
): ReadonlyMap<string, number> {
  const clicks = new Map<string, number>();
  for (const [sku, item] of query?.items ?? []) {
    const category = itemOf(sku)?.category;
    if (category) clicks.set(category, (clicks.get(category) ?? 0) + item.clicks);
  }
  return clicks;
}

/** @param limit candidates that are looked at */
export function readList(
  frame: ListFrame,
  list: CandidateList,
  limit: number,
  shop: { readonly signals: ShopSignals; readonly tree: RateTree; readonly vectors?: ShopVectors | undefined },
  person: { readonly visitor: VisitorFacts | null; readonly session: SessionFacts | null },
  itemOf: (sku: string) => ItemFacts | undefined,
): ListFacts {
  const skus = list.skus.slice(0, limit);
  const items = skus.map(itemOf);
  const query = frame.query === "" ? undefined : shop.signals.queries.get(frame.query);
  const text = skus.map((_, at) => list.textOf(at));
  const highest = skus.reduce((most, _, at) => Math.max(most, list.scores[at] ?? 0), 0);
  const prices = items.map((item) => item?.price ?? Number.NaN);
  const medianPrice = medianOf(prices);
  return {
    frame,
    count: skus.length,
    items,
    signals: skus.map((sku) => signalsOf(shop.signals, sku)),
    rates: items.map((item) => shop.tree.expected(item?.brand ?? "", item?.category ?? "")),
    query,
    queryItems: skus.map((sku) => query?.items.get(sku)),
    queryCategories: clicksByCategory(query, itemOf),
    text,
    plain: Float64Array.from(skus, (_, at) => (highest > 0 ? (list.scores[at] ?? 0) / highest : 1)),
    highestText: text.reduce((most, each) => Math.max(most, each?.score ?? 0), 0),
    pricePercentile: percentiles(
      Float64Array.from(prices, (price) => (Number.isNaN(price) ? medianPrice || 0 : price)),
    ),
    medianPrice,
    brandBefore: brandShares(items),
    ...person,
    tree: shop.tree,
    cosines: readCosines(shop.vectors, skus, {
      query: frame.query,
      viewed: person.session?.last.map(({ sku }) => sku) ?? [],
      carted: person.visitor?.carted ?? [],
    }),
  };
}
