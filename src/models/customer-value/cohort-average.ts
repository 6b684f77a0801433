// What customers of the same number of orders did next, on average: the answer where a model may not be trusted.

/** Customers with at least so many repeat purchases, and fewer than the next cohort's. */
export type Cohort = {
  readonly fromFrequency: number;
  readonly customers: number;
  readonly purchasesPerWeek: number;
  /** Minor units. */
  readonly minorPerWeek: number;
};

/** What one customer did in the weeks after a cut. */
export type Outcome = { readonly frequency: number; readonly purchases: number; readonly minor: number };

const cohortStarts = [0, 1, 2, 3];

function cohortIndex(frequency: number): number {
  return Math.min(frequency, cohortStarts.length - 1);
}

/** @param weeks that the outcomes cover; nothing follows from 0 */
export function averageCohorts(outcomes: readonly Outcome[], weeks: number): readonly Cohort[] {
  if (!(weeks > 0)) return [];
  const sums = cohortStarts.map(() => ({ customers: 0, purchases: 0, minor: 0 }));
  for (const { frequency, purchases, minor } of outcomes) {
    const own = sums[cohortIndex(frequency)];
    if (!own) continue;
    own.customers += 1;
    own.purchases += purchases;
    own.minor += minor;
  }
  return sums.flatMap(({ customers, purchases, minor }, index) => {
    if (customers === 0) return [];
    const perWeek = (sum: number) => sum / customers / weeks;
    return [
      {
        fromFrequency: cohortStarts[index] ?? 0,
        customers,
        purchasesPerWeek: perWeek(purchases),
        minorPerWeek: perWeek(minor),
      },
    ];
  });
}

/** The cohort of a customer, or the nearest below that had anybody in it. */
export function cohortOf(cohorts: readonly Cohort[], frequency: number): Cohort | undefined {
  return cohorts.findLast(({ fromFrequency }) => fromFrequency <= frequency) ?? cohorts[0];
}
