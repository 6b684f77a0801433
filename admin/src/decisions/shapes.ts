import type { JsonObject, Reason, RecommendedItem } from "../api/shapes.ts";

/** One definition that was looked at for a placement, and what became of it. */
export type Considered = {
  readonly kind: string;
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly version?: number;
  readonly priority?: number;
  readonly outcome: "shown" | "refused" | "empty";
  readonly reason?: Reason & JsonObject;
};

export type DecisionValue = {
  readonly name?: string;
  readonly html?: string;
  readonly label?: string;
  readonly strategy?: string;
  readonly items?: readonly RecommendedItem[];
};

export type Decision = {
  readonly placement: string;
  readonly kind: string | null;
  readonly value: DecisionValue | null;
  readonly decisionId: string;
  readonly reasons: readonly Reason[];
  readonly explain?: { readonly considered?: readonly Considered[] };
};

export type DecideAnswer = { readonly profileId?: string; readonly decisions: readonly Decision[] };
