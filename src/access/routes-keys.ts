import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type TSchema, Type } from "typebox";
import { allScopes, errorResponses, listOf, pageQuerySchema, pageSchema } from "../http/index.ts";
import { ClienteleError, decodeCursor } from "../kernel/index.ts";
import type { AccessControl } from "./create-access.ts";
import { managerOf } from "./manager-of.ts";

const nullable = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()]);

const scope = Type.Enum(allScopes);
const origin = Type.String({
  pattern: "^https?://(\\*\\.)?[A-Za-z0-9.-]+(:\\d{1,5})?$",
  description: "e.g. https://shop.example.com or https://*.example.com",
});
const limits = {
  origins: Type.Optional(
    Type.Array(origin, { maxItems: 100, description: "Origins that may use a write key; empty = any" }),
  ),
  storeViews: Type.Optional(nullable(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 1000 }))),
  rateLimit: Type.Optional(
    nullable(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: "Requests a second; bursts may be twice that" }),
    ),
  ),
};

const keyFields = {
  id: Type.String(),
  kind: Type.Enum(["write", "token"]),
  name: Type.String(),
  prefix: Type.String({ description: "First characters of the key" }),
  sourceId: Type.String(),
  sourceType: Type.Enum(["browser", "server"]),
  scopes: listOf(scope),
  origins: listOf(Type.String()),
  storeViews: nullable(listOf(Type.String())),
  rateLimit: nullable(Type.Integer()),
  createdAt: Type.String(),
  createdBy: Type.String(),
  revokedAt: nullable(Type.String()),
  lastUsedAt: nullable(Type.String()),
};
const keySchema = Type.Object(keyFields);
const createdKeySchema = Type.Object({
  ...keyFields,
  key: Type.String({ description: "Shown this once" }),
  identitySecret: nullable(Type.String({ description: "Signs identity tokens on your server; shown this once" })),
});

const newKeySchema = Type.Object(
  {
    kind: Type.Enum(["write", "token"]),
    name: Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000]*$" }),
    sourceId: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$" })),
    sourceType: Type.Optional(
      Type.Enum(["browser", "server"], {
        description:
          "What a write key is used from; default browser. A server's claims about persons and times are believed: keep its key secret",
      }),
    ),
    scopes: Type.Optional(Type.Array(scope, { uniqueItems: true, description: "Of a token; default read" })),
    ...limits,
  },
  { additionalProperties: false },
);

const params = Type.Object({ id: Type.String({ format: "uuid" }) });
const config = { access: "admin" } as const;
const tags = ["Access"];

export function createKeyRoutes(access: AccessControl): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/keys",
      {
        config,
        schema: {
          tags,
          summary: "List keys, newest first",
          querystring: Type.Object(pageQuerySchema),
          response: { 200: pageSchema(keySchema), ...errorResponses(400, 401, 403) },
        },
      },
      (request) => {
        const { limit, cursor } = request.query;
        const after = cursor === undefined ? null : decodeCursor(cursor, 1)?.[0];
        if (after === undefined) throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
        return access.listKeys(after === null ? null : String(after), limit);
      },
    );

    app.post(
      "/v1/keys",
      {
        config,
        schema: {
          tags,
          summary: "Make a write key or a token",
          body: newKeySchema,
          response: { 201: createdKeySchema, ...errorResponses(400, 401, 403, 409) },
        },
      },
      async (request, reply) => {
        const created = await access.createKey(request.body, managerOf(request));
        reply.header("cache-control", "no-store");
        return reply.code(201).send(created);
      },
    );

    app.patch(
      "/v1/keys/:id",
      {
        config,
        schema: {
          tags,
          summary: "Change what a key may do",
          params,
          body: Type.Object(limits, { additionalProperties: false }),
          response: { 200: keySchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      (request) => access.updateKey(request.params.id, request.body, managerOf(request)),
    );

    app.delete(
      "/v1/keys/:id",
      {
        config,
        schema: {
          tags,
          summary: "Revoke a key at once",
          params,
          response: { 200: keySchema, ...errorResponses(400, 401, 403, 404) },
        },
      },
      (request) => access.revokeKey(request.params.id, managerOf(request)),
    );

    app.get(
      "/v1/ping",
      {
        config: { access: "write-key" },
        schema: {
          tags,
          summary: "Check a write key",
          response: {
            200: Type.Object({ ok: Type.Literal(true), sourceId: Type.String() }),
            ...errorResponses(401, 403),
          },
        },
      },
      (request) => ({
        ok: true as const,
        sourceId: request.auth.sourceId,
      }),
    );
  };
}
