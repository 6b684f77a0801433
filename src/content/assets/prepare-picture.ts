import type { Metadata } from "sharp";
import { ClienteleError, sha256Hex } from "../../kernel/index.ts";
import type { AssetFile, AssetFormat } from "./asset.ts";
import { encodeAs, maxEdge, maxFrames, maxPixels, withPicture } from "./picture-engine.ts";

export type PreparedPicture = { readonly data: Buffer; readonly file: Omit<AssetFile, "uploadSha256"> };

// High enough that the loss of writing it anew cannot be seen; renditions are made from it.
const quality = 92;
const animatable: readonly AssetFormat[] = ["gif", "webp"];

/** @throws {ClienteleError} `assets.tooLarge` */
function assertSize({ width, height, pageHeight, pages = 1 }: Metadata): void {
  const frameHeight = pageHeight ?? height;
  const pixels = width * frameHeight * pages;
  if (pixels <= maxPixels && width <= maxEdge && frameHeight <= maxEdge && pages <= maxFrames) return;
  throw new ClienteleError(
    "assets.tooLarge",
    `the picture has ${width} × ${frameHeight} pixels in ${pages} frames; the limits are ${maxPixels} pixels in all, ${maxEdge} an edge, ${maxFrames} frames`,
  );
}

function broken(cause: unknown): ClienteleError {
  if (cause instanceof ClienteleError) return cause;
  const text = cause instanceof Error ? cause.message : "";
  if (/pixel limit|too large|timeout/i.test(text))
    return new ClienteleError("assets.tooLarge", "the picture has too many pixels, or takes too long to decode", {
      cause,
    });
  return new ClienteleError("assets.broken", "the picture cannot be decoded to its end", { cause });
}

/**
 * Decodes a picture whole and writes it anew: upright, in the colours of the web, without anything but its pixels. What was hidden
 * in the file (camera data, places, scripts behind the last pixel) is not in the result.
 *
 * @param path file with the upload
 * @throws {ClienteleError} `assets.broken`, `assets.tooLarge`, `assets.busy`
 */
export async function preparePicture(path: string, format: AssetFormat): Promise<PreparedPicture> {
  try {
    const isAnimated = animatable.includes(format);
    return await withPicture(path, isAnimated, async (image) => {
      const metadata = await image.metadata();
      assertSize(metadata);
      const { data, info } = await encodeAs(image.autoOrient(), format, {
        quality,
        isPalette: metadata.isPalette ?? false,
      }).toBuffer({ resolveWithObject: true });
      const frames = isAnimated ? (metadata.pages ?? 1) : 1;
      const file = {
        sha256: sha256Hex(data),
        format,
        bytes: data.length,
        width: info.width,
        height: frames > 1 ? Math.round(info.height / frames) : info.height,
        frames,
      };
      return { data, file };
    });
  } catch (error) {
    throw broken(error);
  }
}
