import type { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { AuditTrail } from "../access/index.ts";
import { errorResponses, listOf, pageQuerySchema, pageSchema } from "../http/index.ts";
import { ClienteleError, type JsonObject } from "../kernel/index.ts";
import type { Person } from "../profiles/index.ts";
import { actorOf } from "./actor-of.ts";
import type { Rectification } from "./rectify-profile.ts";
import { Loose, ProfileParams, Reason } from "./schemas.ts";
import type { RequestStore } from "./store.ts";

const tags = ["Privacy"];
const config = { access: "personal-data" } as const;
const maxTraits = 200;
const nameSchema = Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_.-]{0,63}$" });

export type ProfilePrivacyRouteDeps = {
  readonly rectification: Rectification;
  readonly exportPerson: (person: Person) => Promise<Readable>;
  readonly personOf: (profileId: string) => Promise<Person | undefined>;
  readonly audit: AuditTrail;
  readonly store: Pick<RequestStore, "transaction">;
};

const Written = Type.Object({ messageId: Type.String() });
const Corrected = Type.Object({
  messageId: Type.String(),
  correctionId: Type.String(),
  ruledOtherwise: Type.Array(Type.String(), {
    description: "Traits whose merge rule does not take the latest write: another source's value may stay",
  }),
});

/** Export, rectification, consents and accesses of one profile. */
export function createProfilePrivacyRoutes(deps: ProfilePrivacyRouteDeps): FastifyPluginAsyncTypebox {
  const { rectification, audit, store } = deps;
  return async (app) => {
    app.get(
      "/v1/profiles/:id/export",
      {
        config,
        schema: {
          tags,
          summary: "Everything kept of a person, as a ZIP of NDJSON files",
          params: ProfileParams,
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const person = await deps.personOf(id);
        const [profileId] = person?.profileIds ?? [];
        if (!person || profileId === undefined) throw new ClienteleError("profiles.notFound", `no profile for ${id}`);
        await store.transaction((tx) =>
          audit.record(tx, {
            ...actorOf(request),
            action: "profile.export",
            objectKind: "profile",
            objectId: profileId,
            before: null,
            after: null,
          }),
        );
        return reply
          .header("content-type", "application/zip")
          .header("content-disposition", `attachment; filename="profile-${profileId}.zip"`)
          .header("cache-control", "no-store")
          .send(await deps.exportPerson(person));
      },
    );

    app.put(
      "/v1/profiles/:id/traits",
      {
        config,
        schema: {
          tags,
          summary: "Correct traits by hand, null removes one; in the profile within a second",
          params: ProfileParams,
          body: Type.Object({
            traits: Type.Record(nameSchema, Type.Unknown(), {
              minProperties: 1,
              maxProperties: maxTraits,
              additionalProperties: false,
            }),
            reason: Type.Optional(Reason),
          }),
          response: { 202: Corrected, ...errorResponses() },
        },
      },
      async (request, reply) => {
        // A parsed body is JSON.
        const traits = request.body.traits as JsonObject;
        const { reason = "" } = request.body;
        const written = await rectification.writeTraits(request.params.id, traits, reason, actorOf(request));
        return reply.code(202).send({ ...written, ruledOtherwise: [...written.ruledOtherwise] });
      },
    );

    app.post(
      "/v1/profiles/:id/traits/undo",
      {
        config,
        schema: {
          tags,
          summary: "Take a correction of traits back, unless they were written again since",
          params: ProfileParams,
          body: Type.Object({ correctionId: Type.String({ format: "uuid" }), reason: Type.Optional(Reason) }),
          response: { 202: Corrected, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const { correctionId, reason = "" } = request.body;
        const written = await rectification.undoTraits(request.params.id, correctionId, reason, actorOf(request));
        return reply.code(202).send({ ...written, ruledOtherwise: [...written.ruledOtherwise] });
      },
    );

    app.get(
      "/v1/profiles/:id/traits/history",
      {
        config,
        schema: {
          tags,
          summary: "Who wrote which traits when and why, with what corrections replaced, newest first",
          params: ProfileParams,
          response: { 200: Type.Object({ items: listOf(Loose) }), ...errorResponses() },
        },
      },
      async (request) => ({
        items: (await rectification.traitHistory(request.params.id)).map((entry) => ({ ...entry })),
      }),
    );

    app.get(
      "/v1/profiles/:id/consents",
      {
        config,
        schema: {
          tags,
          summary: "Consents of a person, and how they came to be",
          params: ProfileParams,
          response: {
            200: Type.Object({
              profileId: Type.String(),
              consents: Type.Record(Type.String(), Loose),
              history: listOf(Loose),
            }),
            ...errorResponses(),
          },
        },
      },
      async (request) => {
        const { profileId, consents, history } = await rectification.readConsents(request.params.id);
        return {
          profileId,
          consents: Object.fromEntries(
            Object.entries(consents).map(([key, consent]) => [
              key,
              { ...consent, at: new Date(consent.at).toISOString() },
            ]),
          ),
          history: history.map((entry) => ({ ...entry })),
        };
      },
    );

    app.put(
      "/v1/profiles/:id/consents",
      {
        config,
        schema: {
          tags,
          summary: "Record what a person decided; in force within five seconds",
          params: ProfileParams,
          body: Type.Object({
            decisions: Type.Array(
              Type.Object({
                category: nameSchema,
                channel: Type.Optional(nameSchema),
                status: Type.Union([Type.Literal("granted"), Type.Literal("denied")]),
              }),
              { minItems: 1, maxItems: 100 },
            ),
            textVersion: Type.Optional(Type.String({ maxLength: 200 })),
            proof: Type.Optional(Type.String({ maxLength: 2000 })),
            expiresAt: Type.Optional(Type.String({ format: "date-time" })),
          }),
          response: { 202: Written, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const { decisions, ...origin } = request.body;
        const written = await rectification.writeConsents(request.params.id, decisions, origin, actorOf(request));
        return reply.code(202).send(written);
      },
    );

    app.get(
      "/v1/profiles/:id/accesses",
      {
        config,
        schema: {
          tags,
          summary: "Who read, changed, exported or erased a profile, newest first",
          params: ProfileParams,
          querystring: Type.Object({ ...pageQuerySchema }),
          response: { 200: pageSchema(Loose), ...errorResponses() },
        },
      },
      async (request) => {
        const page = await audit.list({ ...request.query, objectKind: "profile", objectId: request.params.id });
        return {
          ...page,
          items: page.items.map(({ at, actor, via, action, after, requestId, hash }) => ({
            at,
            actor,
            via,
            action,
            after,
            requestId,
            hash,
          })),
        };
      },
    );
  };
}
