import type { Json, Money } from "../../api/shapes.ts";

export type Eligibility = {
  readonly audiences: readonly string[];
  readonly audienceMatch?: "any" | "all";
  readonly rule?: Json;
};

export type ContentType = "html" | "json" | "link" | "asset" | "text";
export type Channel = "web" | "app" | "email" | "sms" | "push" | "pos" | "other";

export type OfferPlacementBody = {
  readonly placement: string;
  readonly channel: Channel;
  readonly contentType: ContentType;
  readonly width?: number;
  readonly height?: number;
  readonly componentId?: string;
};

export type Representation = {
  readonly placement: string;
  readonly storeViews?: readonly string[];
  readonly html?: string;
  readonly json?: Json;
  readonly link?: string;
  readonly asset?: string;
  readonly text?: string;
  readonly alt?: string;
};

export type CapRule = {
  readonly counted: "decision" | "impression" | "click" | "custom";
  readonly event?: string;
  readonly rule?: Json;
  readonly limit: number;
  readonly per: "profile" | "total";
  readonly placements?: "each" | "all";
  readonly period?: { readonly every: number; readonly unit: "day" | "week" | "month" };
  readonly hard?: boolean;
  readonly holdMinutes?: number;
};

/** What became of one offer in a decision. */
export type OfferTrace = {
  readonly offer: string;
  readonly outcome: "chosen" | "eligible" | "removed";
  readonly removedBy?: string;
  readonly text?: string;
};

export type OfferBody = Eligibility & {
  /** Higher first. */
  readonly priority: number;
  readonly representations: readonly Representation[];
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly tags?: readonly string[];
  readonly caps?: readonly CapRule[];
  readonly consent?: string;
  readonly fallback?: boolean;
  readonly cartRule?: {
    readonly key: string;
    readonly when?: "live" | "applies" | "near";
    readonly lacksAtMost?: Money | { readonly quantity: number };
    readonly personalCode?: { readonly guests?: boolean };
  };
};

export type CollectionBody = {
  readonly offers?: readonly string[];
  readonly tags?: { readonly any?: readonly string[]; readonly all?: readonly string[] };
  readonly attributes?: readonly { readonly name: string; readonly value: string | number | boolean }[];
};

export type ModelSettings = {
  readonly goal?: string;
  readonly windowHours?: number;
  readonly personalised?: boolean;
  readonly audiences?: readonly string[];
  readonly explorationShare?: number;
};

export type Ranking =
  | { readonly method: "priority" }
  | { readonly method: "formula"; readonly formula: string; readonly model?: ModelSettings }
  | { readonly method: "model"; readonly model: ModelSettings };

export type StrategyEntry = Partial<Eligibility> & {
  readonly type: "strategy";
  readonly name: string;
  readonly collection: string;
  readonly ranking: Ranking;
};
export type PolicyEntry = StrategyEntry | { readonly type: "offer"; readonly offer: string };

export type PolicyBody = Eligibility & {
  readonly placements: readonly string[];
  /** Lower first. */
  readonly priority: number;
  readonly wanted: number;
  readonly entries: readonly PolicyEntry[];
  readonly fallback?: string;
  readonly emptyAllowed?: boolean;
};

export type OfferModel = {
  readonly key: string;
  readonly policy: string;
  readonly strategy: string;
  readonly goal: string;
  readonly version: number | null;
  readonly decisions: number;
  readonly exploredShare: number;
  readonly versions: readonly {
    readonly version: number;
    readonly trainedAt: string;
    readonly status: string;
    readonly passed: boolean;
    readonly reasons: readonly string[];
  }[];
};

export type PolicySimulation = {
  readonly profiles: number;
  readonly offers: readonly {
    readonly id: string;
    readonly name: string;
    readonly first: number;
    readonly shown: number;
  }[];
  readonly fallback: number;
  readonly other: number;
  readonly empty: number;
  readonly removedBy: Readonly<Record<string, number>>;
};
