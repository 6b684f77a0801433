import type { Money } from "../api/shapes.ts";

export type Identifier = { readonly namespace: string; readonly value: string };

/** Decisions, blocks and big profiles of a time. */
export type IdentityReport = {
  readonly decisions: readonly { readonly action: string; readonly rule: string; readonly events: number }[];
  readonly blocked: readonly { readonly namespace: string; readonly events: number }[];
  readonly biggest: readonly { readonly profileId: string; readonly identifiers: number; readonly merges: number }[];
  readonly waitingRebuilds: number;
};

export type Quarantined = Identifier & { readonly since: string; readonly rule: string };

export type Separation = {
  readonly separationId: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly since: string | null;
  readonly left: readonly Identifier[];
  readonly right: readonly Identifier[];
  readonly leftProfileId: string;
  readonly rightProfileId: string;
};

/** One profile before and after a split or a merge. */
export type Figures = {
  readonly events: number;
  readonly orders: number;
  readonly revenue: Money | null;
  readonly identifiers: number;
  readonly audiences: readonly string[];
};
