import type { Json, Money, RecommendedItem } from "../api/shapes.ts";

export const listNames = ["related", "upsell", "crosssell"] as const;
export type ListName = (typeof listNames)[number];

export type RelatedRuleBody = {
  readonly applyTo: ListName;
  /** From 1, lower first. */
  readonly priority: number;
  readonly audiences: readonly string[];
  readonly match: Json;
  readonly display: Json;
  readonly resultLimit?: number;
};

export const rotations = ["priority-then-id", "priority-then-random", "weighted-random"] as const;
export const shows = ["both", "selected", "rules"] as const;

export type RelatedListBody = {
  readonly placement: string;
  /** Lower first. */
  readonly priority: number;
  readonly audiences: readonly string[];
  readonly rule?: Json;
  readonly list: ListName;
  readonly label: string;
  readonly maximum?: number;
  readonly show?: (typeof shows)[number];
  readonly rotation?: (typeof rotations)[number];
  readonly excludeCart?: boolean;
};

export type Trial = {
  /** Products that the rule is for. */
  readonly matching: number;
  readonly examples: readonly string[];
  readonly displayed: readonly {
    readonly sku: string;
    readonly isMatched: boolean;
    readonly items: readonly string[];
  }[];
};

export type ListedItem = RecommendedItem & { readonly source: "linked" | "rule"; readonly ruleId: string | null };

export type Outcome = "used" | "empty" | "not_matched" | "refused" | "full";

export type ConsideredRule = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly priority: number;
  readonly outcome: Outcome;
  readonly text: string;
  readonly candidates: number;
};

/** `match` and `display` are explained rules; links have none. */
export type ExplainedItem = {
  readonly sku: string;
  readonly matched: string;
  readonly rule: string | null;
  readonly match?: unknown;
  readonly display?: unknown;
};

export type PreviewedList = {
  readonly items: readonly ListedItem[];
  readonly explain: {
    readonly candidates: number;
    readonly seed: string;
    readonly rules: readonly ConsideredRule[];
    readonly items: readonly ExplainedItem[];
  };
};

export type OriginFigures = {
  /** Null: links that people set. */
  readonly ruleId: string | null;
  readonly name: string | null;
  readonly lists: number;
  readonly products: number;
  readonly clicks: number;
  readonly clickRate: number | null;
  readonly orders: number;
  readonly revenue: readonly Money[];
};
