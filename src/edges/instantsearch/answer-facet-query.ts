// The search box within a facet: values that begin with, or have a word that begins with, what was typed.
import { answerQuery, type QueryDeps, type QueryScope } from "./answer-query.ts";
import { highlightText, wordsOf } from "./highlight-record.ts";
import { type RawParams, readSearchParams, type SearchParams } from "./search-params.ts";
import { objectOf } from "./values.ts";

export type FacetHit = { readonly value: string; readonly highlighted: string; readonly count: number };
export type FacetQueryAnswer = {
  readonly facetHits: readonly FacetHit[];
  readonly exhaustiveFacetsCount: boolean;
  readonly processingTimeMS: number;
};

/** @throws {ClienteleError} as `answerQuery` */
export function answerFacetQuery(
  deps: QueryDeps,
  { indexName, facet, raw }: { readonly indexName: string; readonly facet: string; readonly raw: RawParams },
  scope: QueryScope,
): FacetQueryAnswer {
  const params = readSearchParams(raw);
  const answer = answerQuery(
    deps,
    indexName,
    {
      ...raw,
      facets: [facet],
      hitsPerPage: 0,
      page: 0,
      offset: undefined,
      length: undefined,
      maxValuesPerFacet: 1_000,
    },
    scope,
  );
  const counts = Object.entries(objectOf(objectOf(answer["facets"])[facet]));
  const typed = wordsOf(params.facetQuery);
  const facetHits = counts
    .flatMap(([value, count]) => (typeof count === "number" && matches(value, typed) ? [{ value, count }] : []))
    .slice(0, params.maxFacetHits)
    .map(({ value, count }) => ({ value, highlighted: mark(value, typed, params), count }));
  return { facetHits, exhaustiveFacetsCount: true, processingTimeMS: Number(answer["processingTimeMS"] ?? 1) };
}

function matches(value: string, typed: readonly string[]): boolean {
  const words = wordsOf(value);
  return typed.every((each) => words.some((word) => word.startsWith(each)));
}

function mark(value: string, typed: readonly string[], params: SearchParams): string {
  const matched = wordsOf(value).filter((word) => typed.some((each) => word.startsWith(each)));
  const { highlightPreTag: preTag, highlightPostTag: postTag } = params;
  return highlightText(value, { queryWords: typed, matched: new Set(matched), preTag, postTag }).value;
}
