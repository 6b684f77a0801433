import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { AuditTrail } from "../../access/index.ts";
import { errorResponses, pageQuerySchema, pageSchema } from "../../http/index.ts";
import { type Clock, toPage } from "../../kernel/index.ts";
import { positionOf } from "../simulation/routes.ts";
import type { Shadows } from "./create-shadows.ts";
import { cartSchema, reportSchema, runSchema } from "./schemas.ts";
import { settingsSchema } from "./settings.ts";
import type { ShadowRun } from "./shadow-run.ts";

const tags = ["Offers"];
const params = Type.Object({ id: Type.String({ format: "uuid" }) });
const one = "/v1/offers/shadow-runs/:id";
const iso = (ms: number): string => new Date(ms).toISOString();

function shownRun({ id, name, status, settings, coverage, createdBy, ...times }: ShadowRun) {
  return {
    ...{ id, name, status, settings, coverage, createdBy },
    ...{ createdAt: iso(times.createdAt), endsAt: iso(times.endsAt) },
    stoppedAt: times.stoppedAt === null ? null : iso(times.stoppedAt),
  };
}

export type ShadowRouteDeps = { readonly shadows: Shadows; readonly audit: AuditTrail; readonly clock: Clock };

/** `/v1/offers/shadow-runs`: what draft rules would do to the carts of today. */
export function createShadowRoutes({ shadows, audit, clock }: ShadowRouteDeps): FastifyPluginAsyncTypebox {
  const note = ({ auth, id }: FastifyRequest, action: string, run: ShadowRun, after: object | null) =>
    audit.recordPast([
      {
        ...{ atMs: clock.now(), actor: auth.actor, via: auth.kind === "session" ? ("ui" as const) : ("api" as const) },
        ...{ action: `shadow-run.${action}`, objectKind: "shadow-run", objectId: run.id, before: null, after },
        requestId: id,
      },
    ]);

  return async (app) => {
    app.addHook("onClose", shadows.stop);

    app.post(
      "/v1/offers/shadow-runs",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Judge live carts by draft cart price rules beside the live ones, without any effect",
          body: settingsSchema,
          response: { 201: runSchema, ...errorResponses(400, 401, 403, 404, 409, 422) },
        },
      },
      async (request, reply) => {
        const run = await shadows.start(request.body, request.auth.actor);
        await note(request, "start", run, { name: run.name, endsAt: iso(run.endsAt) });
        return reply.code(201).send(shownRun(run));
      },
    );

    app.get(
      "/v1/offers/shadow-runs",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "List shadow runs, newest first",
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(runSchema), ...errorResponses(400, 401, 403) },
        },
      },
      async ({ query: { limit, cursor } }) => {
        const page = toPage(await shadows.list(limit + 1, positionOf(cursor)), limit, ({ createdAt, id }) => [
          createdAt,
          id,
        ]);
        return { ...page, items: page.items.map(shownRun) };
      },
    );

    app.get(
      one,
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "A shadow run and how many carts it has seen",
          params,
          response: { 200: runSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => shownRun(await shadows.find(request.params.id)),
    );

    app.get(
      `${one}/report`,
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "What a shadow run found so far, by the last outcome of each cart",
          params,
          querystring: Type.Object({
            of: Type.Union([Type.Literal("carts"), Type.Literal("orders")], {
              default: "carts",
              description: "orders: only carts that became orders",
            }),
          }),
          response: { 200: reportSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => (await shadows.report(request.params.id, request.query.of)) as never,
    );

    app.get(
      `${one}/cart`,
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "One cart as a shadow run judged it last, and why",
          params,
          querystring: Type.Object({ cartId: Type.String({ minLength: 1, maxLength: 128 }) }),
          response: { 200: cartSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { at, ...cart } = await shadows.cart(request.params.id, request.query.cartId);
        return { ...cart, at: iso(at) } as never;
      },
    );

    for (const [action, work, summary] of [
      ["stop", shadows.halt, "Stop a shadow run; it can go on later"],
      ["resume", shadows.resume, "Let a shadow run that was stopped go on"],
    ] as const)
      app.post(
        `${one}/${action}`,
        {
          config: { access: "edit" },
          schema: { tags, summary, params, response: { 200: runSchema, ...errorResponses(400, 401, 403, 404, 409) } },
        },
        async (request) => {
          const run = await work(request.params.id);
          await note(request, action, run, { name: run.name, status: run.status });
          return shownRun(run);
        },
      );

    app.delete(
      one,
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Delete a shadow run with everything that it found",
          params,
          response: { 204: Type.Null(), ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request, reply) => {
        const run = await shadows.remove(request.params.id);
        await note(request, "delete", run, null);
        return reply.code(204).send(null);
      },
    );
  };
}
