import { ClienteleError } from "../../kernel/index.ts";
import { type ChurnMonth, churnRates, type OrderSpan, type RepeatCurve, repeatCurve, suggestCutoff } from "./churn.ts";
import type { Cohort } from "./cohort-average.ts";
import { thin } from "./fit-parameters.ts";
import { gapsOf, medianOfCounts } from "./next-order.ts";
import {
  type CustomerOrder,
  createOrderBook,
  dayOf,
  daysOfCustomer,
  daysWithin,
  type OrderBook,
  summarise,
} from "./order-book.ts";
import { fitPurchaseModel, type PurchaseModel, type PurchaseModelKind, probabilityAlive } from "./purchase-model.ts";
import { groupSummaries, type PurchaseSummary } from "./purchase-summary.ts";
import { type RfmFacts, type RfmLimits, rfmLimits, rfmScores } from "./rfm.ts";
import { type RfmSegment, segmentOf } from "./rfm-segments.data.ts";
import { type HoldoutReport, validateHoldout } from "./validate-holdout.ts";
import { type GateVerdict, judge } from "./value-gate.ts";
import { fitValue, type ValueModel } from "./value-model.ts";

export type TrainOptions = {
  /** End of the observation, UTC ms; later orders are left out. */
  readonly asOf: number;
  /** ISO 4217 code that every order is in. */
  readonly currency: string;
  /** Default `bgnbd`. */
  readonly model?: PurchaseModelKind;
  /** Horizon of the lifetime value; default 12, at most 120. */
  readonly months?: number;
  /** Default 0.01. */
  readonly monthlyDiscount?: number;
  /** Part of the revenue that is margin, 0 to 1; default 1: value is revenue. */
  readonly marginShare?: number;
  /** Only days since so long ago; default 1,826 (5 years). */
  readonly historyDays?: number;
  /** Days without an order after which a customer has churned; default the suggested ones. */
  readonly churnCutoffDays?: number;
};

/** All that scoring needs; plain JSON. */
export type CustomerValueParams = {
  readonly format: 1;
  /** Where scores come from: a model that passed its gate, else the average of similar customers. */
  readonly basis: PurchaseModelKind | "cohort";
  readonly purchase: PurchaseModel | null;
  /** Whether `purchase` tells who is lost; absent = yes. */
  readonly isLossKnown?: boolean;
  readonly value: ValueModel;
  readonly cohorts: readonly Cohort[];
  readonly repeat: RepeatCurve;
  readonly rfm: RfmLimits;
  /** Median of all gaps between orders; null while nobody ordered twice. */
  readonly populationGapDays: number | null;
  readonly churnCutoffDays: number | null;
  readonly currency: string;
  readonly months: number;
  readonly monthlyDiscount: number;
  readonly marginShare: number;
  readonly historyDays: number;
};

export type CustomerValueReport = {
  /** Days since 1970-01-01 of the first order and the end of the observation. */
  readonly firstDay: number;
  readonly endDay: number;
  readonly customers: number;
  readonly repeatCustomers: number;
  readonly purchases: number;
  readonly purchase: PurchaseModel | null;
  /** `customers` is how many were fitted to: of more than 200,000 every second, third … one. */
  readonly fit: {
    readonly customers: number;
    readonly logLikelihood: number;
    readonly converged: boolean;
    readonly iterations: number;
  } | null;
  readonly value: ValueModel;
  readonly holdout: HoldoutReport | null;
  readonly suggestedCutoffDays: number | null;
  readonly churn: readonly ChurnMonth[];
  readonly segments: Readonly<Partial<Record<RfmSegment, number>>>;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
};

export type TrainedCustomerValue = {
  readonly params: CustomerValueParams;
  readonly report: CustomerValueReport;
  readonly gate: GateVerdict;
};

const holdoutShare = 0.25;
const maxCorrelation = 0.1;
const defaultCutoffDays = 365;
const fiveYears = 1_826;
/** Parameters of 200,000 customers are known to a few per cent of a standard error; more only cost time. */
const maxFitCustomers = 200_000;

function checkOption(name: string, value: number, from: number, to: number): number {
  if (value >= from && value <= to) return value;
  throw new ClienteleError("models.invalidValueOption", `${name} is ${value}; it must be from ${from} to ${to}`);
}

function settingsOf(options: TrainOptions) {
  if (!/^[A-Z]{3}$/.test(options.currency))
    throw new ClienteleError("models.invalidValueOption", "currency must be three capital letters");
  const kind = options.model ?? "bgnbd";
  if (kind !== "bgnbd" && kind !== "paretonbd")
    throw new ClienteleError("models.invalidValueOption", `model is ${kind}; it must be bgnbd or paretonbd`);
  const cutoff = options.churnCutoffDays;
  return {
    endDay: dayOf(checkOption("asOf", options.asOf, -8.64e15, 8.64e15)),
    currency: options.currency,
    kind,
    cutoffDays: cutoff === undefined ? undefined : checkOption("churnCutoffDays", cutoff, 1, 36_525),
    months: Math.floor(checkOption("months", options.months ?? 12, 1, 120)),
    monthlyDiscount: checkOption("monthlyDiscount", options.monthlyDiscount ?? 0.01, 0, 1),
    marginShare: checkOption("marginShare", options.marginShare ?? 1, 0, 1),
    historyDays: Math.floor(checkOption("historyDays", options.historyDays ?? fiveYears, 1, 36_525)),
  };
}

type Population = {
  readonly summaries: readonly PurchaseSummary[];
  readonly facts: readonly RfmFacts[];
  readonly spans: readonly OrderSpan[];
  /** Days between orders, and days since the last one: how often each. */
  readonly gaps: ReadonlyMap<number, number>;
  readonly open: ReadonlyMap<number, number>;
};

function populationOf(book: OrderBook, endDay: number): Population {
  const summaries: PurchaseSummary[] = [];
  const facts: RfmFacts[] = [];
  const spans: OrderSpan[] = [];
  const [gaps, open] = [new Map<number, number>(), new Map<number, number>()];
  const count = (counts: Map<number, number>, days: number) => counts.set(days, (counts.get(days) ?? 0) + 1);
  for (const [index, id] of book.ids.entries()) {
    const days = daysOfCustomer(book, index);
    const summary = summarise(days, endDay);
    const [first, last] = [days[0], days.at(-1)];
    if (!summary || !first || !last) continue;
    summaries.push(summary);
    facts.push({
      id,
      lastDay: last.day,
      orders: days.reduce((sum, { orders }) => sum + orders, 0),
      minor: days.reduce((sum, { minor }) => sum + minor, 0),
    });
    spans.push({ firstDay: first.day, lastDay: last.day });
    for (const gap of gapsOf(days.map(({ day }) => day))) count(gaps, gap);
    count(open, endDay - last.day);
  }
  return { summaries, facts, spans, gaps, open };
}

function segmentCounts(facts: readonly RfmFacts[], limits: RfmLimits): Partial<Record<RfmSegment, number>> {
  const counts: Partial<Record<RfmSegment, number>> = {};
  for (const each of facts) {
    const segment = segmentOf(rfmScores(each, limits));
    counts[segment] = (counts[segment] ?? 0) + 1;
  }
  return counts;
}

/** Share of repeat customers that a model must give up before it may say who is lost. */
const leastLost = 0.01;

/** A fit without losses does not know who stays away for good: its probability of being alive is 1 for everybody. */
function findsLost(purchase: PurchaseModel, summaries: readonly PurchaseSummary[]): boolean {
  const repeated = summaries.filter(({ frequency }) => frequency > 0);
  const lost = repeated.reduce((sum, each) => sum + 1 - probabilityAlive(purchase, each), 0);
  return lost >= repeated.length * leastLost;
}

function warningsOf({ correlation, gammaGamma }: ValueModel, holdout: HoldoutReport | null, isLossKnown: boolean) {
  const warnings: { code: string; message: string }[] = [];
  if (!isLossKnown)
    warnings.push({
      code: "nobodyLost",
      message:
        "the fit finds that nobody is ever lost: there is no probability of being alive, and churn goes by the days since the last order",
    });
  const { model, continues } = holdout?.perCustomer ?? {};
  if (model && continues && model.meanAbsoluteError >= continues.meanAbsoluteError)
    warnings.push({
      code: "absoluteError",
      message: `"everybody goes on as before" is nearer to the usual customer: off by ${continues.meanAbsoluteError.toFixed(3)} purchases after ${model.meanAbsoluteError.toFixed(3)}`,
    });
  if (model && continues && (model.rankCorrelation ?? 0) < (continues.rankCorrelation ?? 0))
    warnings.push({
      code: "order",
      message: `"everybody goes on as before" brings customers into a better order: rank correlation ${(continues.rankCorrelation ?? 0).toFixed(3)} after ${(model.rankCorrelation ?? 0).toFixed(3)}`,
    });
  if (correlation !== null && Math.abs(correlation) > maxCorrelation)
    warnings.push({
      code: "valueCorrelation",
      message: `number and value of purchases are correlated (${correlation.toFixed(2)}): lifetime values of frequent customers may be off`,
    });
  if (gammaGamma && gammaGamma.q <= 1)
    warnings.push({ code: "heavyTail", message: "values vary so much that one-time buyers get the plain mean" });
  return warnings;
}

/**
 * As `train`, of orders that are gathered already.
 *
 * @throws {ClienteleError} `models.invalidValueOption`, `models.invalidPurchases`
 */
export function trainBook(whole: OrderBook, options: TrainOptions): TrainedCustomerValue {
  const { endDay, kind, cutoffDays, currency, months, monthlyDiscount, marginShare, historyDays } = settingsOf(options);
  const book = daysWithin(whole, endDay - historyDays, endDay);
  const { summaries, facts, spans, gaps, open } = populationOf(book, endDay);
  const repeatCustomers = summaries.filter(({ frequency }) => frequency > 0).length;
  const sample = thin(summaries, maxFitCustomers);
  const fitted = repeatCustomers > 0 ? fitPurchaseModel(kind, groupSummaries(sample)) : null;
  const value = fitValue(sample);
  const firstDay = spans.reduce((least, span) => Math.min(least, span.firstDay), endDay);
  const holdout =
    repeatCustomers > 0
      ? validateHoldout(book, firstDay, endDay, { kind, share: holdoutShare, maxFitCustomers })
      : undefined;
  const gate = judge(repeatCustomers, fitted?.fit.converged ?? false, holdout?.report ?? null);
  const isLossKnown = fitted === null || findsLost(fitted.model, sample);
  const repeat = repeatCurve(gaps, open);
  const suggestedCutoffDays = suggestCutoff(repeat);
  const churnCutoffDays = cutoffDays ?? suggestedCutoffDays;
  const rfm = rfmLimits(facts);
  return {
    params: {
      format: 1,
      basis: gate.passed ? kind : "cohort",
      purchase: fitted?.model ?? null,
      isLossKnown,
      value,
      cohorts: holdout?.cohorts ?? [],
      repeat,
      rfm,
      populationGapDays: medianOfCounts(gaps) ?? null,
      churnCutoffDays,
      currency,
      months,
      monthlyDiscount,
      marginShare,
      historyDays,
    },
    report: {
      firstDay,
      endDay,
      customers: summaries.length,
      repeatCustomers,
      purchases: summaries.reduce((sum, { frequency }) => sum + frequency + 1, 0),
      purchase: fitted?.model ?? null,
      fit: fitted ? { customers: sample.length, ...fitted.fit } : null,
      value,
      holdout: holdout?.report ?? null,
      suggestedCutoffDays,
      churn: churnRates(spans, endDay, churnCutoffDays ?? defaultCutoffDays),
      segments: segmentCounts(facts, rfm),
      warnings: warningsOf(value, holdout?.report ?? null, isLossKnown),
    },
    gate,
  };
}

/**
 * Learns from the orders of all customers. Deterministic: the same orders in any order give the same parameters.
 *
 * @throws {ClienteleError} `models.invalidValueOption`, `models.invalidPurchases`
 */
export function train(orders: Iterable<CustomerOrder>, options: TrainOptions): TrainedCustomerValue {
  return trainBook(createOrderBook(orders), options);
}
