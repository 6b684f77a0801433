import type { Money } from "../../kernel/index.ts";
import { repeatProbability } from "./churn.ts";
import { type Cohort, cohortOf } from "./cohort-average.ts";
import { nextOrder } from "./next-order.ts";
import { type CustomerOrder, dayOf, type OrderDay, orderDaysOf, startOfDay, summarise } from "./order-book.ts";
import {
  expectedPurchases,
  lifetimeValue,
  probabilityAlive,
  probabilityOfPurchase,
  weeksPerMonth,
} from "./purchase-model.ts";
import type { PurchaseSummary } from "./purchase-summary.ts";
import { type RfmScores, rfmScores, rfmText } from "./rfm.ts";
import { type RfmSegment, segmentOf } from "./rfm-segments.data.ts";
import type { CustomerValueParams } from "./train-customer-value.ts";
import { valueOfPurchase } from "./value-model.ts";

/** A customer by the model; the names are those of the traits. */
export type CustomerScore = {
  /** Whether a model or the average of similar customers speaks; RFM and the next order need neither. */
  readonly basis: CustomerValueParams["basis"];
  /** Discounted value of the coming months (12 by default), in whole minor units, halves up. */
  readonly clv_12m: Money | null;
  /** Probability that the customer will ever buy again, 0 to 1; null without a model, and by one that finds nobody lost. */
  readonly p_alive: number | null;
  /** 1 - `p_alive`; without a model by the days since the last order, as customers in general came back. */
  readonly churn_probability: number;
  /** Days with an order in the next 30 days. */
  readonly expected_orders_30d: number | null;
  /** Probability of at least one of them. */
  readonly order_probability_30d: number | null;
  /** UTC ms of the day's beginning; may be in the past. */
  readonly next_order_at: number | null;
  readonly next_order_basis: "customer" | "population" | null;
  /** 1 to 5 each, 5 best; `text` is the three in a row. */
  readonly rfm: RfmScores & { readonly text: string; readonly segment: RfmSegment };
};

const weeksOf30Days = 30 / 7;

type Outlook = Pick<
  CustomerScore,
  "basis" | "clv_12m" | "p_alive" | "churn_probability" | "expected_orders_30d" | "order_probability_30d"
>;

function money(minor: number, currency: string): Money {
  return { minor: Math.round(Math.max(0, minor)), currency };
}

/** As customers in general came back after so many days. */
function churnBySilence({ repeat }: CustomerValueParams, silentDays: number): number {
  return 1 - repeatProbability(repeat, silentDays);
}

function outlookByModel(
  params: CustomerValueParams,
  summary: PurchaseSummary,
  silentDays: number,
): Outlook | undefined {
  const { basis, purchase, isLossKnown = true, value, currency, months, monthlyDiscount, marginShare } = params;
  if (basis === "cohort" || !purchase) return undefined;
  const alive = probabilityAlive(purchase, summary);
  const each = valueOfPurchase(value, summary) * marginShare;
  return {
    basis,
    clv_12m: money(lifetimeValue(purchase, summary, each, { months, monthlyDiscount }), currency),
    p_alive: isLossKnown ? alive : null,
    churn_probability: isLossKnown ? 1 - alive : churnBySilence(params, silentDays),
    expected_orders_30d: expectedPurchases(purchase, summary, weeksOf30Days),
    order_probability_30d: probabilityOfPurchase(purchase, summary, weeksOf30Days),
  };
}

function cohortValue({ minorPerWeek }: Cohort, { months, monthlyDiscount, marginShare }: CustomerValueParams): number {
  let value = 0;
  for (let month = 1; month <= months; month += 1)
    value += (minorPerWeek * weeksPerMonth * marginShare) / (1 + monthlyDiscount) ** month;
  return value;
}

function outlookByCohort(params: CustomerValueParams, { frequency }: PurchaseSummary, silentDays: number): Outlook {
  const cohort = cohortOf(params.cohorts, frequency);
  const orders = cohort ? cohort.purchasesPerWeek * weeksOf30Days : null;
  return {
    basis: "cohort",
    clv_12m: cohort ? money(cohortValue(cohort, params), params.currency) : null,
    p_alive: null,
    churn_probability: churnBySilence(params, silentDays),
    expected_orders_30d: orders,
    order_probability_30d: orders === null ? null : -Math.expm1(-orders),
  };
}

/** As `score`, of days that are gathered already. */
export function scoreDays(
  params: CustomerValueParams,
  id: string,
  all: readonly OrderDay[],
  nowMs: number,
): CustomerScore | undefined {
  const today = dayOf(nowMs);
  const days = all.filter(({ day }) => day >= today - params.historyDays && day <= today);
  const summary = summarise(days, today);
  const last = days.at(-1);
  if (!summary || !last) return undefined;
  const orders = days.reduce((sum, each) => sum + each.orders, 0);
  const minor = days.reduce((sum, each) => sum + each.minor, 0);
  const rfm = rfmScores({ id, lastDay: last.day, orders, minor }, params.rfm);
  const next = nextOrder(
    days.map(({ day }) => day),
    params.populationGapDays ?? undefined,
  );
  return {
    ...(outlookByModel(params, summary, today - last.day) ?? outlookByCohort(params, summary, today - last.day)),
    next_order_at: next ? startOfDay(next.day) : null,
    next_order_basis: next?.basis ?? null,
    rfm: { ...rfm, text: rfmText(rfm), segment: segmentOf(rfm) },
  };
}

/**
 * Scores one customer; pure, a few microseconds to a millisecond.
 *
 * @param customer `customerId` as in training, which settles ties of RFM ranks; orders in any order, only those that count
 * @param nowMs orders after it are left out
 * @returns undefined without an order in the history that the model reads
 * @throws {ClienteleError} `models.invalidPurchases`
 */
export function score(
  params: CustomerValueParams,
  customer: { readonly customerId: string; readonly orders: Iterable<Pick<CustomerOrder, "at" | "minor">> },
  nowMs: number,
): CustomerScore | undefined {
  return scoreDays(params, customer.customerId, orderDaysOf(customer.orders), nowMs);
}
