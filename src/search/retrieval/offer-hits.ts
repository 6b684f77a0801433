import type { Segment } from "../indexing/segment.ts";
import { exactMark, marksOf, pinnedMark, type SpecialDocuments } from "../indexing/special-documents.ts";
import { scoreMarked } from "./accumulate.ts";
import { type ResolvedSlot, type ScoringContext, wordsByMatched } from "./accumulators.ts";
import { k1 } from "./bm25f.ts";
import type { Pass } from "./scan-segment.ts";

/** Bit of `matched` for documents that are scored whatever words they have. */
const specialBit = 0x80;
/** Above a bound by more than the rounding of single precision. */
const slack = 1.0001;

/**
 * Ranks hits of which only the words are known: a document with few or frequent words cannot come close to one with all
 * of them, so first those with the most telling words are scored, then those that may still reach the worst kept.
 *
 * The same result as scoring all, for a third of the time with three frequent words: a score is at most the sum of the
 * weights of its words with occurrences without end, times its coverage.
 */
export function offerMarked(
  pass: Pass,
  at: number,
  segment: Segment,
  special: SpecialDocuments | undefined,
  size: number,
  scoring: ScoringContext,
): void {
  const { workspace, request, top } = pass;
  const { accumulators, hits } = workspace;
  const { matched, marked = [] } = accumulators;
  for (const doc of special?.marks.keys() ?? [])
    if (matched[doc] !== 0) matched[doc] = (matched[doc] ?? 0) | specialBit;
  const counts = new Uint32Array(256);
  for (let hit = 0; hit < size; hit += 1) {
    const marks = matched[hits[hit] as number] as number; // below size
    counts[marks] = (counts[marks] as number) + 1;
  }
  const bounds = boundsOf(pass, marked);
  const present = [...counts.keys()].filter((marks) => (counts[marks] ?? 0) > 0);
  present.sort((a, b) => (bounds[b] ?? 0) - (bounds[a] ?? 0));
  const take = (isWanted: (marks: number) => boolean) => {
    const wanted = new Uint8Array(256);
    let some = false;
    while (present.length > 0 && isWanted(present[0] ?? 0)) {
      wanted[present.shift() ?? 0] = 1;
      some = true;
    }
    if (!some) return;
    scoreMarked(accumulators, segment, wanted, scoring);
    offerHits(pass, at, segment, special, size, wanted);
  };
  let scored = 0;
  take((marks) => {
    const isWanted = (bounds[marks] ?? 0) >= top.threshold() && scored < request.limit;
    if (isWanted) scored += counts[marks] ?? 0;
    return isWanted;
  });
  top.cut();
  take((marks) => (bounds[marks] ?? 0) >= top.threshold());
}

/** What a document can score at most, by the bits of its words. */
function boundsOf({ coverage, slotCount }: Pass, slots: readonly ResolvedSlot[]): Float64Array {
  const most = slots.map(({ alternatives }) =>
    alternatives.reduce((highest, { weight }) => Math.max(highest, weight * (k1 + 1)), 0),
  );
  const all = 2 ** slotCount - 1;
  return Float64Array.from({ length: 256 }, (_, marks) => {
    // Exact matches stand above all scores, and only documents with every word can be one without being special.
    if ((marks & specialBit) !== 0 || marks === all) return Number.POSITIVE_INFINITY;
    let sum = 0;
    let words = 0;
    for (const [slot, weight] of most.entries()) {
      if (((marks >>> slot) & 1) === 0) continue;
      sum += weight;
      words += 1;
    }
    return sum * (coverage[words] ?? 0) * slack;
  });
}

/** Offers the hits; with `wanted` those whose value of `matched` is wanted. */
export function offerHits(
  pass: Pass,
  at: number,
  segment: Segment,
  special: SpecialDocuments | undefined,
  size: number,
  wanted: Uint8Array | undefined,
): void {
  const { request, workspace, order, top, coverage } = pass;
  const { hits } = workspace;
  const { scores, matched } = workspace.accumulators;
  const { nameKeys } = segment;
  const words = wordsByMatched(workspace.accumulators);
  const hasQuery = request.plan !== undefined;
  const exactKey = request.exact?.nameKey ?? Number.NaN;
  let threshold = top.threshold();
  // From the end: catalogs grow there, so the newest are met first and most others lose at once.
  for (let hit = size - 1; hit >= 0; hit -= 1) {
    const doc = hits[hit] as number; // below size
    const marks = hasQuery ? (matched[doc] as number) : 0;
    if (wanted !== undefined && wanted[marks] === 0) continue;
    const count = words[wanted === undefined ? marks : marks & ~specialBit] as number;
    const kind = special === undefined ? 0 : marksOf(special, doc);
    let score = hasQuery ? (scores[doc] as number) * (coverage[count] as number) : 1;
    if ((kind & exactMark) !== 0 || (nameKeys[doc] === exactKey && isExactName(pass, segment, doc, count)))
      score += pass.exactBonus;
    const key = order.byScore ? score : order.firstKey(segment, doc, score);
    if ((kind & pinnedMark) !== 0) pass.pinned.set(segment.skus[doc] ?? "", { segment: at, doc, score, key });
    if (key < threshold) continue;
    top.offer(at, doc, score, key);
    threshold = top.threshold();
  }
}

function isExactName({ request, slotCount }: Pass, segment: Segment, doc: number, words: number): boolean {
  return words === slotCount && (request.exact?.isName(segment.skus[doc] ?? "") ?? false);
}
