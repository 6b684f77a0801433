import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, pageQuerySchema } from "../../http/index.ts";
import { ClienteleError, decodeCursor, toPage } from "../../kernel/index.ts";
import type { Simulations } from "./create-simulations.ts";
import { resultSchema, runSchema, runsSchema } from "./schemas.ts";
import { settingsSchema } from "./settings.ts";
import type { SimulationRun } from "./store.ts";

const tags = ["Offers"];
const params = Type.Object({ id: Type.String({ format: "uuid" }) });

function shownRun({ createdAt, finishedAt, ...run }: SimulationRun) {
  return {
    ...run,
    createdAt: new Date(createdAt).toISOString(),
    finishedAt: finishedAt === null ? null : new Date(finishedAt).toISOString(),
  };
}

/** Where a page of runs begins. @throws {ClienteleError} `http.badRequest` */
export function positionOf(cursor: string | undefined): { readonly at: number; readonly id: string } | null {
  if (cursor === undefined) return null;
  const [at, id] = decodeCursor(cursor, 2) ?? [];
  if (typeof at === "number" && typeof id === "string") return { at, id };
  throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
}

/** `/v1/offers/simulations`: what draft rules would have done to past orders. */
export function createSimulationRoutes(simulations: Simulations): FastifyPluginAsyncTypebox {
  return async (app) => {
    // A replay takes minutes; the process does not wait for it.
    app.addHook("onClose", simulations.stop);

    app.post(
      "/v1/offers/simulations",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Replay past orders through draft cart price rules beside the live ones",
          body: settingsSchema,
          response: { 202: runSchema, ...errorResponses(400, 401, 403, 404, 409, 422) },
        },
      },
      async (request, reply) =>
        reply.code(202).send(shownRun(await simulations.start(request.body, request.auth.actor))),
    );

    app.get(
      "/v1/offers/simulations",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "List simulations, newest first",
          querystring: Type.Object(pageQuerySchema),
          response: { 200: runsSchema, ...errorResponses(400, 401, 403) },
        },
      },
      async ({ query: { limit, cursor } }) => {
        const page = toPage(await simulations.list(limit + 1, positionOf(cursor)), limit, ({ createdAt, id }) => [
          createdAt,
          id,
        ]);
        return { ...page, items: page.items.map(shownRun), timezone: simulations.timezone };
      },
    );

    app.get(
      "/v1/offers/simulations/:id",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Progress of a simulation and, once it is done, its report",
          params,
          response: { 200: resultSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { result, ...run } = await simulations.find(request.params.id);
        return { ...shownRun(run), result: result as never };
      },
    );

    app.post(
      "/v1/offers/simulations/:id/cancel",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Cancel a simulation that runs",
          params,
          response: { 200: runSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { id } = await simulations.find(request.params.id);
        await simulations.cancel(id);
        const { result: _result, ...run } = await simulations.find(id);
        return shownRun(run);
      },
    );
  };
}
