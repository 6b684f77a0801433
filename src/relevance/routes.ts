import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { errorResponses, listOf, pageQuerySchema, pageSchema } from "../http/index.ts";
import { csvLine } from "../kernel/index.ts";
import type { Actor, Relevance, Setting } from "./create-relevance.ts";
import type { QuerySet, Run } from "./judgement.ts";
import { readJudgements } from "./read-judgements.ts";
import {
  comparedSchema,
  cutoffSchema,
  defaultCutoff,
  givenSchema,
  judgementSchema,
  keySchema,
  lookSchema,
  querySchema,
  runSchema,
  setSchema,
  setTextsSchema,
  settingSchema,
} from "./schemas.ts";

const tags = ["Relevance"];
const Params = Type.Object({ key: keySchema });
const maxGiven = 5_000;
const importLimit = 8 * 1024 * 1024;

const setJson = (set: QuerySet) => ({ ...set, updatedAt: new Date(set.updatedAt).toISOString() });
const runJson = (run: Run) => ({ ...run, ranAt: new Date(run.ranAt).toISOString() });

function textsOf(key: string, { name, description = "" }: { readonly name: string; readonly description?: string }) {
  return { key, name, description };
}

function actorOf({ auth, id }: FastifyRequest): Actor {
  return { actor: auth.actor, via: auth.kind === "session" ? "ui" : "api", requestId: id };
}

/** Query sets, judgements, comparisons: the workbench of relevance. */
export function createRelevanceRoutes(relevance: Relevance): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addContentTypeParser("text/csv", { parseAs: "string", bodyLimit: importLimit }, (_request, body, done) =>
      done(null, body),
    );
    registerSets(app, relevance);
    registerJudgements(app, relevance);
    registerMeasurements(app, relevance);
  };
}

type App = Parameters<FastifyPluginAsyncTypebox>[0];

function registerSets(app: App, relevance: Relevance): void {
  app.get(
    "/v1/relevance/sets",
    {
      config: { access: "read" },
      schema: {
        tags,
        summary: "Query sets by name",
        response: { 200: Type.Object({ items: listOf(setSchema) }), ...errorResponses(401, 403) },
      },
    },
    async () => ({ items: (await relevance.sets()).map(setJson) }),
  );

  app.post(
    "/v1/relevance/sets",
    {
      config: { access: "edit" },
      schema: {
        tags,
        summary: "Begin a query set",
        body: Type.Object({ key: keySchema, ...setTextsSchema.properties }),
        response: { 201: setSchema, ...errorResponses(400, 401, 403, 409) },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return setJson(await relevance.create(textsOf(request.body.key, request.body), actorOf(request)));
    },
  );

  app.put(
    "/v1/relevance/sets/:key",
    {
      config: { access: "edit" },
      schema: {
        tags,
        summary: "Name a query set",
        params: Params,
        body: setTextsSchema,
        response: { 200: setSchema, ...errorResponses(400, 401, 403, 404) },
      },
    },
    async (request) => setJson(await relevance.change(textsOf(request.params.key, request.body), actorOf(request))),
  );

  app.delete(
    "/v1/relevance/sets/:key",
    {
      config: { access: "edit" },
      schema: {
        tags,
        summary: "Remove a query set with its judgements and measurements",
        params: Params,
        response: { 204: Type.Null(), ...errorResponses(401, 403, 404) },
      },
    },
    async (request, reply) => {
      await relevance.remove(request.params.key, actorOf(request));
      return reply.code(204).send(null);
    },
  );
}

function registerJudgements(app: App, relevance: Relevance): void {
  app.get(
    "/v1/relevance/sets/:key/queries",
    {
      config: { access: "read" },
      schema: {
        tags,
        summary: "Queries of a set with the number of their judgements",
        params: Params,
        response: { 200: Type.Object({ items: listOf(querySchema) }), ...errorResponses(401, 403, 404) },
      },
    },
    async ({ params }) => ({ items: [...(await relevance.queries(params.key))] }),
  );

  app.get(
    "/v1/relevance/sets/:key/judgements",
    {
      config: { access: "read" },
      schema: {
        tags,
        summary: "Judgements of one query",
        params: Params,
        querystring: Type.Object({ query: Type.String({ minLength: 1, maxLength: 255 }) }),
        response: { 200: Type.Object({ items: listOf(judgementSchema) }), ...errorResponses(400, 401, 403, 404) },
      },
    },
    async ({ params, query }) => ({ items: [...(await relevance.judgements(params.key, query.query))] }),
  );

  app.get(
    "/v1/relevance/sets/:key/judgements.csv",
    {
      config: { access: "read" },
      schema: {
        tags,
        summary: "All judgements of a set as CSV: query, sku, grade",
        params: Params,
        response: { 200: Type.String(), ...errorResponses(401, 403, 404) },
      },
    },
    async ({ params }, reply) => {
      const judgements = await relevance.judgements(params.key);
      const lines = judgements.map(({ query, sku, grade }) => csvLine([query, sku, String(grade)]));
      return reply
        .header("content-type", "text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="${params.key}.csv"`)
        .send([csvLine(["query", "sku", "grade"]), ...lines].join(""));
    },
  );

  app.put(
    "/v1/relevance/sets/:key/judgements",
    {
      bodyLimit: importLimit,
      config: { access: "edit" },
      schema: {
        tags,
        summary: "Judge products; a grade of null takes a judgement back. All or nothing",
        params: Params,
        body: Type.Object({ judgements: Type.Array(givenSchema, { minItems: 1, maxItems: maxGiven }) }),
        response: { 200: setSchema, ...errorResponses(400, 401, 403, 404, 413) },
      },
    },
    async (request) => {
      await relevance.judge(request.params.key, request.body.judgements, request.auth.actor);
      return setJson(await relevance.set(request.params.key));
    },
  );

  app.post(
    "/v1/relevance/sets/:key/import",
    {
      bodyLimit: importLimit,
      config: { access: "edit" },
      schema: {
        tags,
        summary: "Judgements from CSV with the columns query, sku and grade. All or nothing",
        consumes: ["text/csv"],
        params: Params,
        body: Type.String(),
        response: { 200: setSchema, ...errorResponses(400, 401, 403, 404, 413, 422) },
      },
    },
    async (request) => {
      await relevance.judge(request.params.key, readJudgements(request.body), request.auth.actor);
      return setJson(await relevance.set(request.params.key));
    },
  );
}

function registerMeasurements(app: App, relevance: Relevance): void {
  app.post(
    "/v1/relevance/sets/:key/look",
    {
      config: { access: "read" },
      schema: {
        tags,
        summary: "The answer to a query, with the grades of its products",
        params: Params,
        body: Type.Object({
          query: Type.String({ minLength: 1, maxLength: 255 }),
          setting: Type.Optional(settingSchema),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: "Default 20" })),
        }),
        response: { 200: lookSchema, ...errorResponses(400, 401, 403, 404) },
      },
    },
    async ({ params, body }) => {
      const { total, items, missing } = await relevance.look(
        params.key,
        body.query,
        settingOf(body.setting),
        body.limit ?? 20,
      );
      return { total, items, missing: [...missing] };
    },
  );

  app.post(
    "/v1/relevance/sets/:key/compare",
    {
      config: { access: "read" },
      schema: {
        tags,
        summary: "Two settings over all queries of a set: NDCG of each, and whether the difference is chance",
        params: Params,
        body: Type.Object({ a: Type.Optional(settingSchema), b: Type.Optional(settingSchema), cutoff: cutoffSchema }),
        response: { 200: comparedSchema, ...errorResponses(400, 401, 403, 404, 422, 503) },
      },
    },
    async ({ params, body }) => {
      const { a, b, difference } = await relevance.compare(
        params.key,
        { a: settingOf(body.a), b: settingOf(body.b) },
        body.cutoff ?? defaultCutoff,
      );
      return {
        a: measuredJson(a),
        b: measuredJson(b),
        difference: difference && { ...difference, interval: [...difference.interval] },
      };
    },
  );

  app.post(
    "/v1/relevance/sets/:key/runs",
    {
      config: { access: "edit" },
      schema: {
        tags,
        summary: "Measure the search as it is now, and keep the result",
        params: Params,
        body: Type.Object({ cutoff: cutoffSchema }),
        response: { 201: runSchema, ...errorResponses(400, 401, 403, 404, 422, 503) },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return runJson(await relevance.run(request.params.key, request.auth.actor, request.body.cutoff ?? defaultCutoff));
    },
  );

  app.get(
    "/v1/relevance/sets/:key/runs",
    {
      config: { access: "read" },
      schema: {
        tags,
        summary: "Past measurements, newest first",
        params: Params,
        querystring: Type.Object(pageQuerySchema),
        response: { 200: pageSchema(runSchema), ...errorResponses(400, 401, 403, 404) },
      },
    },
    async ({ params, query }) => {
      const page = await relevance.runs(params.key, query.limit, query.cursor);
      return { ...page, items: page.items.map(runJson) };
    },
  );
}

/** The body was validated; absent fields of an optional object are absent here too. */
function settingOf(setting: Setting | undefined): Setting {
  return setting ?? {};
}

function measuredJson(measured: Awaited<ReturnType<Relevance["compare"]>>["a"]) {
  return { ...measured, queries: measured.queries.map((result) => ({ ...result, skus: [...result.skus] })) };
}
