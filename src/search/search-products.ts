import type { CatalogProduct } from "../catalog/index.ts";
import { ClienteleError, type Money } from "../kernel/index.ts";
import { compileFilters } from "./compile-filters.ts";
import { explainScore, type TextExplanation } from "./explain-score.ts";
import { buildFacets, type Facet } from "./facets.ts";
import type { Filter } from "./filter.ts";
import { createHighlighter, type Highlight, type Highlighter } from "./highlight.ts";
import { rankPersonally, type RankedCandidate, type RankingSignal, type SignalEffect } from "./personal-rank.ts";
import { planQuery } from "./plan-query.ts";
import { phrasesOf } from "./phrases.ts";
import { plainText } from "./product-document.ts";
import type { QueryPlan } from "./query-plan.ts";
import { type Retrieved, retrieve } from "./retrieve.ts";
import type { SearchContext } from "./search-context.ts";
import { shownInCategory, shownInSearch } from "./segment.ts";
import { createOrder, effectiveKeys, isDefaultOrder, parseSort, type SortKey } from "./sort.ts";
import type { Hit } from "./top-k.ts";

export type SearchRequest = {
  /** What the shopper typed; empty or absent = browse. Cut at 255 characters. */
  readonly q?: string;
  readonly filters?: readonly Filter[];
  /** Lists this category and its descendants only. */
  readonly categoryPath?: string;
  /** Attribute codes, `categories`, `price`; `*` chooses. Default none. */
  readonly facets?: readonly string[];
  /** E.g. `price:asc,name`; default relevance, without a query the merchandising order. */
  readonly sort?: string;
  /** 1 to 200, default 24. */
  readonly limit?: number;
  /** 0 to 10,000. */
  readonly offset?: number;
  /** Takes the last word for the beginning of one. */
  readonly asYouType?: boolean;
  /** Changes the default order within its bounds; other orders ignore it. */
  readonly signals?: readonly RankingSignal[];
  readonly explain?: boolean;
};

export type ItemReason = { readonly code: string; readonly text: string };

export type ItemExplanation = {
  readonly score: number;
  /** Text score divided by the list's highest; 1 while browsing. */
  readonly base: number;
  readonly text?: TextExplanation;
  readonly signals: readonly SignalEffect[];
};

export type SearchItem = {
  readonly sku: string;
  readonly name: string;
  readonly url: string;
  readonly image: string | null;
  readonly price: Money | null;
  readonly finalPrice: Money | null;
  readonly rating: { readonly average: number; readonly count: number } | null;
  readonly inStock: boolean;
  readonly brand?: string;
  /** The variant whose SKU was typed. */
  readonly matchedVariant?: string;
  readonly highlights: readonly Highlight[];
  readonly reasons: readonly ItemReason[];
  readonly explain?: ItemExplanation;
};

export type SearchWarning = { readonly code: "unknownFilter" | "narrowed" | "queryCut"; readonly message: string };

export type SearchResult = {
  readonly items: readonly SearchItem[];
  /** All products that match, not only the page. */
  readonly total: number;
  readonly facets: readonly Facet[];
  readonly suggestions: readonly string[];
  readonly didYouMean?: string;
  readonly correctedQuery?: string;
  readonly warnings: readonly SearchWarning[];
  /** With no result: how many products each filter alone keeps away. */
  readonly relaxations: readonly { readonly attribute: string; readonly total: number }[];
};

export const maxLimit = 200;
export const maxOffset = 10_000;
const defaultLimit = 24;
const maxQueryLength = 255;
/** Candidates that signals may reorder: text decides who is among them. */
const rankedWithQuery = 1_000;
const rankedBrowsing = 20_000;
/** Below this many products with every word, known words are checked for typing errors too. */
const thinResult = 3;

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
  const filters = compileFilters(index.values, request.filters ?? [], request.categoryPath, context.priceScale, context.workspace.marks);
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
  const page = rankPage(retrieved, personal ? (request.signals ?? []) : [], candidates, q === "").slice(offset, offset + limit);
  const terms = new Set(plan?.slots.flatMap(({ surface, alternatives }) => [...surface.split(" "), ...alternatives.map(({ term }) => term)]));
  const highlighter = createHighlighter(terms, index.analyzer);
  const items = page.flatMap((row) => toItem(context, request, retrieved, plan, highlighter, row));
  return {
    items,
    total: retrieved.total,
    facets: facets.length === 0 ? [] : buildFacets({ values: index.values, retrieved, filters: request.filters ?? [], scope: request.categoryPath, snapshot, priceScale: context.priceScale }, facets),
    suggestions: q === "" ? [] : phrasesOf(q, items.map(({ name }) => name), 5),
    ...(plan?.didYouMean === undefined ? {} : { didYouMean: plan.didYouMean }),
    ...(plan?.corrected === undefined ? {} : { correctedQuery: plan.corrected }),
    warnings: warningsOf(request, filters.unknown, narrowed),
    relaxations:
      retrieved.total > 0
        ? []
        : filters.attributes.flatMap((attribute, clause) => {
            const total = retrieved.lostTo[clause] ?? 0;
            return attribute !== undefined && total > 0 ? { attribute, total } : [];
          }),
  };
}

type Match = { readonly plan: QueryPlan | undefined; readonly retrieved: Retrieved; readonly narrowed: boolean };

/** Runs the query; again with more corrections when few products have every word. */
function matchQuery(context: SearchContext, request: SearchRequest, q: string, keys: readonly SortKey[], run: (plan: QueryPlan | undefined, minMatched: number) => Retrieved): Match {
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
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, " ").slice(0, maxQueryLength).trim();
}

function isSortable({ index, snapshot }: SearchContext, attribute: string): boolean {
  const meta = snapshot.attributes.get(attribute);
  return meta ? meta.sortable : index.values.attribute(attribute) !== undefined;
}

/** Applies the signals to the candidates; what lies behind them follows in text order. */
function rankPage(retrieved: Retrieved, signals: readonly RankingSignal[], candidates: number, browsing: boolean): readonly RankedCandidate<Hit>[] {
  const skuOf = ({ segment, doc }: Hit) => retrieved.segments[segment]?.skus[doc] ?? "";
  if (signals.length === 0) return rankPersonally(retrieved.hits, [], skuOf);
  const head = rankPersonally(retrieved.hits.slice(0, candidates), signals, skuOf);
  const tail = rankPersonally(retrieved.hits.slice(candidates), [], skuOf);
  // While browsing, taste never lifts what cannot be bought above what can; the stock is the first key of that order.
  const ordered = browsing ? [...head].sort((a, b) => b.candidate.key - a.candidate.key) : head;
  return [...ordered, ...tail];
}

function toItem(context: SearchContext, request: SearchRequest, retrieved: Retrieved, plan: QueryPlan | undefined, highlighter: Highlighter, row: RankedCandidate<Hit>): SearchItem[] {
  const { index, snapshot } = context;
  const { candidate } = row;
  const segment = retrieved.segments[candidate.segment];
  const product = segment && snapshot.get(segment.skus[candidate.doc] ?? "");
  if (!segment || !product) return [];
  const variant = matchedVariant(product, request.q);
  return [
    {
      sku: product.sku,
      name: product.name,
      url: product.url,
      image: product.images[0] ?? null,
      price: product.price,
      finalPrice: product.finalPrice,
      rating: product.rating,
      inStock: product.inStock,
      ...(product.brand === null ? {} : { brand: product.brand }),
      ...(variant === undefined ? {} : { matchedVariant: variant }),
      highlights: plan ? highlightsOf(product, highlighter) : [],
      reasons: reasonsOf(product, request, row.signals, variant),
      ...(request.explain
        ? { explain: { score: row.score, base: row.base, ...(plan ? { text: explainScore(index, plan, segment, candidate.doc) } : {}), signals: row.signals } }
        : {}),
    },
  ];
}

function matchedVariant({ variants }: CatalogProduct, q: string | undefined): string | undefined {
  if (!q || variants.length === 0) return undefined;
  const typed = q.trim().toLowerCase();
  return variants.find((sku) => sku.toLowerCase() === typed);
}

function highlightsOf(product: CatalogProduct, { highlight }: Highlighter): readonly Highlight[] {
  return [
    highlight("name", product.name),
    highlight("sku", product.sku),
    product.brand === null ? undefined : highlight("brand", product.brand),
    product.description === "" ? undefined : highlight("description", plainText(product.description)),
  ].filter((each) => each !== undefined);
}

/** A signal is a reason when it lifts the product and few products stand above it. */
const reasonPercentile = 0.7;

function reasonsOf(product: CatalogProduct, request: SearchRequest, effects: readonly SignalEffect[], variant: string | undefined): readonly ItemReason[] {
  const reasons: ItemReason[] = [];
  if (request.q && (variant !== undefined || product.sku.toLowerCase() === request.q.trim().toLowerCase())) {
    reasons.push({ code: "exactSku", text: "This is the SKU you typed" });
  }
  for (const { name, percentile, factor } of effects) {
    const text = request.signals?.find((signal) => signal.name === name)?.text;
    if (text !== undefined && factor > 1 && percentile >= reasonPercentile) reasons.push({ code: name, text });
  }
  return reasons;
}

function warningsOf(request: SearchRequest, unknown: readonly string[], narrowed: boolean): readonly SearchWarning[] {
  const warnings: SearchWarning[] = unknown.map((attribute) => ({
    code: "unknownFilter",
    message: `no product has the attribute ${attribute}, so the filter on it matches nothing`,
  }));
  if (narrowed) warnings.push({ code: "narrowed", message: "only the products that match most words are listed, because the order is not by relevance" });
  if ((request.q?.length ?? 0) > maxQueryLength) warnings.push({ code: "queryCut", message: `only the first ${maxQueryLength} characters of q were searched` });
  return warnings;
}
