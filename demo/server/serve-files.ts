import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { FastifyReply, FastifyRequest } from "fastify";

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".map": "application/json",
};

// One plain name: no slash, no backslash, no leading dot. A path outside the folder cannot be written with it.
const plainName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

/** Sends a file that lies directly in `folder`; answers false when there is none. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  folder: string,
  name: string,
  cacheControl: string,
): Promise<boolean> {
  const contentType = contentTypes[extname(name).toLowerCase()];
  if (!plainName.test(name) || contentType === undefined) return false;
  const path = join(folder, name);
  const info = await stat(path).catch(() => null);
  if (!info?.isFile()) return false;
  const etag = `"${info.size.toString(36)}-${Math.floor(info.mtimeMs).toString(36)}"`;
  reply.headers({ "cache-control": cacheControl, etag, "x-content-type-options": "nosniff" });
  if (request.headers["if-none-match"] === etag) {
    await reply.code(304).send();
    return true;
  }
  reply.headers({ "content-type": contentType, "content-length": info.size });
  await (request.method === "HEAD" ? reply.send() : reply.send(createReadStream(path)));
  return true;
}
