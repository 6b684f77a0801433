import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { errorResponses, listOf } from "../http/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import type { FoundProfile } from "../profiles/index.ts";
import { parseFilters, type Search } from "../search/index.ts";
import type { AnswerList, ListRequest, ListSubject, ListVisitor } from "./product-lists.ts";
import {
  categoryQuerySchema,
  listResponseSchema,
  searchQuerySchema,
  suggestQuerySchema,
  suggestResponseSchema,
} from "./schemas.ts";

export type DiscoveryRouteDeps = {
  readonly answerList: AnswerList;
  readonly suggest: Search["suggest"];
  /** Orders of the shop's own, in the order of its menu. */
  readonly sortOptions: (storeView: string) => readonly { readonly code: string; readonly label: string }[];
  /** The visitor of a call, as far as the caller's key and proof allow. */
  readonly find: (request: FastifyRequest, claim: VisitorClaim) => Promise<FoundProfile>;
  readonly defaultStoreView: string;
};

export type VisitorClaim = {
  readonly anonymousId?: string;
  readonly customerId?: string;
  readonly identityToken?: string;
  /** For a merchandiser's preview only. */
  readonly profileId?: string;
};

const tags = ["Search"];
const categorySuffix = "/products";
type ListQuery = Static<typeof categoryQuerySchema>;

/** The native HTTP API of search, suggestions and category lists. */
export function createDiscoveryRoutes(deps: DiscoveryRouteDeps): FastifyPluginAsyncTypebox {
  async function answer(http: FastifyRequest, query: ListQuery, subject: ListSubject, asYouType = false) {
    // An explanation may hold what only the shop should know, such as margins.
    if (query.explain && !http.auth.scopes.includes("read"))
      throw new ClienteleError("access.forbidden", "explain needs a token with the scope read");
    const {
      effectsOf: _,
      prices: __,
      rules,
      ...list
    } = deps.answerList({
      subject,
      search: { ...listRequest(query), asYouType },
      visitor: await findOrNobody(deps.find, http, claimOf(query)),
      ...(query.explore === undefined ? {} : { explore: query.explore }),
      identityKey: query.anonymousId === undefined ? "" : `anonymous_id:${query.anonymousId}`,
      storeView: query.storeView ?? deps.defaultStoreView,
      // A browser may claim any group; a server knows it.
      ...(query.customerGroup !== undefined && isServer(http) ? { customerGroup: query.customerGroup } : {}),
    });
    return { ...list, items: [...list.items], facets: [...list.facets], ...(query.explain ? { rules } : {}) };
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
        return answer(request, request.query, { kind: "search", q }, asYouType);
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
      async (request) => ({ suggestions: deps.suggest(request.query.q, request.query.limit, request.query.storeView) }),
    );

    app.get(
      "/v1/sort-options",
      {
        config: { access: "discovery" },
        schema: {
          tags,
          summary: "Orders that shoppers may choose; `code` is what `sort` takes",
          querystring: Type.Object({ storeView: Type.Optional(Type.String({ maxLength: 200 })) }),
          response: {
            200: Type.Object({ items: listOf(Type.Object({ code: Type.String(), label: Type.String() })) }),
            ...errorResponses(400, 401, 403),
          },
        },
      },
      async ({ query: { storeView = deps.defaultStoreView } }) => ({
        items: deps.sortOptions(storeView).map(({ code, label }) => ({ code, label })),
      }),
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
        return answer(request, request.query, { kind: "category", path });
      },
    );
  };
}

function isServer({ auth }: FastifyRequest): boolean {
  return auth.kind === "token" || auth.kind === "session";
}

function categoryPathOf(params: unknown): string | undefined {
  // A wildcard route has exactly one parameter, named "*".
  const rest = (params as { readonly "*"?: string })["*"] ?? "";
  if (!rest.endsWith(categorySuffix)) return undefined;
  const path = rest.slice(0, -categorySuffix.length).replace(/^\/+|\/+$/g, "");
  return path === "" || path.length > 1_000 ? undefined : path;
}

/** Codes with commas between. */
export function readCodes(text = ""): readonly string[] {
  return text
    .split(",")
    .map((code) => code.trim())
    .filter((code) => code !== "");
}

function listRequest(query: ListQuery): ListRequest["search"] {
  const texts = query.filter === undefined ? [] : typeof query.filter === "string" ? [query.filter] : query.filter;
  const facets = readCodes(query.facets);
  return {
    filters: parseFilters(texts),
    facets,
    explain: query.explain,
    ...(query.sort === undefined ? {} : { sort: query.sort }),
    ...(query.limit === undefined ? {} : { limit: query.limit }),
    ...(query.offset === undefined ? {} : { offset: query.offset }),
  };
}

function claimOf({ anonymousId, customerId, identityToken }: ListQuery): VisitorClaim {
  return {
    ...(anonymousId === undefined ? {} : { anonymousId }),
    ...(customerId === undefined ? {} : { customerId }),
    ...(identityToken === undefined ? {} : { identityToken }),
  };
}

/** A list that cannot be personal is still a list; only what the caller did wrong is thrown. */
export async function findOrNobody(
  find: DiscoveryRouteDeps["find"],
  http: FastifyRequest,
  claim: VisitorClaim,
): Promise<ListVisitor> {
  try {
    return await find(http, claim);
  } catch (cause) {
    if (cause instanceof ClienteleError && cause.status < 500) throw cause;
    http.log.warn({ err: cause }, "list answered without personalisation");
    return { ok: false, reason: "unavailable" };
  }
}
