import { type CallParts, callContext } from "./decide.ts";
import type { EventContext, RecommendedItem } from "./types.ts";

export type SearchRequest = {
  readonly q: string;
  readonly limit?: number;
  readonly offset?: number;
  readonly sort?: string;
  /** One condition each, in the spelling of `GET /v1/search`; all must hold. */
  readonly filter?: readonly string[];
  readonly facets?: readonly string[];
  readonly storeView?: string;
  readonly signal?: AbortSignal;
};

export type SearchHit = RecommendedItem & { readonly [key: string]: unknown };
export type SearchAnswer = {
  readonly items: readonly SearchHit[];
  readonly total: number;
  readonly facets: readonly unknown[];
  readonly suggestions?: readonly unknown[];
  readonly decisionId?: string;
  readonly [key: string]: unknown;
};

export type SuggestRequest = {
  readonly q: string;
  readonly limit?: number;
  readonly storeView?: string;
  readonly signal?: AbortSignal;
};
export type SuggestAnswer = { readonly suggestions: readonly unknown[]; readonly [key: string]: unknown };

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

type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

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

  const get = <Answer>(
    path: string,
    { signal, ...own }: (Parameters & { readonly signal?: never }) | SearchRequest | SuggestRequest,
  ) =>
    http.call<Answer>({
      method: "GET",
      path,
      query: toQuery({ storeView: tracker.context().storeView, ...own, ...identityParameters() }),
      timeoutMs,
      signal,
    });

  return {
    search: ({ facets, ...request }: SearchRequest): Promise<SearchAnswer> =>
      get("/v1/search", { ...request, ...(facets && { facets: facets.join(",") }) }),
    suggest: (request: SuggestRequest): Promise<SuggestAnswer> => get("/v1/suggest", request),
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
