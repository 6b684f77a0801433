/** One bucket of a numeric facet: `from` inclusive, `to` exclusive; the last one is open. */
export type RangeBucket = { readonly from: number; readonly to: number | undefined; readonly count: number };

const niceSteps = [1, 2, 2.5, 5, 10];
const sampleSize = 2_000;

/** The smallest step of the form 1, 2, 2.5 or 5 × 10^n that is not below `least`. */
function niceStep(least: number, smallest: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(least, smallest)));
  const step = niceSteps.map((each) => each * magnitude).find((each) => each >= least) ?? magnitude * 10;
  return Math.max(step, smallest);
}

/**
 * Cuts numbers into at most `maxBuckets` ranges of equal, round width; the last range is open so that a few very high
 * values do not flatten the rest. Empty ranges are left out.
 *
 * @param smallest the finest width that makes sense, e.g. 100 for whole units of money in cents
 */
export function rangeBuckets(values: Float64Array, maxBuckets: number, smallest: number): readonly RangeBucket[] {
  if (values.length === 0) return [];
  const stride = Math.max(1, Math.floor(values.length / sampleSize));
  const sample = Float64Array.from(
    { length: Math.ceil(values.length / stride) },
    (_, at) => values[at * stride] ?? 0,
  ).sort();
  const low = sample[Math.floor(sample.length * 0.02)] ?? 0;
  const high = sample[Math.min(sample.length - 1, Math.ceil(sample.length * 0.95))] ?? 0;
  const step = niceStep((high - low) / (maxBuckets - 1), smallest);
  const start = Math.floor(low / step) * step;
  const counts = new Uint32Array(maxBuckets);
  const top = maxBuckets - 1;
  let least = start;
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place] as number; // below its length
    let at = Math.floor((value - start) / step);
    if (at > top) at = top;
    else if (at < 0) at = 0;
    counts[at] = (counts[at] as number) + 1;
    if (value < least) least = value;
  }
  const last = counts.findLastIndex((count) => count > 0);
  return [...counts].flatMap((count, at) => {
    if (count === 0) return [];
    // What lies below the first round number belongs to the first range.
    const from = at === 0 ? Math.min(start, Math.floor(least / step) * step) : start + at * step;
    return { from, to: at === last && at === maxBuckets - 1 ? undefined : start + (at + 1) * step, count };
  });
}

/** Steps of one width from 0: `[0, w) [w, 2w) …`, the last one open; empty ones are left out, what is negative is in the first. */
export function fixedBuckets(values: Float64Array, width: number, maxBuckets: number): readonly RangeBucket[] {
  const counts = new Map<number, number>();
  for (const value of values) {
    const at = Math.min(maxBuckets - 1, Math.max(0, Math.floor(value / width)));
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => a[0] - b[0])
    .map(([at, count]) => ({ from: at * width, to: at === maxBuckets - 1 ? undefined : (at + 1) * width, count }));
}
