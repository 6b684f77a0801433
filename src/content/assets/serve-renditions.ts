import type { Readable } from "node:stream";
import { ClienteleError, sha256Hex } from "../../kernel/index.ts";
import { type AssetFormat, mediaTypeOf } from "./asset.ts";
import type { AssetFact } from "./asset-index.ts";
import type { Blobs } from "./blobs.ts";
import { makeRendition } from "./make-rendition.ts";
import type { RenditionCache } from "./rendition-cache.ts";
import { originalName, outputFormat, type RenditionBody, renditionTag } from "./renditions.ts";

export type ServedPicture = {
  readonly body: () => Promise<Buffer | Readable>;
  readonly mediaType: string;
  readonly format: AssetFormat;
  /** Names these bytes; the same for the same bytes in every process. */
  readonly etag: string;
  /** The part of the address that makes it unchanging. */
  readonly tag: string;
  /** The format was chosen by what the client takes. */
  readonly variesByAccept: boolean;
};

// Bounds what a size of an odd picture can take; files are at most a few times the upload limit.
const maxMasterBytes = 256 * 1024 ** 2;

async function readWhole(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const piece: Buffer = chunk;
    bytes += piece.length;
    if (bytes > maxMasterBytes)
      throw new ClienteleError("assets.missing", "the stored bytes are not those of an asset");
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}

/** Gives out pictures in their sizes: from the cache, else made once, however many ask at the same moment. */
export function createRenditionServer(deps: {
  readonly blobs: Blobs;
  readonly cache: RenditionCache;
  readonly find: (name: string) => RenditionBody | undefined;
}) {
  const { blobs, cache } = deps;
  const underWay = new Map<string, Promise<Buffer>>();

  const make = async (key: string, fact: AssetFact, body: RenditionBody, format: AssetFormat): Promise<Buffer> => {
    const cached = await cache.read(key);
    if (cached) return cached;
    const master = await readWhole(await blobs.open(fact.file.sha256));
    const made = await makeRendition(master, fact.file, body, format, fact.focalPoint);
    await cache.write(key, made);
    return made;
  };
  const onlyOnce = (key: string, fact: AssetFact, body: RenditionBody, format: AssetFormat): Promise<Buffer> => {
    const running = underWay.get(key);
    if (running) return running;
    const own = make(key, fact, body, format).finally(() => underWay.delete(key));
    underWay.set(key, own);
    return own;
  };

  return {
    /** @throws {ClienteleError} `assets.notFound` for a size that does not exist */
    serve: (fact: AssetFact, name: string, accept: string): ServedPicture => {
      const { file } = fact;
      if (name === originalName) {
        const tag = renditionTag(file.sha256, null, undefined);
        return {
          body: () => blobs.open(file.sha256),
          mediaType: mediaTypeOf[file.format],
          format: file.format,
          etag: `"${file.sha256.slice(0, 32)}"`,
          tag,
          variesByAccept: false,
        };
      }
      const rendition = deps.find(name);
      if (!rendition)
        throw new ClienteleError("assets.notFound", "there is no such size; /v1/asset-renditions lists them");
      const tag = renditionTag(file.sha256, fact.focalPoint, rendition);
      const format = outputFormat(rendition, file, accept);
      const key = `${sha256Hex(`${file.sha256} ${tag}`).slice(0, 40)}.${format}`;
      return {
        body: () => onlyOnce(key, fact, rendition, format),
        mediaType: mediaTypeOf[format],
        format,
        etag: `"${key}"`,
        tag,
        variesByAccept: (rendition.format ?? "auto") === "auto",
      };
    },
  };
}

export type RenditionServer = ReturnType<typeof createRenditionServer>;
