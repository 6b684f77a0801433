// One query of an Algolia client: its parameters become a request for a product list, the list an answer of the protocol.
import { type CatalogSnapshot, withPrices } from "../../catalog/index.ts";
import type { AnswerList, ListAnswer, ListRequest, ListSubject } from "../../discovery/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import { type CategoryNames, categoryNamesOf } from "./category-names.ts";
import { engineFacets, type FacetCounts, toFacetCounts } from "./facet-counts.ts";
import type { Clause, Literal } from "./filter-syntax.ts";
import { foldWord, highlightRecord, type Marking, snippetRecord, wordsOf } from "./highlight-record.ts";
import { type IndexName, readIndexName } from "./index-name.ts";
import type { ShownSearch } from "./note-searches.ts";
import { toQueryId } from "./query-id.ts";
import { countRatings } from "./rating-facet.ts";
import { readFilters } from "./read-filters.ts";
import { type RawParams, readSearchParams, type SearchParams } from "./search-params.ts";
import { toEngineFilters } from "./to-engine-filters.ts";
import { type ProductRecord, pickFields, toRecord } from "./to-record.ts";

/** For whom and where a query is answered. */
export type QueryScope = Pick<ListRequest, "visitor" | "identityKey" | "storeView">;

export type QueryDeps = {
  readonly answerList: AnswerList;
  readonly snapshot: CatalogSnapshot;
  /** Told of each search that was shown, but not of its further pages. */
  readonly onShown?: ((shown: ShownSearch) => void) | undefined;
};

export type QueryAnswer = Readonly<Record<string, unknown>>;

const maxOffset = 10_000;
const sortable: ReadonlySet<string> = new Set(["name", "price", "newest", "rating", "position", "relevance"]);

/** @throws {ClienteleError} `instantsearch.unknownIndex` */
export function indexOf(name: string, { attributes }: Pick<CatalogSnapshot, "attributes">): IndexName {
  const index = readIndexName(name, (code) => sortable.has(code) || attributes.get(code)?.sortable === true);
  if (index) return index;
  throw new ClienteleError("instantsearch.unknownIndex", `Index ${name} does not exist`);
}

/** @throws {ClienteleError} `instantsearch.badFilters`, `instantsearch.unknownIndex` */
export function answerQuery(deps: QueryDeps, indexName: string, raw: RawParams, scope: QueryScope): QueryAnswer {
  const startedAt = performance.now();
  const params = readSearchParams(raw);
  const names = categoryNamesOf(deps.snapshot);
  const index = indexOf(indexName, deps.snapshot);
  const page = pageOf(params);
  const clauses = readFilters(params);
  const list = askList(deps.answerList, { params, clauses, names, index, page, scope });
  if (isShown(params, page) && page.offset === 0 && params.query.trim() !== "")
    deps.onShown?.(toShown(list, { params, clauses, index }));
  const snapshot = withPrices(deps.snapshot, list.prices);
  const hits = page.limit === 0 ? [] : list.items.flatMap((item) => toHit(item, { snapshot, names, params }) ?? []);
  const counts = toFacetCounts(list.facets, params.facets, names, {
    maxValues: params.maxValuesPerFacet,
    isByName: params.sortFacetValuesBy === "alpha",
  });
  const tookMs = Math.max(1, Math.round(performance.now() - startedAt));
  const answer = {
    hits,
    ...pagesOf(list.total, params, page),
    ...(params.facets.length === 0 ? {} : facetFields(counts)),
    ...exhaustiveness(counts.isComplete),
    query: params.query,
    params: paramsText(raw),
    index: index.name,
    renderingContent: renderingOf(list, counts, params.facets),
    ...(params.hasClickAnalytics ? { queryID: toQueryId(list.decisionId) } : {}),
    processingTimeMS: tookMs,
    serverTimeMS: tookMs,
  };
  return params.responseFields.includes("*") ? answer : pickAnswer(answer, params.responseFields);
}

type PageWindow = { readonly offset: number; readonly limit: number; readonly isBeyond: boolean };

function pageOf({ page, hitsPerPage, window }: SearchParams): PageWindow {
  const offset = window ? window.offset : page * hitsPerPage;
  const limit = window ? window.length : hitsPerPage;
  return offset > maxOffset ? { offset: 0, limit: 0, isBeyond: true } : { offset, limit, isBeyond: false };
}

/** A query for counts alone shows nothing to anybody, so there is nothing to log. */
function isShown(params: SearchParams, page: PageWindow): boolean {
  return page.limit > 0 && params.isAnalysed;
}

function toShown(
  list: ListAnswer,
  { params, clauses, index }: { params: SearchParams; clauses: readonly Clause[]; index: IndexName },
): ShownSearch {
  return {
    query: params.query,
    decisionId: list.decisionId,
    results: list.total,
    skus: list.items.map(({ sku }) => sku),
    filters: clauses.flat().map(describeLiteral),
    sort: index.sort,
  };
}

function describeLiteral(literal: Literal): string {
  const value = literal.kind === "value" ? literal.value : `${literal.from ?? ""}..${literal.to ?? ""}`;
  return `${literal.attribute}:${literal.isNegated ? "-" : ""}${value}`;
}

type Ask = {
  readonly params: SearchParams;
  readonly clauses: readonly Clause[];
  readonly names: CategoryNames;
  readonly index: IndexName;
  readonly page: PageWindow;
  readonly scope: QueryScope;
};

function askList(answerList: AnswerList, ask: Ask): ListAnswer {
  const request = toListRequest(ask);
  const list = answerList(request);
  if (!request.search.facets?.includes("rating")) return list;
  return { ...list, facets: [...list.facets, countRatings(answerList, request)] };
}

function toListRequest({ params, names, index, page, scope, ...ask }: Ask): ListRequest {
  const { subject, clauses } = subjectOf(params.query, ask.clauses, names);
  return {
    ...scope,
    subject,
    search: {
      filters: toEngineFilters(clauses, names),
      facets: engineFacets(params.facets),
      limit: Math.max(1, page.limit),
      offset: page.offset,
      asYouType: params.asYouType,
      ...(index.sort === undefined ? {} : { sort: index.sort }),
    },
    context: params.ruleContexts.length === 0 ? {} : { ruleContexts: params.ruleContexts },
    ...(isShown(params, page) ? {} : { preview: {} }),
  };
}

/** A page of a category names it by `categoryPageId`, without a query: it is that category's list, with the rules for it. */
function subjectOf(
  q: string,
  clauses: readonly Clause[],
  names: CategoryNames,
): { readonly subject: ListSubject; readonly clauses: readonly Clause[] } {
  if (q.trim() === "") {
    for (const clause of clauses) {
      const [literal] = clause;
      if (clause.length !== 1 || literal?.attribute !== "categoryPageId" || literal.kind !== "value") continue;
      const [path, ...others] = names.pathsOf(literal.value);
      if (path !== undefined && others.length === 0 && !literal.isNegated)
        return { subject: { kind: "category", path }, clauses: clauses.filter((each) => each !== clause) };
    }
  }
  return { subject: { kind: "search", q }, clauses };
}

type HitContext = { readonly snapshot: CatalogSnapshot; readonly names: CategoryNames; readonly params: SearchParams };

function toHit(item: ListAnswer["items"][number], { snapshot, names, params }: HitContext): QueryAnswer | undefined {
  const product = snapshot.get(item.sku);
  if (!product) return undefined;
  const record = toRecord(product, snapshot, names);
  const marking = markingOf(item, params);
  const snippets = snippetRecord(record, params.attributesToSnippet, marking, params.snippetEllipsisText);
  return {
    ...pickFields(record, params.attributesToRetrieve),
    ...(params.attributesToHighlight.length === 0
      ? {}
      : { _highlightResult: highlightRecord(record, highlighted(record, params), marking) }),
    ...(Object.keys(snippets).length === 0 ? {} : { _snippetResult: snippets }),
  };
}

/** By default the attributes that are answered. */
function highlighted(record: ProductRecord, params: SearchParams): readonly string[] {
  if (!params.attributesToHighlight.includes("*")) return params.attributesToHighlight;
  return Object.keys(pickFields(record, params.attributesToRetrieve));
}

function markingOf(item: ListAnswer["items"][number], params: SearchParams): Marking {
  const queryWords = [...new Set(wordsOf(params.query))];
  const found = item.highlights.flatMap(({ matchedWords }) => matchedWords.map(foldWord));
  return {
    queryWords,
    matched: new Set([...found, ...queryWords]),
    preTag: params.highlightPreTag,
    postTag: params.highlightPostTag,
  };
}

function pagesOf(total: number, params: SearchParams, page: PageWindow): QueryAnswer {
  if (params.window) return { nbHits: total, offset: params.window.offset, length: page.limit };
  const { hitsPerPage } = params;
  const reachable = hitsPerPage === 0 ? 0 : Math.floor(maxOffset / hitsPerPage) + 1;
  return {
    nbHits: total,
    page: params.page,
    nbPages: hitsPerPage === 0 ? 0 : Math.min(reachable, Math.ceil(total / hitsPerPage)),
    hitsPerPage,
  };
}

function facetFields({ facets, stats }: FacetCounts): QueryAnswer {
  return { facets, ...(Object.keys(stats).length === 0 ? {} : { facets_stats: stats }) };
}

function exhaustiveness(facetValues: boolean): QueryAnswer {
  return {
    exhaustiveFacetsCount: true,
    exhaustiveNbHits: true,
    exhaustiveTypo: true,
    exhaustive: { facetsCount: true, facetValues, nbHits: true, rulesMatch: true, typo: true },
  };
}

/** Where to go instead, and in which order to show facets that the client left to us. */
function renderingOf(list: ListAnswer, counts: FacetCounts, asked: readonly string[]): QueryAnswer {
  return {
    ...(list.redirect ? { redirect: { url: list.redirect.url } } : {}),
    ...(asked.includes("*") ? { facetOrdering: { facets: { order: counts.order }, values: {} } } : {}),
  };
}

const neverEchoed: ReadonlySet<string> = new Set(["indexName", "params", "userToken", "type", "facet"]);

/** The parameters as a query string, as the protocol gives them back; without the visitor. */
function paramsText(raw: RawParams): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(raw).slice(0, 100)) {
    if (neverEchoed.has(name) || name.toLowerCase().startsWith("x-algolia-") || value === undefined) continue;
    search.set(name, typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
  }
  return search.toString().slice(0, 20_000);
}

function pickAnswer(answer: QueryAnswer, fields: readonly string[]): QueryAnswer {
  const kept = new Set([...fields, "queryID"]);
  return Object.fromEntries(Object.entries(answer).filter(([name]) => kept.has(name)));
}
