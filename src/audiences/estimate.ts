/** How many of all a share seen in a sample stands for. */
export type Estimate = {
  readonly count: number;
  /** 0..1 of all. */
  readonly share: number;
  /** Bounds of the interval that holds the true number with `confidence`. */
  readonly low: number;
  readonly high: number;
  /** The larger distance of a bound from the count; 0 when exact. */
  readonly margin: number;
};

/** Two-sided 95 %. */
const z = 1.959964;
export const confidence = 0.95;

/**
 * Number of hits among `total` from a sample drawn without replacement: Wilson's interval for the share (E. B. Wilson, JASA 22,
 * 1927), which also holds for rare hits, with the sample size corrected for a finite population.
 */
export function estimateCount(hits: number, seen: number, total: number): Estimate {
  if (seen === 0) return { count: 0, share: 0, low: 0, high: total, margin: total };
  const share = hits / seen;
  if (seen >= total) return { count: hits, share, low: hits, high: hits, margin: 0 };
  const n = (seen * (total - 1)) / (total - seen);
  const middle = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2))) / (1 + z ** 2 / n);
  const count = Math.round(share * total);
  // What was seen is there for certain, and so is what was seen outside.
  const low = Math.max(hits, Math.floor((middle - half) * total));
  const high = Math.min(total - (seen - hits), Math.ceil((middle + half) * total));
  return { count, share, low, high, margin: Math.max(count - low, high - count) };
}
