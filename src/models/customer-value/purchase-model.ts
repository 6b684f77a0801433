// The two purchase models behind one face.
import { ClienteleError } from "../../kernel/index.ts";
import { type BgNbd, bgNbdAlive, bgNbdAnyPurchase, bgNbdIfAlive, fitBgNbd } from "./bg-nbd.ts";
import type { Fit } from "./fit-parameters.ts";
import { fitParetoNbd, type ParetoNbd, paretoNbdAlive, paretoNbdAnyPurchase, paretoNbdIfAlive } from "./pareto-nbd.ts";
import type { PurchaseSummary, SummaryGroup } from "./purchase-summary.ts";

export type PurchaseModelKind = "bgnbd" | "paretonbd";
export type PurchaseModel =
  | { readonly kind: "bgnbd"; readonly parameters: BgNbd }
  | { readonly kind: "paretonbd"; readonly parameters: ParetoNbd };

type History = Omit<PurchaseSummary, "meanValue">;

export function fitPurchaseModel(
  kind: PurchaseModelKind,
  groups: readonly SummaryGroup[],
): { readonly model: PurchaseModel; readonly fit: Omit<Fit<unknown>, "parameters"> } {
  if (groups.length === 0)
    throw new ClienteleError("models.invalidPurchases", "a purchase model needs at least one customer; there is none");
  if (kind === "bgnbd") {
    const { parameters, ...fit } = fitBgNbd(groups);
    return { model: { kind, parameters }, fit };
  }
  const { parameters, ...fit } = fitParetoNbd(groups);
  return { model: { kind, parameters }, fit };
}

/** Probability that the customer will buy again at all. */
export function probabilityAlive(model: PurchaseModel, history: History): number {
  return model.kind === "bgnbd" ? bgNbdAlive(model.parameters, history) : paretoNbdAlive(model.parameters, history);
}

function purchasesIfAlive(model: PurchaseModel, history: History, weeks: number): number {
  return model.kind === "bgnbd"
    ? bgNbdIfAlive(model.parameters, history, weeks)
    : paretoNbdIfAlive(model.parameters, history, weeks);
}

/** Expected purchases in the next weeks: E[Y(t)] of measurement.md 8. */
export function expectedPurchases(model: PurchaseModel, history: History, weeks: number): number {
  return probabilityAlive(model, history) * purchasesIfAlive(model, history, weeks);
}

/** Probability of at least one purchase in the next weeks. */
export function probabilityOfPurchase(model: PurchaseModel, history: History, weeks: number): number {
  return model.kind === "bgnbd"
    ? bgNbdAnyPurchase(model.parameters, history, weeks)
    : paretoNbdAnyPurchase(model.parameters, history, weeks);
}

export const weeksPerMonth = 365.25 / 12 / 7;

export type LifetimeOptions = {
  readonly months?: number;
  /** A month's discount rate; 0.01 by default. */
  readonly monthlyDiscount?: number;
  readonly weeksPerMonth?: number;
};

/**
 * Value of the purchases of the coming months today: the sum over months k of their expected purchases times the value of one,
 * discounted by (1 + d)^k (measurement.md 8).
 *
 * @param valuePerPurchase in any unit; the result has the same
 * @param options months default 12
 */
export function lifetimeValue(
  model: PurchaseModel,
  history: History,
  valuePerPurchase: number,
  { months = 12, monthlyDiscount = 0.01, weeksPerMonth: weeks = weeksPerMonth }: LifetimeOptions = {},
): number {
  // Whether the customer is still there does not depend on the month.
  const each = probabilityAlive(model, history) * valuePerPurchase;
  let before = 0;
  let value = 0;
  for (let month = 1; month <= months; month += 1) {
    const until = purchasesIfAlive(model, history, month * weeks);
    value += ((until - before) * each) / (1 + monthlyDiscount) ** month;
    before = until;
  }
  return value;
}
