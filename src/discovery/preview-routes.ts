import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { CatalogSnapshot } from "../catalog/index.ts";
import { errorResponses } from "../http/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import type { FoundProfile } from "../profiles/index.ts";
import { parseFilters, type SearchItem } from "../search/index.ts";
import type { ListAnswer } from "./product-lists.ts";
import { type DiscoveryRouteDeps, readCodes } from "./routes.ts";
import { previewBodySchema, previewResponseSchema } from "./schemas.ts";

export type PreviewRouteDeps = Pick<DiscoveryRouteDeps, "answerList" | "find" | "defaultStoreView"> & {
  readonly catalog: { current(): CatalogSnapshot };
  /** What rules know of a product. */
  readonly factsOf: (sku: string) => Readonly<Record<string, unknown>>;
};

const nobody: FoundProfile = { ok: false, reason: "no_identity" };
const defaultLimit = 24;

/** Product lists as merchandisers look at them: as anybody, at any time, with a rule that is not live yet. */
export function createPreviewRoutes(deps: PreviewRouteDeps): FastifyPluginAsyncTypebox {
  const cardOf = (item: SearchItem, answer: ListAnswer, mayReadCost: boolean) => {
    const margin = mayReadCost ? deps.factsOf(item.sku)["margin"] : undefined;
    return {
      ...item,
      highlights: [...item.highlights],
      reasons: [...item.reasons],
      qty: deps.catalog.current().get(item.sku)?.qty ?? null,
      margin: typeof margin === "number" ? margin : null,
      effects: answer.effectsOf(item.sku),
    };
  };

  return async (app) => {
    app.post(
      "/v1/discovery/preview",
      {
        config: { access: "read" },
        schema: {
          tags: ["Search"],
          summary: "A product list as somebody sees it, with the reason for every place; leaves no trace",
          body: previewBodySchema,
          response: { 200: previewResponseSchema, ...errorResponses(400, 401, 403, 404, 422) },
        },
      },
      async (request) => {
        const { subject, as, storeView, sort, filter, facets, limit = defaultLimit, offset = 0 } = request.body;
        const { preview = {} } = request.body;
        const visitor = as ? await deps.find(request, { profileId: as.profileId }) : nobody;
        if (as && !visitor.ok)
          throw new ClienteleError("discovery.unknownProfile", `there is no profile ${as.profileId}`);
        const answer = deps.answerList({
          subject,
          search: {
            ...(sort === undefined ? {} : { sort }),
            filters: parseFilters(filter === undefined ? [] : [filter].flat()),
            facets: readCodes(facets),
            limit,
            offset,
            explain: true,
          },
          visitor,
          identityKey: "",
          storeView: storeView ?? deps.defaultStoreView,
          preview,
        });
        const mayReadCost = request.auth.scopes.includes("edit");
        return {
          total: answer.total,
          items: answer.items.map((item) => cardOf(item, answer, mayReadCost)),
          facets: [...answer.facets],
          redirect: answer.redirect,
          rules: answer.rules,
          reasons: answer.reasons,
          ...(answer.didYouMean === undefined ? {} : { didYouMean: answer.didYouMean }),
          ...(answer.correctedQuery === undefined ? {} : { correctedQuery: answer.correctedQuery }),
        };
      },
    );
  };
}
