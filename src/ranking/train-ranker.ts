// From logged lists to a ranker with its report: learns from the older lists, is judged on the newest. Pure; same job, same answer.
import { bootstrapMean } from "./bootstrap.ts";
import { fitRanker, plainFit, type Span, splitByTime, weightOf } from "./fit-ranker.ts";
import { type GateVerdict, type Judged, judgeRanker, type SegmentResult } from "./gate.ts";
import type { RankedLists } from "./lists.ts";
import { ndcgOf } from "./ndcg.ts";
import { type FlatRanker, flattenRanker, missingShare, type RankerModel } from "./ranker.ts";

export type RankJob = {
  readonly lists: RankedLists;
  /** Features that must not make a score fall as they rise. */
  readonly rising: readonly string[];
  /** The feature that holds the score without a model. */
  readonly plainFeature: string;
  readonly seed: number;
};

export type TrainedRanker = {
  readonly model: RankerModel;
  readonly report: RankerReport;
  readonly gate: GateVerdict;
};

export type RankerReport = Judged & {
  readonly importance: readonly { readonly feature: string; readonly share: number }[];
  readonly trees: number;
  readonly split: {
    readonly train: number;
    readonly stop: number;
    readonly test: number;
    readonly testFrom: number;
    readonly testTo: number;
  };
};

type Scored = {
  readonly model: Float64Array;
  readonly shown: Float64Array;
  readonly plain: Float64Array;
  readonly weights: Float64Array;
  readonly isCounted: Uint8Array;
};

/** Scores of the rows of the test, from row 0 on. */
function scoreSpan(lists: RankedLists, { from, to }: Span, flat: FlatRanker): Float64Array {
  const width = lists.features.length;
  const [start, end] = [lists.starts[from] ?? 0, lists.starts[to] ?? 0];
  const scores = new Float64Array(end - start);
  flat.score(lists.values.subarray(start * width, end * width), end - start, scores);
  return scores;
}

/** NDCG of every list of the test by three orders. */
function scoreLists(job: RankJob, test: Span, flat: FlatRanker): Scored {
  const { lists } = job;
  const width = lists.features.length;
  const plainAt = lists.features.indexOf(job.plainFeature);
  const base = lists.starts[test.from] ?? 0;
  const scores = scoreSpan(lists, test, flat);
  const gains = lists.gains.subarray(base);
  const asShown = Float64Array.from(scores, (_, row) => -row);
  const plain = Float64Array.from(scores, (_, row) => lists.values[(base + row) * width + plainAt] ?? 0);
  const count = test.to - test.from;
  const result: Scored = {
    model: new Float64Array(count),
    shown: new Float64Array(count),
    plain: new Float64Array(count),
    weights: new Float64Array(count),
    isCounted: new Uint8Array(count),
  };
  for (let list = 0; list < count; list += 1) {
    const [from, to] = [(lists.starts[test.from + list] ?? 0) - base, (lists.starts[test.from + list + 1] ?? 0) - base];
    const ndcg = ndcgOf(scores, gains, from, to);
    if (ndcg === undefined) continue;
    result.isCounted[list] = 1;
    result.model[list] = ndcg;
    result.shown[list] = ndcgOf(asShown, gains, from, to) ?? 0;
    result.plain[list] = ndcgOf(plain, gains, from, to) ?? 0;
    result.weights[list] = weightOf(lists, base + from, base + to);
  }
  return result;
}

function meanOf(values: Float64Array, weights: Float64Array, isIn: (list: number) => boolean): number {
  let [sum, total] = [0, 0];
  for (let list = 0; list < values.length; list += 1) {
    if (!isIn(list)) continue;
    sum += (values[list] ?? 0) * (weights[list] ?? 0);
    total += weights[list] ?? 0;
  }
  return total === 0 ? 0 : sum / total;
}

function segmentsOf(lists: RankedLists, test: Span, scored: Scored): readonly SegmentResult[] {
  return lists.segments.flatMap(({ name, parts, partOf }) =>
    parts.map((part, number) => {
      const isIn = (list: number): boolean => scored.isCounted[list] === 1 && partOf[test.from + list] === number;
      return {
        name,
        part,
        lists: scored.isCounted.reduce((sum, _, list) => sum + (isIn(list) ? 1 : 0), 0),
        ndcg: meanOf(scored.model, scored.weights, isIn),
        shown: meanOf(scored.shown, scored.weights, isIn),
      };
    }),
  );
}

const timedRows = 300;
const timedRounds = 7;

/** The fastest of a few rounds: what the machine does meanwhile says nothing of the ranker. */
function timeScoring({ values, features }: RankedLists, flat: FlatRanker): number {
  const rows = Math.min(timedRows, Math.floor(values.length / Math.max(1, features.length)));
  const out = new Float64Array(rows);
  const times = Array.from({ length: timedRounds }, () => {
    const from = performance.now();
    flat.score(values, rows, out);
    return performance.now() - from;
  });
  return Math.min(...times);
}

export function trainRanker(job: RankJob): TrainedRanker {
  const { lists, seed } = job;
  const { train, stop, test } = splitByTime(lists);
  const model = fitRanker(lists, { train, stop }, new Set(job.rising), { ...plainFit, seed });
  const flat = flattenRanker(model, lists.features);
  const scored = scoreLists(job, test, flat);
  const isCounted = (list: number): boolean => scored.isCounted[list] === 1;
  const counted = [...scored.isCounted.keys()].filter(isCounted);
  const width = lists.features.length;
  const [start, end] = [lists.starts[test.from] ?? 0, lists.starts[test.to] ?? 0];
  const judged: Judged = {
    lists: counted.length,
    ndcg: meanOf(scored.model, scored.weights, isCounted),
    shown: meanOf(scored.shown, scored.weights, isCounted),
    plain: meanOf(scored.plain, scored.weights, isCounted),
    difference: bootstrapMean(
      counted.map((list) => (scored.model[list] ?? 0) - (scored.shown[list] ?? 0)),
      counted.map((list) => scored.weights[list] ?? 0),
      seed,
    ),
    segments: segmentsOf(lists, test, scored),
    missing: missingShare(flat, lists.values.subarray(start * width), end - start, width),
    scoringMs: timeScoring(lists, flat),
  };
  const importance = lists.features
    .map((feature, at) => ({ feature, share: model.importance[at] ?? 0 }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
  const span = ({ from, to }: Span): number => to - from;
  return {
    model,
    report: {
      ...judged,
      importance,
      trees: model.trees.length,
      split: {
        train: span(train),
        stop: span(stop),
        test: span(test),
        testFrom: lists.at[test.from] ?? 0,
        testTo: lists.at[Math.max(0, test.to - 1)] ?? 0,
      },
    },
    gate: judgeRanker(judged),
  };
}
