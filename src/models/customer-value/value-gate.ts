import type { HoldoutReport } from "./validate-holdout.ts";

const minRepeatCustomers = 300;
const maxTotalError = 0.25;

export type GateVerdict = {
  readonly passed: boolean;
  /** Why not; empty when it passed. */
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
};

/**
 * Whether a model may speak (measurement.md 8), and whether it is nearer to each customer than what is there without it.
 *
 * A total may be right while every customer is wrong. Nearness is the mean square, which is least for the true expectation; the
 * mean absolute error is least for the middle customer, who mostly buys nothing: on CDNOW "nobody buys" (0.367) beats every
 * model (0.397) by it.
 */
export function judge(repeatCustomers: number, converged: boolean, holdout: HoldoutReport | null): GateVerdict {
  const reasons: { code: string; message: string }[] = [];
  if (repeatCustomers < minRepeatCustomers)
    reasons.push({
      code: "tooFewRepeatCustomers",
      message: `${repeatCustomers} customers ordered on more than one day; ${minRepeatCustomers} are needed`,
    });
  if (!converged) reasons.push({ code: "notConverged", message: "the fit found no stable parameters" });
  const error = holdout?.totalError ?? null;
  if (error === null)
    reasons.push({ code: "noHoldout", message: "nobody ordered in the part of the history that is held back" });
  else if (!(error < maxTotalError))
    reasons.push({
      code: "totalError",
      message: `purchases held back were missed by ${(error * 100).toFixed(1)} %; the limit is ${maxTotalError * 100} %`,
    });
  for (const [name, other] of [
    ["everybody goes on as before", holdout?.perCustomer.continues],
    ["averages of similar customers", holdout?.perCustomer.cohort],
  ] as const) {
    const own = holdout?.perCustomer.model.rootMeanSquareError ?? 0;
    if (other && !(own < other.rootMeanSquareError))
      reasons.push({
        code: "perCustomer",
        message: `purchases of each customer were missed by ${own.toFixed(3)} (root of the mean square), not by less than with "${name}": ${other.rootMeanSquareError.toFixed(3)}`,
      });
  }
  return { passed: reasons.length === 0, reasons };
}
