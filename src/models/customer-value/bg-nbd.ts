// BG/NBD of Fader, Hardie and Lee (2005): purchases are Poisson with a rate from a gamma distribution (r, alpha), and after each
// purchase a customer is lost with a probability from a beta distribution (a, b). Time in weeks.
import { type Fit, fitLogarithms, type Likelihood } from "./fit-parameters.ts";
import { countCustomers, meanAge, type PurchaseSummary, type SummaryGroup } from "./purchase-summary.ts";
import { logGamma } from "./special-functions.ts";

export type BgNbd = { readonly r: number; readonly alpha: number; readonly a: number; readonly b: number };
type History = Omit<PurchaseSummary, "meanValue">;

const newcomer: History = { frequency: 0, recencyWeeks: 0, ageWeeks: 0 };
const maxTerms = 1_000_000;
const rescaleFrom = 1e200;

/** Sums over j below x of ln(r + j), of ln((b + j) / (a + b + j)) and of the derivatives, for x = 0, 1, ... */
function risingTables({ r, a, b }: BgNbd, highest: number) {
  const table = () => new Float64Array(highest + 1);
  const tables = { rate: table(), rateByR: table(), stay: table(), stayByA: table(), stayByB: table() };
  for (let j = 0; j < highest; j += 1) {
    const put = (name: keyof typeof tables, add: number) => {
      tables[name][j + 1] = (tables[name][j] ?? 0) + add;
    };
    put("rate", Math.log(r + j));
    put("rateByR", 1 / (r + j));
    put("stay", Math.log((b + j) / (a + b + j)));
    put("stayByA", -1 / (a + b + j));
    put("stayByB", 1 / (b + j) - 1 / (a + b + j));
  }
  return tables;
}

/** Log-likelihood of all customers (A1 to A4 of measurement.md 8) with its derivatives by r, alpha, a, b. */
export function bgNbdLikelihood(parameters: BgNbd, groups: readonly SummaryGroup[]): Likelihood {
  const { r, alpha, a, b } = parameters;
  const tables = risingTables(
    parameters,
    groups.reduce((most, { frequency }) => Math.max(most, frequency), 0),
  );
  const logAlpha = Math.log(alpha);
  const logA = Math.log(a);
  let [value, byR, byAlpha, byA, byB] = [0, 0, 0, 0, 0];
  for (const { frequency: x, recencyWeeks, ageWeeks, customers } of groups) {
    const logAge = Math.log(alpha + ageWeeks);
    const alive = -(r + x) * logAge;
    let [logSum, lost, logLast] = [alive, 0, 0];
    if (x > 0) {
      logLast = Math.log(alpha + recencyWeeks);
      const gone = logA - Math.log(b + x - 1) - (r + x) * logLast;
      const most = Math.max(alive, gone);
      logSum = most + Math.log(Math.exp(alive - most) + Math.exp(gone - most));
      lost = Math.exp(gone - logSum);
    }
    const kept = 1 - lost;
    value += customers * ((tables.rate[x] ?? 0) + (tables.stay[x] ?? 0) + r * logAlpha + logSum);
    byR += customers * ((tables.rateByR[x] ?? 0) + logAlpha - kept * logAge - lost * logLast);
    byAlpha += customers * (r / alpha - (r + x) * (kept / (alpha + ageWeeks) + lost / (alpha + recencyWeeks)));
    byA += customers * ((tables.stayByA[x] ?? 0) + lost / a);
    byB += customers * ((tables.stayByB[x] ?? 0) - (x > 0 ? lost / (b + x - 1) : 0));
  }
  return { value, gradient: [byR, byAlpha, byA, byB] };
}

/**
 * Maximum likelihood, the same for the same customers in any order up to rounding.
 *
 * @param groups at least one
 */
export function fitBgNbd(groups: readonly SummaryGroup[]): Fit<BgNbd> {
  const toParameters = ([r = 1, alpha = 1, a = 1, b = 1]: readonly number[]): BgNbd => ({ r, alpha, a, b });
  const age = meanAge(groups);
  const starts = [
    [0.3, 0.15 * age, 0.8, 2.5],
    [1, 0.5 * age, 0.3, 3],
    [2, age, 1, 1],
  ];
  const fit = fitLogarithms((each, part) => bgNbdLikelihood(toParameters(each), part), groups, starts, countCustomers);
  return { ...fit, parameters: toParameters(fit.parameters) };
}

/** Probability that the customer will buy again at all. 1 without a repeat purchase: the model loses customers only after one. */
export function bgNbdAlive({ r, alpha, a, b }: BgNbd, { frequency: x, recencyWeeks, ageWeeks }: History): number {
  if (x === 0) return 1;
  const silence = (r + x) * (Math.log(alpha + ageWeeks) - Math.log(alpha + recencyWeeks));
  return 1 / (1 + (a / (b + x - 1)) * Math.exp(silence));
}

/**
 * The hypergeometric term of E[Y(t)], summed another way: purchases that would come if the customer never went (negative
 * binomial), each counted with the probability that the customer is still there. All terms are positive, so that neither a = 1
 * nor a tiny horizon nor thousands of purchases cost digits, as they do in the form of the paper.
 *
 * @param share of the horizon in age, alpha and horizon together
 */
function sumOfSurvivors(rate: number, a: number, b: number, share: number): number {
  // Divided by the probability of no purchase, which may be too small for a number, and by the scale.
  let probability = 1;
  let logScale = rate * Math.log1p(-share);
  let stay = 1;
  let survivors = 0;
  let sum = 0;
  for (let purchases = 1; purchases < maxTerms; purchases += 1) {
    probability *= ((rate + purchases - 1) / purchases) * share;
    survivors += stay;
    stay *= (b + purchases - 1) / (a + b + purchases - 1);
    const term = probability * survivors;
    sum += term;
    const ratio = ((rate + purchases) / (purchases + 1)) * share * (1 + stay / survivors);
    if (ratio < 1 && term <= 1e-16 * sum * (1 - ratio)) break;
    if (sum > rescaleFrom) {
      probability /= rescaleFrom;
      sum /= rescaleFrom;
      logScale += Math.log(rescaleFrom);
    }
  }
  return sum * Math.exp(logScale);
}

/** Expected purchases in the next weeks of a customer who is known to be still there. 0 for a horizon of 0 or less. */
export function bgNbdIfAlive({ r, alpha, a, b }: BgNbd, { frequency, ageWeeks }: History, weeks: number): number {
  if (!(weeks > 0)) return 0;
  const [rate, stay] = [r + frequency, b + frequency];
  const share = weeks / (alpha + ageWeeks + weeks);
  return sumOfSurvivors(rate, a, stay, share);
}

/** Expected repeat purchases of a new customer: E[X(t)]. */
export function bgNbdNewcomer(parameters: BgNbd, weeks: number): number {
  return bgNbdIfAlive(parameters, newcomer, weeks);
}

/** Probability of at least one purchase in the next weeks. */
export function bgNbdAnyPurchase(parameters: BgNbd, history: History, weeks: number): number {
  if (!(weeks > 0)) return 0;
  const silence = -(parameters.r + history.frequency) * Math.log1p(weeks / (parameters.alpha + history.ageWeeks));
  return bgNbdAlive(parameters, history) * -Math.expm1(silence);
}

/** Probability that a new customer buys exactly so many times again within the weeks: P(X(t) = x). @param purchases 0, 1, ... */
export function bgNbdProbability({ r, alpha, a, b }: BgNbd, weeks: number, purchases: number): number {
  if (!(weeks > 0)) return purchases === 0 ? 1 : 0;
  const share = weeks / (alpha + weeks);
  const logBeta = (x: number, y: number) => logGamma(x) + logGamma(y) - logGamma(x + y);
  const logPotential = (n: number) =>
    logGamma(r + n) - logGamma(r) - logGamma(n + 1) + r * Math.log1p(-share) + n * Math.log(share);
  const stayed = Math.exp(logBeta(a, b + purchases) - logBeta(a, b) + logPotential(purchases));
  if (purchases === 0) return stayed;
  // What would have come beyond the last purchase, summed upwards: 1 minus the rest would cancel.
  let term = Math.exp(logPotential(purchases));
  let tail = 0;
  for (let n = purchases; n < maxTerms; n += 1) {
    tail += term;
    const ratio = ((r + n) / (n + 1)) * share;
    term *= ratio;
    if (ratio < 1 && term <= 1e-16 * tail * (1 - ratio)) break;
  }
  return stayed + Math.exp(logBeta(a + 1, b + purchases - 1) - logBeta(a, b)) * tail;
}
