import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf } from "../http/index.ts";
import { actorOf } from "./actor-of.ts";
import type { DataClasses } from "./data-classes.ts";

const tags = ["Privacy"];
const Kind = Type.Union([Type.Literal("trait"), Type.Literal("property")]);
const Pii = Type.Union([
  Type.Literal("none"),
  Type.Literal("indirect"),
  Type.Literal("direct"),
  Type.Literal("sensitive"),
]);
const fields = {
  pii: Pii,
  retentionDays: Type.Union([Type.Integer({ minimum: 1, maximum: 36_500 }), Type.Null()]),
  purposes: listOf(Type.String({ minLength: 1, maxLength: 64 })),
};
const ClassSchema = Type.Object({ kind: Kind, name: Type.String(), ...fields });
const Params = Type.Object({ kind: Kind, name: Type.String({ minLength: 1, maxLength: 100 }) });

/** Which fields are personal data, and how long each is kept. */
export function createClassRoutes(classes: DataClasses): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/privacy/classes",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Data classes of traits and properties",
          response: { 200: Type.Object({ items: listOf(ClassSchema) }), ...errorResponses() },
        },
      },
      async () => ({ items: await classes.list() }),
    );

    app.put(
      "/v1/privacy/classes/:kind/:name",
      {
        config: { access: "admin" },
        schema: {
          tags,
          summary: "Set the class of a trait or property",
          params: Params,
          body: Type.Object(fields),
          response: { 200: ClassSchema, ...errorResponses() },
        },
      },
      async (request) => {
        const given = { ...request.params, ...request.body };
        await classes.put(given, actorOf(request));
        return given;
      },
    );

    app.delete(
      "/v1/privacy/classes/:kind/:name",
      {
        config: { access: "admin" },
        schema: {
          tags,
          summary: "Back to the shipped class",
          params: Params,
          response: { 204: Type.Null(), ...errorResponses() },
        },
      },
      async (request, reply) => {
        await classes.remove(request.params.kind, request.params.name, actorOf(request));
        return reply.code(204).send(null);
      },
    );

    app.get(
      "/v1/privacy/classes/suggestions",
      {
        config: { access: "personal-data" },
        schema: {
          tags,
          summary: "Traits that look personal and are not classed so",
          response: {
            200: Type.Object({
              items: listOf(
                Type.Object({
                  kind: Kind,
                  name: Type.String(),
                  looksLike: Type.String(),
                  ratio: Type.Number(),
                  values: Type.Integer(),
                  pii: Pii,
                }),
              ),
            }),
            ...errorResponses(),
          },
        },
      },
      async () => ({ items: await classes.suggest() }),
    );
  };
}
