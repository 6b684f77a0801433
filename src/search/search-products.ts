import { pricesOfMany } from "../catalog/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import { createHighlighter } from "./analysis/highlight.ts";
import { type CompiledFilters, compileFilters } from "./facets/compile-filters.ts";
import { buildFacets, type Facet } from "./facets/facets.ts";
import { shownInCategory, shownInSearch } from "./indexing/segment.ts";
import { phrasesOf } from "./planning/phrases.ts";
import { planQuery } from "./planning/plan-query.ts";
import type { QueryPlan } from "./planning/query-plan.ts";
import { rankList } from "./ranking/rank-list.ts";
import { createTextFeatures } from "./ranking/text-features.ts";
import type { HoldsPhrase } from "./retrieval/accumulators.ts";
import { findExact } from "./retrieval/exact-match.ts";
import { type Extended, extendByMeaning, meantRows } from "./retrieval/extend-by-meaning.ts";
import { createPhraseCheck } from "./retrieval/holds-phrase.ts";
import { nameBonusHits, withNameBonus } from "./retrieval/name-bonus.ts";
import { priceColumns } from "./retrieval/price-columns.ts";
import { type Retrieved, retrieve } from "./retrieval/retrieve.ts";
import {
  createOrder,
  effectiveKeys,
  isByRelevance,
  isDefaultOrder,
  parseSort,
  type SortKey,
} from "./retrieval/sort.ts";
import type { SearchContext } from "./search-context.ts";
import { toSearchItem } from "./search-item.ts";
import type { SearchRequest, SearchResult, SearchWarning } from "./search-types.ts";

const maxLimit = 200;
const maxOffset = 10_000;
const defaultLimit = 24;
const maxQueryLength = 255;
/** Candidates that signals, models and rules may reorder: text decides who is among them. */
const rankedWithQuery = 1_000;
const rankedBrowsing = 20_000;
/** Below this many products with every word, known words are checked for typing errors too. */
const thinResult = 3;
const maxSuggestions = 5;

/**
 * One search, from text to page.
 *
 * @throws {ClienteleError} `search.badSort`, `search.badFilter` (limit or offset out of range)
 */
export function searchProducts(context: SearchContext, request: SearchRequest): SearchResult {
  const { index } = context;
  const parsed = parseRequest(context, request);
  const { limit, offset, q, given, filters, ranking, candidates } = parsed;
  const holdsPhrase = createPhraseCheck(context);
  const match = matchQuery(context, request, q, given, retriever(context, request, parsed, holdsPhrase));
  const { plan, narrowed } = match;
  const byWords = plan && isDefaultOrder(given) ? withNameBonus(context, plan, match.retrieved) : match.retrieved;
  const { retrieved, meant } = extended(context, request, parsed, { ...match, retrieved: byWords });
  const { segments, exactAbove } = retrieved;
  const textOf = createTextFeatures({ context, plan, segments, q, exactAbove, holdsPhrase });
  const ranked = rankList({ retrieved: byWords, request: ranking, candidates, isBrowsing: q === "", textOf });
  const page = [...ranked, ...meantRows(meant, ranked)].slice(offset, offset + limit);
  const highlighter = createHighlighter(matchingTerms(plan), index.analyzer);
  const pageContext = { search: context, request, segments, plan, highlighter, holdsPhrase };
  const items = page.flatMap((row) => toSearchItem(pageContext, row) ?? []);
  const names = items.map(({ name }) => name);
  return {
    items,
    total: retrieved.total,
    facets: facetsOf(context, request, retrieved),
    suggestions: q === "" ? [] : phrasesOf(q, names, maxSuggestions),
    ...(plan?.didYouMean === undefined ? {} : { didYouMean: plan.didYouMean }),
    ...(plan?.corrected === undefined ? {} : { correctedQuery: plan.corrected }),
    warnings: warningsOf(request, filters.unknown, narrowed),
    relaxations: retrieved.total > 0 ? [] : relaxationsOf(retrieved, filters.attributes),
  };
}

/** Behind a short list by relevance: what means the same. */
function extended(
  context: SearchContext,
  request: SearchRequest,
  { q, given, filters }: Parsed,
  match: Match,
): Extended {
  const { vectors } = context;
  const { plan, retrieved } = match;
  if (!vectors || !plan || !isDefaultOrder(given) || request.asYouType) return { retrieved, meant: [] };
  const queries = plan.corrected === undefined ? [q] : [q, plan.corrected];
  return extendByMeaning(vectors, queries, retrieved, { filters, ...admissionOf(request) });
}

/** What a product must be to be listed, and what is counted of it. */
function admissionOf({ arrangement, categoryPath, only, facets = [] }: SearchRequest) {
  return {
    shown: categoryPath === undefined && !only ? shownInSearch : shownInCategory,
    countValues: facets.length > 0,
    collectPrices: facets.some((code) => code === "price" || code === "*"),
    ...(arrangement ? { hidden: arrangement.hidden } : {}),
    ...(only ? { only } : {}),
  };
}

type Parsed = {
  readonly limit: number;
  readonly offset: number;
  readonly q: string;
  readonly given: readonly SortKey[];
  readonly filters: CompiledFilters;
  readonly ranking: Ranking;
  readonly candidates: number;
};

function parseRequest(context: SearchContext, request: SearchRequest): Parsed {
  const limit = bounded("limit", request.limit ?? defaultLimit, 1, maxLimit);
  const offset = bounded("offset", request.offset ?? 0, 0, maxOffset);
  const q = cleanQuery(request.q ?? "");
  const given = parseSort(request.sort ?? "", (attribute) => isSortable(context, attribute));
  const columnPrices = pricesOfMany(request.prices);
  const filters = compileFilters(
    context.index.values,
    request.filters ?? [],
    request.categoryPath,
    context.priceScale,
    context.workspace.marks,
    (sku, field) => (field === "name" ? [nameOf(context, sku)] : (context.snapshot.get(sku)?.variants ?? [])),
    columnPrices && priceColumns(columnPrices, context.snapshot),
  );
  const ranking = isDefaultOrder(given) ? rankingOf(request) : {};
  const candidates = Object.keys(ranking).length === 0 ? 0 : q === "" ? rankedBrowsing : rankedWithQuery;
  return { limit, offset, q, given, filters, ranking, candidates };
}

type Run = (plan: QueryPlan | undefined, minMatched: number) => Retrieved;

function retriever(context: SearchContext, request: SearchRequest, parsed: Parsed, holdsPhrase: HoldsPhrase): Run {
  const { index, workspace } = context;
  const { q, given, filters, ranking, candidates, limit, offset } = parsed;
  const keys = effectiveKeys(given, q !== "");
  const pinned = ranking.arrangement?.pins.map(({ sku }) => sku) ?? [];
  const exact = q === "" ? undefined : findExact(context, q);
  return (plan, minMatched) =>
    retrieve(index, workspace, {
      ...{ plan, filters, minMatched, pinned, holdsPhrase },
      order: (segments) => createOrder(keys, index.values, segments, (sku) => nameOf(context, sku), filters.pricesOf),
      limit: Math.max(offset + limit + pinned.length, candidates, nameBonusHits),
      ...admissionOf(request),
      ...(exact ? { exact } : {}),
    });
}

type Ranking = Pick<SearchRequest, "signals" | "model" | "arrangement" | "reorder">;

/** What changes the default order; empty = nothing does. */
function rankingOf({ signals = [], model, arrangement, reorder }: SearchRequest): Ranking {
  return {
    ...(signals.length > 0 ? { signals } : {}),
    ...(model ? { model } : {}),
    ...(arrangement ? { arrangement } : {}),
    ...(reorder ? { reorder } : {}),
  };
}

function facetsOf(context: SearchContext, request: SearchRequest, retrieved: Retrieved): readonly Facet[] {
  const { index, snapshot, priceScale } = context;
  const { facets = [], filters = [], categoryPath: scope, facetSettings: settings = [] } = request;
  if (facets.length === 0) return [];
  const { size } = index.statistics();
  return buildFacets({ values: index.values, retrieved, filters, scope, snapshot, priceScale, settings, size }, facets);
}

function nameOf({ snapshot, localText }: SearchContext, sku: string): string {
  const product = snapshot.get(sku);
  return product ? localText(product).name : "";
}

/** Terms whose words are marked in the answer. */
function matchingTerms(plan: QueryPlan | undefined): ReadonlySet<string> {
  const slots = plan?.slots ?? [];
  const terms = slots.flatMap(({ surface, alternatives }) => [
    ...surface.split(" "),
    ...alternatives.map(({ term }) => term),
  ]);
  return new Set([...terms, ...(plan?.bridges ?? []).flatMap((bridge) => bridge.terms.map(({ term }) => term))]);
}

function relaxationsOf(
  { lostTo }: Retrieved,
  attributes: readonly (string | undefined)[],
): SearchResult["relaxations"] {
  return attributes.flatMap((attribute, clause) => {
    const total = lostTo[clause] ?? 0;
    return attribute !== undefined && total > 0 ? { attribute, total } : [];
  });
}

type Match = { readonly plan: QueryPlan | undefined; readonly retrieved: Retrieved; readonly narrowed: boolean };

/** Runs the query; again with more corrections when few products have every word. */
function matchQuery(
  context: SearchContext,
  request: SearchRequest,
  q: string,
  given: readonly SortKey[],
  run: Run,
): Match {
  if (q === "") return { plan: undefined, retrieved: run(undefined, 0), narrowed: false };
  const asYouType = request.asYouType ?? false;
  const vocabulary = request.vocabulary;
  const options = { asYouType, ...(vocabulary ? { vocabulary } : {}) };
  let plan = planQuery(context.index, q, options);
  const words = plan.slots.length;
  if (words > 1 && !isByRelevance(given)) {
    // By price or name, products that match one word of three would stand first: only the fullest matches are listed.
    const full = run(plan, words);
    if (full.total > 0) return { plan, retrieved: full, narrowed: true };
    const best = full.bestMatched;
    return { plan, retrieved: run(plan, Math.max(1, best)), narrowed: best > 1 };
  }
  let retrieved = run(plan, 1);
  if (retrieved.fullCoverage < thinResult) {
    const relaxed = planQuery(context.index, q, { ...options, relaxed: true });
    if (relaxed.didYouMean !== undefined || relaxed.corrected !== plan.corrected) {
      plan = relaxed;
      retrieved = run(plan, 1);
    }
  }
  return { plan, retrieved, narrowed: false };
}

function bounded(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const message = `${name} must be a whole number from ${least} to ${most}`;
  throw new ClienteleError("search.badFilter", message, { details: [{ path: `/${name}`, code: "range", message }] });
}

/** One line of at most 255 characters, without control characters. */
function cleanQuery(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, " ")
    .slice(0, maxQueryLength)
    .trim();
}

function isSortable({ index, snapshot }: SearchContext, attribute: string): boolean {
  const meta = snapshot.attributes.get(attribute);
  return meta ? meta.sortable : index.values.attribute(attribute) !== undefined;
}

function warningsOf(request: SearchRequest, unknown: readonly string[], narrowed: boolean): readonly SearchWarning[] {
  const warnings: SearchWarning[] = unknown.map((attribute) => ({
    code: "unknownFilter",
    message: `no product has the attribute ${attribute}, so the filter on it matches nothing`,
  }));
  if (narrowed)
    warnings.push({
      code: "narrowed",
      message: "only the products that match most words are listed, because the order is not by relevance",
    });
  if ((request.q?.length ?? 0) > maxQueryLength)
    warnings.push({ code: "queryCut", message: `only the first ${maxQueryLength} characters of q were searched` });
  return warnings;
}
