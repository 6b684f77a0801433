// Whether a trained order may serve (ranking.md 6.4): ahead of what serves on lists it has not seen, nowhere much worse, fast enough.
import type { Interval } from "./bootstrap.ts";

export type SegmentResult = {
  readonly name: string;
  readonly part: string;
  readonly lists: number;
  /** NDCG@10 of the new order and of the one that was shown. */
  readonly ndcg: number;
  readonly shown: number;
};

export type Judged = {
  /** Lists of the test in which something was clicked. */
  readonly lists: number;
  readonly ndcg: number;
  /** Of the order that was shown: what the live policy earned. */
  readonly shown: number;
  /** Of the order without a model (ranking.md 6.3). */
  readonly plain: number;
  readonly difference: Interval;
  readonly segments: readonly SegmentResult[];
  /** Share of values that the newest lists lack beyond training, 0..1. */
  readonly missing: number;
  /** For 300 products. */
  readonly scoringMs: number;
};

export type GateVerdict = { readonly passed: boolean; readonly reasons: readonly string[] };

export const leastTestLists = 200;
/** Smaller parts are too noisy to stop a version. */
const leastSegmentLists = 200;
const maxSegmentLoss = 0.02;
const maxMissing = 0.2;
/** The budget is 2 ms on an idle core (ranking.md 6.4); a trainer is seldom idle. */
const maxScoringMs = 5;

const short = (value: number): string => value.toFixed(4);
const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;

/** Reasons are sentences; those of a passed gate say what the version was ahead of. */
export function judgeRanker(judged: Judged): GateVerdict {
  const faults: string[] = [];
  const { lists, difference, segments, missing, scoringMs } = judged;
  if (lists < leastTestLists) faults.push(`only ${lists} lists with a click to test on, ${leastTestLists} are needed`);
  if (difference.low <= 0)
    faults.push(
      `NDCG@10 ${short(judged.ndcg)} is not surely ahead of what was shown with ${short(judged.shown)}: the difference is between ${short(difference.low)} and ${short(difference.high)}`,
    );
  for (const { name, part, lists: count, ndcg, shown } of segments)
    if (count >= leastSegmentLists && ndcg < shown * (1 - maxSegmentLoss))
      faults.push(`for ${name} ${part}, NDCG@10 falls from ${short(shown)} to ${short(ndcg)}`);
  if (missing > maxMissing)
    faults.push(`${percent(missing)} of the values it asks for are missing in the newest lists`);
  if (scoringMs > maxScoringMs)
    faults.push(`300 products take ${scoringMs.toFixed(1)} ms to score, ${maxScoringMs} ms are allowed`);
  if (faults.length > 0) return { passed: false, reasons: faults };
  return {
    passed: true,
    reasons: [
      `NDCG@10 ${short(judged.ndcg)} is ahead of what was shown with ${short(judged.shown)} by ${short(difference.low)} to ${short(difference.high)}, over ${lists} lists`,
    ],
  };
}
