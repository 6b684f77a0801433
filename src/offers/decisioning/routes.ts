import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { errorResponses, listOf } from "../../http/index.ts";
import type { JsonObject } from "../../kernel/index.ts";
import type { OfferDecisions } from "./create-offer-decisions.ts";
import type { ChangedBy } from "./model-keeper.ts";
import type { Simulation } from "./simulate-policy.ts";

const tags = ["Offers"];
const Count = Type.Integer({ minimum: 0 });
const Key = Type.String({ minLength: 1, maxLength: 120 });
const ModelKey = Type.String({ minLength: 1, maxLength: 300, description: "offers:<policy>/<strategy>" });
const reportDays = 30;
const maxSimulated = 1_000;

const simulationSchema = Type.Object({
  profiles: Count,
  offers: listOf(Type.Object({ id: Type.String(), name: Type.String(), first: Count, shown: Count })),
  fallback: Type.Integer({ description: "Answers that needed the fallback" }),
  other: Type.Integer({ description: "Profiles for whom something else stood at the placement" }),
  empty: Type.Integer({ description: "Profiles for whom nothing may be shown" }),
  removedBy: Type.Record(Type.String(), Count, { description: "Why offers were out, over all profiles" }),
});

const modelSchema = Type.Object({
  key: ModelKey,
  policy: Type.String(),
  strategy: Type.String(),
  goal: Type.String(),
  version: Type.Union([Type.Integer(), Type.Null()], { description: "Null: by priority, and a share by chance" }),
  decisions: Type.Integer({ description: `In ${reportDays} days` }),
  exploredShare: Type.Number({ description: "Share of them that chance decided" }),
  versions: listOf(
    Type.Object({
      version: Type.Integer(),
      trainedAt: Type.String({ format: "date-time" }),
      status: Type.String(),
      passed: Type.Boolean(),
      reasons: listOf(Type.String()),
    }),
  ),
});

function changedBy({ auth, id }: FastifyRequest): ChangedBy {
  return { actor: auth.actor, via: auth.kind === "session" ? "ui" : "api", requestId: id };
}

export type OfferRouteDeps = {
  readonly models: OfferDecisions["models"];
  /** @throws {ClienteleError} `offers.policyNotFound` */
  readonly simulate: (asked: {
    readonly policy: string;
    readonly placement: string | undefined;
    readonly profiles: number;
    readonly context: JsonObject;
  }) => Promise<Simulation>;
};

/** Models of offers, and what a policy would do; everything else of offers is definitions. */
export function createOfferRoutes({ models, simulate }: OfferRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/offer-models",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Models that rank offers: what serves, what chance decides, versions with their verdicts",
          response: { 200: Type.Object({ items: listOf(modelSchema) }), ...errorResponses(401, 403) },
        },
      },
      async () => {
        const explored = new Map((await models.exploration(reportDays)).map((row) => [row.modelKey, row]));
        const items = [];
        for (const { key, policy, strategy, settings } of models.list()) {
          const versions = await models.versions(key);
          const { decisions = 0, explored: byChance = 0 } = explored.get(key) ?? {};
          items.push({
            ...{ key, policy, strategy, decisions },
            goal: settings.goal ?? "click",
            version: models.of(key)?.version ?? null,
            exploredShare: decisions === 0 ? 0 : byChance / decisions,
            versions: versions.map(({ version, trainedAt, status, gate }) => ({
              ...{ version, status, passed: gate.passed, reasons: [...gate.reasons] },
              trainedAt: new Date(trainedAt).toISOString(),
            })),
          });
        }
        return { items };
      },
    );

    app.post(
      "/v1/offer-models/train",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Train a model now; the list of models tells what came of it",
          body: Type.Object({ key: ModelKey }, { additionalProperties: false }),
          response: { 202: Type.Object({ key: ModelKey }), ...errorResponses(400, 401, 403, 404, 409) },
        },
      },
      async (request, reply) => {
        const { key } = request.body;
        models.assertTrainable(key);
        // The run carries its failure; nobody waits for it here.
        models
          .train(key, changedBy(request))
          .catch((error: unknown) =>
            request.log.error({ err: error, modelKey: key }, "an offer model was not trained"),
          );
        return reply.code(202).send({ key });
      },
    );

    app.post(
      "/v1/offer-models/promote",
      {
        config: { access: "publish" },
        schema: {
          tags,
          summary: "Make a version serve: an earlier one, or one that its gate refused",
          body: Type.Object(
            { key: ModelKey, version: Type.Integer({ minimum: 1, maximum: 2_000_000_000 }) },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({ key: ModelKey, version: Type.Integer() }),
            ...errorResponses(400, 401, 403, 404),
          },
        },
      },
      async (request) => {
        const { key, version } = request.body;
        await models.promote(key, version, changedBy(request));
        return { key, version };
      },
    );

    app.post(
      "/v1/offer-policies/:key/simulate",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "What a live policy would show to a fair sample of profiles; leaves no trace",
          params: Type.Object({ key: Key }),
          body: Type.Object(
            {
              profiles: Type.Optional(Type.Integer({ minimum: 1, maximum: maxSimulated, default: 200 })),
              placement: Type.Optional(Type.String({ maxLength: 100, description: "Default: the policy's first" })),
              context: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
            },
            { additionalProperties: false },
          ),
          response: { 200: simulationSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async ({ params, body }) => {
        const result = await simulate({
          policy: params.key,
          placement: body.placement,
          profiles: body.profiles ?? 200,
          // A body is JSON.
          context: (body.context ?? {}) as JsonObject,
        });
        return { ...result, offers: [...result.offers], removedBy: { ...result.removedBy } };
      },
    );
  };
}
