// Discounted gain of an order: DCG@k = Σ g / log2(rank + 1), divided by that of the best order (ranking.md 9.1, linear gain).

export const cutoff = 10;

/** 1 / log2(rank + 1) by 0-based place; 0 from the cut-off on. */
export const discounts: Float64Array = Float64Array.from({ length: 256 }, (_, at) =>
  at < cutoff ? 1 / Math.log2(at + 2) : 0,
);

/** DCG@10 of the best order of the gains of some rows. */
export function idealDcg(gains: ArrayLike<number>, from: number, to: number): number {
  const best: number[] = [];
  for (let row = from; row < to; row += 1) {
    const gain = gains[row] ?? 0;
    if (gain > 0) best.push(gain);
  }
  best.sort((a, b) => b - a);
  let sum = 0;
  for (let at = 0; at < Math.min(best.length, cutoff); at += 1) sum += (best[at] ?? 0) * (discounts[at] ?? 0);
  return sum;
}

/**
 * NDCG@10 of the rows of one list ordered by score; equal scores keep the order of the rows.
 *
 * @param from first row; `to` is behind the last
 * @returns undefined when no row has a gain
 */
export function ndcgOf(
  scores: ArrayLike<number>,
  gains: ArrayLike<number>,
  from: number,
  to: number,
): number | undefined {
  const ideal = idealDcg(gains, from, to);
  if (ideal === 0) return undefined;
  let sum = 0;
  for (let row = from; row < to; row += 1) {
    const gain = gains[row] ?? 0;
    if (gain <= 0) continue;
    const own = scores[row] ?? 0;
    let rank = 0;
    for (let other = from; other < to; other += 1) {
      const score = scores[other] ?? 0;
      if (score > own || (score === own && other < row)) rank += 1;
    }
    sum += gain * (discounts[rank] ?? 0);
  }
  return sum / ideal;
}
