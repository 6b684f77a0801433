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
  const order = Uint32Array.from({ length: size }, (_, at) => at).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(size);
  for (let from = 0; from < size; ) {
    let to = from + 1;
    while (to < size && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    const percentile = (from + (to - from - 1) / 2) / (size - 1);
    for (let at = from; at < to; at += 1) ranks[order[at] ?? 0] = percentile;
    from = to;
  }
  return ranks;
}

export type RankedCandidate<T> = {
  readonly candidate: T;
  readonly score: number;
  readonly base: number;
  readonly signals: readonly SignalEffect[];
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
  const ranked = candidates.map((candidate, at) => {
    const base = highest > 0 ? candidate.score / highest : 1;
    let score = base;
    for (const { beta, ranks } of rows) score *= 1 + beta * ((ranks[at] ?? 0.5) - 0.5);
    return { candidate, base, score, at };
  });
  ranked.sort((a, b) => b.score - a.score || a.at - b.at);
  return ranked.map(({ at, ...row }) => ({
    ...row,
    // Only looked at for the page that is shown, so they are made on demand.
    get signals() {
      return rows.map(({ name, beta, values, ranks }) => {
        const percentile = ranks[at] ?? 0.5;
        return { name, beta, value: values[at] ?? 0, percentile, factor: 1 + beta * (percentile - 0.5) };
      });
    },
  }));
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}
