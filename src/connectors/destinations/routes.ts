import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, pageQuerySchema, pageSchema } from "../../http/index.ts";
import { decodeTimeCursor, toPage } from "../../kernel/index.ts";
import { connectionJson, connectionParams, createConnectionRoutes } from "../managed/routes.ts";
import type { Destinations } from "./create-destinations.ts";
import type { DestinationChange, DestinationView } from "./manage-destinations.ts";
import {
  type ConfigInput,
  changeDestinationSchema,
  deadLetterSchema,
  destinationSchema,
  lagSchema,
  newDestinationSchema,
  replaySchema,
} from "./schemas.ts";

const tags = ["Destinations"];
const config = { access: "admin" } as const;
const params = connectionParams;
const letterParams = Type.Object({ idOrKey: Type.String({ maxLength: 100 }), letter: Type.String({ format: "uuid" }) });
const one = "/v1/destinations/:idOrKey";

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

function toJson({ state, sealed: _sealed, ...destination }: DestinationView) {
  const { cursor: _cursor, failingSince, nextAttemptAt, lastDeliveredAt, laggingSince, ...counts } = state;
  const health: "ok" | "failing" | "lagging" =
    laggingSince !== null ? "lagging" : state.failures > 0 ? "failing" : "ok";
  return {
    ...destination,
    ...connectionJson(destination),
    delivery: {
      ...counts,
      health,
      failingSince: iso(failingSince),
      nextAttemptAt: iso(nextAttemptAt),
      lastDeliveredAt: iso(lastDeliveredAt),
    },
  };
}

/** The HTTP API of destinations; for administrators: a destination carries data out. */
export function createDestinationRoutes(destinations: Destinations): FastifyPluginAsyncTypebox {
  const { manager, letters } = destinations;
  return async (app) => {
    await app.register(
      createConnectionRoutes<ConfigInput, DestinationChange, DestinationView>({
        path: "/v1/destinations",
        tag: "Destinations",
        manager,
        schemas: { made: newDestinationSchema, change: changeDestinationSchema, shown: destinationSchema },
        toJson,
        summaries: {
          list: "List destinations by key",
          create: "Make a destination; it gets the events processed from now on",
          read: "Read a destination",
          change: "Change a destination; what waits for it is delivered by the new configuration",
          pause: "Stop delivering; events from now on are not kept for it",
          resume: "Deliver again, from where it stopped as far as events are still there",
          remove: "Remove a destination with its dead letters",
        },
      }),
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
