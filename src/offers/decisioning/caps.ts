// How often an offer may come: counts are kept by calendar day, so that every period is a sum, and a changed cap finds its past.
import { fnv1a } from "../../kernel/index.ts";
import { type CapRule, periodUnits } from "./bodies.ts";

/** What one count is of: an offer, what happened, at which placement ("" = none), on which day (since 1970, local). */
export type Cell = {
  readonly offerId: string;
  /** `decision`, `impression`, `click`, or `custom:` with a code of its event and rule. */
  readonly counted: string;
  readonly placement: string;
  readonly day: number;
};
export type Count = { readonly counted: string; readonly placement: string; readonly day: number; readonly n: number };

export type CompiledCap = {
  readonly rule: CapRule;
  readonly counted: string;
};

/** Days before it are one: what is older than three years counts for `ever` only. */
export const keptDays = 3 * 366;

/** Two caps on the same event with the same rule share their counts. */
export function countedOf({ counted, event, rule }: CapRule): string {
  if (counted !== "custom") return counted;
  return `custom:${fnv1a(JSON.stringify([event, rule ?? null])).toString(16)}`;
}

export function compileCap(rule: CapRule): CompiledCap {
  return { rule, counted: countedOf(rule) };
}

const monthOf = (day: number): number => {
  const date = new Date(day * 86_400_000);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};
/** 1970-01-01 was a Thursday: weeks that begin on Monday have begun three days before. */
const mondayShift = 3;

/** First day of the period that holds the day; periods are counted from 1970 on. */
export function periodStart(day: number, every: number, unit: (typeof periodUnits)[number]): number {
  switch (unit) {
    case "day":
      return Math.floor(day / every) * every;
    case "week": {
      const week = Math.floor((day + mondayShift) / 7);
      return Math.floor(week / every) * every * 7 - mondayShift;
    }
    case "month": {
      const first = Math.floor(monthOf(day) / every) * every;
      return Date.UTC(Math.floor(first / 12), first % 12, 1) / 86_400_000;
    }
  }
}

/** How often it has come in the period that holds `today`. */
export function countWithin(
  counts: readonly Count[],
  { rule, counted }: CompiledCap,
  placement: string,
  today: number,
): number {
  const from = rule.period ? periodStart(today, rule.period.every, rule.period.unit) : Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const count of counts) {
    if (count.counted !== counted || count.day < from) continue;
    if (rule.placements === "each" && count.placement !== placement) continue;
    sum += count.n;
  }
  return sum;
}

/**
 * Which stock of a hard limit a decision takes from. Another period or count is another stock.
 *
 * @param person who has the limit where it is one for each person
 */
export function stockOf(
  offerId: string,
  { rule, counted }: CompiledCap,
  placement: string,
  today: number,
  person: string,
) {
  const { per, period, placements } = rule;
  const isPersonal = per === "profile";
  return {
    person: isPersonal ? person : "",
    offerId,
    cap: `${isPersonal ? "profile " : ""}${counted} ${period ? `${period.every} ${period.unit}` : "ever"}`,
    placement: placements === "each" ? placement : "",
    periodStart: period ? periodStart(today, period.every, period.unit) : ever,
  };
}

/** First day of the period of a stock that holds a day; undefined = it has no end. */
export function periodOfStock(cap: string, day: number): number | undefined {
  const [, every, unit] = / (\d+) (day|week|month)$/.exec(cap) ?? [];
  const known = periodUnits.find((each) => each === unit);
  return known === undefined ? undefined : periodStart(day, Number(every), known);
}

/** Begins before every day. */
const ever = -1_000_000;

export type CapVerdict = { readonly rule: CapRule; readonly count: number | null };

/**
 * The first cap that is reached; undefined = none.
 *
 * @param ofProfile counts of the offer for the visitor; null = not known yet, which stops every offer with such a cap
 */
export function reachedCap(
  caps: readonly CompiledCap[],
  {
    ofProfile,
    ofAll,
    placement,
    today,
  }: {
    readonly ofProfile: readonly Count[] | null;
    readonly ofAll: readonly Count[];
    readonly placement: string;
    readonly today: number;
  },
): CapVerdict | undefined {
  for (const cap of caps) {
    const counts = cap.rule.per === "total" ? ofAll : ofProfile;
    if (counts === null) return { rule: cap.rule, count: null };
    const count = countWithin(counts, cap, placement, today);
    if (count >= cap.rule.limit) return { rule: cap.rule, count };
  }
  return undefined;
}
