/** Answers of the models' routes as the pages read them. */
export type Gate = { readonly passed: boolean; readonly reasons: readonly string[] };

type ModelRun = {
  readonly status: "running" | "done" | "failed" | "cancelled";
  readonly stage?: string;
  readonly done?: number;
  readonly total?: number;
  readonly startedAt?: string | number;
  readonly error?: string | null;
};

export type ModelSummary = {
  readonly key: string;
  readonly label: string;
  readonly kind: string;
  readonly status: string;
  readonly trait?: string | null;
  readonly liveVersion: number | null;
  readonly trainedAt: string | number | null;
  readonly gate: Gate | null;
  readonly run?: ModelRun | null;
  readonly settings?: { readonly audience?: string; readonly share?: number };
};

export type ModelVersion = {
  readonly version: number;
  readonly trainedAt: string | number;
  readonly status: string;
  readonly gate: Gate;
  readonly promotedBy?: string | null;
};
