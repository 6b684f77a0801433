// Pareto/NBD of Schmittlein, Morrison and Colombo (1987): purchases are Poisson with a rate from a gamma distribution (r, alpha),
// and a customer is lost at a time that is exponential with a rate from another (s, beta). Unlike BG/NBD it can lose a customer
// who ordered once. The textbook form has hypergeometric functions that cancel; the integral they stand for does not, and is
// summed instead. Time in weeks.
import { type Fit, fitLogarithms, type Likelihood } from "./fit-parameters.ts";
import { countCustomers, meanAge, type PurchaseSummary, type SummaryGroup } from "./purchase-summary.ts";
import { quadrature } from "./special-functions.ts";

export type ParetoNbd = { readonly r: number; readonly alpha: number; readonly s: number; readonly beta: number };
type History = Omit<PurchaseSummary, "meanValue">;

const maxPanels = 10_000;

type Loss = {
  /** Of having been lost by now to being still there. */
  readonly logOdds: number;
  /** Derivatives of the logarithm of the integral by the purchase rate's r and alpha and the loss rate's s and beta. */
  readonly slopes: readonly [byR: number, byAlpha: number, byS: number, byBeta: number];
};

/** Integral over the time of loss, from the last purchase to now, of s (alpha+y)^-(r+x) (beta+y)^-(s+1), by panels on which it is smooth. */
function integrateLoss({ r, alpha, s, beta }: ParetoNbd, { frequency, recencyWeeks, ageWeeks }: History): Loss {
  const rate = r + frequency;
  const smaller = Math.min(alpha, beta);
  const start = smaller + recencyWeeks;
  const whole = Math.log((smaller + ageWeeks) / start);
  // It falls from the last purchase on: in units of its value there, nothing overflows.
  const logFirst = -rate * Math.log(alpha + recencyWeeks) - (s + 1) * Math.log(beta + recencyWeeks);
  let [sum, byR, byAlpha, byS, byBeta] = [0, 0, 0, 0, 0];
  let from = 0;
  for (let panel = 0; panel < maxPanels && from < whole; panel += 1) {
    const y = start * Math.exp(from) - smaller;
    const steepness = 1 + (smaller + y) * (rate / (alpha + y) + (s + 1) / (beta + y));
    const to = Math.min(whole, from + Math.min(0.7, 3 / steepness));
    let part = 0;
    quadrature(from, to, (point, weight) => {
      const scaled = start * Math.exp(point);
      const lostAt = scaled - smaller;
      const [logRate, logLoss] = [Math.log(alpha + lostAt), Math.log(beta + lostAt)];
      const density = weight * scaled * Math.exp(-rate * logRate - (s + 1) * logLoss - logFirst);
      part += density;
      byR -= density * logRate;
      byAlpha -= (density * rate) / (alpha + lostAt);
      byS += density * (1 / s - logLoss);
      byBeta -= (density * (s + 1)) / (beta + lostAt);
    });
    sum += part;
    if (part <= 1e-16 * sum && panel > 2) break;
    from = to;
  }
  if (sum === 0) return { logOdds: Number.NEGATIVE_INFINITY, slopes: [0, 0, 0, 0] };
  const logAlive = -rate * Math.log(alpha + ageWeeks) - s * Math.log(beta + ageWeeks);
  return {
    logOdds: Math.log(s * sum) + logFirst - logAlive,
    slopes: [byR / sum, byAlpha / sum, byS / sum, byBeta / sum],
  };
}

/** Log-likelihood of all customers with its derivatives by r, alpha, s, beta. */
export function paretoNbdLikelihood(parameters: ParetoNbd, groups: readonly SummaryGroup[]): Likelihood {
  const { r, alpha, s, beta } = parameters;
  let [value, byR, byAlpha, byS, byBeta] = [0, 0, 0, 0, 0];
  const rising: { readonly log: number; readonly slope: number }[] = [{ log: 0, slope: 0 }];
  const risingTo = (x: number) => {
    for (let j = rising.length; j <= x; j += 1) {
      const last = rising[j - 1] ?? { log: 0, slope: 0 };
      rising.push({ log: last.log + Math.log(r + j - 1), slope: last.slope + 1 / (r + j - 1) });
    }
    return rising[x] ?? { log: 0, slope: 0 };
  };
  for (const { customers, ...history } of groups) {
    const { frequency: x, ageWeeks } = history;
    const { log, slope } = risingTo(x);
    const { logOdds, slopes } = integrateLoss(parameters, history);
    const [logRate, logLoss] = [Math.log(alpha + ageWeeks), Math.log(beta + ageWeeks)];
    const lost = 1 / (1 + Math.exp(-logOdds));
    const kept = 1 / (1 + Math.exp(logOdds));
    const own = log + r * Math.log(alpha) + s * Math.log(beta);
    value +=
      customers * (own - (r + x) * logRate - s * logLoss + Math.max(0, logOdds) - Math.log(Math.max(lost, kept)));
    byR += customers * (slope + Math.log(alpha) - kept * logRate + lost * slopes[0]);
    byAlpha += customers * (r / alpha - (kept * (r + x)) / (alpha + ageWeeks) + lost * slopes[1]);
    byS += customers * (Math.log(beta) - kept * logLoss + lost * slopes[2]);
    byBeta += customers * (s / beta - (kept * s) / (beta + ageWeeks) + lost * slopes[3]);
  }
  return { value, gradient: [byR, byAlpha, byS, byBeta] };
}

/** Maximum likelihood. @param groups at least one */
export function fitParetoNbd(groups: readonly SummaryGroup[]): Fit<ParetoNbd> {
  const toParameters = ([r = 1, alpha = 1, s = 1, beta = 1]: readonly number[]): ParetoNbd => ({ r, alpha, s, beta });
  const age = meanAge(groups);
  const starts = [
    [0.5, 0.3 * age, 0.6, 0.4 * age],
    [1, age, 1, 2 * age],
  ];
  const fit = fitLogarithms(
    (each, part) => paretoNbdLikelihood(toParameters(each), part),
    groups,
    starts,
    countCustomers,
  );
  return { ...fit, parameters: toParameters(fit.parameters) };
}

/** Probability that the customer will buy again at all. */
export function paretoNbdAlive(parameters: ParetoNbd, history: History): number {
  return 1 / (1 + Math.exp(integrateLoss(parameters, history).logOdds));
}

/** Expected purchases in the next weeks of a customer who is known to be still there. 0 for a horizon of 0 or less. */
export function paretoNbdIfAlive(
  { r, alpha, s, beta }: ParetoNbd,
  { frequency, ageWeeks }: History,
  weeks: number,
): number {
  if (!(weeks > 0)) return 0;
  const logGrowth = Math.log1p(weeks / (beta + ageWeeks));
  // Regular at s = 1, where the textbook form divides 0 by 0.
  const lifetime = s === 1 ? logGrowth : -Math.expm1(-(s - 1) * logGrowth) / (s - 1);
  return (((r + frequency) * (beta + ageWeeks)) / (alpha + ageWeeks)) * lifetime;
}

/** Expected repeat purchases of a new customer: E[X(t)]. */
export function paretoNbdNewcomer(parameters: ParetoNbd, weeks: number): number {
  return paretoNbdIfAlive(parameters, { frequency: 0, recencyWeeks: 0, ageWeeks: 0 }, weeks);
}

/** Probability of at least one purchase in the next weeks. */
export function paretoNbdAnyPurchase(parameters: ParetoNbd, history: History, weeks: number): number {
  if (!(weeks > 0)) return 0;
  const { r, alpha, s, beta } = parameters;
  const rate = r + history.frequency;
  const [age, left] = [alpha + history.ageWeeks, beta + history.ageWeeks];
  const whole = Math.log1p(weeks / Math.min(age, left));
  const step = Math.min(0.7, 3 / (rate + s + 1));
  let sum = 0;
  for (let from = 0, panel = 0; from < whole && panel < maxPanels; from += step, panel += 1) {
    let part = 0;
    quadrature(from, Math.min(whole, from + step), (point, weight) => {
      const wait = Math.min(age, left) * Math.expm1(point);
      const density = Math.exp(-rate * Math.log1p(wait / age) - s * Math.log1p(wait / left));
      part += (weight * Math.min(age, left) * Math.exp(point) * density * rate) / (age + wait);
    });
    sum += part;
    if (part <= 1e-16 * sum) break;
  }
  return paretoNbdAlive(parameters, history) * Math.min(1, sum);
}
