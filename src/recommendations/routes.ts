import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { errorResponses } from "../http/index.ts";
import { ClienteleError, newId } from "../kernel/index.ts";
import type { ProfileState } from "../profiles/index.ts";
import type { RecommendationQuery } from "./index.ts";
import type { Readiness } from "./model.ts";
import type { Recommendation, RecommendedItem } from "./recommend.ts";
import { type Strategy, strategies } from "./strategy.ts";
import { maxUnitLimit, type UnitBody } from "./unit.ts";

const tags = ["Recommendations"];
const id = Type.String({ maxLength: 512 });

const identitySchema = Type.Object({
  anonymousId: Type.Optional(id),
  customerId: Type.Optional(id),
  email: Type.Optional(id),
  profileId: Type.Optional(id),
  identityToken: Type.Optional(Type.String({ maxLength: 2_000 })),
});

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
  context: Type.Optional(
    Type.Object({
      categoryPath: Type.Optional(Type.String({ maxLength: 1_000 })),
      seen: Type.Optional(
        Type.Array(Type.String({ maxLength: 64 }), { maxItems: 200, description: "SKUs shown elsewhere on the page" }),
      ),
    }),
  ),
});

const reasons = Type.Array(Type.Object({ code: Type.String(), text: Type.String() }));
const money = Type.Union([Type.Object({ minor: Type.Integer(), currency: Type.String() }), Type.Null()]);

const answerSchema = Type.Object({
  items: Type.Unsafe<readonly RecommendedItem[]>(
    Type.Array(
      Type.Object({
        sku: Type.String(),
        name: Type.String(),
        url: Type.String(),
        image: Type.Union([Type.String(), Type.Null()]),
        price: money,
        finalPrice: money,
        rating: Type.Union([Type.Object({ average: Type.Number(), count: Type.Integer() }), Type.Null()]),
        score: Type.Number(),
        reasons,
        isFallback: Type.Boolean({ description: "Another strategy filled this place" }),
      }),
    ),
  ),
  decisionId: Type.String(),
  strategyUsed: Type.String(),
  trained: Type.Boolean({ description: "The strategy has seen enough to answer by itself" }),
  reasons: Type.Unsafe<Recommendation["reasons"]>(reasons),
});

/** The shopper of a call, as far as the caller may know: null = nobody. */
type ResolvedShopper = { readonly profile: ProfileState | null; readonly profileId: string };
type FoundUnit = { readonly id: string; readonly version: number; readonly body: UnitBody };

export type RecommendationRouteDeps = {
  readonly recommend: (query: RecommendationQuery) => Recommendation;
  readonly readiness: (strategy: Strategy) => Readiness;
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
};

/** POST /v1/recommendations and the readiness of each strategy. */
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
        const { unit: unitName, strategy, items = [], identity, limit, preview = false, context = {} } = request.body;
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
          ...(unit ? { unit: unit.body } : strategy === undefined ? {} : { strategy }),
          ...(limit === undefined ? {} : { limit }),
          profile: shopper.profile,
          items,
          categoryPath: context.categoryPath ?? null,
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
        };
      },
    );

    app.get(
      "/v1/recommendations/readiness",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Whether each strategy has seen enough events",
          response: {
            200: Type.Object({
              items: Type.Array(
                Type.Object({ strategy: Type.String(), trained: Type.Boolean(), reasons: Type.Array(Type.String()) }),
              ),
            }),
            ...errorResponses(401, 403),
          },
        },
      },
      async () => ({
        items: strategies.map((strategy) => {
          const readiness = deps.readiness(strategy);
          return { strategy, trained: readiness.trained, reasons: [...readiness.reasons] };
        }),
      }),
    );
  };
}
