/** Which stretch of time a report is about, as the address holds it. */
import type { Search } from "../shell/location.ts";

export const periodKeys = ["24h", "7d", "30d", "90d", "custom"] as const;
export type PeriodKey = (typeof periodKeys)[number];

export type Period = { readonly key: PeriodKey; readonly from?: string | undefined; readonly to?: string | undefined };

const dayMs = 86_400_000;
const lengths: Readonly<Record<Exclude<PeriodKey, "custom">, number>> = {
  "24h": dayMs,
  "7d": 7 * dayMs,
  "30d": 30 * dayMs,
  "90d": 90 * dayMs,
};

/** An address that says nothing, or nonsense, means the standard period. */
export function readPeriod(url: Search, standard: PeriodKey): Period {
  const key = periodKeys.find((each) => each === url["period"]) ?? standard;
  return key === "custom" ? { key, from: url["from"], to: url["to"] } : { key };
}

/** Longer periods are not reported. */
const longestMs = 366 * dayMs;

/**
 * Half-open, as the API takes it: the last day of a period of one's own counts whole, days are the reader's.
 *
 * @returns null while one of the days is missing, they stand the wrong way round, or more than a year lies between them
 */
export function instantsOf(
  { key, from, to }: Period,
  nowMs: number,
): { readonly from: string; readonly to: string } | null {
  const [fromMs, toMs] = key === "custom" ? [dayStart(from, 0), dayStart(to, 1)] : [nowMs - lengths[key], nowMs];
  if (!(fromMs < toMs && toMs - fromMs <= longestMs)) return null;
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

/** NaN for what is not a day. */
function dayStart(day: string | undefined, daysLater: number): number {
  const at = new Date(`${day ?? ""}T00:00:00`);
  at.setDate(at.getDate() + daysLater);
  return at.getTime();
}
