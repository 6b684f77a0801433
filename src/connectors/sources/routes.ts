import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, pageQuerySchema, pageSchema } from "../../http/index.ts";
import { ClienteleError, decodeTimeCursor, isUuid, toPage } from "../../kernel/index.ts";
import { connectionJson, connectionParams, createConnectionRoutes } from "../managed/routes.ts";
import { createWebhookRoutes } from "../webhooks/routes.ts";
import type { Sources } from "./create-sources.ts";
import type { SourceChange, SourceView } from "./manage-sources.ts";
import {
  changeSourceSchema,
  newSourceSchema,
  runSchema,
  type SourceConfigInput,
  sourceSchema,
  testSchema,
} from "./schemas.ts";
import type { Run } from "./source.ts";

const tags = ["Sources"];
const config = { access: "admin" } as const;
const params = connectionParams;
const one = "/v1/sources/:idOrKey";
const iso = (at: number) => new Date(at).toISOString();

function toJson({ sealed: _sealed, checkpoint: _checkpoint, ...source }: SourceView) {
  return {
    ...source,
    ...connectionJson(source),
    nextRunAt: source.nextRunAt === null ? null : iso(source.nextRunAt),
  };
}

function runJson({ startedAt, finishedAt, sourceId: _source, ...run }: Run) {
  return { ...run, started: iso(startedAt), finished: finishedAt === null ? null : iso(finishedAt) };
}

/** The HTTP API of sources, for administrators, and the door for webhooks. */
export function createSourceRoutes(sources: Sources): FastifyPluginAsyncTypebox {
  const { manager, runs } = sources;
  return async (app) => {
    await app.register(createWebhookRoutes(sources.webhooks));

    await app.register(
      createConnectionRoutes<SourceConfigInput, SourceChange, SourceView>({
        path: "/v1/sources",
        tag: "Sources",
        manager,
        schemas: { made: newSourceSchema, change: changeSourceSchema, shown: sourceSchema },
        toJson,
        summaries: {
          list: "List sources by key",
          create: "Make a source",
          read: "Read a source",
          change: "Change a source",
          pause: "Stop reading; webhooks are answered 409",
          resume: "Read again, from where it stopped",
          remove: "Remove a source with its runs; what it brought stays",
        },
      }),
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
