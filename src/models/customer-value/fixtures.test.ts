import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inFixtures } from "../../testing/folders.ts";
import { type BgNbd, bgNbdLikelihood, bgNbdNewcomer, bgNbdProbability, fitBgNbd } from "./bg-nbd.ts";
import { churnRates } from "./churn.ts";
import { expectedValue, fitGammaGamma, type GammaGamma } from "./gamma-gamma.ts";
import { nextOrder } from "./next-order.ts";
import { createOrderBook, dayOf, daysOfCustomer, startOfDay, summarise } from "./order-book.ts";
import { fitParetoNbd, type ParetoNbd, paretoNbdLikelihood, paretoNbdNewcomer } from "./pareto-nbd.ts";
import { expectedPurchases, lifetimeValue, type PurchaseModel, probabilityAlive } from "./purchase-model.ts";
import { groupSummaries, type PurchaseSummary } from "./purchase-summary.ts";
import { rfmLimits, rfmScores, rfmText } from "./rfm.ts";

// Case files have the form that their README says; a case of a kind that is not known fails.
type Json = Readonly<Record<string, unknown>>;
type CustomerRow = {
  readonly id: string;
  readonly recencyDays: number;
  readonly orders: number;
  readonly revenue: number;
  readonly first: string;
  readonly last: string;
};
/** Every kind reads the part that it needs. */
type Input = {
  readonly data: string;
  readonly filter?: string;
  readonly parameters: BgNbd & ParetoNbd & GammaGamma;
  readonly bgnbd: BgNbd;
  readonly gammaGamma: GammaGamma;
  readonly frequency: number;
  readonly recency: number;
  readonly T: number;
  readonly meanValue: number;
  readonly horizon: number;
  readonly purchases: number;
  readonly months: number;
  readonly monthlyDiscount: number;
  readonly weeksPerMonth: number;
  readonly transactions: readonly { readonly customer: string; readonly at: string; readonly value: number }[];
  readonly observationEnd: string;
  readonly customers: readonly CustomerRow[];
  readonly asOf: string;
  readonly cutoffDays: number;
  readonly orderDates: readonly string[];
  readonly populationMedianGapDays: number;
  readonly minGaps: number;
};
type Case = { readonly id: string; readonly kind: string; readonly input: Input; readonly expect: Json };
type CaseFile = {
  readonly tolerance: { readonly relative: number; readonly absolute: number };
  readonly cases: readonly (Case & { readonly published?: Json })[];
};

const folder = inFixtures("measurement");
const read = (name: string): CaseFile | null => {
  const path = join(folder, `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
};
const files = ["clv", "customers"].map((name) => [name, read(name)] as const);
const dayOfText = (text: string): number => dayOf(Date.parse(text));

/** Rows of a summary file, all of them or those that the case names. */
function summariesOf({ data, filter = "all" }: Pick<Input, "data" | "filter">): readonly PurchaseSummary[] {
  const [, ...lines] = readFileSync(join(folder, data), "utf8").trim().split("\n");
  const all = lines.map((line) => {
    const [, frequency, recencyWeeks, ageWeeks, meanValue] = line.split(",").map(Number);
    return { frequency: frequency!, recencyWeeks: recencyWeeks!, ageWeeks: ageWeeks!, meanValue: meanValue! };
  });
  if (!/^(all|odd[- ]rows)\b/.test(filter)) throw new Error(`unknown filter ${filter}`);
  const rows = filter.startsWith("odd") ? all.filter((_, index) => index % 2 === 0) : all;
  return /frequency > 0/.test(filter) ? rows.filter(({ frequency }) => frequency > 0) : rows;
}

const historyOf = ({ frequency, recency, T }: Input) => ({ frequency, recencyWeeks: recency, ageWeeks: T });
const valueOfPurchase = (parameters: GammaGamma, { frequency, meanValue }: Input) =>
  expectedValue(parameters, { frequency, meanValue });

function customerCase(model: PurchaseModel, input: Input): Json {
  const history = historyOf(input);
  return {
    probabilityAlive: probabilityAlive(model, history),
    expectedPurchases: expectedPurchases(model, history, input.horizon),
  };
}

/** What we say to a case, in the words of its expectation. */
const answers: Readonly<Record<string, (input: Input) => Json>> = {
  "bgnbd-loglikelihood": (input) => {
    const rows = summariesOf(input);
    return { customers: rows.length, logLikelihood: bgNbdLikelihood(input.parameters, groupSummaries(rows)).value };
  },
  "bgnbd-fit": (input) => fitBgNbd(groupSummaries(summariesOf(input))),
  "bgnbd-customer": (input) => customerCase({ kind: "bgnbd", parameters: input.parameters }, input),
  "bgnbd-expectation": (input) => ({ expectedPurchases: bgNbdNewcomer(input.parameters, input.horizon) }),
  "bgnbd-pmf": (input) => ({
    probability: bgNbdProbability(input.parameters, input.horizon, input.purchases),
  }),
  "bgnbd-cohort-total": (input) => {
    const model: PurchaseModel = { kind: "bgnbd", parameters: input.parameters };
    const each = summariesOf(input).map((row) => expectedPurchases(model, row, input.horizon));
    return { expectedPurchases: each.reduce((sum, value) => sum + value, 0) };
  },
  "gamma-gamma-value": (input) => ({ expectedValue: valueOfPurchase(input.parameters, input) }),
  "gamma-gamma-fit": (input) => fitGammaGamma(summariesOf(input).filter(({ frequency }) => frequency > 0)),
  "paretonbd-loglikelihood": (input) => ({
    logLikelihood: paretoNbdLikelihood(input.parameters, groupSummaries(summariesOf(input))).value,
  }),
  "paretonbd-fit": (input) => fitParetoNbd(groupSummaries(summariesOf(input))),
  "paretonbd-customer": (input) => customerCase({ kind: "paretonbd", parameters: input.parameters }, input),
  "paretonbd-expectation": (input) => ({ expectedPurchases: paretoNbdNewcomer(input.parameters, input.horizon) }),
  clv: (input) => {
    const value = valueOfPurchase(input.gammaGamma, input)!;
    const { months, monthlyDiscount, weeksPerMonth } = input;
    const model: PurchaseModel = { kind: "bgnbd", parameters: input.bgnbd };
    const clv = lifetimeValue(model, historyOf(input), value, { months, monthlyDiscount, weeksPerMonth });
    return { expectedValue: value, clv };
  },
  rft: (input) => {
    // Our orders are whole minor units.
    const orders = input.transactions.map(({ customer, at, value }) => ({
      customerId: customer,
      at: Date.parse(at),
      minor: Math.round(value * 100),
    }));
    const book = createOrderBook(orders);
    const end = dayOfText(input.observationEnd);
    const customers = book.ids.flatMap((customer, index) => {
      const summary = summarise(daysOfCustomer(book, index), end);
      if (!summary) return [];
      const { frequency, recencyWeeks, ageWeeks, meanValue } = summary;
      return [{ customer, frequency, recencyWeeks, TWeeks: ageWeeks, meanValue: meanValue / 100 }];
    });
    return { customers };
  },
  rfm: (input) => {
    const facts = input.customers.map(({ id, recencyDays, orders, revenue }) => ({
      id,
      lastDay: -recencyDays,
      orders,
      minor: Math.round(revenue * 100),
    }));
    const limits = rfmLimits(facts);
    return { scores: Object.fromEntries(facts.map((each) => [each.id, rfmText(rfmScores(each, limits))])) };
  },
  "churn-rate": (input) => {
    const spans = input.customers.map(({ first, last }) => ({
      firstDay: dayOfText(first),
      lastDay: dayOfText(last),
    }));
    return { months: churnRates(spans, dayOfText(input.asOf), input.cutoffDays) };
  },
  "next-order-date": ({ orderDates, populationMedianGapDays, minGaps }) => {
    const found = nextOrder(orderDates.map(dayOfText), populationMedianGapDays, minGaps)!;
    const nextOrderDate = new Date(startOfDay(found.day)).toISOString().slice(0, 10);
    return { gapDays: found.gapDays, basis: found.basis, nextOrderDate };
  },
};

type Tolerance = CaseFile["tolerance"];

function expectWithin(got: unknown, want: unknown, tolerance: Tolerance, path: string): void {
  if (typeof want === "number") {
    const allowed = Math.max(tolerance.absolute, tolerance.relative * Math.abs(want));
    expect(Math.abs(Number(got) - want), `${path}: got ${got}, want ${want}`).toBeLessThanOrEqual(allowed);
  } else if (want !== null && typeof want === "object") {
    if (Array.isArray(want)) expect(got, path).toHaveLength(want.length);
    for (const [key, part] of Object.entries(want))
      expectWithin((got as Json | undefined)?.[key], part, tolerance, `${path}.${key}`);
  } else expect(got, path).toEqual(want);
}

function expectFit(got: Json, want: Json): void {
  expect(got["logLikelihood"]).toBeGreaterThanOrEqual(Number(want["logLikelihood"]) - 0.05);
  expectWithin(got["parameters"], want["parameters"], { relative: 0.01, absolute: 0 }, "parameters");
}

function expectPublished(got: Json, { decimals, tolerance, ...published }: Json): void {
  const flat: Json = { ...got, ...(got["parameters"] as Json | undefined) };
  const allowed = Number(tolerance ?? 0.5 * 10 ** -Number(decimals) + 1e-12);
  for (const [key, want] of Object.entries(published))
    expect(Math.abs(Number(flat[key]) - Number(want)), `published ${key}`).toBeLessThanOrEqual(allowed);
}

for (const [name, file] of files) {
  describe.skipIf(file === null)(
    `cases of ${name}${file ? "" : " (fixtures folder not found; set CLIENTELE_FIXTURES)"}`,
    () => {
      it.each((file?.cases ?? []).map((each) => [each.id, each] as const))(
        "%s",
        (_id, { kind, input, expect: want, published }) => {
          const got = answers[kind]!(input);
          if (kind.endsWith("-fit")) expectFit(got, want);
          else expectWithin(got, want, file!.tolerance, kind);
          if (published) expectPublished(got, published);
        },
      );
    },
  );
}
