import { Type } from "typebox";

const dayMs = 86_400_000;
export const longestReportDays = 366;

/** From when to when a report is asked for. */
export const reportPeriodFields = {
  from: Type.Optional(Type.String({ maxLength: 40, description: "ISO time; default 7 days before to" })),
  to: Type.Optional(Type.String({ maxLength: 40, description: "ISO time; default now" })),
};

/**
 * A half-open period of at most 366 days.
 *
 * @param given ISO times; default: the last `defaultDays` days
 * @returns undefined when a time cannot be read, or from does not lie before to, or lies too far
 */
export function readReportPeriod(
  given: { readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
  defaultDays: number,
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const toMs = given.to === undefined ? nowMs : Date.parse(given.to);
  const fromMs = given.from === undefined ? toMs - defaultDays * dayMs : Date.parse(given.from);
  return fromMs < toMs && toMs - fromMs <= longestReportDays * dayMs ? { fromMs, toMs } : undefined;
}
