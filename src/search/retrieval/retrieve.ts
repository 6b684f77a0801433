import type { CompiledFilters, ValueMarks } from "../facets/compile-filters.ts";
import type { ProductIndex } from "../indexing/product-index.ts";
import type { Segment } from "../indexing/segment.ts";
import type { QueryPlan } from "../planning/query-plan.ts";
import { accumulate } from "./accumulate.ts";
import { type Accumulators, createAccumulators, type HoldsPhrase, resetAccumulators } from "./accumulators.ts";
import { coverageFactor, normTables } from "./bm25f.ts";
import type { ExactMatch } from "./exact-match.ts";
import { type Pass, scanSegment } from "./scan-segment.ts";
import { highestScore } from "./score-bound.ts";
import type { Order } from "./sort.ts";
import { createTopHits, type Hit } from "./top-k.ts";

export type RetrieveRequest = {
  /** Undefined = every product (browsing). */
  readonly plan: QueryPlan | undefined;
  readonly filters: CompiledFilters;
  /** Flag that a product must have: `shownInSearch` or `shownInCategory`. */
  readonly shown: number;
  readonly order: (segments: readonly Segment[]) => Order;
  readonly limit: number;
  /** Words that a product must match at least. */
  readonly minMatched: number;
  readonly countValues: boolean;
  readonly collectPrices: boolean;
  /** SKUs that are left out before counting. */
  readonly hidden?: ReadonlySet<string>;
  /** The only SKUs that may be listed; absent = all. */
  readonly only?: ReadonlySet<string>;
  /** SKUs whose hits are reported whatever their place. */
  readonly pinned?: readonly string[];
  /** What was typed as a name or SKU: lifted above everything else. */
  readonly exact?: ExactMatch;
  /** Checks a synonym of several words against the texts of a product; without it, words in one field will do. */
  readonly holdsPhrase?: HoldsPhrase;
};

export type Retrieved = {
  readonly segments: readonly Segment[];
  readonly hits: readonly Hit[];
  readonly total: number;
  /** Hits with every word of the query. */
  readonly fullCoverage: number;
  /** Most words that one hit matched. */
  readonly bestMatched: number;
  /** Products by value id, each attribute counted without its own filter. Valid until the next retrieval. */
  readonly counts: Uint32Array;
  /** Prices of the hits, and of products that only the price filter keeps out; minor units. Valid until the next retrieval. */
  readonly prices: Float64Array;
  /** By clause: products that fail this clause only. */
  readonly lostTo: readonly number[];
  /** Hits of the pinned SKUs. */
  readonly pinned: ReadonlyMap<string, Hit>;
  /** Scores above it belong to exact matches; 0 without a query. */
  readonly exactAbove: number;
};

/** Working memory of one index, kept from query to query so that a query allocates next to nothing. */
export type Workspace = {
  readonly accumulators: Accumulators;
  readonly marks: ValueMarks;
  counts: Uint32Array;
  prices: Float64Array;
  priceCount: number;
  /** Hits of the segment at hand. */
  hits: Uint32Array;
};

export function createWorkspace(): Workspace {
  return {
    accumulators: createAccumulators(),
    marks: { bits: new Uint32Array(0), marked: [] },
    counts: new Uint32Array(0),
    prices: new Float64Array(0),
    priceCount: 0,
    hits: new Uint32Array(0),
  };
}

/** Scores, filters, counts and ranks, segment by segment. */
export function retrieve(index: ProductIndex, workspace: Workspace, request: RetrieveRequest): Retrieved {
  const segments = index.segments();
  const order = request.order(segments);
  const { size } = index.statistics();
  const { plan, holdsPhrase } = request;
  const pass = startPass(index, workspace, request, order);
  const scoring = plan ? { norms: normTables(index), size, holdsPhrase } : undefined;
  for (const [at, segment] of segments.entries()) {
    if (workspace.hits.length < segment.size) workspace.hits = new Uint32Array(segment.size);
    if (plan && scoring) accumulate(workspace.accumulators, segment, plan, scoring, order.byScore);
    scanSegment(pass, at, segment, scoring);
    if (plan) resetAccumulators(workspace.accumulators, segment);
  }
  return {
    segments,
    hits: pass.top.ranked(),
    total: pass.total,
    fullCoverage: pass.fullCoverage,
    bestMatched: pass.bestMatched,
    counts: workspace.counts,
    prices: workspace.prices.subarray(0, workspace.priceCount),
    lostTo: pass.lostTo,
    pinned: pass.pinned,
    exactAbove: pass.exactBonus,
  };
}

function startPass(index: ProductIndex, workspace: Workspace, request: RetrieveRequest, order: Order): Pass {
  const { attributes } = request.filters;
  const slotCount = request.plan?.slots.length ?? 0;
  if (request.countValues) {
    if (workspace.counts.length < index.values.size()) workspace.counts = new Uint32Array(index.values.size() * 2);
    else workspace.counts.fill(0);
  }
  workspace.priceCount = 0;
  return {
    request,
    workspace,
    order,
    top: createTopHits(request.limit, order.isBefore),
    slotCount,
    coverage: Float64Array.from({ length: slotCount + 1 }, (_, matched) => coverageFactor(matched, slotCount)),
    owners: attributes.map((code) => (code === undefined ? -1 : (index.values.attribute(code)?.index ?? -1))),
    priceClause: attributes.indexOf("price"),
    values: index.values,
    lostTo: attributes.map(() => 0),
    pinned: new Map(),
    exactBonus: request.plan ? highestScore(request.plan, index.statistics().size) : 0,
    total: 0,
    fullCoverage: 0,
    bestMatched: 0,
  };
}
