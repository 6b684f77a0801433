import type { JsonObject, Money } from "../api/shapes.ts";

/** Rates are 0 to 1; null over nothing. */
export type SearchFigures = {
  readonly searches: number;
  readonly sessionsWithSearch: number;
  readonly uniqueQueries: number;
  readonly zeroResultRate: number | null;
  readonly clickThroughRate: number | null;
  readonly averageClickPosition: number | null;
  readonly meanReciprocalRank: number | null;
  readonly conversionRate: number | null;
  readonly revenue: readonly Money[];
  readonly refinementRate: number | null;
  readonly exitRate: number | null;
  readonly filterRate: number | null;
};

export type AdobeFigures = {
  readonly uniqueSearches: number;
  readonly clickThroughRate: number | null;
  readonly conversionRate: number | null;
  readonly zeroResultsRate: number | null;
  readonly averageClickPosition: number | null;
};

export type SearchDay = {
  readonly day: string;
  readonly searches: number;
  readonly zeroResults: number;
  readonly clicked: number;
};

export type SearchTotals = {
  readonly search: SearchFigures;
  readonly unique: AdobeFigures;
  readonly days: readonly SearchDay[];
};

export const queryLists = ["top", "zero-results", "no-clicks", "trending"] as const;
export type QueryList = (typeof queryLists)[number];

export type QueryRow = {
  readonly query: string;
  readonly searches: number;
  readonly zeroResults: number;
  readonly clickThroughRate: number;
  readonly averageClickPosition: number | null;
  readonly orders: number;
  readonly revenue: readonly Money[];
  readonly visitors: number;
  readonly searchesBefore: number;
};

export type ShownProduct = { readonly sku: string; readonly impressions: number; readonly clicks: number };

/** What a search report may propose or a person make of a query. */
export type NextStepKind = "synonym" | "redirect" | "search-rule";

export type Proposal = {
  readonly kind: "synonym" | "redirect";
  readonly query: string;
  readonly visitors: number;
  readonly helped: number;
  readonly text: string;
  readonly body: JsonObject;
};
