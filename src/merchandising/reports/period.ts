import { ClienteleError } from "../../kernel/index.ts";
import type { Period } from "./store.clickhouse.ts";

const dayMs = 86_400_000;
export const maxPeriodDays = 366;
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
  const toMs = to === undefined ? nowMs : Date.parse(to);
  const fromMs = from === undefined ? toMs - defaultPeriodDays * dayMs : Date.parse(from);
  if (!(fromMs < toMs) || toMs - fromMs > maxPeriodDays * dayMs)
    throw new ClienteleError(
      "merchandising.badPeriod",
      `a report covers a time up to ${maxPeriodDays} days, from before to; got ${from ?? "30 days"} to ${to ?? "now"}`,
    );
  return { fromMs, toMs, storeView };
}
