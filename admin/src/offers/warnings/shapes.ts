import type { messages } from "../../messages.data.ts";

export type RuleRef = {
  readonly kind: keyof typeof messages.warnings.kinds;
  readonly key: string;
  readonly name: string;
  readonly priority?: number;
};

/** Something that is named and not live. */
export type NotLive = {
  readonly kind: string;
  readonly key: string;
  readonly name: string;
  readonly status: string;
};

export type RuleWarning = {
  readonly code: string;
  readonly severity: "problem" | "note";
  readonly rule: RuleRef;
  readonly other?: RuleRef;
  readonly group?: string;
  readonly products?: number;
  readonly examples?: readonly string[];
  readonly notLive?: readonly NotLive[];
  readonly text: string;
};

/** One page of what is known about the published price rules. */
export type RuleWarnings = {
  readonly state: "computing" | "ready";
  readonly computedAt: string | null;
  readonly rules: number;
  readonly products: number;
  readonly isCut: boolean;
  readonly total: number;
  readonly items: readonly RuleWarning[];
  readonly nextCursor?: string;
};

export type BlockWarning = {
  readonly kind: keyof typeof messages.warnings.blockKinds;
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly placement: string;
  readonly nobody: boolean;
  readonly warnings: readonly { readonly code: string; readonly text: string; readonly hides: boolean }[];
};
