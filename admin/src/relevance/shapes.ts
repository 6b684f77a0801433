import type { JsonObject, RecommendedItem } from "../api/shapes.ts";

export type QuerySet = {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly queries: number;
  readonly judgements: number;
  readonly updatedAt: string;
};

export type JudgedQuery = { readonly query: string; readonly judgements: number; readonly relevant: number };

export type Grade = 0 | 1 | 2 | 3;
export type Judgement = { readonly query: string; readonly sku: string; readonly grade: Grade };
export type JudgedItem = RecommendedItem & { readonly grade: Grade | null };

export type Answer = {
  readonly total: number;
  readonly items: readonly JudgedItem[];
  readonly missing: readonly Judgement[];
};

/** How the lists of one side of a comparison are made; empty = as shoppers see them. */
export type Setting = {
  readonly isRulesOff?: boolean;
  readonly draft?: { readonly kind: string; readonly id: string; readonly body: JsonObject };
};

export type Measured = {
  readonly ndcg: number;
  readonly judgedShare: number;
  readonly zeroResultShare: number;
  readonly queries: readonly {
    readonly query: string;
    readonly ndcg: number;
    readonly judgedShare: number;
    readonly skus: readonly string[];
  }[];
};

export type Compared = {
  readonly a: Measured;
  readonly b: Measured;
  readonly difference: { readonly mean: number; readonly interval: readonly number[]; readonly p: number } | null;
};

export type Run = {
  readonly id: string;
  readonly ranAt: string;
  readonly ranBy: string;
  readonly ndcg: number;
  readonly judgedShare: number;
  readonly zeroResultShare: number;
  readonly queries: number;
};
