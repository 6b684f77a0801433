import { missingBits } from "../facets/compile-filters.ts";
import type { FacetValues } from "../facets/facet-values.ts";
import { isDeleted, type Segment } from "../indexing/segment.ts";
import { markDocuments } from "../indexing/special-documents.ts";
import { type ScoringContext, wordsByMatched } from "./accumulators.ts";
import { countLost, countPrices, countValues } from "./count-hits.ts";
import { documentsOfValue } from "./documents-of-value.ts";
import { leaveOut } from "./left-out.ts";
import { offerHits, offerMarked } from "./offer-hits.ts";
import type { RetrieveRequest, Workspace } from "./retrieve.ts";
import type { Order } from "./sort.ts";
import type { Hit, TopHits } from "./top-k.ts";

/** One retrieval on its way through the segments. */
export type Pass = {
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
  readonly values: FacetValues;
  readonly lostTo: number[];
  readonly pinned: Map<string, Hit>;
  /** Added to the score of an exact match: no other score is higher. */
  readonly exactBonus: number;
  total: number;
  fullCoverage: number;
  bestMatched: number;
};

/** Finds the hits of one segment, then counts and ranks them: short loops of one kind each, for a hit costs nanoseconds. */
export function scanSegment(pass: Pass, at: number, segment: Segment, scoring: ScoringContext | undefined): void {
  const { request, workspace } = pass;
  const special = markDocuments(segment, {
    pinned: request.pinned ?? [],
    exact: request.exact?.skus ?? [],
  });
  const size = findHits(pass, segment);
  pass.total += size;
  if (request.countValues) countValues(workspace, segment, size);
  if (request.collectPrices) countPrices(workspace, request.filters.pricesOf(segment), size);
  if (scoring && workspace.accumulators.marked) offerMarked(pass, at, segment, special, size, scoring);
  else offerHits(pass, at, segment, special, size, undefined);
}

/** Writes the documents that match, may be seen and pass the filters into `workspace.hits`, ascending unless few; returns how many. */
function findHits(pass: Pass, segment: Segment): number {
  const { request, workspace, slotCount } = pass;
  const { filters, shown, minMatched, plan } = request;
  const { matched, touched, touchedSize, isDense } = workspace.accumulators;
  const { flags } = segment;
  const { hits } = workspace;
  const words = wordsByMatched(workspace.accumulators);
  const hasQuery = plan !== undefined;
  // Browsing a category looks at its own documents only, and every one of them lies in it.
  const scoped = !hasQuery && filters.scope ? documentsOfValue(segment, filters.scope.valueId, pass.values) : undefined;
  const list = hasQuery ? (isDense ? undefined : touched) : scoped;
  const candidates = hasQuery && !isDense ? touchedSize : (scoped?.length ?? segment.size);
  const hasFilters = filters.all !== 0 && !(scoped && filters.scope?.bit === filters.all);
  const { bits: leftOut, isLeftOut } = leaveOut(segment, request, candidates);
  const hasDeleted = segment.deletedSize > 0;
  if (list === undefined && !hasFilters && !hasDeleted && !leftOut && !isLeftOut && minMatched <= 1)
    return findAllHits(pass, segment);
  let { fullCoverage, bestMatched } = pass;
  let size = 0;
  for (let candidate = 0; candidate < candidates; candidate += 1) {
    const doc = list === undefined ? candidate : (list[candidate] as number); // below its length
    const count = hasQuery ? (words[matched[doc] as number] as number) : 0;
    if (count === 0 && hasQuery) continue;
    if (((flags[doc] as number) & shown) === 0 || (hasDeleted && isDeleted(segment, doc))) continue;
    if (leftOut !== undefined && (((leftOut[doc >>> 5] as number) >>> (doc & 31)) & 1) === 1) continue;
    if (isLeftOut?.(segment.skus[doc] ?? "")) continue;
    if (hasFilters) {
      const missing = missingBits(filters, segment, doc);
      if (missing !== 0) {
        if ((missing & (missing - 1)) === 0 && count >= minMatched)
          countLost(pass, segment, doc, 31 - Math.clz32(missing));
        continue;
      }
    }
    if (count > bestMatched) bestMatched = count;
    if (count < minMatched) continue;
    if (count === slotCount) fullCoverage += 1;
    hits[size++] = doc;
  }
  pass.fullCoverage = fullCoverage;
  pass.bestMatched = bestMatched;
  return size;
}

/**
 * The same where nothing but the words and the place decides, over all documents.
 *
 * Without a branch on what was found: a word that half of the products have is as hard to foresee as a coin, and each
 * wrong guess of the processor costs more than the whole step.
 */
function findAllHits(pass: Pass, segment: Segment): number {
  const { request, workspace, slotCount } = pass;
  const { flags } = segment;
  const { hits } = workspace;
  const { matched } = workspace.accumulators;
  const isShown = Uint8Array.from({ length: 256 }, (_, flag) => ((flag & request.shown) === 0 ? 0 : 1));
  let size = 0;
  if (request.plan === undefined) {
    for (let doc = 0; doc < segment.size; doc += 1) {
      hits[size] = doc;
      size += isShown[flags[doc] as number] as number; // a byte
    }
    if (slotCount === 0) pass.fullCoverage += size;
    return size;
  }
  const isHit = Uint8Array.from({ length: 256 }, (_, marks) => (marks === 0 ? 0 : 1));
  for (let doc = 0; doc < segment.size; doc += 1) {
    hits[size] = doc;
    size += (isHit[matched[doc] as number] as number) & (isShown[flags[doc] as number] as number); // bytes
  }
  countWords(pass, size);
  return size;
}

function countWords(pass: Pass, size: number): void {
  const { accumulators, hits } = pass.workspace;
  const words = wordsByMatched(accumulators);
  const counts = new Uint32Array(256);
  for (let hit = 0; hit < size; hit += 1) {
    const marks = accumulators.matched[hits[hit] as number] as number; // below size
    counts[marks] = (counts[marks] as number) + 1;
  }
  for (const [marks, count] of counts.entries()) {
    if (count === 0) continue;
    const number = words[marks] ?? 0;
    if (number > pass.bestMatched) pass.bestMatched = number;
    if (number === pass.slotCount) pass.fullCoverage += count;
  }
}
