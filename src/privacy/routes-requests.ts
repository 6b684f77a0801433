import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import { errorResponses, pageQuerySchema, pageSchema } from "../http/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import { actorOf } from "./actor-of.ts";
import type { PrivacyRequest } from "./request.ts";
import type { Requests } from "./request-erasure.ts";
import { Identifier, Mode, ProfileParams, Reason, RequestSchema, requestJson, Status } from "./schemas.ts";
import type { Suppression } from "./suppression.ts";

const tags = ["Privacy"];
const config = { access: "personal-data" } as const;
const EraseBody = Type.Optional(
  Type.Union([Type.Null(), Type.Object({ mode: Type.Optional(Mode), reason: Type.Optional(Reason) })]),
);
const accepted = { 200: RequestSchema, 202: RequestSchema, ...errorResponses() };

function answer(reply: FastifyReply, request: PrivacyRequest) {
  return reply.code(request.status === "finished" ? 200 : 202).send(requestJson(request));
}

/** Requests to erase or suppress persons. */
export function createRequestRoutes(requests: Requests, suppression: Suppression): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.delete(
      "/v1/profiles/:id",
      {
        config,
        schema: {
          tags,
          summary: "Erase a person; runs in the background",
          params: ProfileParams,
          body: EraseBody,
          response: accepted,
        },
      },
      async (request, reply) => {
        const { mode = "delete", reason = "" } = request.body ?? {};
        return answer(reply, await requests.create({ profileId: request.params.id }, mode, reason, actorOf(request)));
      },
    );

    app.delete(
      "/v1/profiles/by/:namespace/:value",
      {
        config,
        schema: {
          tags,
          summary: "Erase whoever owns an identifier",
          params: Identifier,
          body: EraseBody,
          response: accepted,
        },
      },
      async (request, reply) => {
        const { mode = "delete", reason = "" } = request.body ?? {};
        return answer(reply, await requests.create({ identifier: request.params }, mode, reason, actorOf(request)));
      },
    );

    app.post(
      "/v1/privacy/requests",
      {
        config,
        schema: {
          tags,
          summary: "Erase or suppress a person, by profile or identifier; keeps the identifier out of URLs",
          body: Type.Object({
            profileId: Type.Optional(Type.String({ format: "uuid" })),
            identifier: Type.Optional(Identifier),
            mode: Mode,
            reason: Type.Optional(Reason),
          }),
          response: accepted,
        },
      },
      async (request, reply) => {
        const { profileId, identifier, mode, reason = "" } = request.body;
        if ((profileId === undefined) === (identifier === undefined))
          throw new ClienteleError("privacy.target", "send either profileId or identifier");
        const target = identifier === undefined ? { profileId: profileId ?? "" } : { identifier };
        return answer(reply, await requests.create(target, mode, reason, actorOf(request)));
      },
    );

    app.get(
      "/v1/privacy/requests",
      {
        config,
        schema: {
          tags,
          summary: "Privacy requests, newest first",
          querystring: Type.Object({ ...pageQuerySchema, status: Type.Optional(Status) }),
          response: { 200: pageSchema(RequestSchema), ...errorResponses() },
        },
      },
      async (request) => {
        const { status, limit, cursor } = request.query;
        const page = await requests.list(status ?? null, limit, cursor);
        return { ...page, items: page.items.map(requestJson) };
      },
    );

    app.get(
      "/v1/privacy/requests/:id",
      {
        config,
        schema: {
          tags,
          summary: "How far a privacy request has come",
          params: ProfileParams,
          response: { 200: RequestSchema, ...errorResponses() },
        },
      },
      async (request) => requestJson(await requests.get(request.params.id)),
    );

    app.post(
      "/v1/privacy/requests/:id/retry",
      {
        config,
        schema: { tags, summary: "Start a failed privacy request again", params: ProfileParams, response: accepted },
      },
      async (request, reply) => answer(reply, await requests.retry(request.params.id, actorOf(request))),
    );

    app.get(
      "/v1/privacy/suppression",
      {
        config,
        schema: {
          tags,
          summary: "How many identifiers are suppressed, and how many of their events were dropped",
          response: { 200: Type.Object({ identifiers: Type.Integer(), dropped: Type.Integer() }), ...errorResponses() },
        },
      },
      () => suppression.counts(),
    );

    app.post(
      "/v1/privacy/suppression/lift",
      {
        config,
        schema: {
          tags,
          summary: "Take events of an identifier again",
          body: Identifier,
          response: { 200: Type.Object({ lifted: Type.Boolean() }), ...errorResponses() },
        },
      },
      async (request) => ({ lifted: await requests.liftSuppression(request.body, actorOf(request)) }),
    );
  };
}
