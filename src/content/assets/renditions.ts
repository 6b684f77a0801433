// Which sizes of a picture exist. Only named ones: an address with free numbers would let anybody fill the disk and the processor.
import { Type } from "typebox";
import type { DefinitionKind } from "../../definitions/index.ts";
import { sha256Hex } from "../../kernel/index.ts";
import type { AssetFile, AssetFormat, FocalPoint } from "./asset.ts";

const outputFormats = ["auto", "jpeg", "png", "webp", "avif"] as const;

/** One size in which pictures are given out. */
export type RenditionBody = {
  /** Pixels; at least one of both. A picture is never enlarged. */
  readonly width?: number;
  readonly height?: number;
  /** `inside` keeps the shape; `cover` fills both measures and crops around the focal point. Default inside. */
  readonly fit?: "inside" | "cover";
  /** `auto` gives WebP to clients that take it, else JPEG, or PNG for pictures with holes. Default auto. */
  readonly format?: (typeof outputFormats)[number];
  /** 1 to 100; default 80. */
  readonly quality?: number;
};

const maxEdge = 4_096;
const builtIn: Readonly<Record<string, RenditionBody>> = {
  thumb: { width: 240, height: 240 },
  square: { width: 640, height: 640, fit: "cover" },
  w320: { width: 320 },
  w640: { width: 640 },
  w960: { width: 960 },
  w1280: { width: 1_280 },
  w1920: { width: 1_920 },
  w2560: { width: 2_560 },
  hero: { width: 1_920, height: 800, fit: "cover" },
  banner: { width: 1_280, height: 400, fit: "cover" },
  share: { width: 1_200, height: 630, fit: "cover", format: "jpeg" },
};

/** The stored file itself. */
export const originalName = "original";
export const builtInRenditions: ReadonlyMap<string, RenditionBody> = new Map(Object.entries(builtIn));

const edge = Type.Integer({ minimum: 1, maximum: maxEdge });

/** The definition kind `asset-rendition`: further sizes beside those that come with the product. */
export function createRenditionKind(): DefinitionKind<RenditionBody> {
  return {
    kind: "asset-rendition",
    label: "Picture size",
    schema: Type.Object(
      {
        width: Type.Optional(edge),
        height: Type.Optional(edge),
        fit: Type.Optional(Type.Union([Type.Literal("inside"), Type.Literal("cover")])),
        format: Type.Optional(Type.Union(outputFormats.map((format) => Type.Literal(format)))),
        quality: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      },
      { additionalProperties: false },
    ),
    check: (body, { key }) => [
      ...(body.width === undefined && body.height === undefined
        ? [{ path: "", code: "assets.rendition", message: "needs a width, a height or both" }]
        : []),
      ...(body.fit === "cover" && (body.width === undefined || body.height === undefined)
        ? [{ path: "/fit", code: "assets.rendition", message: "cover needs a width and a height" }]
        : []),
      ...(builtInRenditions.has(key) || key === originalName
        ? [{ path: "/key", code: "assets.rendition", message: `${key} comes with the product; choose another key` }]
        : []),
    ],
  };
}

/** The format of one answer. @param accept the Accept header of the client */
export function outputFormat(
  { format = "auto" }: RenditionBody,
  source: AssetFile & { readonly hasAlpha?: boolean },
  accept: string,
): AssetFormat {
  if (format !== "auto") return format;
  if (/\bimage\/webp\b/.test(accept)) return "webp";
  if (source.frames > 1) return "gif";
  return source.format === "jpeg" ? "jpeg" : "png";
}

/**
 * Changes whenever the bytes behind an address would: with the file, the focal point and the size. Twelve hex digits.
 */
export function renditionTag(sha256: string, focal: FocalPoint | null, body: RenditionBody | undefined): string {
  const { width, height, fit, format, quality } = body ?? {};
  return sha256Hex(JSON.stringify(["1", sha256, focal, width, height, fit, format, quality])).slice(0, 12);
}
