/** When the next order of a customer is due. */
export type NextOrder = {
  readonly gapDays: number;
  /** Whose gaps it is taken from. */
  readonly basis: "customer" | "population";
  /** Days since 1970-01-01. May be in the past: the order is overdue. */
  readonly day: number;
};

/** Own gaps that are needed before they count for more than those of everybody. */
export const minOwnGaps = 2;

/** The middle value; of two middle ones their mean. undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined || sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The middle value of a histogram (value, how often). undefined of nothing. */
export function medianOfCounts(counts: ReadonlyMap<number, number>): number | undefined {
  const sorted = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const valueAt = (rank: number): number | undefined => {
    let seen = 0;
    for (const [value, count] of sorted) {
      seen += count;
      if (rank < seen) return value;
    }
    return undefined;
  };
  const [lower, upper] = [valueAt((total - 1) >> 1), valueAt(total >> 1)];
  return lower === undefined || upper === undefined ? undefined : (lower + upper) / 2;
}

/** Days between consecutive days with an order. @param days in order of time, each once */
export function gapsOf(days: readonly number[]): readonly number[] {
  return days.slice(1).map((day, index) => day - (days[index] ?? day));
}

/**
 * Last order plus the customer's own median gap, or the population's while the customer has fewer than two. Half days round up.
 *
 * @param days with an order, in order of time, each once
 * @returns undefined without an order, or without any gap to go by
 */
export function nextOrder(
  days: readonly number[],
  populationGapDays: number | undefined,
  minGaps = minOwnGaps,
): NextOrder | undefined {
  const last = days.at(-1);
  const own = gapsOf(days);
  const basis = own.length >= minGaps ? "customer" : "population";
  const gapDays = basis === "customer" ? median(own) : populationGapDays;
  if (last === undefined || gapDays === undefined) return undefined;
  return { gapDays, basis, day: last + Math.floor(gapDays + 0.5) };
}
