import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import { errorResponses } from "../../http/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import type { Assets } from "./create-assets.ts";
import type { ServedPicture } from "./serve-renditions.ts";

const yearSeconds = 31_536_000;
// An address without the tag shows a replaced file after this time.
const shortSeconds = 300;

/** Answers a picture with headers that let a browser do nothing with it but show it. */
export async function sendPicture(
  reply: FastifyReply,
  served: ServedPicture,
  { isPublic, isUnchanging }: { readonly isPublic: boolean; readonly isUnchanging: boolean },
): Promise<unknown> {
  const shared = isUnchanging ? `public, max-age=${yearSeconds}, immutable` : `public, max-age=${shortSeconds}`;
  reply
    .header("etag", served.etag)
    .header("cache-control", isPublic ? shared : "private, no-cache")
    .header("x-content-type-options", "nosniff")
    .header("content-security-policy", "default-src 'none'; sandbox")
    .header("cross-origin-resource-policy", isPublic ? "cross-origin" : "same-origin");
  if (isPublic) reply.header("access-control-allow-origin", "*");
  if (served.variesByAccept) reply.header("vary", "accept");
  const known = reply.request.headers["if-none-match"] ?? "";
  if (known.split(",", 20).some((etag) => etag.trim().replace(/^W\//, "") === served.etag))
    return reply.code(304).send();
  const body = await served.body();
  return reply.type(served.mediaType).send(body);
}

/** `/assets/{id}/{size}`: what shops and mails load. */
export function createPublicAssetRoutes(assets: Assets, now: () => number): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/assets/:id/:size",
      {
        config: { access: "public", quiet: true },
        schema: {
          tags: ["Assets"],
          summary: "A picture in one of its sizes",
          description:
            "With the `v` of the address that the library gives, the answer may be kept for ever. Pictures without rights at this moment answer 410.",
          params: Type.Object({
            id: Type.String({ format: "uuid" }),
            size: Type.String({ pattern: "^[a-z0-9][a-z0-9_-]{0,63}$" }),
          }),
          querystring: Type.Object({ v: Type.Optional(Type.String({ maxLength: 64 })) }),
          response: { 200: Type.Unknown(), 304: Type.Null(), ...errorResponses() },
        },
      },
      async (request, reply) => {
        const { size } = request.params;
        const id = request.params.id.toLowerCase();
        const fact = assets.find(id);
        if (!fact) throw new ClienteleError("assets.notFound", `there is no asset ${id}`);
        const why = assets.whyUnusable(id, now());
        if (why !== undefined) throw new ClienteleError("assets.gone", `the asset ${id} is not shown: ${why}`);
        const served = assets.serve(fact, size, request.headers.accept ?? "");
        return sendPicture(reply, served, { isPublic: true, isUnchanging: request.query.v === served.tag });
      },
    );
  };
}
