// A model is trusted after it has foretold the last quarter of the history from the first three.
import { meanAbsoluteError, rankCorrelation } from "../metrics.ts";
import { averageCohorts, type Cohort, cohortOf, type Outcome } from "./cohort-average.ts";
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

/** How near an expectation comes to what each customer did. */
export type Quality = {
  readonly meanAbsoluteError: number;
  /** Least for the true mean, which an expectation is to be; the absolute error is least for the middle, mostly 0 purchases. */
  readonly rootMeanSquareError: number;
  /** Spearman's; null when all are equal. */
  readonly rankCorrelation: number | null;
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
  /** Purchases of each customer, as foretold by the model, by "everybody goes on as before" and by the cohort averages of the time before. */
  readonly perCustomer: {
    readonly model: Quality;
    readonly continues: Quality;
    /** Null when nobody had ordered early enough. */
    readonly cohort: Quality | null;
  };
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

function qualityOf(expected: readonly number[], people: readonly Foretold[]): Quality {
  const actual = people.map(({ outcome }) => outcome.purchases);
  const squares = expected.reduce((sum, each, index) => sum + (each - (actual[index] ?? 0)) ** 2, 0);
  return {
    meanAbsoluteError: meanAbsoluteError(expected, actual) ?? 0,
    rootMeanSquareError: Math.sqrt(squares / Math.max(1, people.length)),
    rankCorrelation: rankCorrelation(expected, actual),
  };
}

function reportOf(
  people: readonly Foretold[],
  models: { readonly purchase: PurchaseModel; readonly value: ValueModel; readonly cohorts: readonly Cohort[] },
  splitDay: number,
  weeks: number,
): HoldoutReport {
  const expected = people.map(({ summary }) => expectedPurchases(models.purchase, summary, weeks));
  const continues = people.map(({ summary: { frequency, ageWeeks } }) =>
    ageWeeks > 0 ? (frequency / ageWeeks) * weeks : 0,
  );
  const alike = people.map(
    ({ summary }) => (cohortOf(models.cohorts, summary.frequency)?.purchasesPerWeek ?? 0) * weeks,
  );
  const perCustomer = {
    model: qualityOf(expected, people),
    continues: qualityOf(continues, people),
    cohort: models.cohorts.length > 0 ? qualityOf(alike, people) : null,
  };
  let [purchases, actual, revenue, actualRevenue] = [0, 0, 0, 0];
  for (const [index, { summary, outcome }] of people.entries()) {
    const own = expected[index] ?? 0;
    purchases += own;
    actual += outcome.purchases;
    revenue += own * valueOfPurchase(models.value, summary);
    actualRevenue += outcome.minor;
  }
  return {
    splitDay,
    weeks,
    customers: people.length,
    expectedPurchases: purchases,
    actualPurchases: actual,
    totalError: relativeError(purchases, actual),
    meanAbsoluteError: perCustomer.model.meanAbsoluteError,
    baselineMeanAbsoluteError: perCustomer.continues.meanAbsoluteError,
    perCustomer,
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
  // What cohorts did in the same part of the time before: all that averages could have known at the cut.
  const earlierDay = splitDay - Math.round((splitDay - firstDay) * share);
  const earlier = foretell(book, earlierDay, splitDay).map(({ outcome }) => outcome);
  const cohorts = averageCohorts(earlier, (splitDay - earlierDay) / 7);
  const report = reportOf(people, { purchase, value: fitValue(seen), cohorts }, splitDay, weeks);
  const outcomes = people.map(({ outcome }) => outcome);
  return { report, cohorts: averageCohorts(outcomes, weeks) };
}
