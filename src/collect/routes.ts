import type { ServerResponse } from "node:http";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { errorResponses, isTrusted } from "../http/index.ts";
import { ClienteleError, defaultPageSize, isObject, maxPageSize } from "../kernel/index.ts";
import type { AcceptRequest, AcceptResult } from "./accept-events.ts";
import { clientFactsOf } from "./client-facts.ts";
import { parseInstant } from "./correct-time.ts";
import type { createDeadLetters } from "./dead-letters.ts";
import type { LiveEvent, LiveEvents } from "./live-events.ts";

const maxBodyBytes = 512_000;
const tags = ["Events"];

const Rejected = Type.Object({
  index: Type.Integer(),
  messageId: Type.Union([Type.String(), Type.Null()]),
  code: Type.String(),
  message: Type.String(),
});

const Accepted = Type.Object({ accepted: Type.Integer(), duplicates: Type.Integer(), rejected: Type.Array(Rejected) });

// The body is described for the API reference but read by hand: a fault of one event must not refuse the others.
const EventsBody = Type.Object(
  {
    events: Type.Array(Type.Unknown(), {
      description:
        "Up to 2,500 events: {messageId?, type, timestamp?, anonymousId?, customerId?, email?, context?, properties?}",
    }),
    sentAt: Type.Optional(
      Type.Unknown({ description: "Client clock when the request was sent; corrects event times" }),
    ),
    identityToken: Type.Optional(Type.String({ description: "Signed by the shop's server; proves customerId" })),
  },
  { additionalProperties: true },
);

const DeadLetterSchema = Type.Object({
  id: Type.String(),
  at: Type.String(),
  sourceId: Type.String(),
  code: Type.String(),
  message: Type.String(),
  payload: Type.Unknown(),
  replayedAt: Type.Union([Type.String(), Type.Null()]),
});

const letterFilter = {
  sourceId: Type.Optional(Type.String({ maxLength: 60 })),
  code: Type.Optional(Type.String({ maxLength: 100, description: "Error code that refused them" })),
};

export type CollectRouteDeps = {
  readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
  readonly deadLetters: ReturnType<typeof createDeadLetters>;
  readonly live: LiveEvents;
  /** Customer id proven by the identity token of a request, or null without one. Throws for a forged token. */
  readonly provenCustomerId: (request: FastifyRequest, token: unknown) => string | null;
};

/** Native event intake, live stream and dead letters. */
export function createCollectRoutes(deps: CollectRouteDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const streams = new Set<ServerResponse>();
    // A stream has no end of its own: the server would wait for it for ever.
    app.addHook("preClose", async () => {
      for (const stream of streams) stream.end();
    });

    app.post(
      "/v1/events",
      {
        bodyLimit: maxBodyBytes,
        config: { access: "write-key", quiet: true },
        schema: { tags, summary: "Send events", body: EventsBody, response: { 200: Accepted, ...errorResponses() } },
        // Typed by the schema for the reference only.
        validatorCompiler: () => () => true,
      },
      async (request) => {
        const body: unknown = request.body;
        if (!isObject(body) || !Array.isArray(body["events"]))
          throw new ClienteleError("collect.noEvents", "send {events: [...]}");
        const { auth } = request;
        const trusted = isTrusted(auth);
        const { accepted, duplicates, dropped, rejected } = await deps.accept({
          events: body["events"],
          sentAt: parseInstant(body["sentAt"]),
          sourceId: auth.sourceId,
          sourceKind: trusted ? "server" : "native",
          trusted,
          provenCustomerId: deps.provenCustomerId(request, body["identityToken"]),
          ...(trusted ? {} : { client: clientFactsOf(request) }),
        });
        // Who is suppressed is nobody's business: what was dropped on purpose counts as accepted.
        const silent = Object.values(dropped).reduce((sum, count) => sum + count, 0);
        return { accepted: accepted + silent, duplicates, rejected: [...rejected] };
      },
    );

    app.get(
      "/v1/events",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Recent events of this process",
          querystring: Type.Object({
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
            type: Type.Optional(Type.String({ maxLength: 200 })),
          }),
          response: { 200: Type.Object({ items: Type.Array(Type.Unknown()) }), ...errorResponses() },
        },
      },
      async (request) => {
        const { limit = 100, type } = request.query;
        const all = deps.live.recent(500).map(toLiveJson);
        return { items: (type ? all.filter((entry) => entry["type"] === type) : all).slice(0, limit) };
      },
    );

    app.get(
      "/v1/events/stream",
      { config: { access: "read" }, schema: { tags, summary: "Live event stream (server-sent events)" } },
      async (request, reply) => streamEvents(request, reply, deps.live, streams),
    );

    app.get(
      "/v1/dead-letters",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Events that could not be taken",
          querystring: Type.Object({
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxPageSize })),
            cursor: Type.Optional(Type.String({ maxLength: 500 })),
            ...letterFilter,
            open: Type.Optional(Type.Boolean({ description: "Only those that were not replayed" })),
          }),
          response: {
            200: Type.Object({ items: Type.Array(DeadLetterSchema), nextCursor: Type.Optional(Type.String()) }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const page = await deps.deadLetters.list(request.query.limit ?? defaultPageSize, request.query.cursor, {
          sourceId: request.query.sourceId,
          code: request.query.code,
          isOpen: request.query.open,
        });
        const items = page.items.map((letter) => ({
          id: letter.id,
          at: new Date(letter.at).toISOString(),
          sourceId: letter.sourceId,
          code: letter.code,
          message: letter.message,
          payload: letter.payload,
          replayedAt: letter.replayedAt === null ? null : new Date(letter.replayedAt).toISOString(),
        }));
        return page.nextCursor === undefined ? { items } : { items, nextCursor: page.nextCursor };
      },
    );

    app.post(
      "/v1/dead-letters/replay",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary:
            "Send open dead letters through the door again, after a fix; repeat with nextCursor until there is none",
          body: Type.Object({
            ...letterFilter,
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxPageSize })),
            cursor: Type.Optional(Type.String({ maxLength: 500 })),
          }),
          response: {
            200: Type.Object({
              replayed: Type.Integer(),
              refused: Type.Array(Type.Object({ code: Type.String(), count: Type.Integer() })),
              nextCursor: Type.Optional(Type.String()),
            }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const { sourceId, code, limit = maxPageSize, cursor } = request.body;
        const result = await deps.deadLetters.replayAll({ sourceId, code }, limit, cursor);
        return { ...result, refused: [...result.refused] };
      },
    );

    app.post(
      "/v1/dead-letters/:id/replay",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Send a dead letter through the door again, corrected or as it is",
          params: Type.Object({ id: Type.String({ format: "uuid" }) }),
          body: Type.Optional(Type.Union([Type.Null(), Type.Object({ event: Type.Optional(Type.Unknown()) })])),
          response: {
            200: Type.Object({
              accepted: Type.Integer(),
              rejected: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
            }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const { accepted, rejected } = await deps.deadLetters.replay(request.params.id, request.body?.event);
        return { accepted, rejected: [...rejected] };
      },
    );
  };
}

function toLiveJson(entry: LiveEvent): Record<string, unknown> {
  if (entry.status === "rejected") {
    const { payload, receivedAt, ...rest } = entry;
    const type = isObject(payload) && typeof payload["type"] === "string" ? payload["type"] : "";
    return { ...rest, type, receivedAt, ts: receivedAt, payload };
  }
  const { event } = entry;
  return {
    status: "accepted",
    eventId: event.messageId,
    type: event.type,
    originalName: event.originalName,
    ts: event.timestamp,
    receivedAt: event.receivedAt,
    sourceId: event.sourceId,
    identifiers: event.identifiers,
    verified: event.verified,
    flags: event.flags,
    storeView: event.storeView,
    properties: event.properties,
    context: event.context,
  };
}

const heartbeatMs = 15_000;
const maxPerSecond = 50;

/** Bounded on purpose: a person reads this; what is over the bound in a second is counted, not sent. */
function streamEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  live: LiveEvents,
  streams: Set<ServerResponse>,
): void {
  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    // When the stream ends, so does its connection: a stop waits for connections.
    connection: "close",
    "x-accel-buffering": "no",
  });
  // A browser counts the stream as open at its first byte.
  out.write(": open\n\n");
  let second = 0;
  let sent = 0;
  let skipped = 0;
  const send = (entry: LiveEvent): void => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      if (skipped > 0) out.write(`event: skipped\ndata: ${JSON.stringify({ skipped })}\n\n`);
      second = now;
      sent = 0;
      skipped = 0;
    }
    if (sent >= maxPerSecond || out.writableNeedDrain) {
      skipped += 1;
      return;
    }
    sent += 1;
    out.write(`data: ${JSON.stringify(toLiveJson(entry))}\n\n`);
  };
  const unsubscribe = live.subscribe(send);
  const heartbeat = setInterval(() => out.write(": still here\n\n"), heartbeatMs);
  streams.add(out);
  const end = (): void => {
    clearInterval(heartbeat);
    unsubscribe();
    streams.delete(out);
  };
  request.raw.on("close", end);
  out.on("close", end);
}
