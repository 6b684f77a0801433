import { type Accumulators, accumulate, createAccumulators, resetAccumulators } from "./accumulate.ts";
import { coverageFactor, normTables } from "./bm25f.ts";
import { type CompiledFilters, missingBits, type ValueMarks } from "./compile-filters.ts";
import type { ProductIndex } from "./product-index.ts";
import type { QueryPlan } from "./query-plan.ts";
import { isDeleted, type Segment } from "./segment.ts";
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
};

/** Working memory of one index, kept from query to query so that a query allocates next to nothing. */
export type Workspace = { readonly accumulators: Accumulators; readonly marks: ValueMarks; counts: Uint32Array; prices: Float64Array; priceCount: number };

export function createWorkspace(): Workspace {
  return { accumulators: createAccumulators(), marks: { bits: new Uint32Array(0), marked: [] }, counts: new Uint32Array(0), prices: new Float64Array(0), priceCount: 0 };
}

/** Scores, filters, counts and ranks in one pass over the candidates of each segment. */
export function retrieve(index: ProductIndex, workspace: Workspace, request: RetrieveRequest): Retrieved {
  const segments = index.segments();
  const order = request.order(segments);
  const pass = createPass(index, workspace, request, segments, order);
  const norms = request.plan ? normTables(index) : undefined;
  const { size } = index.statistics();
  for (const [at, segment] of segments.entries()) {
    if (!request.plan || !norms) {
      for (let doc = 0; doc < segment.size; doc += 1) pass.visit(at, segment, doc, 1, 0);
      continue;
    }
    const { accumulators } = workspace;
    accumulate(accumulators, segment, request.plan, norms, size);
    const { scores, matched, touched, touchedSize } = accumulators;
    for (let touch = 0; touch < touchedSize; touch += 1) {
      const doc = touched[touch] as number; // below touchedSize
      pass.visit(at, segment, doc, scores[doc] as number, matched[doc] as number);
    }
    resetAccumulators(accumulators);
  }
  return pass.finish();
}

function createPass(index: ProductIndex, workspace: Workspace, request: RetrieveRequest, segments: readonly Segment[], order: Order) {
  const { filters, shown, minMatched, countValues, collectPrices } = request;
  const slotCount = request.plan?.slots.length ?? 0;
  const coverage = Float64Array.from({ length: slotCount + 1 }, (_, matched) => coverageFactor(matched, slotCount));
  const top = createTopHits(request.limit, order.isBefore);
  const owners = filters.attributes.map((code) => (code === undefined ? -1 : (index.values.attribute(code)?.index ?? -1)));
  const priceClause = filters.attributes.indexOf("price");
  const lostTo = filters.attributes.map(() => 0);
  const hasFilters = filters.all !== 0;
  if (countValues) {
    if (workspace.counts.length < index.values.size()) workspace.counts = new Uint32Array(index.values.size() * 2);
    else workspace.counts.fill(0);
  }
  workspace.priceCount = 0;
  let total = 0;
  let fullCoverage = 0;
  let bestMatched = 0;

  function visit(at: number, segment: Segment, doc: number, rawScore: number, matched: number): void {
    if (((segment.flags[doc] as number) & shown) === 0 || (segment.deletedSize > 0 && isDeleted(segment, doc))) return;
    const missing = hasFilters ? missingBits(filters, segment, doc) : 0;
    if (missing !== 0) {
      if ((missing & (missing - 1)) === 0 && matched >= minMatched) countLost(segment, doc, 31 - Math.clz32(missing));
      return;
    }
    if (matched > bestMatched) bestMatched = matched;
    if (matched < minMatched) return;
    total += 1;
    if (matched === slotCount) fullCoverage += 1;
    if (countValues) countAll(segment, doc);
    if (collectPrices) collectPrice(workspace, segment.prices[doc] as number);
    const score = rawScore * (coverage[matched] as number);
    const key = order.firstKey(segment, doc, score);
    if (key >= top.threshold()) top.offer({ segment: at, doc, score, key });
  }

  function countAll(segment: Segment, doc: number): void {
    const end = segment.valueStarts[doc + 1] as number;
    for (let at = segment.valueStarts[doc] as number; at < end; at += 1) {
      const id = segment.valueIds[at] as number;
      workspace.counts[id] = (workspace.counts[id] as number) + 1;
    }
  }

  /** A product that one filter keeps out still counts in the facet of that filter. */
  function countLost(segment: Segment, doc: number, clause: number): void {
    lostTo[clause] = (lostTo[clause] ?? 0) + 1;
    if (clause === priceClause && collectPrices) collectPrice(workspace, segment.prices[doc] as number);
    const owner = owners[clause] ?? -1;
    if (!countValues || owner < 0) return;
    const end = segment.valueStarts[doc + 1] as number;
    for (let at = segment.valueStarts[doc] as number; at < end; at += 1) {
      const id = segment.valueIds[at] as number;
      if (index.values.owner(id) === owner) workspace.counts[id] = (workspace.counts[id] as number) + 1;
    }
  }

  return {
    visit,
    finish: (): Retrieved => ({
      segments,
      hits: top.ranked(),
      total,
      fullCoverage,
      bestMatched,
      counts: workspace.counts,
      prices: workspace.prices.subarray(0, workspace.priceCount),
      lostTo,
    }),
  };
}

function collectPrice(workspace: Workspace, price: number): void {
  if (Number.isNaN(price)) return;
  if (workspace.priceCount === workspace.prices.length) {
    const wider = new Float64Array(Math.max(1_024, workspace.priceCount * 2));
    wider.set(workspace.prices);
    workspace.prices = wider;
  }
  workspace.prices[workspace.priceCount] = price;
  workspace.priceCount += 1;
}
