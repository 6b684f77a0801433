import { type CallParts, callContext } from "./decide.ts";
import type { EventContext, Reason, RecommendedItem } from "./types.ts";

export type ListRequest = {
  /** Products on the page, 1 to 200, default 24. */
  readonly limit?: number;
  /** Products to leave out, 0 to 10,000. */
  readonly offset?: number;
  /** E.g. `price:asc`; several with commas. */
  readonly sort?: string;
  /** One condition each, e.g. `color:red|blue` or `price:10..20`; all must hold. */
  readonly filter?: readonly string[];
  /** Attributes to count; `*` lets the server choose. */
  readonly facets?: readonly string[];
  readonly storeView?: string;
  readonly signal?: AbortSignal;
};
/** `asYouType` takes the last word for the beginning of one. */
export type SearchRequest = ListRequest & { readonly q: string; readonly asYouType?: boolean };
/** `path` is a category path such as `women/tops-women`. */
export type CategoryRequest = ListRequest & { readonly path: string };

/** `value` of a highlight is HTML: escaped text with the matches in `<em>`. */
export type SearchHit = RecommendedItem & {
  readonly inStock?: boolean;
  readonly highlights?: readonly { readonly attribute: string; readonly value: string }[];
  readonly [key: string]: unknown;
};
export type Facet = {
  readonly attribute: string;
  readonly label: string;
  readonly type: "values" | "ranges" | "categories";
  /** `value` is what a filter on the attribute takes. */
  readonly buckets: readonly {
    readonly value: string;
    readonly label: string;
    readonly count: number;
    readonly selected: boolean;
    readonly from?: number;
    readonly to?: number;
  }[];
};
export type SearchAnswer = {
  readonly items: readonly SearchHit[];
  readonly total: number;
  readonly facets: readonly Facet[];
  readonly suggestions: readonly string[];
  readonly didYouMean?: string;
  readonly correctedQuery?: string;
  readonly decisionId: string;
  readonly reasons: readonly Reason[];
  /** Where the shopper should be sent instead of this list. */
  readonly redirect?: { readonly url: string } | null;
  readonly [key: string]: unknown;
};

/** An order of the shop's own; `code` is what `sort` takes. */
export type SortOption = { readonly code: string; readonly label: string };
export type SortOptionsAnswer = { readonly items: readonly SortOption[] };

export type SuggestRequest = { readonly q: string; readonly limit?: number; readonly signal?: AbortSignal };
/** `html` is the escaped text with the typed part in `<em>`. */
export type Suggestion = {
  readonly kind: "query" | "product" | "category";
  readonly text: string;
  readonly html: string;
  readonly sku?: string;
  readonly categoryPath?: string;
  readonly url?: string;
  readonly image?: string;
};
export type SuggestAnswer = { readonly suggestions: readonly Suggestion[] };

export type RecommendationsRequest = {
  /** Key of a recommendation unit, or `strategy` without one. */
  readonly unit?: string;
  readonly strategy?: string;
  /** SKUs in view: the product of the page, or the lines of the cart. */
  readonly items?: readonly string[];
  readonly limit?: number;
  readonly context?: EventContext;
  readonly signal?: AbortSignal;
};
export type RecommendationsAnswer = {
  readonly items: readonly RecommendedItem[];
  readonly decisionId: string;
  readonly [key: string]: unknown;
};

const timeoutMs = 5_000;

type Parameters = Readonly<Record<string, unknown>>;

function toQuery(parameters: Parameters): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  return query;
}

/** Questions to search and recommendations. Each rejects with `ClienteleRequestError` when no answer comes in 5 s. */
export function createDiscovery(parts: CallParts) {
  const { http, consent, identity, tracker } = parts;

  // Addresses end up in logs: the e-mail address never goes into one.
  const identityParameters = (): Parameters => {
    if (!consent.allows("personalisation")) return {};
    const { anonymousId, customerId, identityToken } = identity.current();
    return { anonymousId, customerId, identityToken };
  };

  const list = (path: string, { facets, signal, ...own }: ListRequest): Promise<SearchAnswer> =>
    http.call({
      method: "GET",
      path,
      query: toQuery({
        storeView: tracker.context().storeView,
        ...own,
        facets: facets?.join(","),
        ...identityParameters(),
      }),
      timeoutMs,
      signal,
    });

  return {
    search: (request: SearchRequest) => list("/v1/search", request),
    category: ({ path, ...request }: CategoryRequest) =>
      list(`/v1/categories/${path.split("/").map(encodeURIComponent).join("/")}/products`, request),
    suggest: ({ signal, ...own }: SuggestRequest): Promise<SuggestAnswer> =>
      http.call({ method: "GET", path: "/v1/suggest", query: toQuery(own), timeoutMs, signal }),
    sortOptions: ({ signal }: { readonly signal?: AbortSignal } = {}): Promise<SortOptionsAnswer> =>
      http.call({
        method: "GET",
        path: "/v1/sort-options",
        query: toQuery({ storeView: tracker.context().storeView }),
        timeoutMs,
        signal,
      }),
    recommendations: ({ signal, context, ...request }: RecommendationsRequest): Promise<RecommendationsAnswer> =>
      http.call({
        method: "POST",
        path: "/v1/recommendations",
        timeoutMs,
        signal,
        body: {
          ...request,
          identity: consent.allows("personalisation") ? identity.current() : {},
          context: callContext(parts, context),
        },
      }),
  };
}
