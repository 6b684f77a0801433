import { startOfDay } from "./order-book.ts";

/** First and last order of a customer, in days since 1970-01-01. */
export type OrderSpan = { readonly firstDay: number; readonly lastDay: number };

export type ChurnMonth = {
  /** Calendar month UTC, YYYY-MM. */
  readonly month: string;
  /** A: customers whose first order is not later than the month. */
  readonly cumulativeNew: number;
  /** B: customers whose last order is in the month and at least the cut-off ago. */
  readonly churned: number;
  /** C: customers whose last order is not later than the month. */
  readonly cumulativeLast: number;
  /** B / ((A + B) - C); null when nobody was there to lose. */
  readonly churnRate: number | null;
};

const maxMonths = 1_200;

function monthOf(day: number): number {
  const date = new Date(startOfDay(day));
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function monthText(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
}

/**
 * Share of customers lost by calendar month, as Adobe Commerce Intelligence counts it (commerce-churn.md).
 *
 * @param asOfDay only whole months before this day's month are given
 * @param cutoffDays a customer whose last order is so long ago or longer has churned
 */
export function churnRates(
  customers: readonly OrderSpan[],
  asOfDay: number,
  cutoffDays: number,
): readonly ChurnMonth[] {
  if (customers.length === 0) return [];
  const firstMonth = customers.reduce(
    (least, { firstDay }) => Math.min(least, monthOf(firstDay)),
    Number.POSITIVE_INFINITY,
  );
  const count = Math.min(maxMonths, Math.max(0, monthOf(asOfDay) - firstMonth));
  const counts = Array.from({ length: count }, () => ({ entered: 0, left: 0, churned: 0 }));
  for (const { firstDay, lastDay } of customers) {
    const [entered, left] = [counts[monthOf(firstDay) - firstMonth], counts[monthOf(lastDay) - firstMonth]];
    if (entered) entered.entered += 1;
    if (left) left.left += 1;
    if (left && asOfDay - lastDay >= cutoffDays) left.churned += 1;
  }
  let [cumulativeNew, cumulativeLast] = [0, 0];
  return counts.map(({ entered, left, churned }, index) => {
    cumulativeNew += entered;
    cumulativeLast += left;
    const present = cumulativeNew + churned - cumulativeLast;
    const churnRate = present > 0 ? churned / present : null;
    return { month: monthText(firstMonth + index), cumulativeNew, churned, cumulativeLast, churnRate };
  });
}

/** How likely an order still is at an age since the last one: `probability[i]` from `days[i]` on. */
export type RepeatCurve = { readonly days: readonly number[]; readonly probability: readonly number[] };

/**
 * Probability of another order by days since the last one. Waits that ended with an order and waits that last to this day are
 * weighed against each other (Kaplan-Meier), so that young customers do not count as lost; what has not come within the longest
 * wait that was seen is taken never to come.
 *
 * @param gaps days between orders, and how many such gaps there are
 * @param open days since the last order, and how many customers wait so long
 */
export function repeatCurve(gaps: ReadonlyMap<number, number>, open: ReadonlyMap<number, number>): RepeatCurve {
  const days = [...new Set([...gaps.keys(), ...open.keys()])].sort((a, b) => a - b);
  let waiting = days.reduce((sum, day) => sum + (gaps.get(day) ?? 0) + (open.get(day) ?? 0), 0);
  let silent = 1;
  const steps = days.flatMap((day): { day: number; silent: number }[] => {
    const ended = gaps.get(day) ?? 0;
    if (waiting > 0) silent *= 1 - ended / waiting;
    waiting -= ended + (open.get(day) ?? 0);
    return ended > 0 ? [{ day, silent }] : [];
  });
  const never = steps.at(-1)?.silent ?? 1;
  const again = (still: number) => (still > 0 ? (still - never) / still : 0);
  return {
    days: [0, ...steps.map(({ day }) => day)],
    probability: [again(1), ...steps.map(({ silent: still }) => again(still))],
  };
}

/** Probability of another order so many days after the last. */
export function repeatProbability({ days, probability }: RepeatCurve, sinceDays: number): number {
  let [low, high] = [0, days.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((days[middle] ?? 0) <= sinceDays) low = middle;
    else high = middle - 1;
  }
  return probability[low] ?? 0;
}

const lostBelow = 0.1;

/** The suggested cut-off: first day since the last order on which another one is less likely than 10 %; null when that is always so. */
export function suggestCutoff({ days, probability }: RepeatCurve): number | null {
  const index = probability.findIndex((each) => each < lostBelow);
  return index > 0 ? (days[index] ?? null) : null;
}
