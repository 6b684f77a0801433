import { ClienteleError } from "../../kernel/index.ts";

/**
 * What the purchase models read of a customer. Orders of one day are one purchase, and the first day starts the clock
 * (measurement.md 8).
 */
export type PurchaseSummary = {
  /** Days with an order minus 1. */
  readonly frequency: number;
  /** From the first to the last of them. */
  readonly recencyWeeks: number;
  /** From the first to the end of the observation. */
  readonly ageWeeks: number;
  /** Of the days with an order but the first, in the unit of the orders; 0 without any. */
  readonly meanValue: number;
};

/** Customers that look the same to a purchase model. */
export type SummaryGroup = Omit<PurchaseSummary, "meanValue"> & { readonly customers: number };

/** Five years of daily orders are 1,826; what is above this is no shopper. */
const maxFrequency = 100_000;

/** @throws {ClienteleError} `models.invalidPurchases` */
export function checkSummary({ frequency, recencyWeeks, ageWeeks }: Omit<PurchaseSummary, "meanValue">): void {
  const isValid =
    Number.isInteger(frequency) &&
    frequency >= 0 &&
    frequency <= maxFrequency &&
    recencyWeeks >= 0 &&
    recencyWeeks <= ageWeeks &&
    Number.isFinite(ageWeeks) &&
    (frequency > 0 || recencyWeeks === 0);
  if (isValid) return;
  throw new ClienteleError(
    "models.invalidPurchases",
    `frequency ${frequency}, recency ${recencyWeeks} and age ${ageWeeks} weeks describe no customer: a whole number of repeat purchases, the last of them between the first order and the end of the observation`,
  );
}

/**
 * Gathers equal customers: most shops have many that ordered once, and these differ by age only.
 *
 * @throws {ClienteleError} `models.invalidPurchases`
 */
export function groupSummaries(summaries: Iterable<Omit<PurchaseSummary, "meanValue">>): readonly SummaryGroup[] {
  const groups = new Map<string, { group: Omit<PurchaseSummary, "meanValue">; customers: number }>();
  for (const summary of summaries) {
    checkSummary(summary);
    const { frequency, recencyWeeks, ageWeeks } = summary;
    const key = `${frequency} ${recencyWeeks} ${ageWeeks}`;
    const known = groups.get(key);
    if (known) known.customers += 1;
    else groups.set(key, { group: { frequency, recencyWeeks, ageWeeks }, customers: 1 });
  }
  return [...groups.values()].map(({ group, customers }) => ({ ...group, customers }));
}

/** Number of customers in groups. */
export function countCustomers(groups: readonly SummaryGroup[]): number {
  return groups.reduce((sum, each) => sum + each.customers, 0);
}

/** Mean weeks since the first order; 1 when everybody is of today. @param groups at least one */
export function meanAge(groups: readonly SummaryGroup[]): number {
  const weeks = groups.reduce((sum, each) => sum + each.customers * each.ageWeeks, 0);
  return weeks > 0 ? weeks / countCustomers(groups) : 1;
}
