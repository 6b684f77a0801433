// What models there are and what they write.
import type { Task } from "./training/fit-score-model.ts";

export type ModelKind = "score" | "customer_value" | "clusters" | "lookalike";

/** JSON of `models.settings`. */
export type ModelSettings =
  | {
      readonly kind: "score";
      readonly task: Task;
      readonly horizonDays: number;
      /** The trait is 1 − the probability of an order. */
      readonly isInverted?: boolean;
      /** Only of people who have ordered. */
      readonly customersOnly?: boolean;
    }
  | { readonly kind: "customer_value" }
  | { readonly kind: "clusters"; readonly groups: number }
  | { readonly kind: "lookalike"; readonly audience: string /** Of the size slider, 0..1. */; readonly share: number };

export type Model = {
  readonly key: string;
  readonly label: string;
  readonly settings: ModelSettings;
  readonly liveVersion: number | null;
  readonly createdAt: number;
  readonly createdBy: string;
  /** When somebody last asked for a training in a process that does not train. */
  readonly requestedAt: number | null;
};

export type GateVerdict = { readonly passed: boolean; readonly reasons: readonly string[] };

/** Without the artefact, which only scoring needs. */
export type ModelVersion = {
  readonly key: string;
  readonly version: number;
  readonly runId: string;
  readonly trainedAt: number;
  readonly seed: number;
  readonly gate: GateVerdict;
  readonly status: "live" | "retired" | "refused";
  readonly promotedAt: number | null;
  readonly promotedBy: string | null;
};

export type RunStatus = "running" | "done" | "failed" | "cancelled";

export type ModelRun = {
  readonly id: string;
  readonly key: string;
  readonly purpose: "train" | "score";
  readonly status: RunStatus;
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly startedBy: string;
  readonly startedAt: number;
  readonly heartbeatAt: number;
  readonly finishedAt: number | null;
  readonly version: number | null;
  readonly error: string | null;
};

/** Shipped with the product; they exist from the first start. */
export const standardModels: readonly Pick<Model, "key" | "label" | "settings">[] = [
  {
    key: "propensity_7d",
    label: "Buys within 7 days",
    settings: { kind: "score", task: "probability", horizonDays: 7 },
  },
  {
    key: "propensity_30d",
    label: "Buys within 30 days",
    settings: { kind: "score", task: "probability", horizonDays: 30 },
  },
  {
    key: "churn",
    label: "Does not buy again within 90 days",
    settings: { kind: "score", task: "probability", horizonDays: 90, isInverted: true, customersOnly: true },
  },
  {
    key: "spend_90d",
    label: "Spend of the next 90 days",
    settings: { kind: "score", task: "amount", horizonDays: 90, customersOnly: true },
  },
  { key: "customer_value", label: "Customer value", settings: { kind: "customer_value" } },
  { key: "clusters", label: "Groups of alike shoppers", settings: { kind: "clusters", groups: 6 } },
];

/** The trait that a scoring model writes. */
export function traitOf({ key, settings }: Pick<Model, "key" | "settings">): string {
  switch (settings.kind) {
    case "score":
      return key === "churn" ? "churn_probability" : key;
    case "clusters":
      return "cluster";
    case "customer_value":
      return "clv_12m";
    case "lookalike":
      return key;
  }
}

/** Key of a look-alike: `lookalike_<audience>`. */
export function lookalikeKey(audience: string): string {
  return `lookalike_${audience.replaceAll(/[^A-Za-z0-9_]/g, "_")}`;
}
