import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { errorResponses, listOf } from "../http/index.ts";
import { ClienteleError } from "../kernel/index.ts";
import type { Lists } from "./lists.ts";
import type { StoredList } from "./store-lists.ts";

const tags = ["Audiences"];
/** A million hashes with line ends are 66 MB. */
const bodyLimit = 128 * 1024 * 1024;
const params = Type.Object({ id: Type.String({ maxLength: 200, description: "Id or key" }) });
const key = Type.String({ pattern: "^[a-z0-9][a-z0-9_-]{0,99}$" });
const list = Type.Object({
  id: Type.String(),
  key: Type.String(),
  name: Type.String(),
  namespace: Type.String({ description: "What the values are" }),
  version: Type.Integer({ description: "Number of uploads" }),
  size: Type.Integer({ description: "Different entries" }),
  createdAt: Type.String(),
  updatedAt: Type.String(),
  updatedBy: Type.String(),
  usedBy: listOf(Type.String({ description: "Keys of live audiences" })),
});

/** Uploaded lists of identifiers for the `list` leaf. */
export function createListRoutes(lists: Lists): FastifyPluginAsyncTypebox {
  const shown = (each: StoredList) => ({
    ...{ id: each.id, key: each.key, name: each.name, namespace: each.namespace },
    ...{ version: each.version, size: each.size, updatedBy: each.updatedBy },
    createdAt: new Date(each.createdAt).toISOString(),
    updatedAt: new Date(each.updatedAt).toISOString(),
    usedBy: [...lists.usersOf(each)],
  });
  return async (app) => {
    app.get(
      "/v1/lists",
      {
        config: { access: "read" },
        schema: {
          tags,
          summary: "Uploaded lists, in order of key",
          response: { 200: Type.Object({ items: listOf(list) }), ...errorResponses(401, 403) },
        },
      },
      async () => ({ items: lists.all().map(shown) }),
    );

    app.post(
      "/v1/lists",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Make an empty list",
          body: Type.Object(
            {
              key,
              name: Type.String({ minLength: 1, maxLength: 200 }),
              namespace: Type.Optional(
                Type.String({ pattern: "^[a-z][a-z0-9_]{0,49}$", description: "Default email" }),
              ),
            },
            { additionalProperties: false },
          ),
          response: { 201: list, ...errorResponses(400, 401, 403, 409, 422) },
        },
      },
      async ({ body, auth }, reply) => {
        const created = await lists.create({ ...body, namespace: body.namespace ?? "email" }, auth.actor);
        return reply.status(201).send(shown(created));
      },
    );

    app.get(
      "/v1/lists/:id",
      {
        config: { access: "read" },
        schema: { tags, summary: "One list", params, response: { 200: list, ...errorResponses(401, 403, 404) } },
      },
      async ({ params: { id } }) => shown(lists.find(id)),
    );

    app.delete(
      "/v1/lists/:id",
      {
        config: { access: "edit" },
        schema: {
          tags,
          summary: "Delete a list that no live audience uses",
          params,
          response: { 204: Type.Null(), ...errorResponses(401, 403, 404, 409) },
        },
      },
      async ({ params: { id } }, reply) => {
        await lists.remove(id);
        return reply.status(204).send(null);
      },
    );

    await app.register(async (uploads) => {
      // A file is read as it comes; it would be large in memory.
      uploads.removeContentTypeParser("text/plain");
      uploads.addContentTypeParser(["text/csv", "text/plain"], (_request, payload, done) => done(null, payload));
      uploads.post(
        "/v1/lists/:id/entries",
        {
          bodyLimit,
          config: { access: "edit" },
          schema: {
            tags,
            summary: "Upload entries as CSV or lines, plain or as SHA-256 in hexadecimal; members follow",
            params,
            querystring: Type.Object({
              mode: Type.Optional(Type.Union([Type.Literal("replace"), Type.Literal("append")])),
              hashed: Type.Optional(Type.Boolean()),
              column: Type.Optional(Type.String({ maxLength: 200, description: "Heading of the column to read" })),
              preview: Type.Optional(Type.Boolean({ description: "Only tell what it would do; default false" })),
            }),
            response: {
              200: Type.Object({
                list,
                read: Type.Integer(),
                rejected: Type.Integer({ description: "Values that are no identifier of the namespace" }),
                suppressed: Type.Integer({ description: "Values of persons who are suppressed: left out" }),
                duplicates: Type.Integer(),
                size: Type.Integer({ description: "Entries of the list with this upload" }),
              }),
              ...errorResponses(400, 401, 403, 404, 409, 413, 422),
            },
          },
        },
        async (request) => {
          const {
            mode = "replace",
            hashed = false,
            column,
            preview = false,
          } = request.query as {
            mode?: "replace" | "append";
            hashed?: boolean;
            column?: string;
            preview?: boolean;
          };
          const { id } = request.params as { id: string };
          if (!(request.body instanceof Readable))
            throw new ClienteleError("audiences.badList", "send the entries as text/csv or text/plain");
          if (Number(request.headers["content-length"] ?? 0) > bodyLimit)
            throw new ClienteleError("audiences.listTooLarge", `an upload has at most ${bodyLimit} bytes`);
          const isPlain = String(request.headers["content-type"]).startsWith("text/plain");
          const upload = { mode, hashed, column, isPlain, by: request.auth.actor };
          if (preview) {
            const { list: present, ...counts } = await lists.preview(id, request.body, upload);
            return { list: shown(present), ...counts };
          }
          const { list: stored, ...counts } = await lists.upload(id, request.body, upload);
          return { list: shown(stored), ...counts, size: stored.size };
        },
      );
    });
  };
}
