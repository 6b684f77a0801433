import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { errorResponses, listOf, pageSchema } from "../../http/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import type { Asset, AssetEditor } from "./asset.ts";
import type { Assets } from "./create-assets.ts";
import { sendPicture } from "./public-routes.ts";
import {
  assetJson,
  assetSchema,
  assetVersionSchema,
  changeSchema,
  listQuerySchema,
  toChange,
  uploadAnswerSchema,
  uploadQuerySchema,
  versionJson,
} from "./schemas.ts";

const tags = ["Assets"];
const one = "/v1/assets/:id";
const params = Type.Object({ id: Type.String({ format: "uuid" }) });
const fileTypes = /^(?:application\/octet-stream|image\/[\w.+-]{1,60})/;
const maxListed = 1_000;
const read = { access: "read" } as const;
const edit = { access: "edit" } as const;

function editorOf({ auth, id }: FastifyRequest): AssetEditor {
  return { actor: auth.actor, via: auth.kind === "session" ? "ui" : "api", storeViews: auth.storeViews, requestId: id };
}

/** @throws {ClienteleError} `http.badRequest` for a header that is no etag of ours */
function expectedEtag(request: FastifyRequest): number | undefined {
  const header = request.headers["if-match"]?.trim();
  if (header === undefined || header === "*") return undefined;
  const match = /^(?:W\/)?"(\d{1,9})"$/.exec(header);
  if (!match) throw new ClienteleError("http.badRequest", 'If-Match must be an etag such as "3", or *');
  return Number(match[1]);
}

/** The bytes as they come in. @throws {ClienteleError} `assets.upload`, `assets.tooLarge` by what the request says of itself */
function uploadOf(request: FastifyRequest, maxBytes: number): Readable {
  const { body, headers } = request;
  if (!(body instanceof Readable))
    throw new ClienteleError(
      "assets.upload",
      "send the bytes of one file with an image type or application/octet-stream",
    );
  if (headers["content-encoding"] !== undefined && headers["content-encoding"] !== "identity")
    throw new ClienteleError("assets.upload", "send the bytes of the file without a content encoding");
  if (Number(headers["content-length"] ?? 0) > maxBytes)
    throw new ClienteleError("assets.tooLarge", `the file has more than ${maxBytes} bytes; make it smaller`);
  return body;
}

type Send = (reply: FastifyReply, asset: Asset) => Static<typeof assetSchema>;

function createWriteRoutes(assets: Assets, send: Send): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.addContentTypeParser(
      fileTypes,
      (_request: FastifyRequest, payload: Readable, done: (error: null, body: Readable) => void) => done(null, payload),
    );

    app.post(
      "/v1/assets",
      {
        config: edit,
        schema: {
          tags,
          summary: "Upload a picture",
          description:
            "The body is the file. One that is in the library already is answered with 200 and not stored again.",
          querystring: uploadQuerySchema,
          response: { 200: uploadAnswerSchema, 201: uploadAnswerSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const { fileName, folder, tags: names, allowDuplicate } = request.query;
        const { asset, isDuplicate } = await assets.upload(
          uploadOf(request, assets.maxUploadBytes),
          {
            fileName,
            allowDuplicate,
            ...(folder === undefined ? {} : { folder }),
            ...(names === undefined ? {} : { tags: names.split(",") }),
          },
          editorOf(request),
        );
        reply.code(isDuplicate ? 200 : 201).header("location", `/v1/assets/${asset.id}`);
        return { asset: send(reply, asset), isDuplicate };
      },
    );

    app.put(
      `${one}/file`,
      {
        config: edit,
        schema: {
          tags,
          summary: "Replace the file of a picture; the old one stays as a version",
          params,
          querystring: Type.Object({
            fileName: uploadQuerySchema.properties.fileName,
            note: Type.Optional(Type.String({ maxLength: 1_000 })),
          }),
          response: { 200: assetSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const body = uploadOf(request, assets.maxUploadBytes);
        const { fileName, note = "" } = request.query;
        return send(
          reply,
          await assets.replace(request.params.id, body, { fileName, note }, expectedEtag(request), editorOf(request)),
        );
      },
    );

    app.put(
      one,
      {
        config: edit,
        schema: {
          tags,
          summary: "Change what is written about a picture; what is left out stays",
          params,
          body: changeSchema,
          response: { 200: assetSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const before = await assets.get(request.params.id);
        const change = toChange(request.body, before);
        return send(reply, await assets.update(before.id, change, expectedEtag(request), editorOf(request)));
      },
    );

    app.post(
      `${one}/versions/:version/restore`,
      {
        config: edit,
        schema: {
          tags,
          summary: "Show the file of an old version again",
          params: Type.Object({ ...params.properties, version: Type.Integer({ minimum: 1 }) }),
          response: { 200: assetSchema, ...errorResponses() },
        },
      },
      async (request, reply) => {
        const { id, version } = request.params;
        return send(reply, await assets.restore(id, version, expectedEtag(request), editorOf(request)));
      },
    );

    for (const [action, summary] of [
      ["archive", "Archive a picture that nothing uses"],
      ["unarchive", "Take a picture out of the archive"],
    ] as const) {
      app.post(
        `${one}/${action}`,
        { config: edit, schema: { tags, summary, params, response: { 200: assetSchema, ...errorResponses() } } },
        async (request, reply) =>
          send(reply, await assets[action](request.params.id, expectedEtag(request), editorOf(request))),
      );
    }

    app.delete(
      one,
      {
        config: edit,
        schema: {
          tags,
          summary: "Delete an archived picture for good",
          params,
          response: { 204: Type.Null(), ...errorResponses() },
        },
      },
      async (request, reply) => {
        await assets.remove(request.params.id, expectedEtag(request), editorOf(request));
        return reply.code(204).send(null);
      },
    );

    app.post(
      "/v1/asset-folders/move",
      {
        config: edit,
        schema: {
          tags,
          summary: "Rename a folder, or put it into another",
          body: Type.Object(
            { from: Type.String({ maxLength: 200 }), to: Type.String({ maxLength: 200 }) },
            { additionalProperties: false },
          ),
          response: { 200: Type.Object({ moved: Type.Integer() }), ...errorResponses() },
        },
      },
      async (request) => ({
        moved: await assets.moveFolder(request.body.from, request.body.to, editorOf(request)),
      }),
    );
  };
}

function createReadRoutes(
  assets: Assets,
  send: Send,
  toJson: (asset: Asset) => Static<typeof assetSchema>,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/v1/assets",
      {
        config: read,
        schema: {
          tags,
          summary: "List pictures, newest first",
          querystring: listQuerySchema,
          response: { 200: pageSchema(assetSchema), ...errorResponses() },
        },
      },
      async ({ query: { limit, cursor, ...filter } }) => {
        const page = await assets.list(filter, { limit, cursor });
        return { ...page, items: page.items.map(toJson) };
      },
    );

    app.get(
      one,
      {
        config: read,
        schema: { tags, summary: "One picture", params, response: { 200: assetSchema, ...errorResponses() } },
      },
      async (request, reply) => send(reply, await assets.get(request.params.id)),
    );

    app.get(
      `${one}/file`,
      {
        config: read,
        schema: {
          tags,
          summary: "The picture in a size, whatever its status and rights; for editors",
          params,
          querystring: Type.Object({ size: Type.String({ maxLength: 64, default: "original" }) }),
          response: { 200: Type.Unknown(), ...errorResponses() },
        },
      },
      async (request, reply) => {
        const asset = await assets.get(request.params.id);
        const served = assets.serve(asset, request.query.size, request.headers.accept ?? "");
        return sendPicture(reply, served, { isPublic: false, isUnchanging: false });
      },
    );

    app.get(
      `${one}/versions`,
      {
        config: read,
        schema: {
          tags,
          summary: "Files of a picture, newest first",
          params,
          response: { 200: Type.Object({ items: listOf(assetVersionSchema) }), ...errorResponses() },
        },
      },
      async ({ params: { id } }) => {
        await assets.get(id);
        return { items: (await assets.versions(id, maxListed)).map(versionJson) };
      },
    );

    app.get(
      `${one}/used-by`,
      {
        config: read,
        schema: {
          tags,
          summary: "Definitions that show a picture",
          params,
          response: {
            200: Type.Object({
              items: listOf(
                Type.Object({
                  kind: Type.String(),
                  id: Type.String(),
                  key: Type.String(),
                  name: Type.String(),
                  status: Type.String(),
                  isLive: Type.Boolean(),
                  path: Type.String(),
                }),
              ),
            }),
            ...errorResponses(),
          },
        },
      },
      async ({ params: { id } }) => ({ items: await assets.usedBy(id) }),
    );

    app.get(
      "/v1/asset-folders",
      {
        config: read,
        schema: {
          tags,
          summary: "Folders and tags, with how many pictures each holds",
          response: {
            200: Type.Object({
              folders: listOf(Type.Object({ path: Type.String(), assets: Type.Integer() })),
              tags: listOf(Type.Object({ tag: Type.String(), assets: Type.Integer() })),
            }),
            ...errorResponses(),
          },
        },
      },
      async () => ({ folders: await assets.folders(maxListed), tags: await assets.tags(maxListed) }),
    );

    app.get(
      "/v1/asset-renditions",
      {
        config: read,
        schema: {
          tags,
          summary: "Sizes in which pictures are given out",
          response: {
            200: Type.Object({
              items: listOf(
                Type.Object({
                  name: Type.String(),
                  width: Type.Optional(Type.Integer()),
                  height: Type.Optional(Type.Integer()),
                  fit: Type.Optional(Type.String()),
                  format: Type.Optional(Type.String()),
                  quality: Type.Optional(Type.Integer()),
                }),
              ),
            }),
            ...errorResponses(),
          },
        },
      },
      async () => ({ items: [...assets.renditions()].map(([name, body]) => ({ name, ...body })) }),
    );
  };
}

/** `/v1/assets…`: the library. */
export function createAssetRoutes(assets: Assets, now: () => number): FastifyPluginAsyncTypebox {
  const toJson = (asset: Asset) => assetJson(asset, now(), assets.addressOf);
  const send: Send = (reply, asset) => {
    reply.header("etag", `"${asset.etag}"`);
    return toJson(asset);
  };
  return async (app) => {
    await app.register(createReadRoutes(assets, send, toJson));
    await app.register(createWriteRoutes(assets, send));
  };
}
