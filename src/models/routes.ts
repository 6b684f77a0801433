import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { errorResponses, listOf } from "../http/index.ts";
import { isObject } from "../kernel/index.ts";
import type { ChangedBy, ModelSummary, Models } from "./create-models.ts";
import type { ModelRun, ModelVersion } from "./model.ts";
import { modelSchema, reportSchema, runSchema, versionSchema } from "./schemas.ts";

const tags = ["Models"];
const Params = Type.Object({ key: Type.String({ minLength: 1, maxLength: 200 }) });
const VersionParams = Type.Object({
  key: Type.String({ minLength: 1, maxLength: 200 }),
  version: Type.Integer({ minimum: 1, maximum: 2_000_000_000 }),
});
const share = Type.Number({
  minimum: 0.001,
  maximum: 0.5,
  description: "Share of the people outside of the audience that counts as alike; default 0.05",
});
const LookalikeBody = Type.Object(
  {
    audience: Type.String({ minLength: 1, maxLength: 200, description: "Key of a live audience" }),
    share: Type.Optional(share),
  },
  { additionalProperties: false },
);

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

function changedBy({ auth, id }: FastifyRequest): ChangedBy {
  return { actor: auth.actor, via: auth.kind === "session" ? "ui" : "api", requestId: id };
}

function runJson(run: ModelRun): Static<typeof runSchema> {
  return {
    ...run,
    startedAt: iso(run.startedAt),
    heartbeatAt: iso(run.heartbeatAt),
    finishedAt: isoOrNull(run.finishedAt),
  };
}

function versionJson({ trainedAt, promotedAt, gate, ...version }: ModelVersion): Static<typeof versionSchema> {
  return {
    ...version,
    gate: { passed: gate.passed, reasons: [...gate.reasons] },
    trainedAt: iso(trainedAt),
    promotedAt: isoOrNull(promotedAt),
  };
}

function modelJson({
  key,
  label,
  settings,
  trait,
  status,
  liveVersion,
  newest,
  run,
}: ModelSummary): Static<typeof modelSchema> {
  return {
    key,
    label,
    kind: settings.kind,
    settings: { ...settings },
    trait,
    status,
    liveVersion,
    newestVersion: newest?.version ?? null,
    trainedAt: newest ? iso(newest.trainedAt) : null,
    gate: newest ? { passed: newest.gate.passed, reasons: [...newest.gate.reasons] } : null,
    run: run ? runJson(run) : null,
  };
}

/** The rule that an audience of the look-alike has. */
function ruleOf({ settings, key }: Pick<ModelSummary, "settings" | "key">) {
  const size = settings.kind === "lookalike" ? settings.share : 1;
  return { attribute: { path: `profile.${key}`, op: "gte", value: Math.round((1 - size) * 10_000) / 10_000 } };
}

type Face = Pick<
  Models,
  | "list"
  | "one"
  | "versions"
  | "runs"
  | "report"
  | "trainNow"
  | "cancel"
  | "promote"
  | "addLookalike"
  | "removeLookalike"
>;

/** Models for the admin: look, train, publish, look-alikes. */
export function createModelRoutes(models: Face): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/models",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Every model with its status, the version that serves and the verdict on the newest one",
          response: { 200: Type.Object({ items: listOf(modelSchema) }), ...errorResponses(401, 403) },
        },
      },
      async () => ({ items: (await models.list()).map(modelJson) }),
    );

    app.get(
      "/v1/models/:key",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "One model with its newest runs",
          params: Params,
          response: {
            200: Type.Object({ ...modelSchema.properties, runs: listOf(runSchema) }),
            ...errorResponses(401, 403, 404),
          },
        },
      },
      async ({ params }) => ({
        ...modelJson(await models.one(params.key)),
        runs: (await models.runs(params.key)).map(runJson),
      }),
    );

    app.get(
      "/v1/models/:key/versions",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "The newest 30 versions of a model, newest first",
          params: Params,
          response: { 200: Type.Object({ items: listOf(versionSchema) }), ...errorResponses(401, 403, 404) },
        },
      },
      async ({ params }) => ({ items: (await models.versions(params.key)).map(versionJson) }),
    );

    app.get(
      "/v1/models/:key/versions/:version/report",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "How a version did on people and a time it had not seen, beside the baselines; groups and sizes too",
          params: VersionParams,
          response: { 200: reportSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async ({ params }) => {
        const { report, ...version } = await models.report(params.key, params.version);
        // Written by a training in the shape of the schema, which drops what it does not know.
        const parts = (isObject(report) ? report : {}) as Omit<Static<typeof reportSchema>, "version">;
        return { ...parts, metrics: parts.metrics ?? {}, version: versionJson(version) };
      },
    );

    app.post(
      "/v1/models/:key/train",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Train a model now; its page tells how far it has come",
          params: Params,
          response: {
            202: Type.Object({
              runId: Type.Union([Type.String(), Type.Null()], {
                description: "Null: the process that trains begins it within a minute",
              }),
            }),
            ...errorResponses(401, 403, 404, 409),
          },
        },
      },
      async (request, reply) =>
        reply.code(202).send({ runId: await models.trainNow(request.params.key, changedBy(request)) }),
    );

    app.post(
      "/v1/models/:key/cancel",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Stop the training of a model within seconds; what serves stays",
          params: Params,
          response: { 202: Type.Null(), ...errorResponses(401, 403, 404, 409) },
        },
      },
      async (request, reply) => {
        await models.cancel(request.params.key, changedBy(request));
        return reply.code(202).send(null);
      },
    );

    app.post(
      "/v1/models/:key/promote",
      {
        config: { access: "publish" },
        schema: {
          tags,
          summary: "Make a version serve: an earlier one, or one that its gate refused",
          params: Params,
          body: Type.Object(
            { version: Type.Integer({ minimum: 1, maximum: 2_000_000_000 }) },
            { additionalProperties: false },
          ),
          response: { 200: modelSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { key } = request.params;
        await models.promote(key, request.body.version, changedBy(request));
        return modelJson(await models.one(key));
      },
    );

    app.post(
      "/v1/models/lookalikes",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Find people like the members of an audience; `rule` is what an audience of them has",
          body: LookalikeBody,
          response: {
            200: Type.Object({ ...modelSchema.properties, rule: Type.Unknown() }),
            ...errorResponses(400, 401, 403, 422),
          },
        },
      },
      async (request) => {
        const { audience, share: size = 0.05 } = request.body;
        const { key } = await models.addLookalike(audience, size, changedBy(request));
        const model = await models.one(key);
        return { ...modelJson(model), rule: ruleOf(model) };
      },
    );

    app.delete(
      "/v1/models/:key",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "End a look-alike that no rule uses; its trait goes with the next scoring",
          params: Params,
          response: { 204: Type.Null(), ...errorResponses(401, 403, 404, 409, 422) },
        },
      },
      async (request, reply) => {
        await models.removeLookalike(request.params.key, changedBy(request));
        return reply.code(204).send(null);
      },
    );
  };
}
