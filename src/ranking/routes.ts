import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { errorResponses, listOf } from "../http/index.ts";
import { isObject } from "../kernel/index.ts";
import type { ChangedBy, Ranking } from "./create-ranking.ts";
import { rankingFeatures } from "./features.ts";
import { evaluateOffPolicy } from "./off-policy.ts";

const tags = ["Ranking"];
const time = Type.String({ format: "date-time" });
const orNull = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);
const iso = (ms: number): string => new Date(ms).toISOString();

const versionSchema = Type.Object({
  version: Type.Integer(),
  trainedAt: time,
  status: Type.Union([Type.Literal("live"), Type.Literal("retired"), Type.Literal("refused")]),
  gate: Type.Object({
    passed: Type.Boolean(),
    reasons: listOf(Type.String({ description: "Sentences: what failed, or what the version is ahead of" })),
  }),
  promotedAt: orNull(time),
  promotedBy: Type.Union([Type.String(), Type.Null()], { description: "Null: by its gate" }),
});

const runSchema = Type.Object({
  id: Type.String(),
  status: Type.String({ description: "running, done, failed or cancelled" }),
  stage: Type.String({ description: "What it does, or how it ended" }),
  done: Type.Integer(),
  total: Type.Integer(),
  startedBy: Type.String(),
  startedAt: time,
  finishedAt: orNull(time),
  version: orNull(Type.Integer()),
  error: orNull(Type.String()),
});

const curveSchema = Type.Object({
  at: listOf(Type.Number({ description: "How likely places 1, 2, 4, 8, 20 and 50 are looked at, place 1 = 1" })),
  source: Type.String({ description: "randomised, natural or default" }),
  clicks: Type.Integer(),
});

const statusSchema = Type.Object({
  version: Type.Union([Type.Integer(), Type.Null()], { description: "Null: lists keep their order without a model" }),
  trees: Type.Integer(),
  trainedOn: orNull(Type.Object({ from: time, to: time, lists: Type.Integer(), rows: Type.Integer() })),
  places: orNull(Type.Object({ desktop: curveSchema, mobile: curveSchema })),
  countedAt: orNull(time),
  products: Type.Integer({ description: "Products with counts" }),
  queries: Type.Integer({ description: "Queries with counts" }),
  lists: Type.Object({
    ranked: Type.Integer({ description: "Lists that the ranker ordered, in this process since its start" }),
    unable: Type.Integer({ description: "Lists that lacked more than a fifth of what the ranker asks for" }),
  }),
  exploration: Type.Object({
    shown: Type.Integer({ description: "Products shown today by this process" }),
    explored: Type.Integer({ description: "Of them, by exploration" }),
  }),
  lostImpressions: Type.Integer(),
});

const featureSchema = Type.Object({
  name: Type.String(),
  label: Type.String(),
  group: Type.String(),
  isPersonal: Type.Boolean({ description: "Only with the consent to personalise" }),
  isRising: Type.Boolean({ description: "A higher value never lowers a product" }),
});

const amount = Type.Number({ minimum: -1e12, maximum: 1e12 });
const choiceSchema = Type.Object(
  {
    reward: amount,
    logged: Type.Number({ minimum: 0, maximum: 1, description: "Chance with which the logged policy chose this" }),
    target: Type.Number({ minimum: 0, maximum: 1, description: "Chance with which the policy in question would" }),
    expected: Type.Optional(Type.Number({ description: "What a model expects of the choice" })),
    expectedOfTarget: Type.Optional(
      Type.Number({ description: "What a model expects of the policy in question here" }),
    ),
  },
  { additionalProperties: false },
);
/** The body limit of the server holds fewer of them, unless they are short. */
const maxChoices = 50_000;
const numberOrNull = orNull(Type.Number());
const offPolicySchema = Type.Object({
  ips: Type.Number(),
  clippedIps: Type.Number(),
  snips: Type.Number({ description: "Σ w·r / Σ w, w = target / logged" }),
  dm: numberOrNull,
  dr: numberOrNull,
  sndr: numberOrNull,
  effectiveSize: Type.Number({ description: "(Σ w)² / Σ w²" }),
  meanWeight: Type.Number(),
  size: Type.Integer(),
  interval: orNull(listOf(Type.Number({ description: "95 % interval of snips; null without a weight" }))),
  refusals: listOf(Type.String({ description: "Why no verdict may be drawn; empty = one may" })),
});

function changedBy({ auth, id }: FastifyRequest): ChangedBy {
  return { actor: auth.actor, via: auth.kind === "session" ? "ui" : "api", requestId: id };
}

const curveJson = ({ at, source, clicks }: { at: readonly number[]; source: string; clicks: number }) => ({
  at: [...at],
  source,
  clicks,
});

function statusJson(ranking: Pick<Ranking, "status">): Static<typeof statusSchema> {
  const { curves, trainedOn, countedAt, ...rest } = ranking.status();
  return {
    ...rest,
    trainedOn: trainedOn && { ...trainedOn, from: iso(trainedOn.from), to: iso(trainedOn.to) },
    places: curves && { desktop: curveJson(curves.desktop), mobile: curveJson(curves.mobile) },
    countedAt: countedAt === null ? null : iso(countedAt),
  };
}

type Version = Awaited<ReturnType<Ranking["versions"]>>[number];

function versionJson({ version, trainedAt, status, gate, promotedAt, promotedBy }: Version) {
  return {
    version,
    trainedAt: iso(trainedAt),
    status,
    gate: { passed: gate.passed, reasons: [...gate.reasons] },
    promotedAt: promotedAt === null ? null : iso(promotedAt),
    promotedBy,
  };
}

const VersionParams = Type.Object({ version: Type.Integer({ minimum: 1, maximum: 2_000_000_000 }) });

/** The learned order for the admin: how it fares, its versions, training and going back. */
export function createRankingRoutes(ranking: Ranking): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/ranking",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "The version that orders lists, its newest runs, and what it may learn from",
          response: {
            200: Type.Object({
              ...statusSchema.properties,
              runs: listOf(runSchema),
              features: listOf(featureSchema),
            }),
            ...errorResponses(401, 403),
          },
        },
      },
      async () => ({
        ...statusJson(ranking),
        runs: (await ranking.runs()).map((run) => ({
          ...run,
          startedAt: iso(run.startedAt),
          finishedAt: run.finishedAt === null ? null : iso(run.finishedAt),
        })),
        features: rankingFeatures.map(({ name, label, group, isPersonal = false, isRising = false }) => ({
          name,
          label,
          group,
          isPersonal,
          isRising,
        })),
      }),
    );

    app.get(
      "/v1/ranking/versions",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "The newest 30 versions, newest first",
          response: { 200: Type.Object({ items: listOf(versionSchema) }), ...errorResponses(401, 403) },
        },
      },
      async () => ({ items: (await ranking.versions()).map(versionJson) }),
    );

    app.get(
      "/v1/ranking/versions/:version",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "A version with its report: NDCG@10 beside what was shown and the order without a model, by segment",
          params: VersionParams,
          response: {
            200: Type.Object({ ...versionSchema.properties, report: Type.Record(Type.String(), Type.Unknown()) }),
            ...errorResponses(400, 401, 403, 404),
          },
        },
      },
      async ({ params }) => {
        const { report, ...version } = await ranking.report(params.version);
        return { ...versionJson(version), report: isObject(report) ? { ...report } : {} };
      },
    );

    app.post(
      "/v1/ranking/train",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Train now; the page of the ranker tells how far it has come",
          response: { 202: Type.Object({ runId: Type.String() }), ...errorResponses(401, 403, 409) },
        },
      },
      async (request, reply) => {
        const { runId, done } = await ranking.train(changedBy(request));
        // The run carries its failure; nobody waits for it here.
        done.catch((error: unknown) => request.log.error({ err: error }, "the ranker could not be trained"));
        return reply.code(202).send({ runId });
      },
    );

    app.post(
      "/v1/ranking/promote",
      {
        config: { access: "publish" },
        schema: {
          tags,
          summary: "Make a version serve: an earlier one, or one that its gate refused",
          body: Type.Object(
            { version: Type.Integer({ minimum: 1, maximum: 2_000_000_000 }) },
            { additionalProperties: false },
          ),
          response: { 200: statusSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        await ranking.promote(request.body.version, changedBy(request));
        return statusJson(ranking);
      },
    );

    app.post(
      "/v1/ranking/off-policy",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "What another policy would have earned, from choices that were logged with their chances",
          body: Type.Object(
            {
              choices: Type.Array(choiceSchema, { minItems: 1, maxItems: maxChoices }),
              clip: Type.Optional(Type.Number({ minimum: 1, maximum: 1_000, description: "Default 10" })),
            },
            { additionalProperties: false },
          ),
          response: { 200: offPolicySchema, ...errorResponses(400, 401, 403, 413) },
        },
      },
      async ({ body }) => {
        const { interval, refusals, ...figures } = evaluateOffPolicy(body.choices, body.clip);
        const isKnown = interval.every(Number.isFinite);
        return { ...figures, interval: isKnown ? [...interval] : null, refusals: [...refusals] };
      },
    );
  };
}
