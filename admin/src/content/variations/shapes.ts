export const variationStates = ["proposed", "accepted", "rejected", "applied"] as const;
export type VariationState = (typeof variationStates)[number];

export type VariationRun = {
  readonly id: string;
  /** Key of the block. */
  readonly block: string;
  readonly sourceVersion: number;
  /** `/html`, `/alt`, or the place of a text inside `/json`. */
  readonly field: string;
  readonly source: string;
  /** Key; null = everybody. */
  readonly audience: string | null;
  readonly storeViews: readonly string[] | null;
  readonly locale: string;
  readonly instructions: string;
  readonly wanted: number;
  readonly status: "running" | "done" | "failed";
  readonly prompt: readonly { readonly role: string; readonly content: string }[] | null;
  readonly model: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** As `key@version`. */
  readonly brandRules: readonly string[];
  readonly createdAt: string;
  readonly createdBy: string;
  readonly finishedAt: string | null;
};

export type DiffPart = { readonly kind: "same" | "added" | "removed"; readonly text: string };

export type Variant = {
  readonly id: string;
  readonly content: string;
  readonly origin: "model" | "edited" | "manual";
  readonly state: VariationState;
  readonly faults: readonly {
    readonly code: string;
    readonly severity: "error" | "warning";
    readonly message: string;
  }[];
  readonly note: string;
  readonly appliedVersion: number | null;
  readonly diff: readonly DiffPart[];
  readonly changedAt: string;
  readonly changedBy: string;
};

export type Review = {
  readonly run: VariationRun;
  readonly isSourceChanged: boolean;
  readonly variants: readonly Variant[];
};

export type BrandRules = {
  readonly tone?: string;
  readonly locale?: string;
  readonly forbidden?: readonly string[];
  readonly required?: readonly string[];
  readonly maxLength?: number;
};
