import { longestReportDays, readReportPeriod } from "../../http/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import type { Period } from "./store.clickhouse.ts";

const defaultPeriodDays = 30;

export type PeriodQuery = {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly storeView?: string | undefined;
};

/**
 * The period that a report is asked for: half-open, by default the last 30 days.
 *
 * @throws {ClienteleError} `merchandising.badPeriod`
 */
export function readPeriod({ from, to, storeView = "" }: PeriodQuery, nowMs: number): Period {
  const period = readReportPeriod({ from, to }, nowMs, defaultPeriodDays);
  if (!period)
    throw new ClienteleError(
      "merchandising.badPeriod",
      `a report covers a time up to ${longestReportDays} days, from before to; got ${from ?? "30 days"} to ${to ?? "now"}`,
    );
  return { ...period, storeView };
}
