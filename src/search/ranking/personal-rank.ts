/** One behavioural signal of a request, e.g. affinity to the product's brand or popularity in the audience. */
export type RankingSignal = {
  /** Stable code, shown in explanations. */
  readonly name: string;
  /** Share of the signal, −0.3 to 0.3; what lies outside is cut. */
  readonly beta: number;
  /** Any number whose order means something; undefined = the product has none, which counts as 0. */
  readonly valueOf: (sku: string) => number | undefined;
  /** Why a product that stands high in this signal is shown, in words for the shopper. */
  readonly text?: string;
};

export const maxBeta = 0.3;

export type SignalEffect = {
  readonly name: string;
  readonly value: number;
  readonly percentile: number;
  readonly beta: number;
  /** 1 + β · (percentile − 0.5). */
  readonly factor: number;
};

/**
 * Percentile of each value among all: (number with a smaller value + half the number of others with the same value) /
 * (n − 1); 0.5 when there is one.
 */
export function percentiles(values: Float64Array): Float64Array {
  const size = values.length;
  if (size < 2) return new Float64Array(size).fill(0.5);
  // Sorting numbers without a comparison of our own is five times faster than sorting their places.
  const sorted = values.slice().sort();
  return values.map((value) => {
    const from = firstPlace(sorted, (other) => other >= value);
    const to = firstPlace(sorted, (other) => other > value);
    return (from + (to - from - 1) / 2) / (size - 1);
  });
}

/** First place whose value passes; those behind it do too. */
function firstPlace(sorted: Float64Array, passes: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(sorted[middle] as number))
      high = middle; // below its length
    else low = middle + 1;
  }
  return low;
}

export type RankedCandidate<T> = {
  readonly candidate: T;
  readonly score: number;
  readonly base: number;
  /** Its place among the candidates, and what the signals did at a place: made on demand, for the page that is shown. */
  readonly at: number;
  readonly signalsAt: (at: number) => readonly SignalEffect[];
};

/**
 * ŝ · Π (1 + β·(percentile − 0.5)) over the candidates, where ŝ is the text score divided by the list's highest.
 *
 * Bounded: three signals at full weight change a score by at most a factor of 1.52, so behaviour orders what the text
 * holds equal and never drowns it. Equal scores keep the incoming order.
 */
export function rankPersonally<T extends { readonly score: number }>(
  candidates: readonly T[],
  signals: readonly RankingSignal[],
  skuOf: (candidate: T) => string,
): readonly RankedCandidate<T>[] {
  const highest = candidates.reduce((most, { score }) => Math.max(most, score), 0);
  const rows = signals.map((signal) => {
    const values = Float64Array.from(candidates, (candidate) => finite(signal.valueOf(skuOf(candidate))));
    return {
      name: signal.name,
      beta: Math.max(-maxBeta, Math.min(maxBeta, finite(signal.beta))),
      values,
      ranks: percentiles(values),
    };
  });
  const signalsAt = (at: number): readonly SignalEffect[] =>
    rows.map(({ name, beta, values, ranks }) => {
      const percentile = ranks[at] ?? 0.5;
      return { name, beta, value: values[at] ?? 0, percentile, factor: 1 + beta * (percentile - 0.5) };
    });
  const ranked = candidates.map((candidate, at): RankedCandidate<T> => {
    const base = highest > 0 ? candidate.score / highest : 1;
    let score = base;
    for (const { beta, ranks } of rows) score *= 1 + beta * ((ranks[at] ?? 0.5) - 0.5);
    return { candidate, base, score, at, signalsAt };
  });
  // Sorting is stable: equal scores keep their order.
  return ranked.sort((a, b) => b.score - a.score);
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}
