import type { Sharp } from "sharp";
import type { AssetFile, AssetFormat, FocalPoint } from "./asset.ts";
import { cropWindow, type Size } from "./crop-window.ts";
import { encodeAs, withPicture } from "./picture-engine.ts";
import type { RenditionBody } from "./renditions.ts";

const middle: FocalPoint = { x: 0.5, y: 0.5 };
const defaultQuality = 80;

function crop(image: Sharp, source: Size, target: Size, focal: FocalPoint): Sharp {
  const window = cropWindow(source, target, focal);
  // Not larger than the part that is there: enlarging adds bytes and no detail.
  const ratio = Math.min(1, window.width / target.width, window.height / target.height);
  return image
    .extract(window)
    .resize(Math.max(1, Math.round(target.width * ratio)), Math.max(1, Math.round(target.height * ratio)), {
      fit: "fill",
    });
}

/**
 * One size of a picture. Animations stay animated in WebP and GIF; other formats show the first frame.
 *
 * @throws {ClienteleError} `assets.busy`
 */
export function makeRendition(
  master: Buffer,
  source: Pick<AssetFile, "width" | "height" | "frames" | "format">,
  body: RenditionBody,
  format: AssetFormat,
  focal: FocalPoint | null,
): Promise<Buffer> {
  const isAnimated = source.frames > 1 && (format === "webp" || format === "gif");
  const { width, height, fit } = body;
  return withPicture(master, isAnimated, (image) => {
    const sized =
      fit === "cover" && width !== undefined && height !== undefined
        ? crop(image, source, { width, height }, focal ?? middle)
        : image.resize({
            ...(width === undefined ? {} : { width }),
            ...(height === undefined ? {} : { height }),
            fit: "inside",
            withoutEnlargement: true,
          });
    return encodeAs(sized, format, { quality: body.quality ?? defaultQuality }).toBuffer();
  });
}
