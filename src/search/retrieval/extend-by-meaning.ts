import { missingBits } from "../facets/compile-filters.ts";
import { findSku, type Segment } from "../indexing/segment.ts";
import type { RankedRow } from "../ranking/rank-list.ts";
import type { Retrieved, RetrieveRequest } from "./retrieve.ts";

// A query that finds few products by its words is answered further by what its words mean: behind every product that matches by
// words, never among them (ranking.md 3.3).

/** Products that are alike by learned vectors. */
export type VectorRecall = {
  /** Best first, none that is not alike; undefined = nothing is known of the query. */
  readonly nearest: (
    query: string,
    limit: number,
  ) => readonly { readonly sku: string; readonly cosine: number }[] | undefined;
};

/** A list is filled up to so many products. */
export const extendedBelow = 50;
/** Asked for more than are needed, for filters leave most of them out. */
const askedFor = 200;

export type Meant = { readonly segment: number; readonly doc: number; readonly cosine: number };

export type Extended = { readonly retrieved: Retrieved; readonly meant: readonly Meant[] };

type Admission = Pick<RetrieveRequest, "filters" | "shown" | "hidden" | "only" | "countValues" | "collectPrices">;

function admits({ filters, shown, hidden, only }: Admission, segment: Segment, doc: number, sku: string): boolean {
  if (((segment.flags[doc] ?? 0) & shown) === 0 || hidden?.has(sku) || (only && !only.has(sku))) return false;
  return filters.all === 0 || missingBits(filters, segment, doc) === 0;
}

function countFacets(counts: Uint32Array, { valueStarts, valueIds }: Segment, doc: number): void {
  for (let at = valueStarts[doc] ?? 0; at < (valueStarts[doc + 1] ?? 0); at += 1) {
    const id = valueIds[at] ?? 0;
    counts[id] = (counts[id] ?? 0) + 1;
  }
}

/**
 * The products to stand behind a short list. They count in its total and facets; hidden ones, other visibilities and what the
 * filters leave out stay away.
 *
 * @param queries what was typed and what was searched instead, the first that is known counts
 */
export function extendByMeaning(
  vectors: VectorRecall,
  queries: readonly string[],
  retrieved: Retrieved,
  admission: Admission,
): Extended {
  const nothing = { retrieved, meant: [] };
  if (retrieved.total >= extendedBelow || retrieved.hits.length < retrieved.total) return nothing;
  let near: ReturnType<VectorRecall["nearest"]>;
  for (const query of queries) near ??= vectors.nearest(query, askedFor);
  if (!near || near.length === 0) return nothing;
  const { segments } = retrieved;
  const listed = new Set(retrieved.hits.map(({ segment, doc }) => segments[segment]?.skus[doc]));
  const meant: Meant[] = [];
  const prices: number[] = [];
  for (const { sku, cosine } of near) {
    if (retrieved.total + meant.length >= extendedBelow) break;
    if (listed.has(sku)) continue;
    for (const [at, segment] of segments.entries()) {
      const doc = findSku(segment, sku);
      if (doc < 0 || !admits(admission, segment, doc, sku)) continue;
      listed.add(sku);
      meant.push({ segment: at, doc, cosine });
      const price = admission.filters.pricesOf(segment)[doc] ?? Number.NaN;
      if (!Number.isNaN(price)) prices.push(price);
      if (admission.countValues) countFacets(retrieved.counts, segment, doc);
      break;
    }
  }
  const total = retrieved.total + meant.length;
  return {
    retrieved: admission.collectPrices
      ? { ...retrieved, total, prices: Float64Array.from([...retrieved.prices, ...prices]) }
      : { ...retrieved, total },
    meant,
  };
}

/** Rows behind the ranked ones: their scores fall from the lowest of those. */
export function meantRows(meant: readonly Meant[], ranked: readonly RankedRow[]): readonly RankedRow[] {
  const lowest = ranked.reduce((low, { score }) => Math.min(low, score), 1);
  return meant.map(({ segment, doc, cosine }) => ({
    hit: { segment, doc, score: 0, key: 0 },
    ...{ score: lowest * Math.min(1, cosine), base: 0, signals: [], factor: 1, propensity: 1 },
    ...{ isPinned: false, isExact: false, meaning: cosine },
  }));
}
