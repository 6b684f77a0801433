// Gamma-gamma of Fader and Hardie (2005, note 025): the value of a purchase varies about a mean of its own for each customer, and
// these means vary between customers. Independent of how often they buy, which `valueCorrelation` checks.
import { type Fit, fitLogarithms, type Likelihood } from "./fit-parameters.ts";
import { digamma, logGamma } from "./special-functions.ts";

export type GammaGamma = { readonly p: number; readonly q: number; readonly v: number };

/** Repeat purchases of a customer and their mean value, both above 0. */
export type Spending = { readonly frequency: number; readonly meanValue: number };

/** Log-likelihood with its derivatives by p, q, v. */
export function gammaGammaLikelihood({ p, q, v }: GammaGamma, spending: readonly Spending[]): Likelihood {
  const [logV, logGammaQ, digammaQ] = [Math.log(v), logGamma(q), digamma(q)];
  let [value, byP, byQ, byV] = [0, 0, 0, 0];
  for (const { frequency: x, meanValue: m } of spending) {
    const shape = p * x;
    const total = x * m;
    const logSum = Math.log(total + v);
    const logTotal = Math.log(total);
    value += logGamma(shape + q) - logGamma(shape) - logGammaQ + q * logV - Math.log(m);
    value += shape * logTotal - (shape + q) * logSum;
    const digammaBoth = digamma(shape + q);
    byP += x * (digammaBoth - digamma(shape) + logTotal - logSum);
    byQ += digammaBoth - digammaQ + logV - logSum;
    byV += q / v - (shape + q) / (total + v);
  }
  return { value, gradient: [byP, byQ, byV] };
}

/** Maximum likelihood. @param spending at least one customer */
export function fitGammaGamma(spending: readonly Spending[]): Fit<GammaGamma> {
  // In units of the mean, so that the search is the same in cents and in dollars.
  const unit = spending.reduce((sum, { meanValue }) => sum + meanValue, 0) / spending.length;
  const scaled = spending.map(({ frequency, meanValue }) => ({ frequency, meanValue: meanValue / unit }));
  const toParameters = ([p = 1, q = 1, v = 1]: readonly number[]): GammaGamma => ({ p, q, v });
  const starts = [
    [5, 4, 0.5],
    [1, 2, 1],
    [20, 10, 0.5],
  ];
  const fit = fitLogarithms(
    (each, part) => gammaGammaLikelihood(toParameters(each), part),
    scaled,
    starts,
    (part) => part.length,
  );
  const { p, q, v } = toParameters(fit.parameters);
  return {
    ...fit,
    parameters: { p, q, v: v * unit },
    logLikelihood: fit.logLikelihood - spending.length * Math.log(unit),
  };
}

/**
 * Expected value of a purchase, E[M] of measurement.md 8, in the unit of the values.
 *
 * @returns undefined where the expectation is infinite: no repeat purchase, and q of 1 or less
 */
export function expectedValue({ p, q, v }: GammaGamma, { frequency, meanValue }: Spending): number | undefined {
  const divisor = p * frequency + q - 1;
  return divisor > 0 ? (p * (v + frequency * meanValue)) / divisor : undefined;
}

/** Pearson's correlation of number and mean value of purchases; above 0.1 the model's assumption is in doubt. null for fewer than 2. */
export function valueCorrelation(spending: readonly Spending[]): number | null {
  const n = spending.length;
  const meanX = spending.reduce((sum, { frequency }) => sum + frequency, 0) / n;
  const meanM = spending.reduce((sum, { meanValue }) => sum + meanValue, 0) / n;
  let [xx, mm, xm] = [0, 0, 0];
  for (const { frequency, meanValue } of spending) {
    xx += (frequency - meanX) ** 2;
    mm += (meanValue - meanM) ** 2;
    xm += (frequency - meanX) * (meanValue - meanM);
  }
  return xx > 0 && mm > 0 ? xm / Math.sqrt(xx * mm) : null;
}
