/** A place of a block that holds text: `/html`, `/alt`, or a text inside `/json`. */
export type FieldPath = string;

export type VariationFault = {
  readonly code: "forbidden" | "required" | "tooLong" | "empty" | "markup" | "placeholder" | "link" | "number" | "same";
  /** An error keeps a variant from being accepted; a warning asks the reviewer to look. */
  readonly severity: "error" | "warning";
  readonly message: string;
};

export type VariationState = "proposed" | "accepted" | "rejected" | "applied";

/** One text that may take the place of another. */
export type Variation = {
  readonly id: string;
  readonly runId: string;
  readonly position: number;
  readonly content: string;
  readonly origin: "model" | "manual" | "edited";
  /** As the model wrote it, where a person changed it. */
  readonly originalContent: string | null;
  readonly state: VariationState;
  readonly faults: readonly VariationFault[];
  readonly note: string;
  readonly etag: number;
  /** Version of the block whose draft holds it. */
  readonly appliedVersion: number | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly changedAt: number;
  readonly changedBy: string;
};

export type ChatMessage = { readonly role: "system" | "user"; readonly content: string };

/** What was asked for: variants of one text for one audience. */
export type VariationRun = {
  readonly id: string;
  readonly blockKey: string;
  readonly sourceVersion: number;
  readonly field: FieldPath;
  readonly sourceText: string;
  /** Null = everybody. */
  readonly audienceKey: string | null;
  readonly audienceText: string;
  readonly storeViews: readonly string[] | null;
  readonly locale: string;
  readonly instructions: string;
  readonly wanted: number;
  readonly status: "running" | "done" | "failed";
  /** The messages as they were sent; null for variants written by hand. */
  readonly prompt: readonly ChatMessage[] | null;
  readonly model: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Rules that were in force, as `key@version`. */
  readonly brandRules: readonly string[];
  readonly createdAt: number;
  readonly createdBy: string;
  readonly finishedAt: number | null;
};

export const maxVariants = 10;
export const maxTextLength = 20_000;
