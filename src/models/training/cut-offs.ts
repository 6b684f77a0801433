// At which past instants people are looked at. The newest one is the test; nothing whose outcome was not known by then is learned from.
import { dayMs } from "../features/shopper-history.ts";

export type CutoffPlan = {
  /** Ascending; may be empty when there is too little past. */
  readonly training: readonly number[];
  readonly test: number;
};

const minHistoryDays = 28;
const maxTraining = 6;

/**
 * @param from first instant of the data, ms
 * @param test instant of the test; outcomes are of the `horizonDays` after it
 */
export function planCutoffs(from: number, test: number, horizonDays: number): CutoffPlan {
  const newest = test - horizonDays * dayMs;
  const oldest = from + minHistoryDays * dayMs;
  const stepDays = Math.max(7, Math.min(30, Math.floor((newest - oldest) / dayMs / (maxTraining - 1))));
  const training = Array.from({ length: maxTraining }, (_, at) => newest - at * stepDays * dayMs)
    .filter((cutoff) => cutoff >= oldest)
    .reverse();
  return { training, test };
}
