import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import { errorResponses, pageQuerySchema, pageSchema } from "../../http/index.ts";
import { ClienteleError, decodeCursor, decodeTimeCursor, isUuid, toPage } from "../../kernel/index.ts";
import { editorOf, expectedEtag } from "../editor.ts";
import { createWebhookRoutes } from "../webhooks/routes.ts";
import type { Sources } from "./create-sources.ts";
import type { SourceView } from "./manage-sources.ts";
import { changeSourceSchema, newSourceSchema, runSchema, sourceSchema, testSchema } from "./schemas.ts";
import type { Run } from "./source.ts";

const tags = ["Sources"];
const config = { access: "admin" } as const;
const params = Type.Object({ idOrKey: Type.String({ maxLength: 100 }) });
const one = "/v1/sources/:idOrKey";
const iso = (at: number) => new Date(at).toISOString();

function toJson({ sealed: _sealed, checkpoint: _checkpoint, ...source }: SourceView) {
  return {
    ...source,
    type: source.config.type,
    createdAt: iso(source.createdAt),
    updatedAt: iso(source.updatedAt),
    nextRunAt: source.nextRunAt === null ? null : iso(source.nextRunAt),
  };
}

function answer(reply: FastifyReply, source: SourceView) {
  reply.header("etag", `"${source.etag}"`);
  return toJson(source);
}

function runJson({ startedAt, finishedAt, sourceId: _source, ...run }: Run) {
  return { ...run, started: iso(startedAt), finished: finishedAt === null ? null : iso(finishedAt) };
}

/** The HTTP API of sources, for administrators, and the door for webhooks. */
export function createSourceRoutes(sources: Sources): FastifyPluginAsyncTypebox {
  const { manager, runs } = sources;
  return async (app) => {
    await app.register(createWebhookRoutes(sources.webhooks));

    app.get(
      "/v1/sources",
      {
        config,
        schema: {
          tags,
          summary: "List sources by key",
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(sourceSchema), ...errorResponses() },
        },
      },
      async ({ query: { limit, cursor } }) => {
        const after = cursor === undefined ? "" : decodeCursor(cursor, 1)?.[0];
        if (after === undefined) throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
        const page = await manager.list(String(after), limit);
        return { ...page, items: page.items.map(toJson) };
      },
    );

    app.post(
      "/v1/sources",
      {
        config,
        schema: {
          tags,
          summary: "Make a source",
          body: newSourceSchema,
          response: { 201: sourceSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const made = await manager.create(request.body, editorOf(request));
        return reply.code(201).send(answer(reply, made));
      },
    );

    app.get(
      one,
      {
        config,
        schema: { tags, summary: "Read a source", params, response: { 200: sourceSchema, ...errorResponses() } },
      },
      async (request, reply) => answer(reply, await manager.get(request.params.idOrKey)),
    );

    app.patch(
      one,
      {
        config,
        schema: {
          tags,
          summary: "Change a source",
          params,
          body: changeSourceSchema,
          response: { 200: sourceSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const { idOrKey } = request.params;
        return answer(reply, await manager.update(idOrKey, request.body, expectedEtag(request), editorOf(request)));
      },
    );

    for (const [action, status, summary] of [
      ["pause", "paused", "Stop reading; webhooks are answered 409"],
      ["resume", "active", "Read again, from where it stopped"],
    ] as const) {
      app.post(
        `${one}/${action}`,
        { config, schema: { tags, summary, params, response: { 200: sourceSchema, ...errorResponses() } } },
        async (request, reply) =>
          answer(
            reply,
            await manager.setStatus(request.params.idOrKey, status, expectedEtag(request), editorOf(request)),
          ),
      );
    }

    app.delete(
      one,
      {
        config,
        schema: {
          tags,
          summary: "Remove a source with its runs; what it brought stays",
          params,
          response: { 204: Type.Null(), ...errorResponses() },
        },
      },
      async (request, reply) => {
        await manager.remove(request.params.idOrKey, expectedEtag(request), editorOf(request));
        return reply.code(204).send(null);
      },
    );

    app.post(
      `${one}/test`,
      {
        config,
        schema: {
          tags,
          summary: "Look whether a source can be reached",
          params,
          response: { 200: testSchema, ...errorResponses() },
        },
      },
      async (request) => sources.test(request.params.idOrKey),
    );

    app.post(
      `${one}/run`,
      {
        config,
        schema: {
          tags,
          summary: "Read a source as soon as possible",
          params,
          response: { 202: Type.Object({ requested: Type.Literal(true) }), ...errorResponses() },
        },
      },
      async (request, reply) => {
        await sources.requestRun(request.params.idOrKey);
        return reply.code(202).send({ requested: true as const });
      },
    );

    app.get(
      `${one}/runs`,
      {
        config,
        schema: {
          tags,
          summary: "List runs, newest first",
          params,
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(runSchema), ...errorResponses() },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const { id } = await manager.find(request.params.idOrKey);
        const rows = await runs.list(id, cursor === undefined ? null : decodeTimeCursor(cursor), limit + 1);
        const page = toPage(rows, limit, (run) => [run.startedAt, run.id]);
        return { ...page, items: page.items.map(runJson) };
      },
    );

    app.get(
      `${one}/runs/:run`,
      {
        config,
        schema: {
          tags,
          summary: "Read a run",
          params: Type.Object({ idOrKey: Type.String({ maxLength: 100 }), run: Type.String({ maxLength: 100 }) }),
          response: { 200: runSchema, ...errorResponses() },
        },
      },
      async ({ params: { idOrKey, run } }) => {
        const { id } = await manager.find(idOrKey);
        const found = isUuid(run) ? await runs.find(id, run) : undefined;
        if (!found) throw new ClienteleError("connectors.notFound", `there is no run ${run}`);
        return runJson(found);
      },
    );
  };
}
