import type { Segment } from "../indexing/segment.ts";

/** Place of a document in the postings of a term, or -1: the postings ascend, so it is searched in halves. */
export function findPosting(segment: Segment, term: number, doc: number): number {
  let low = segment.postingStarts[term] ?? 0;
  let high = segment.postingStarts[term + 1] ?? 0;
  const end = high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segment.postingDocs[middle] ?? 0) < doc) low = middle + 1;
    else high = middle;
  }
  return low < end && segment.postingDocs[low] === doc ? low : -1;
}

/** Pattern of occurrences of a term in a document, or -1. */
export function findProfile(segment: Segment, term: number, doc: number): number {
  const at = findPosting(segment, term, doc);
  return at < 0 ? -1 : (segment.postingProfiles[at] ?? -1);
}
