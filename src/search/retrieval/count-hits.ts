import type { Segment } from "../indexing/segment.ts";
import type { Workspace } from "./retrieve.ts";
import type { Pass } from "./scan-segment.ts";

/** Above this share of a segment the documents that are no hits are counted, and taken from those of all documents. */
const mostRatio = 1 / 2;

const totalsBySegment = new WeakMap<Segment, Uint32Array>();

/** Documents of a segment by value id, deleted ones too: they never change. */
function totalsOf(segment: Segment): Uint32Array {
  let totals = totalsBySegment.get(segment);
  if (!totals) {
    const { valueIds } = segment;
    let most = -1;
    for (let at = 0; at < valueIds.length; at += 1) most = Math.max(most, valueIds[at] as number);
    totals = new Uint32Array(most + 1);
    for (let at = 0; at < valueIds.length; at += 1) {
      const id = valueIds[at] as number; // below the longest
      totals[id] = (totals[id] as number) + 1;
    }
    totalsBySegment.set(segment, totals);
  }
  return totals;
}

/** Counts the values of the hits. */
export function countValues({ counts, hits }: Workspace, segment: Segment, size: number): void {
  if (size > segment.size * mostRatio) countOthers(counts, hits, segment, size);
  else countListed(counts, hits, segment, size);
}

function countListed(counts: Uint32Array, hits: Uint32Array, { valueStarts, valueIds }: Segment, size: number): void {
  for (let hit = 0; hit < size; hit += 1) {
    const doc = hits[hit] as number; // below size
    const end = valueStarts[doc + 1] as number; // one more start than documents
    for (let at = valueStarts[doc] as number; at < end; at += 1) {
      const id = valueIds[at] as number;
      counts[id] = (counts[id] as number) + 1;
    }
  }
}

/** @param hits ascending, as they are whenever they are many */
function countOthers(counts: Uint32Array, hits: Uint32Array, segment: Segment, size: number): void {
  const { valueStarts, valueIds } = segment;
  const totals = totalsOf(segment);
  for (let id = 0; id < totals.length; id += 1) counts[id] = (counts[id] as number) + (totals[id] as number);
  let next = 0;
  for (let doc = 0; doc < segment.size; doc += 1) {
    if (next < size && hits[next] === doc) {
      next += 1;
      continue;
    }
    const end = valueStarts[doc + 1] as number; // one more start than documents
    for (let at = valueStarts[doc] as number; at < end; at += 1) {
      const id = valueIds[at] as number;
      counts[id] = (counts[id] as number) - 1;
    }
  }
}

/** Adds the prices of the hits that have one. */
export function countPrices(workspace: Workspace, all: Float64Array, size: number): void {
  makeRoom(workspace, size);
  const { hits, prices } = workspace;
  let end = workspace.priceCount;
  for (let hit = 0; hit < size; hit += 1) {
    const price = all[hits[hit] as number] as number;
    prices[end] = price;
    // A price that is none is written over by the next.
    if (!Number.isNaN(price)) end += 1;
  }
  workspace.priceCount = end;
}

function makeRoom(workspace: Workspace, size: number): void {
  if (workspace.priceCount + size < workspace.prices.length) return;
  const wider = new Float64Array(Math.max(1_024, (workspace.priceCount + size) * 2));
  wider.set(workspace.prices.subarray(0, workspace.priceCount));
  workspace.prices = wider;
}

/** A product that one filter alone keeps out still counts in the facet of that filter. */
export function countLost(pass: Pass, segment: Segment, doc: number, clause: number): void {
  const { lostTo, owners, values, priceClause, request, workspace } = pass;
  lostTo[clause] = (lostTo[clause] ?? 0) + 1;
  if (clause === priceClause && request.collectPrices) {
    const price = request.filters.pricesOf(segment)[doc] ?? Number.NaN;
    makeRoom(workspace, 1);
    workspace.prices[workspace.priceCount] = price;
    if (!Number.isNaN(price)) workspace.priceCount += 1;
  }
  const owner = owners[clause] ?? -1;
  if (!request.countValues || owner < 0) return;
  const { valueStarts, valueIds } = segment;
  const end = valueStarts[doc + 1] as number; // one more start than documents
  for (let at = valueStarts[doc] as number; at < end; at += 1) {
    const id = valueIds[at] as number;
    if (values.owner(id) === owner) workspace.counts[id] = (workspace.counts[id] as number) + 1;
  }
}
