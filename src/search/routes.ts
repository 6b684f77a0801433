import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { errorResponses } from "../http/index.ts";
import { ClienteleError, newId } from "../kernel/index.ts";
import type { Search } from "./create-search.ts";
import { parseFilters } from "./filter.ts";
import type { RankingSignal } from "./personal-rank.ts";
import {
  categoryQuerySchema,
  listResponseSchema,
  searchQuerySchema,
  suggestQuerySchema,
  suggestResponseSchema,
} from "./schemas.ts";
import type { ItemReason, SearchRequest, SearchResult } from "./search-types.ts";

/** For whom, where and why a list is asked. `http` carries the caller's key, against which `identityToken` is checked. */
export type PersonaliseRequest = {
  readonly identity: { readonly anonymousId?: string; readonly customerId?: string; readonly identityToken?: string };
  readonly storeView?: string;
  readonly list: { readonly kind: "search"; readonly q: string } | { readonly kind: "category"; readonly path: string };
  readonly http: FastifyRequest;
};

/** What a profile brings to a list, and where its answer is logged. */
export type Personalisation = {
  readonly signals: readonly RankingSignal[];
  readonly profileId?: string;
  /** Why the list is, or is not, personal. */
  readonly reasons: readonly ItemReason[];
  readonly decisionId: string;
  /** Called once with the answer, before it is sent; must not block. */
  readonly log: (result: SearchResult) => void;
};

export type Personalise = (request: PersonaliseRequest) => Promise<Personalisation>;

export type SearchRoutesDeps = {
  readonly search: Pick<Search, "search" | "suggest">;
  readonly personalise: Personalise;
};

const tags = ["Search"];
const categorySuffix = "/products";
type ListQuery = Static<typeof categoryQuerySchema>;

/** The native HTTP API of search, suggestions and category lists. */
export function createSearchRoutes({ search, personalise }: SearchRoutesDeps): FastifyPluginAsyncTypebox {
  async function answer(
    http: FastifyRequest,
    query: ListQuery,
    list: PersonaliseRequest["list"],
    own: Pick<SearchRequest, "q" | "categoryPath" | "asYouType">,
  ) {
    // Signals may hold what only the shop should know, such as margins.
    if (query.explain && !http.auth.scopes.includes("read"))
      throw new ClienteleError("access.forbidden", "explain needs a token with the scope read");
    const request: SearchRequest = { ...own, ...listRequest(query) };
    const personal = await personaliseOrNot(personalise, {
      identity: identityOf(query),
      ...(query.storeView === undefined ? {} : { storeView: query.storeView }),
      list,
      http,
    });
    const result = search.search({ ...request, signals: personal.signals });
    personal.log(result);
    return {
      ...result,
      items: [...result.items],
      facets: [...result.facets],
      decisionId: personal.decisionId,
      reasons: personal.reasons,
    };
  }

  return async (app) => {
    app.get(
      "/v1/search",
      {
        config: { access: "discovery" },
        schema: {
          tags,
          summary: "Search products",
          description:
            "Finds products by text, filters, counts facets and ranks for the visitor. Every word may match; more words stand higher.",
          querystring: searchQuerySchema,
          response: { 200: listResponseSchema, ...errorResponses(400, 401, 403) },
        },
      },
      async (request) => {
        const { q = "", asYouType } = request.query;
        return answer(request, request.query, { kind: "search", q: q.slice(0, 255) }, { q, asYouType });
      },
    );

    app.get(
      "/v1/suggest",
      {
        config: { access: "discovery" },
        schema: {
          tags,
          summary: "Complete what is being typed",
          querystring: suggestQuerySchema,
          response: { 200: suggestResponseSchema, ...errorResponses(400, 401, 403) },
        },
      },
      async (request) => ({ suggestions: search.suggest(request.query.q, request.query.limit) }),
    );

    app.get(
      "/v1/categories/*",
      {
        config: { access: "discovery" },
        schema: {
          tags,
          summary: "List the products of a category: /v1/categories/{path}/products",
          description:
            "`path` is the category path, e.g. `women/tops-women`. Descendants are included. The default order is the merchandising order.",
          querystring: categoryQuerySchema,
          response: { 200: listResponseSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const path = categoryPathOf(request.params);
        if (path === undefined) throw new ClienteleError("http.notFound", "write /v1/categories/{path}/products");
        return answer(request, request.query, { kind: "category", path }, { categoryPath: path });
      },
    );
  };
}

function categoryPathOf(params: unknown): string | undefined {
  // A wildcard route has exactly one parameter, named "*".
  const rest = (params as { readonly "*"?: string })["*"] ?? "";
  if (!rest.endsWith(categorySuffix)) return undefined;
  const path = rest.slice(0, -categorySuffix.length).replace(/^\/+|\/+$/g, "");
  return path === "" || path.length > 1_000 ? undefined : path;
}

function listRequest(query: ListQuery): Omit<SearchRequest, "q" | "categoryPath" | "asYouType" | "signals"> {
  const texts = query.filter === undefined ? [] : typeof query.filter === "string" ? [query.filter] : query.filter;
  const facets = (query.facets ?? "")
    .split(",")
    .map((code) => code.trim())
    .filter((code) => code !== "");
  return {
    filters: parseFilters(texts),
    facets,
    explain: query.explain,
    ...(query.sort === undefined ? {} : { sort: query.sort }),
    ...(query.limit === undefined ? {} : { limit: query.limit }),
    ...(query.offset === undefined ? {} : { offset: query.offset }),
  };
}

function identityOf({ anonymousId, customerId, identityToken }: ListQuery): PersonaliseRequest["identity"] {
  return {
    ...(anonymousId === undefined ? {} : { anonymousId }),
    ...(customerId === undefined ? {} : { customerId }),
    ...(identityToken === undefined ? {} : { identityToken }),
  };
}

/** A list that cannot be personal is still a list; only what the caller did wrong is thrown. */
async function personaliseOrNot(personalise: Personalise, request: PersonaliseRequest): Promise<Personalisation> {
  try {
    return await personalise(request);
  } catch (cause) {
    if (cause instanceof ClienteleError && cause.status < 500) throw cause;
    request.http.log.warn({ err: cause }, "search answered without personalisation");
    return {
      signals: [],
      reasons: [{ code: "unavailable", text: "The profile could not be read" }],
      decisionId: newId(),
      log: () => undefined,
    };
  }
}
