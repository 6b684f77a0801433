import { ClienteleError } from "../kernel/index.ts";
import { compileFilters } from "./compile-filters.ts";
import { buildFacets, type Facet } from "./facets.ts";
import { createHighlighter } from "./highlight.ts";
import { type RankedCandidate, type RankingSignal, rankPersonally } from "./personal-rank.ts";
import { phrasesOf } from "./phrases.ts";
import { planQuery } from "./plan-query.ts";
import type { QueryPlan } from "./query-plan.ts";
import { type Retrieved, retrieve } from "./retrieve.ts";
import type { SearchContext } from "./search-context.ts";
import { toSearchItem } from "./search-item.ts";
import type { SearchRequest, SearchResult, SearchWarning } from "./search-types.ts";
import { shownInCategory, shownInSearch } from "./segment.ts";
import { createOrder, effectiveKeys, isDefaultOrder, parseSort, type SortKey } from "./sort.ts";
import type { Hit } from "./top-k.ts";

const maxLimit = 200;
const maxOffset = 10_000;
const defaultLimit = 24;
const maxQueryLength = 255;
/** Candidates that signals may reorder: text decides who is among them. */
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
  const { index, snapshot } = context;
  const limit = bounded("limit", request.limit ?? defaultLimit, 1, maxLimit);
  const offset = bounded("offset", request.offset ?? 0, 0, maxOffset);
  const q = cleanQuery(request.q ?? "");
  const given = parseSort(request.sort ?? "", (attribute) => isSortable(context, attribute));
  const keys = effectiveKeys(given, q !== "");
  const filters = compileFilters(
    index.values,
    request.filters ?? [],
    request.categoryPath,
    context.priceScale,
    context.workspace.marks,
  );
  const personal = isDefaultOrder(given) && (request.signals?.length ?? 0) > 0;
  const candidates = personal ? (q === "" ? rankedBrowsing : rankedWithQuery) : 0;
  const facets = request.facets ?? [];
  const run = (plan: QueryPlan | undefined, minMatched: number) =>
    retrieve(index, context.workspace, {
      plan,
      filters,
      minMatched,
      shown: request.categoryPath === undefined ? shownInSearch : shownInCategory,
      order: (segments) => createOrder(keys, index.values, segments, (sku) => snapshot.get(sku)?.name ?? ""),
      limit: Math.max(offset + limit, candidates),
      countValues: facets.length > 0,
      collectPrices: facets.some((code) => code === "price" || code === "*"),
    });
  const { plan, retrieved, narrowed } = matchQuery(context, request, q, keys, run);
  const signals = personal ? (request.signals ?? []) : [];
  const page = rank(retrieved, signals, candidates, q === "").slice(offset, offset + limit);
  const highlighter = createHighlighter(matchingTerms(plan), index.analyzer);
  const pageContext = { search: context, request, segments: retrieved.segments, plan, highlighter };
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

function facetsOf(context: SearchContext, request: SearchRequest, retrieved: Retrieved): readonly Facet[] {
  const { index, snapshot, priceScale } = context;
  const { facets = [], filters = [], categoryPath: scope } = request;
  if (facets.length === 0) return [];
  return buildFacets({ values: index.values, retrieved, filters, scope, snapshot, priceScale }, facets);
}

/** Terms whose words are marked in the answer. */
function matchingTerms(plan: QueryPlan | undefined): ReadonlySet<string> {
  const slots = plan?.slots ?? [];
  return new Set(
    slots.flatMap(({ surface, alternatives }) => [...surface.split(" "), ...alternatives.map(({ term }) => term)]),
  );
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
  keys: readonly SortKey[],
  run: (plan: QueryPlan | undefined, minMatched: number) => Retrieved,
): Match {
  if (q === "") return { plan: undefined, retrieved: run(undefined, 0), narrowed: false };
  const asYouType = request.asYouType ?? false;
  let plan = planQuery(context.index, q, { asYouType });
  const words = plan.slots.length;
  if (words > 1 && keys[0]?.attribute !== "relevance") {
    // By price or name, products that match one word of three would stand first: only the fullest matches are listed.
    const full = run(plan, words);
    if (full.total > 0) return { plan, retrieved: full, narrowed: true };
    const best = full.bestMatched;
    return { plan, retrieved: run(plan, Math.max(1, best)), narrowed: best > 1 };
  }
  let retrieved = run(plan, 1);
  if (retrieved.fullCoverage < thinResult) {
    const relaxed = planQuery(context.index, q, { asYouType, relaxed: true });
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

/** Applies the signals to the candidates; what lies behind them follows in text order. */
function rank(
  retrieved: Retrieved,
  signals: readonly RankingSignal[],
  candidates: number,
  isBrowsing: boolean,
): readonly RankedCandidate<Hit>[] {
  const { hits, segments } = retrieved;
  const highest = hits.reduce((most, { score }) => Math.max(most, score), 0);
  const asFound = (list: readonly Hit[]) =>
    list.map((candidate): RankedCandidate<Hit> => {
      const base = highest > 0 ? candidate.score / highest : 1;
      return { candidate, base, score: base, signals: [] };
    });
  if (signals.length === 0) return asFound(hits);
  const skuOf = ({ segment, doc }: Hit) => segments[segment]?.skus[doc] ?? "";
  const head = rankPersonally(hits.slice(0, candidates), signals, skuOf);
  // While browsing, taste never lifts what cannot be bought above what can; the stock is the first key of that order.
  const ordered = isBrowsing ? [...head].sort((a, b) => b.candidate.key - a.candidate.key) : head;
  return [...ordered, ...asFound(hits.slice(candidates))];
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
