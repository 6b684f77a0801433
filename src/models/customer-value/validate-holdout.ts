// A model is trusted after it has foretold the last quarter of the history from the first three.
import { averageCohorts, type Cohort, type Outcome } from "./cohort-average.ts";
import { thin } from "./fit-parameters.ts";
import { daysOfCustomer, type OrderBook, summarise } from "./order-book.ts";
import { expectedPurchases, fitPurchaseModel, type PurchaseModel, type PurchaseModelKind } from "./purchase-model.ts";
import { groupSummaries, type PurchaseSummary } from "./purchase-summary.ts";
import { fitValue, type ValueModel, valueOfPurchase } from "./value-model.ts";

/** Customers of one number of repeat purchases before the cut; means per customer over the weeks after it. */
export type CalibrationRow = {
  readonly frequency: number;
  /** Whether the row holds those with more as well. */
  readonly andMore: boolean;
  readonly customers: number;
  readonly expected: number;
  readonly actual: number;
};

export type HoldoutReport = {
  /** Last day that the model saw, in days since 1970-01-01. */
  readonly splitDay: number;
  readonly weeks: number;
  /** Who had ordered before the cut. */
  readonly customers: number;
  readonly expectedPurchases: number;
  readonly actualPurchases: number;
  /** |expected - actual| / actual of all purchases; null when there were none. */
  readonly totalError: number | null;
  /** Mean over customers of |expected - actual| purchases. */
  readonly meanAbsoluteError: number;
  /** The same if everybody went on as before: purchases per week so far. */
  readonly baselineMeanAbsoluteError: number;
  /** |expected - actual| / actual of the revenue; null when there was none. */
  readonly revenueError: number | null;
  readonly calibration: readonly CalibrationRow[];
};

export type Holdout = { readonly report: HoldoutReport; readonly cohorts: readonly Cohort[] };

type Foretold = { readonly summary: PurchaseSummary; readonly outcome: Outcome };

const maxFrequencyRow = 7;

/** Every customer before the cut, with what came after it up to a day. */
function foretell(book: OrderBook, splitDay: number, endDay: number): readonly Foretold[] {
  return book.ids.flatMap((_, index) => {
    const days = daysOfCustomer(book, index);
    const summary = summarise(days, splitDay);
    if (!summary) return [];
    const later = days.filter(({ day }) => day > splitDay && day <= endDay);
    const minor = later.reduce((sum, each) => sum + each.minor, 0);
    return [{ summary, outcome: { frequency: summary.frequency, purchases: later.length, minor } }];
  });
}

function relativeError(expected: number, actual: number): number | null {
  return actual > 0 ? Math.abs(expected - actual) / actual : null;
}

function calibrationOf(people: readonly Foretold[], expected: readonly number[]): readonly CalibrationRow[] {
  const rows = Array.from({ length: maxFrequencyRow + 1 }, () => ({ customers: 0, expected: 0, actual: 0 }));
  for (const [index, { outcome }] of people.entries()) {
    const row = rows[Math.min(outcome.frequency, maxFrequencyRow)];
    if (!row) continue;
    row.customers += 1;
    row.expected += expected[index] ?? 0;
    row.actual += outcome.purchases;
  }
  return rows.flatMap(({ customers, expected: sum, actual }, frequency) =>
    customers === 0
      ? []
      : [
          {
            frequency,
            andMore: frequency === maxFrequencyRow,
            customers,
            expected: sum / customers,
            actual: actual / customers,
          },
        ],
  );
}

function reportOf(
  people: readonly Foretold[],
  models: { readonly purchase: PurchaseModel; readonly value: ValueModel },
  splitDay: number,
  weeks: number,
): HoldoutReport {
  const expected = people.map(({ summary }) => expectedPurchases(models.purchase, summary, weeks));
  let [purchases, actual, revenue, actualRevenue, error, baseline] = [0, 0, 0, 0, 0, 0];
  for (const [index, { summary, outcome }] of people.entries()) {
    const own = expected[index] ?? 0;
    purchases += own;
    actual += outcome.purchases;
    revenue += own * valueOfPurchase(models.value, summary);
    actualRevenue += outcome.minor;
    error += Math.abs(own - outcome.purchases);
    const before = summary.ageWeeks > 0 ? (summary.frequency / summary.ageWeeks) * weeks : 0;
    baseline += Math.abs(before - outcome.purchases);
  }
  return {
    splitDay,
    weeks,
    customers: people.length,
    expectedPurchases: purchases,
    actualPurchases: actual,
    totalError: relativeError(purchases, actual),
    meanAbsoluteError: error / people.length,
    baselineMeanAbsoluteError: baseline / people.length,
    revenueError: relativeError(revenue, actualRevenue),
    calibration: calibrationOf(people, expected),
  };
}

export type HoldoutOptions = {
  readonly kind: PurchaseModelKind;
  /** Part of the span that is held back, 0 to 1. */
  readonly share: number;
  readonly maxFitCustomers: number;
};

/**
 * Fits on the days up to a cut and compares with the days after it, up to `endDay`.
 *
 * @returns undefined when nothing is left on one of the sides
 */
export function validateHoldout(
  book: OrderBook,
  firstDay: number,
  endDay: number,
  { kind, share, maxFitCustomers }: HoldoutOptions,
): Holdout | undefined {
  const splitDay = endDay - Math.round((endDay - firstDay) * share);
  const weeks = (endDay - splitDay) / 7;
  const people = foretell(book, splitDay, endDay);
  if (people.length === 0 || weeks <= 0) return undefined;
  const seen = thin(people, maxFitCustomers).map(({ summary }) => summary);
  const purchase = fitPurchaseModel(kind, groupSummaries(seen)).model;
  const report = reportOf(people, { purchase, value: fitValue(seen) }, splitDay, weeks);
  const outcomes = people.map(({ outcome }) => outcome);
  return { report, cohorts: averageCohorts(outcomes, weeks) };
}
