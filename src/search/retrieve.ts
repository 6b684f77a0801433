import { accumulate } from "./accumulate.ts";
import { type Accumulators, createAccumulators, type HoldsPhrase, resetAccumulators } from "./accumulators.ts";
import { coverageFactor, normTables } from "./bm25f.ts";
import { type CompiledFilters, missingBits, type ValueMarks } from "./compile-filters.ts";
import type { ExactMatch } from "./exact-match.ts";
import { leaveOut } from "./left-out.ts";
import type { ProductIndex } from "./product-index.ts";
import type { QueryPlan } from "./query-plan.ts";
import { highestScore } from "./score-bound.ts";
import { isDeleted, type Segment } from "./segment.ts";
import type { Order } from "./sort.ts";
import { exactMark, markDocuments, marksOf, pinnedMark } from "./special-documents.ts";
import { createTopHits, type Hit, type TopHits } from "./top-k.ts";

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
};

export function createWorkspace(): Workspace {
  return {
    accumulators: createAccumulators(),
    marks: { bits: new Uint32Array(0), marked: [] },
    counts: new Uint32Array(0),
    prices: new Float64Array(0),
    priceCount: 0,
  };
}

/** Scores, filters, counts and ranks in one pass over the candidates of each segment. */
export function retrieve(index: ProductIndex, workspace: Workspace, request: RetrieveRequest): Retrieved {
  const segments = index.segments();
  const order = request.order(segments);
  const pass = startPass(index, workspace, request, order);
  const norms = request.plan ? normTables(index) : undefined;
  const { size } = index.statistics();
  for (const [at, segment] of segments.entries()) {
    if (request.plan && norms)
      accumulate(workspace.accumulators, segment, request.plan, { norms, size, holdsPhrase: request.holdsPhrase });
    scanSegment(pass, at, segment);
    if (request.plan) resetAccumulators(workspace.accumulators, segment);
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

type Pass = {
  readonly request: RetrieveRequest;
  readonly workspace: Workspace;
  readonly order: Order;
  readonly top: TopHits;
  readonly slotCount: number;
  /** Coverage factor by number of matched words. */
  readonly coverage: Float64Array;
  /** Number of the attribute of each filter, -1 when it has no values. */
  readonly owners: readonly number[];
  readonly priceClause: number;
  readonly ownerOf: (valueId: number) => number;
  readonly lostTo: number[];
  readonly pinned: Map<string, Hit>;
  /** Added to the score of an exact match: no other score is higher. */
  readonly exactBonus: number;
  total: number;
  fullCoverage: number;
  bestMatched: number;
};

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
    ownerOf: index.values.owner,
    lostTo: attributes.map(() => 0),
    pinned: new Map(),
    exactBonus: request.plan ? highestScore(request.plan, index.statistics().size) : 0,
    total: 0,
    fullCoverage: 0,
    bestMatched: 0,
  };
}

/** The second hot loop: every candidate of a segment once. Locals and plain loops, because it may see a million of them. */
function scanSegment(pass: Pass, at: number, segment: Segment): void {
  const { request, workspace, order, top, coverage, slotCount } = pass;
  const { filters, shown, minMatched, countValues, collectPrices, plan } = request;
  const { scores, matched, touched, touchedSize, isDense } = workspace.accumulators;
  const { flags, prices, nameKeys } = segment;
  const special = markDocuments(segment, {
    pinned: request.pinned ?? [],
    exact: request.exact?.skus ?? [],
  });
  const exactKey = request.exact?.nameKey ?? Number.NaN;
  const everyDocument = plan === undefined || isDense;
  const candidates = everyDocument ? segment.size : touchedSize;
  const { bits: leftOut, isLeftOut } = leaveOut(segment, request, candidates);
  const hasFilters = filters.all !== 0;
  const hasDeleted = segment.deletedSize > 0;
  let { total, fullCoverage, bestMatched } = pass;
  let threshold = top.threshold();
  for (let candidate = 0; candidate < candidates; candidate += 1) {
    const doc = everyDocument ? candidate : (touched[candidate] as number); // below touchedSize
    const words = plan === undefined ? 0 : (matched[doc] as number);
    if (words === 0 && plan !== undefined) continue;
    if (((flags[doc] as number) & shown) === 0 || (hasDeleted && isDeleted(segment, doc))) continue;
    if (leftOut !== undefined && (((leftOut[doc >>> 5] as number) >>> (doc & 31)) & 1) === 1) continue;
    if (isLeftOut?.(segment.skus[doc] ?? "")) continue;
    const marks = special === undefined ? 0 : marksOf(special, doc);
    const missing = hasFilters ? missingBits(filters, segment, doc) : 0;
    if (missing !== 0) {
      if ((missing & (missing - 1)) === 0 && words >= minMatched)
        countLost(pass, segment, doc, 31 - Math.clz32(missing));
      continue;
    }
    if (words > bestMatched) bestMatched = words;
    if (words < minMatched) continue;
    total += 1;
    if (words === slotCount) fullCoverage += 1;
    if (countValues) countAll(workspace.counts, segment, doc);
    if (collectPrices) collectPrice(workspace, prices[doc] as number);
    let score = plan === undefined ? 1 : (scores[doc] as number) * (coverage[words] as number);
    if ((marks & exactMark) !== 0 || (nameKeys[doc] === exactKey && isExactName(pass, segment, doc, words)))
      score += pass.exactBonus;
    const key = order.byScore ? score : order.firstKey(segment, doc, score);
    if ((marks & pinnedMark) !== 0) pass.pinned.set(segment.skus[doc] ?? "", { segment: at, doc, score, key });
    if (key < threshold) continue;
    top.offer(at, doc, score, key);
    threshold = top.threshold();
  }
  pass.total = total;
  pass.fullCoverage = fullCoverage;
  pass.bestMatched = bestMatched;
}

function isExactName({ request, slotCount }: Pass, segment: Segment, doc: number, words: number): boolean {
  return words === slotCount && (request.exact?.isName(segment.skus[doc] ?? "") ?? false);
}

function countAll(counts: Uint32Array, { valueStarts, valueIds }: Segment, doc: number): void {
  const end = valueStarts[doc + 1] as number; // one more start than documents
  for (let at = valueStarts[doc] as number; at < end; at += 1) {
    const id = valueIds[at] as number;
    counts[id] = (counts[id] as number) + 1;
  }
}

/** A product that one filter alone keeps out still counts in the facet of that filter. */
function countLost(pass: Pass, segment: Segment, doc: number, clause: number): void {
  const { lostTo, owners, ownerOf, priceClause, request, workspace } = pass;
  lostTo[clause] = (lostTo[clause] ?? 0) + 1;
  if (clause === priceClause && request.collectPrices) collectPrice(workspace, segment.prices[doc] ?? Number.NaN);
  const owner = owners[clause] ?? -1;
  if (!request.countValues || owner < 0) return;
  const end = segment.valueStarts[doc + 1] ?? 0;
  for (let at = segment.valueStarts[doc] ?? 0; at < end; at += 1) {
    const id = segment.valueIds[at] ?? 0;
    if (ownerOf(id) === owner) workspace.counts[id] = (workspace.counts[id] ?? 0) + 1;
  }
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
