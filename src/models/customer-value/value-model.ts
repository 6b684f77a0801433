import { expectedValue, fitGammaGamma, type GammaGamma, valueCorrelation } from "./gamma-gamma.ts";
import type { PurchaseSummary } from "./purchase-summary.ts";

/** What a purchase is worth, in minor units. */
export type ValueModel = {
  /** null when no customer has bought again for money. */
  readonly gammaGamma: GammaGamma | null;
  /** Mean of the customers' means, for whom the model has no finite expectation. */
  readonly meanMinor: number;
  /** Of number and value of purchases; above 0.1 the two are not independent as the model takes them to be. */
  readonly correlation: number | null;
  readonly customers: number;
};

/** Purchases that were given back in full say nothing of what a purchase is worth. */
function hasSpent({ frequency, meanValue }: PurchaseSummary): boolean {
  return frequency > 0 && meanValue > 0;
}

export function fitValue(summaries: readonly PurchaseSummary[]): ValueModel {
  const spending = summaries.filter(hasSpent);
  if (spending.length === 0) return { gammaGamma: null, meanMinor: 0, correlation: null, customers: 0 };
  return {
    gammaGamma: fitGammaGamma(spending).parameters,
    meanMinor: spending.reduce((sum, { meanValue }) => sum + meanValue, 0) / spending.length,
    correlation: valueCorrelation(spending),
    customers: spending.length,
  };
}

/** Expected minor units of one purchase of a customer; never below 0. */
export function valueOfPurchase(
  { gammaGamma, meanMinor }: ValueModel,
  { frequency, meanValue }: PurchaseSummary,
): number {
  const expected = gammaGamma && expectedValue(gammaGamma, { frequency, meanValue: Math.max(0, meanValue) });
  return expected ?? meanMinor;
}
