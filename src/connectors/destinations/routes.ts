import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import { errorResponses, pageQuerySchema, pageSchema } from "../../http/index.ts";
import { ClienteleError, decodeCursor, decodeTimeCursor, toPage } from "../../kernel/index.ts";
import { editorOf, expectedEtag } from "../editor.ts";
import type { Destinations } from "./create-destinations.ts";
import type { DestinationView } from "./manage-destinations.ts";
import {
  changeDestinationSchema,
  deadLetterSchema,
  destinationSchema,
  lagSchema,
  newDestinationSchema,
  replaySchema,
} from "./schemas.ts";

const tags = ["Destinations"];
const config = { access: "admin" } as const;
const params = Type.Object({ idOrKey: Type.String({ maxLength: 100 }) });
const letterParams = Type.Object({ idOrKey: Type.String({ maxLength: 100 }), letter: Type.String({ format: "uuid" }) });
const one = "/v1/destinations/:idOrKey";

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

function toJson({ state, sealed: _sealed, ...destination }: DestinationView) {
  const { cursor: _cursor, failingSince, nextAttemptAt, lastDeliveredAt, laggingSince, ...counts } = state;
  const health: "ok" | "failing" | "lagging" =
    laggingSince !== null ? "lagging" : state.failures > 0 ? "failing" : "ok";
  return {
    ...destination,
    type: destination.config.type,
    createdAt: new Date(destination.createdAt).toISOString(),
    updatedAt: new Date(destination.updatedAt).toISOString(),
    delivery: {
      ...counts,
      health,
      failingSince: iso(failingSince),
      nextAttemptAt: iso(nextAttemptAt),
      lastDeliveredAt: iso(lastDeliveredAt),
    },
  };
}

function answer(reply: FastifyReply, destination: DestinationView) {
  reply.header("etag", `"${destination.etag}"`);
  return toJson(destination);
}

/** The HTTP API of destinations; for administrators: a destination carries data out. */
export function createDestinationRoutes(destinations: Destinations): FastifyPluginAsyncTypebox {
  const { manager, letters } = destinations;
  return async (app) => {
    app.get(
      "/v1/destinations",
      {
        config,
        schema: {
          tags,
          summary: "List destinations by key",
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(destinationSchema), ...errorResponses() },
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
      "/v1/destinations",
      {
        config,
        schema: {
          tags,
          summary: "Make a destination; it gets the events processed from now on",
          body: newDestinationSchema,
          response: { 201: destinationSchema, ...errorResponses() },
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
        schema: {
          tags,
          summary: "Read a destination",
          params,
          response: { 200: destinationSchema, ...errorResponses() },
        },
      },
      async (request, reply) => answer(reply, await manager.get(request.params.idOrKey)),
    );

    app.patch(
      one,
      {
        config,
        schema: {
          tags,
          summary: "Change a destination; what waits for it is delivered by the new configuration",
          params,
          body: changeDestinationSchema,
          response: { 200: destinationSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const { idOrKey } = request.params;
        return answer(reply, await manager.update(idOrKey, request.body, expectedEtag(request), editorOf(request)));
      },
    );

    for (const [action, status, summary] of [
      ["pause", "paused", "Stop delivering; events from now on are not kept for it"],
      ["resume", "active", "Deliver again, from where it stopped as far as events are still there"],
    ] as const) {
      app.post(
        `${one}/${action}`,
        { config, schema: { tags, summary, params, response: { 200: destinationSchema, ...errorResponses() } } },
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
          summary: "Remove a destination with its dead letters",
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
          summary: "Send one made-up event",
          params,
          response: {
            200: Type.Object({ ok: Type.Boolean(), message: Type.Optional(Type.String()) }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const message = await destinations.test(await manager.find(request.params.idOrKey));
        return message === null ? { ok: true } : { ok: false, message };
      },
    );

    app.get(
      `${one}/lag`,
      {
        config,
        schema: {
          tags,
          summary: "What waits for a destination",
          params,
          response: { 200: lagSchema, ...errorResponses() },
        },
      },
      async (request) => {
        const lag = await destinations.lagOf(await manager.find(request.params.idOrKey));
        return { ...lag, oldestAt: iso(lag.oldestAt) };
      },
    );

    app.get(
      `${one}/dead-letters`,
      {
        config,
        schema: {
          tags,
          summary: "What a destination refused, newest first",
          params,
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(deadLetterSchema), ...errorResponses() },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const { id } = await manager.find(request.params.idOrKey);
        const rows = await letters.list(id, cursor === undefined ? null : decodeTimeCursor(cursor), limit + 1);
        const page = toPage(rows, limit, (letter) => [letter.at, letter.id]);
        const items = page.items.map((letter) => ({
          ...letter,
          at: new Date(letter.at).toISOString(),
          replayedAt: iso(letter.replayedAt),
        }));
        return { ...page, items };
      },
    );

    const replay = { config, schema: { tags, response: { 200: replaySchema, ...errorResponses() } } };
    app.post(
      `${one}/dead-letters/replay`,
      { ...replay, schema: { ...replay.schema, summary: "Send the oldest 200 dead letters again", params } },
      async (request) => destinations.replay(await manager.find(request.params.idOrKey)),
    );
    app.post(
      `${one}/dead-letters/:letter/replay`,
      { ...replay, schema: { ...replay.schema, summary: "Send a dead letter again", params: letterParams } },
      async (request) => destinations.replay(await manager.find(request.params.idOrKey), request.params.letter),
    );
  };
}
