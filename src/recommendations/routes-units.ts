import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses } from "../http/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import type { createUnitAnswers, UnitAnswer } from "./answer-units.ts";
import type { RecommendationRouteDeps } from "./routes.ts";
import { currentPriceSchema, identitySchema, itemSchema } from "./schemas.ts";
import { pageTypes } from "./unit.ts";

const sku = Type.String({ minLength: 1, maxLength: 64 });

const bodySchema = Type.Object({
  units: Type.Optional(Type.Array(Type.String({ maxLength: 120 }), { maxItems: 50, description: "Ids or keys" })),
  pageType: Type.Optional(Type.Union(pageTypes.map((name) => Type.Literal(name)))),
  currentSku: Type.Optional(sku),
  currentPrice: Type.Optional(currentPriceSchema),
  items: Type.Optional(Type.Array(sku, { maxItems: 50, description: "Products of a cart or order page" })),
  identity: Type.Optional(identitySchema),
  storeView: Type.Optional(Type.String({ maxLength: 100 })),
  categoryPath: Type.Optional(Type.String({ maxLength: 1_000 })),
  pageKey: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: "Equal for all calls of one page view: then no product shows twice on it",
    }),
  ),
  history: Type.Optional(
    Type.Object({
      viewed: Type.Optional(Type.Array(Type.Object({ sku }), { maxItems: 100, description: "Newest first" })),
      purchased: Type.Optional(
        Type.Array(Type.Object({ skus: Type.Array(sku, { maxItems: 100 }) }), { maxItems: 100 }),
      ),
      cartSkus: Type.Optional(Type.Array(sku, { maxItems: 100 })),
    }),
  ),
  preview: Type.Optional(Type.Boolean({ description: "Leaves no exposure; needs the scope read" })),
});

const answerSchema = Type.Object({
  units: Type.Unsafe<readonly UnitAnswer[]>(
    Type.Array(
      Type.Object({
        unitId: Type.String(),
        unitName: Type.String(),
        typeId: Type.String(),
        strategy: Type.String(),
        pageType: Type.Union([Type.String(), Type.Null()]),
        label: Type.String(),
        displayOrder: Type.Integer(),
        items: Type.Array(
          Type.Object({
            ...itemSchema.properties,
            queryType: Type.Union([Type.Literal("primary"), Type.Literal("backup")]),
            rank: Type.Integer({ description: "From 1" }),
          }),
        ),
        decisionId: Type.String(),
        userError: Type.Union([Type.String(), Type.Null()]),
        trained: Type.Boolean(),
      }),
    ),
  ),
});

export type UnitRouteDeps = Pick<RecommendationRouteDeps, "resolve" | "defaultStoreView"> & {
  readonly units: Pick<ReturnType<typeof createUnitAnswers>, "answer">;
};

/** POST /v1/recommendations/units: the units of a page in one call. */
export function createUnitRoutes(deps: UnitRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/recommendations/units",
      {
        bodyLimit: 64_000,
        config: { access: "discovery", quiet: true },
        schema: {
          tags: ["Recommendations"],
          summary: "Answer the units of a page, by id or by kind of page",
          body: bodySchema,
          response: { 200: answerSchema, ...errorResponses(400, 401, 403) },
        },
      },
      async (request) => {
        const { units, pageType, identity, history, preview = false, storeView, ...page } = request.body;
        if (preview && !request.auth.scopes.includes("read"))
          throw new ClienteleError("decisions.previewNotAllowed", "a preview needs a token with the scope read");
        if ((units === undefined) === (pageType === undefined))
          throw new ClienteleError("recommendations.unitsOrPage", "name either units or a pageType");
        const shopper = await deps.resolve(request, identity);
        const view = storeView ?? deps.defaultStoreView ?? "default";
        const isEligible = shopper.eligible?.(view);
        return {
          units: deps.units.answer({
            ...page,
            units: units ?? (pageType === undefined ? [] : { pageType }),
            ...(history ? { history } : {}),
            ...(isEligible ? { isEligible } : {}),
            profile: shopper.profile,
            profileId: shopper.profileId,
            identityKey: identity?.anonymousId ? `anonymous_id:${identity.anonymousId}` : "",
            storeView: view,
            prices: shopper.prices?.(view),
            preview,
          }),
        };
      },
    );
  };
}
