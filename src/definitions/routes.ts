import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { errorResponses, listOf, pageQuerySchema, pageSchema } from "../http/index.ts";
import { ClienteleError, decodeCursor, toPage } from "../kernel/index.ts";
import type { Definitions } from "./create-definitions.ts";
import type { Caller, Definition } from "./definition.ts";
import type { IfMatch } from "./editing.ts";
import type { DefinitionStatus } from "./kind.ts";
import {
  actionBody,
  activitySchema,
  calendarQuery,
  calendarSchema,
  definitionParams,
  definitionSchema,
  differenceSchema,
  diffQuery,
  draftSchema,
  kindParams,
  kindSchema,
  listQuery,
  newDefinitionSchema,
  statuses,
  summarySchema,
  useSchema,
  versionParams,
  versionSchema,
  versionSummarySchema,
} from "./schemas.ts";
import type { Action } from "./transitions.ts";

const tags = ["Definitions"];
const read = { access: "read" } as const;
const edit = { access: "edit" } as const;
const publish = { access: "publish" } as const;
const path = "/v1/definitions/:kind/:idOrKey";
const maxCalendarMs = 400 * 86_400_000;

const actions: readonly {
  readonly action: Action;
  readonly config: typeof edit | typeof publish;
  readonly summary: string;
}[] = [
  { action: "submit", config: edit, summary: "Ask for a review of the draft" },
  { action: "publish", config: publish, summary: "Publish the draft now or at a time" },
  { action: "pause", config: publish, summary: "Take it out of effect" },
  { action: "resume", config: publish, summary: "Put it back into effect" },
  { action: "archive", config: publish, summary: "Put it away for good" },
  { action: "unarchive", config: publish, summary: "Bring it back, paused or as a draft" },
  { action: "rollback", config: publish, summary: "Publish an old version as a new one" },
];

function callerOf({ auth, id }: FastifyRequest): Caller {
  return { actor: auth.actor, via: auth.kind === "session" ? "ui" : "api", storeViews: auth.storeViews, requestId: id };
}

function ifMatchOf(request: FastifyRequest): IfMatch {
  const header = request.headers["if-match"];
  if (header === undefined) return undefined;
  if (header.trim() === "*") return "*";
  const match = /^(?:W\/)?"(\d{1,10})"$/.exec(header.trim());
  if (!match) throw new ClienteleError("http.badRequest", 'If-Match must be an etag such as "3", or *');
  return Number(match[1]);
}

function statusesOf(text: string | undefined): readonly DefinitionStatus[] | undefined {
  if (text === undefined) return undefined;
  const wanted = text.split(",").map((name) => name.trim());
  const unknown = wanted.find((name) => !statuses.includes(name));
  if (unknown !== undefined)
    throw new ClienteleError("http.badRequest", `there is no status ${unknown}; known: ${statuses.join(", ")}`);
  // Every name was just found among the statuses.
  return wanted as readonly DefinitionStatus[];
}

function send(reply: FastifyReply, definition: Definition): Definition {
  reply.header("etag", `"${definition.etag}"`);
  return definition;
}

function createReadRoutes(definitions: Definitions, timezone: string): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/definitions/kinds",
      {
        config: read,
        schema: {
          tags,
          summary: "List the kinds of definitions",
          response: { 200: Type.Object({ items: listOf(kindSchema) }), ...errorResponses(401, 403) },
        },
      },
      async () => {
        const counts = await definitions.countByStatus();
        const items = definitions.kinds().map(({ kind, label, schema }) => ({
          kind,
          label,
          schema,
          counts: Object.fromEntries(
            counts.filter((row) => row.kind === kind).map(({ status, count }) => [status, count]),
          ),
        }));
        return { items };
      },
    );

    app.get(
      "/v1/definitions/calendar",
      {
        config: read,
        schema: {
          tags,
          summary: "What runs when: definitions with a schedule, with days, or published for later",
          querystring: calendarQuery,
          response: { 200: calendarSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      async ({ query: { from, to, kind } }) => {
        const span = { fromMs: Date.parse(from), toMs: Date.parse(to) };
        if (!(span.fromMs < span.toMs) || span.toMs - span.fromMs > maxCalendarMs)
          throw new ClienteleError("http.badRequest", "from must be before to, at most 400 days");
        const kinds = kind === undefined ? null : kind.split(",").map((name) => name.trim());
        const { entries, isCut } = await definitions.calendar(span, { kinds, timezone });
        const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
        const items = entries.map(({ fromMs, toMs, ...entry }) => ({ ...entry, from: iso(fromMs), to: iso(toMs) }));
        return { timezone, isCut, items };
      },
    );

    app.get(
      "/v1/definitions/:kind",
      {
        config: read,
        schema: {
          tags,
          summary: "List definitions of a kind",
          params: kindParams,
          querystring: listQuery,
          response: { 200: pageSchema(summarySchema), ...errorResponses(400, 401, 403, 404) },
        },
      },
      (request) => {
        const { status, ...query } = request.query;
        return definitions.list(request.params.kind, { ...query, statuses: statusesOf(status) });
      },
    );

    app.get(
      path,
      {
        config: read,
        schema: {
          tags,
          summary: "Read a definition with its newest version",
          params: definitionParams,
          response: { 200: definitionSchema, ...errorResponses(401, 403, 404) },
        },
      },
      async (request, reply) => send(reply, await definitions.find(request.params.kind, request.params.idOrKey)),
    );

    app.get(
      `${path}/versions`,
      {
        config: read,
        schema: {
          tags,
          summary: "List versions, newest first",
          params: definitionParams,
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(versionSummarySchema), ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const before = cursor === undefined ? null : decodeCursor(cursor, 1)?.[0];
        if (typeof before !== "number" && before !== null)
          throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
        const { kind, idOrKey } = request.params;
        return toPage(await definitions.versions(kind, idOrKey, before, limit + 1), limit, ({ version }) => [version]);
      },
    );

    app.get(
      `${path}/versions/:version`,
      {
        config: read,
        schema: {
          tags,
          summary: "Read one version",
          params: versionParams,
          response: { 200: versionSchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      (request) => definitions.version(request.params.kind, request.params.idOrKey, request.params.version),
    );

    app.get(
      `${path}/diff`,
      {
        config: read,
        schema: {
          tags,
          summary: "Compare two versions",
          params: definitionParams,
          querystring: diffQuery,
          response: { 200: Type.Object({ items: listOf(differenceSchema) }), ...errorResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { from, to } = request.query;
        return { items: await definitions.diff(request.params.kind, request.params.idOrKey, from, to) };
      },
    );

    app.get(
      `${path}/used-by`,
      {
        config: read,
        schema: {
          tags,
          summary: "List what uses it",
          params: definitionParams,
          response: { 200: Type.Object({ items: listOf(useSchema) }), ...errorResponses(401, 403, 404) },
        },
      },
      async (request) => ({
        items: await definitions.usedBy(request.params.kind, request.params.idOrKey),
      }),
    );

    app.get(
      `${path}/activity`,
      {
        config: read,
        schema: {
          tags,
          summary: "List its changes, newest first",
          params: definitionParams,
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(activitySchema), ...errorResponses(400, 401, 403, 404) },
        },
      },
      (request) => definitions.activity(request.params.kind, request.params.idOrKey, request.query),
    );
  };
}

function createWriteRoutes(definitions: Definitions): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/v1/definitions/:kind",
      {
        config: edit,
        schema: {
          tags,
          summary: "Make a definition as a draft",
          params: kindParams,
          body: newDefinitionSchema,
          response: { 201: definitionSchema, ...errorResponses(400, 401, 403, 404, 409, 422) },
        },
      },
      async (request, reply) => {
        const created = await definitions.create(request.params.kind, request.body, callerOf(request));
        reply.header("location", `/v1/definitions/${created.kind}/${created.key}`);
        return reply.code(201).send(send(reply, created));
      },
    );

    app.put(
      path,
      {
        config: edit,
        schema: {
          tags,
          summary: "Save a new version as a draft; If-Match is needed",
          params: definitionParams,
          body: draftSchema,
          response: { 200: definitionSchema, ...errorResponses(400, 401, 403, 404, 409, 412, 422, 428) },
        },
      },
      async (request, reply) =>
        send(
          reply,
          await definitions.save(
            request.params.kind,
            request.params.idOrKey,
            request.body,
            ifMatchOf(request),
            callerOf(request),
          ),
        ),
    );

    app.delete(
      path,
      {
        config: edit,
        schema: {
          tags,
          summary: "Delete a draft that has never been live and is not used",
          params: definitionParams,
          response: { 204: Type.Null(), ...errorResponses(401, 403, 404, 409, 412) },
        },
      },
      async (request, reply) => {
        await definitions.remove(request.params.kind, request.params.idOrKey, ifMatchOf(request), callerOf(request));
        return reply.code(204).send(null);
      },
    );

    for (const { action, config, summary } of actions) {
      app.post(
        `${path}/${action}`,
        {
          config,
          schema: {
            tags,
            summary,
            params: definitionParams,
            body: actionBody,
            response: { 200: definitionSchema, ...errorResponses(400, 401, 403, 404, 409, 412, 422) },
          },
        },
        async (request, reply) => {
          const { at, ...options } = request.body ?? {};
          const atMs = at === undefined ? undefined : Date.parse(at);
          const { kind, idOrKey } = request.params;
          return send(
            reply,
            await definitions.act(
              kind,
              idOrKey,
              action,
              { ...options, atMs, ifMatch: ifMatchOf(request) },
              callerOf(request),
            ),
          );
        },
      );
    }
  };
}

/**
 * `/v1/definitions…`: the one API of everything that is edited.
 *
 * @param timezone of the shop, IANA: the days of the calendar begin in it
 */
export function createDefinitionsRoutes(definitions: Definitions, timezone = "UTC"): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(createReadRoutes(definitions, timezone));
    await app.register(createWriteRoutes(definitions));
  };
}
