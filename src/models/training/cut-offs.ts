// At which past instants people are looked at. The newest one is the test; nothing whose outcome was not known by then is learned from.
import { localDayOf, startOfLocalDay } from "../../kernel/rules/index.ts";
import { dayMs } from "../features/shopper-history.ts";

export type CutoffPlan = {
  /** Ascending; may be empty when there is too little past. */
  readonly training: readonly number[];
  readonly test: number;
};

const minHistoryDays = 28;
const maxTraining = 6;

/** The last midnight of a zone at or before an instant. */
export function midnightBefore(ms: number, timezone: string): number {
  return startOfLocalDay(localDayOf(ms, timezone), timezone);
}

/**
 * @param from first instant of the data, ms
 * @param test instant of the test; outcomes are of the `horizonDays` of 24 hours after it
 * @param floor where a cut-off may be at or before an instant; default: anywhere
 */
export function planCutoffs(
  from: number,
  test: number,
  horizonDays: number,
  floor: (ms: number) => number = (ms) => ms,
): CutoffPlan {
  // Over a change of the clock, midnights are less than whole days apart: one more day back, or an hour of the test would be known.
  const newest = floor(test - horizonDays * dayMs);
  const oldest = from + minHistoryDays * dayMs;
  const stepDays = Math.max(7, Math.min(30, Math.floor((newest - oldest) / dayMs / (maxTraining - 1))));
  const training = Array.from({ length: maxTraining }, (_, at) => floor(newest - at * stepDays * dayMs))
    .filter((cutoff) => cutoff >= oldest)
    .reverse();
  return { training, test };
}
