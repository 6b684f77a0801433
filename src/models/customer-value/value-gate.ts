import type { HoldoutReport } from "./validate-holdout.ts";

const minRepeatCustomers = 300;
const maxTotalError = 0.25;

export type GateVerdict = {
  readonly passed: boolean;
  /** Why not; empty when it passed. */
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
};

/** Whether a model may speak (measurement.md 8). */
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
  return { passed: reasons.length === 0, reasons };
}
