// What the merchandising pages read and write; the record is `docs/openapi.json`.
import type { Json, JsonObject, Money } from "../api/shapes.ts";

type RuleAction = "boost" | "bury" | "hide" | "pin";

/** What a rule does with one product (`sku`) or with all that fit a condition (`where`). */
export type RuleEvent = {
  readonly action: RuleAction;
  readonly sku?: string;
  readonly where?: Json;
  /** Of a pin: 1-based. */
  readonly position?: number;
  readonly factor?: number;
};

/** What a rule says of one product. */
export type NamedEvent = Omit<RuleEvent, "sku" | "where"> & { readonly sku: string };

/** What it says of all products that fit a condition. */
export type ConditionEvent = {
  readonly action: Exclude<RuleAction, "pin">;
  readonly where: Json;
  readonly factor?: number;
};

export type RankingTerm = {
  readonly by: string;
  readonly windowDays?: number;
  readonly attribute?: string;
  readonly direction?: "asc" | "desc";
};

export type WeightedTerm = RankingTerm & { readonly weight: number };
export type RankingSetting = RankingTerm & { readonly boost?: number; readonly terms?: readonly WeightedTerm[] };

export type QueryCondition = { readonly operator: string; readonly value: string };
export type QueryConditions = { readonly match: "any" | "all"; readonly conditions: readonly QueryCondition[] };

export type Eligibility = {
  readonly priority?: number;
  readonly audiences?: readonly string[];
  readonly rule?: Json;
};

export type RuleBody = Eligibility & {
  readonly description?: string;
  readonly ranking?: RankingSetting;
  readonly events?: readonly RuleEvent[];
};

export type SearchRuleBody = RuleBody & { readonly query?: QueryConditions; readonly lists?: "search" | "all" };
export type CategoryRuleBody = RuleBody & { readonly category: string; readonly applyToSubcategories?: boolean };

export type ListSubject =
  | { readonly kind: "search"; readonly q: string }
  | { readonly kind: "category"; readonly path: string };

export type RuleEffect = {
  readonly action: "boost" | "bury" | "pin" | "rank";
  readonly ruleId: string;
  readonly ruleName: string;
  readonly factor: number;
  readonly text: string;
};

export type TermExplanation = {
  readonly query: string;
  readonly term: string;
  readonly reason: string;
  readonly score: number;
  readonly fields: readonly { readonly field: string; readonly count: number; readonly score: number }[];
};

export type ItemExplanation = {
  readonly score: number;
  readonly base: number;
  readonly text?: {
    readonly score: number;
    readonly matched: number;
    readonly words: number;
    readonly terms: readonly TermExplanation[];
  };
  readonly signals: readonly { readonly name: string; readonly percentile: number; readonly factor: number }[];
  readonly isExact: boolean;
  readonly model?: number;
  readonly factor: number;
  readonly effects: readonly RuleEffect[];
  readonly isPinned: boolean;
};

type ItemReason = { readonly code: string; readonly text: string };

export type ListItem = {
  readonly sku: string;
  readonly name: string;
  readonly image: string | null;
  readonly price: Money | null;
  readonly finalPrice: Money | null;
  readonly inStock: boolean;
  readonly brand?: string;
  readonly qty: number | null;
  /** 0..1; null without the right to see it. */
  readonly margin: number | null;
  readonly score: number;
  readonly reasons: readonly ItemReason[];
  readonly effects: readonly RuleEffect[];
  readonly explain?: ItemExplanation;
};

export type ConsideredRule = {
  readonly kind: string;
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly isApplied: boolean;
  readonly reason: string;
};

export type ListAnswer = {
  readonly total: number;
  readonly items: readonly ListItem[];
  readonly redirect: { readonly url: string } | null;
  readonly rules: readonly ConsideredRule[];
  readonly reasons: readonly ItemReason[];
  readonly didYouMean?: string;
  readonly correctedQuery?: string;
};

export type Draft = { readonly kind: string; readonly id: string; readonly body: JsonObject };
