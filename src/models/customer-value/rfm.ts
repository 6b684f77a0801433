// Recency, frequency and money by rank, as Adobe Commerce Intelligence counts them (rfm-analysis.md): rank 1 is the best,
// percentile = round(rank * 100 / n), and every 20 points are one band, 5 the best.
import { compareText } from "../../kernel/rules/index.ts";

/** Numbers of one customer; larger `lastDay`, `orders` and `minor` are better. */
export type RfmFacts = {
  readonly id: string;
  /** Day of the last order, in days since any fixed day. */
  readonly lastDay: number;
  readonly orders: number;
  /** Revenue in minor units. */
  readonly minor: number;
};

/** 5 is best. */
export type RfmScores = { readonly r: number; readonly f: number; readonly m: number };

/** The worst customer of band 5, 4, 3 and 2; absent where the band is empty. Ties go by id. */
export type BandLimit = { readonly value: number; readonly id: string } | null;
export type RfmLimits = {
  readonly r: readonly BandLimit[];
  readonly f: readonly BandLimit[];
  readonly m: readonly BandLimit[];
};

const measures = {
  r: ({ lastDay }: RfmFacts) => lastDay,
  f: ({ orders }: RfmFacts) => orders,
  m: ({ minor }: RfmFacts) => minor,
} as const;
type Measure = keyof typeof measures;

const points = 20;
const bands = 5;

/** Band of a rank among n. @param rank 1 = best */
export function bandOfRank(rank: number, n: number): number {
  const percentile = Math.round((rank * 100) / n);
  // With few customers the best percentile is far from 0, and the worst is 100 at any number.
  return Math.max(1, bands - Math.floor((Math.max(1, percentile) - 1) / points));
}

function limitsOf(facts: readonly RfmFacts[], measure: Measure): readonly BandLimit[] {
  const measured = measures[measure];
  const ranked = [...facts].sort((a, b) => measured(b) - measured(a) || compareText(a.id, b.id));
  const limits: BandLimit[] = [null, null, null, null];
  for (const [index, each] of ranked.entries()) {
    const band = bandOfRank(index + 1, ranked.length);
    if (band > 1) limits[bands - band] = { value: measured(each), id: each.id };
  }
  return limits;
}

/** Where the bands of a population end. */
export function rfmLimits(facts: readonly RfmFacts[]): RfmLimits {
  return { r: limitsOf(facts, "r"), f: limitsOf(facts, "f"), m: limitsOf(facts, "m") };
}

function bandWithin(value: number, id: string, limits: readonly BandLimit[]): number {
  for (const [index, limit] of limits.entries())
    if (limit && (value > limit.value || (value === limit.value && compareText(id, limit.id) <= 0)))
      return bands - index;
  return 1;
}

/** Scores against a population: for a member of it exactly those of its rank, for anybody else those of the place between. */
export function rfmScores(facts: RfmFacts, limits: RfmLimits): RfmScores {
  const band = (measure: Measure) => bandWithin(measures[measure](facts), facts.id, limits[measure]);
  return { r: band("r"), f: band("f"), m: band("m") };
}

/** R, F and M as one text, e.g. `445`. */
export function rfmText({ r, f, m }: RfmScores): string {
  return `${r}${f}${m}`;
}
