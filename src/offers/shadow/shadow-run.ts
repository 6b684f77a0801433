import type { RuleChange } from "../cart-rules/index.ts";
import type { ShadowSettings } from "./settings.ts";

/** Evaluations of carts of one run, each in one of the last four or still waiting. */
export type Coverage = {
  readonly seen: number;
  /** Both sides were worked out and are kept. */
  readonly judged: number;
  /** The same cart came again before its turn. */
  readonly superseded: number;
  /** The process was too busy, or ended. */
  readonly dropped: number;
  /** The draft could not be worked out for it. */
  readonly failed: number;
};

export type ShadowStatus = "running" | "stopped" | "ended";

/** Times are Unix milliseconds. */
export type ShadowRun = {
  readonly id: string;
  readonly name: string;
  readonly status: ShadowStatus;
  readonly settings: ShadowSettings;
  readonly coverage: Coverage;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly endsAt: number;
  readonly stoppedAt: number | null;
};

/** With what it changes; bodies as they stood when it was started. */
export type ShadowDraft = ShadowRun & { readonly change: RuleChange };

export const coverageNames = ["seen", "judged", "superseded", "dropped", "failed"] as const;
export type CoverageName = (typeof coverageNames)[number];
