import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import type { ProductPrices } from "../catalog/index.ts";
import { errorResponses } from "../http/index.ts";
import { ClienteleError, newId } from "../kernel/index.ts";
import type { ProfileState } from "../profiles/index.ts";
import type { LiveUnit } from "./answer-units.ts";
import type { LeftOut, Recommendation, RecommendedItem } from "./recommend.ts";
import type { RecommendationQuery } from "./recommendation-query.ts";
import { currentPriceSchema, identitySchema, itemSchema, reasons } from "./schemas.ts";
import { strategies } from "./strategy.ts";
import { maxUnitLimit, type UnitBody, unitSchema } from "./unit.ts";

const tags = ["Recommendations"];
/** What a call says of the shopper; who that is, is settled by the server. */
type IdentityOfCall = Static<typeof identitySchema>;

const bodySchema = Type.Object({
  unit: Type.Optional(Type.String({ maxLength: 120, description: "Id or key of a live unit" })),
  strategy: Type.Optional(Type.String({ maxLength: 60, description: `${strategies.join(", ")}; or next` })),
  items: Type.Optional(
    Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 50,
      description: "SKUs that the page is about, oldest first",
    }),
  ),
  identity: Type.Optional(identitySchema),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxUnitLimit })),
  preview: Type.Optional(Type.Boolean({ description: "Leaves no exposure; needs the scope read" })),
  draft: Type.Optional(Type.Unsafe<UnitBody>(unitSchema)),
  explain: Type.Optional(
    Type.Boolean({ description: "Also what was left out and why; needs the scope read, and is a preview" }),
  ),
  context: Type.Optional(
    Type.Object({
      categoryPath: Type.Optional(Type.String({ maxLength: 1_000 })),
      seen: Type.Optional(
        Type.Array(Type.String({ maxLength: 64 }), { maxItems: 200, description: "SKUs shown elsewhere on the page" }),
      ),
      currentPrice: Type.Optional(currentPriceSchema),
      storeView: Type.Optional(Type.String({ maxLength: 200, description: "Whose prices are shown" })),
    }),
  ),
});

const answerSchema = Type.Object({
  items: Type.Unsafe<readonly RecommendedItem[]>(Type.Array(itemSchema)),
  decisionId: Type.String(),
  strategyUsed: Type.String(),
  trained: Type.Boolean({ description: "The strategy has seen enough to answer by itself" }),
  reasons: Type.Unsafe<Recommendation["reasons"]>(reasons),
  leftOut: Type.Optional(
    Type.Unsafe<readonly LeftOut[]>(
      Type.Array(
        Type.Object({
          sku: Type.String(),
          strategy: Type.String(),
          score: Type.Number(),
          because: Type.Object({ code: Type.String(), text: Type.String() }),
        }),
      ),
    ),
  ),
});

/** The shopper of a call, as far as the caller may know: null = nobody. */
type ResolvedShopper = {
  readonly profile: ProfileState | null;
  readonly profileId: string;
  /** Audience and rule of units for this shopper; default: units for everybody. */
  readonly eligible?: (storeView: string) => (unit: LiveUnit) => boolean;
  /** What products cost this shopper; default: what the catalog says. */
  readonly prices?: (storeView: string) => ProductPrices | undefined;
};
type FoundUnit = { readonly id: string; readonly name?: string; readonly version: number; readonly body: UnitBody };

export type RecommendationRouteDeps = {
  readonly recommend: (query: RecommendationQuery) => Recommendation;
  /** Finds the shopper by what the call says and what its key allows. */
  readonly resolve: (request: FastifyRequest, identity: IdentityOfCall | undefined) => Promise<ResolvedShopper>;
  /** A live unit by id or key. */
  readonly findUnit: (idOrKey: string) => FoundUnit | undefined;
  /** Told of every answer, for the exposure log. */
  readonly onAnswer?: (answer: {
    readonly decisionId: string;
    readonly unit: FoundUnit | null;
    readonly profileId: string;
    readonly recommendation: Recommendation;
    readonly nowMs: number;
  }) => void;
  readonly now: () => number;
  /** Default `default`. */
  readonly defaultStoreView?: string;
};

/** POST /v1/recommendations. */
export function createRecommendationRoutes(deps: RecommendationRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/recommendations",
      {
        bodyLimit: 64_000,
        config: { access: "discovery", quiet: true },
        schema: {
          tags,
          summary: "Recommend products, by a unit or a strategy",
          body: bodySchema,
          response: { 200: answerSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const {
          unit: unitName,
          strategy,
          items = [],
          identity,
          limit,
          draft,
          explain = false,
          context = {},
        } = request.body;
        // A look behind the answer is no exposure of a shopper.
        const preview = request.body.preview === true || explain || draft !== undefined;
        if (preview && !request.auth.scopes.includes("read")) {
          throw new ClienteleError("decisions.previewNotAllowed", "a preview needs a token with the scope read");
        }
        const unit = unitName === undefined ? null : (deps.findUnit(unitName) ?? null);
        if (unitName !== undefined && unit === null) {
          throw new ClienteleError("recommendations.unitNotFound", `no live unit has the id or key ${unitName}`);
        }
        const shopper = await deps.resolve(request, identity);
        const nowMs = deps.now();
        const recommendation = deps.recommend({
          ...(draft ? { unit: draft } : unit ? { unit: unit.body } : strategy === undefined ? {} : { strategy }),
          ...(limit === undefined ? {} : { limit }),
          profile: shopper.profile,
          items,
          categoryPath: context.categoryPath ?? null,
          currentPrice: context.currentPrice ?? null,
          prices: shopper.prices?.(context.storeView ?? deps.defaultStoreView ?? "default"),
          explain,
          seen: new Set(context.seen ?? []),
          nowMs,
        });
        const decisionId = newId(nowMs);
        if (!preview) deps.onAnswer?.({ decisionId, unit, profileId: shopper.profileId, recommendation, nowMs });
        return {
          items: recommendation.items,
          decisionId,
          strategyUsed: recommendation.strategyUsed,
          trained: recommendation.readiness.trained,
          reasons: recommendation.reasons,
          ...(recommendation.leftOut ? { leftOut: recommendation.leftOut } : {}),
        };
      },
    );
  };
}
