import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, pageQuerySchema, pageSchema } from "../http/index.ts";
import type { AccessControl } from "./create-access.ts";

const image = Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()]);
const entrySchema = Type.Object({
  seq: Type.Integer(),
  id: Type.String(),
  at: Type.String(),
  actor: Type.String(),
  via: Type.String({ description: "ui, api, schedule, import or cli" }),
  action: Type.String(),
  objectKind: Type.String(),
  objectId: Type.String(),
  before: image,
  after: image,
  requestId: Type.Union([Type.String(), Type.Null()]),
  hash: Type.String({ description: "SHA-256 of this entry and the hash of the one before" }),
});

const text = Type.Optional(Type.String({ maxLength: 300 }));
const time = Type.Optional(Type.String({ format: "date-time" }));
const filters = Type.Object({
  ...pageQuerySchema,
  actor: text,
  action: text,
  exceptActions: Type.Optional(
    Type.String({
      maxLength: 1000,
      description: "Actions to leave out, with commas between them; profile.read leaves out who looked at whom",
    }),
  ),
  objectKind: text,
  objectId: text,
  from: time,
  to: time,
});
const checkSchema = Type.Object({
  ok: Type.Boolean(),
  checked: Type.Integer(),
  brokenAt: Type.Optional(Type.Integer()),
});
const tags = ["Access"];

export function createAuditRoutes({ audit }: AccessControl): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/audit",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Who changed what, newest first",
          querystring: filters,
          response: { 200: pageSchema(entrySchema), ...errorResponses(400, 401, 403) },
        },
      },
      (request) => {
        const { exceptActions, ...filter } = request.query;
        const names = exceptActions?.split(",").map((name) => name.trim());
        return audit.list({ ...filter, exceptActions: names?.filter((name) => name !== "") });
      },
    );

    app.get(
      "/v1/audit/check",
      {
        config: { access: "admin" },
        schema: {
          tags,
          summary: "Recompute the chain of audit entries",
          response: { 200: checkSchema, ...errorResponses(401, 403) },
        },
      },
      () => audit.verify(),
    );
  };
}
