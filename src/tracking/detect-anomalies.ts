// Volume of one hour against the same hour of the 14 days before (profiles-and-journeys D.7).
export type HourCounts = {
  readonly sourceId: string;
  readonly type: string;
  /** Events in the hour in question. */
  readonly count: number;
  /** Same hour of the days before on which the event was known, newest first; 0 for a day without. */
  readonly before: readonly number[];
};

export type Anomaly = {
  readonly sourceId: string;
  readonly type: string;
  readonly count: number;
  readonly expected: number;
  /** Standard deviations between count and expectation; negative = too few. */
  readonly deviation: number;
};

const maxDeviation = 4;
const minDays = 5;
/** Fewer events than this apart are no news, whatever the deviation. */
const minDifference = 10;

/**
 * Hours that deviate by more than 4 standard deviations from the mean of the days before.
 *
 * The deviation is at least that of a Poisson count of the same mean: a very regular event would alarm at every jitter.
 */
export function detectAnomalies(counts: readonly HourCounts[]): readonly Anomaly[] {
  return counts.flatMap(({ sourceId, type, count, before }): readonly Anomaly[] => {
    if (before.length < minDays) return [];
    const expected = before.reduce((sum, value) => sum + value, 0) / before.length;
    const variance = before.reduce((sum, value) => sum + (value - expected) ** 2, 0) / before.length;
    const spread = Math.max(Math.sqrt(variance), Math.sqrt(Math.max(expected, 1)));
    const deviation = (count - expected) / spread;
    if (Math.abs(deviation) <= maxDeviation || Math.abs(count - expected) < minDifference) return [];
    return [{ sourceId, type, count, expected, deviation }];
  });
}
