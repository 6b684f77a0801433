import type { Money } from "../api/shapes.ts";

export type Identifier = { readonly namespace: string; readonly value: string };

/** What identity resolution decided in a time. */
export type IdentityReport = {
  readonly since: string;
  readonly blocked: number;
  readonly blockedByNamespace: readonly { readonly namespace: string; readonly events: number }[];
  readonly byRule: readonly { readonly action: string; readonly rule: string; readonly events: number }[];
  /** Profiles that wait to be computed anew. */
  readonly waitingRebuilds: number;
  readonly biggestProfiles: readonly {
    readonly profileId: string;
    readonly identifiers: number;
    readonly merges: number;
  }[];
};

export type Quarantined = Identifier & { readonly since: string; readonly rule: string };

export type Separation = {
  readonly separationId: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly since: string | null;
  readonly left: readonly Identifier[];
  readonly right: readonly Identifier[];
  readonly profileIds: readonly string[];
};

/** What one profile holds, before or after a split or a merge. */
export type Share = {
  readonly profileId: string;
  readonly identifiers: readonly Identifier[];
  readonly events: number;
  readonly orders: number;
  /** Net, one amount a currency. */
  readonly revenue: readonly Money[];
  /** Keys of audiences. */
  readonly audiences: readonly string[];
};

export type SplitAnswer = { readonly before: Share; readonly remaining: Share; readonly moved: Share };
export type MergeAnswer = { readonly merged: Share; readonly redirectedId: string };

export const traitNormalisations = ["none", "trim", "lower", "upper", "digits"] as const;

/** A trait whose values identify a person, as `trait:<namespace>`. */
export type TraitIdentifier = {
  readonly trait: string;
  readonly namespace: string;
  readonly limit: number;
  readonly unique: boolean;
  readonly normalise: (typeof traitNormalisations)[number];
};

export type IdentitySettings = {
  readonly aliasMayMergeIdentified: boolean;
  readonly emailIsUnique: boolean;
  readonly blockedValues: readonly string[];
  readonly blockedPatterns: readonly string[];
  readonly traitIdentifiers: readonly TraitIdentifier[];
};
