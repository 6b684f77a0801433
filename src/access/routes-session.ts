import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { allScopes, errorResponses, listOf } from "../http/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import type { AccessControl } from "./create-access.ts";
import { sessionCookie } from "./sessions.ts";
import { roles, scopesOf, type User } from "./user.ts";

const sessionUser = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: Type.Enum(roles),
});
const sessionSchema = Type.Object({
  user: Type.Union([sessionUser, Type.Null()], { description: "null for a token" }),
  actor: Type.String(),
  scopes: listOf(Type.Enum(allScopes)),
  storeViews: Type.Union([listOf(Type.String()), Type.Null()]),
  csrf: Type.Union([Type.String(), Type.Null()], {
    description: "Send it as x-clientele-csrf with everything but GET",
  }),
});
const credentials = Type.Object(
  { email: Type.String({ maxLength: 254 }), password: Type.String({ maxLength: 1000 }) },
  { additionalProperties: false },
);
const tags = ["Access"];

const publicPart = ({ id, email, name, role }: User) => ({ id, email, name, role });

function cookieOf(value: string, maxAgeSeconds: number, isSecure: boolean): string {
  return `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${isSecure ? "; Secure" : ""}`;
}

export function createSessionRoutes(access: AccessControl, isSecure: boolean): FastifyPluginAsyncTypebox {
  const { sessions } = access;
  return async (app) => {
    app.post(
      "/v1/session",
      {
        config: { access: "public" },
        schema: {
          tags,
          summary: "Sign in",
          body: credentials,
          response: { 200: sessionSchema, ...errorResponses(400, 401, 403, 429) },
        },
      },
      async (request, reply) => {
        // A form on a foreign page could otherwise sign its visitor in to the account of somebody else.
        if (request.headers["sec-fetch-site"] === "cross-site")
          throw new ClienteleError("access.originNotAllowed", "sign in from the admin's own pages");
        const { email, password } = request.body;
        const { token, csrf, user } = await sessions.signIn(email, password, request.ip);
        reply.header("set-cookie", cookieOf(token, 7 * 24 * 3600, isSecure));
        reply.header("cache-control", "no-store");
        return {
          user: publicPart(user),
          actor: user.email,
          scopes: scopesOf(user),
          storeViews: user.storeViews,
          csrf,
        };
      },
    );

    app.get(
      "/v1/session",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Who is signed in, and what they may do",
          response: { 200: sessionSchema, ...errorResponses(401) },
        },
      },
      async (request, reply) => {
        const { auth } = request;
        const session = auth.kind === "session" ? await sessions.of(request) : undefined;
        reply.header("cache-control", "no-store");
        return {
          user: session ? publicPart(session.user) : null,
          actor: auth.actor,
          scopes: auth.scopes,
          storeViews: auth.storeViews,
          csrf: session?.csrf ?? null,
        };
      },
    );

    app.delete(
      "/v1/session",
      {
        config: { access: "read" },
        schema: { tags, summary: "Sign out", response: { 204: Type.Null(), ...errorResponses(401, 403) } },
      },
      async (request, reply) => {
        await sessions.signOut(request);
        reply.header("set-cookie", cookieOf("", 0, isSecure));
        return reply.code(204).send(null);
      },
    );

    app.post(
      "/v1/session/password",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Change one's own password; signs out everywhere",
          body: Type.Object(
            { present: Type.String({ maxLength: 1000 }), next: Type.String({ maxLength: 1000 }) },
            { additionalProperties: false },
          ),
          response: { 204: Type.Null(), ...errorResponses(400, 401, 403) },
        },
      },
      async (request, reply) => {
        const session = request.auth.kind === "session" ? await sessions.of(request) : undefined;
        if (!session) throw new ClienteleError("access.forbidden", "only a signed-in user has a password");
        const { present, next } = request.body;
        await access.changeOwnPassword(session.user, present, next, {
          actor: session.user.email,
          via: "ui",
          requestId: request.id,
        });
        reply.header("set-cookie", cookieOf("", 0, isSecure));
        return reply.code(204).send(null);
      },
    );
  };
}
