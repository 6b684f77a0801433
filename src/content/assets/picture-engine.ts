// Decoding of foreign pictures. Its limits: the pixels of all frames together, the time of one run, and how many run at once. The
// work is done by threads of the library, two at most, so that of the four threads that Node gives to such work two stay free for
// files and names. Only the decoders of the taken formats are on: what is not loaded cannot be attacked.
import sharp, { type Sharp, type SharpOptions } from "sharp";
import { ClienteleError } from "../../kernel/index.ts";
import { createTurnstile } from "../turnstile.ts";
import type { AssetFormat } from "./asset.ts";

/** Of all frames together. 40 megapixels take 160 MB decoded. */
export const maxPixels = 40_000_000;
/** The longest edge that every output format can hold. */
export const maxEdge = 16_383;
export const maxFrames = 500;
const maxSeconds = 20;
const atOnce = 2;
const maxWaiting = 64;

const loaders = ["Jpeg", "Png", "Webp", "Nsgif", "Heif"].map((name) => `VipsForeignLoad${name}`);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({ operation: loaders });
sharp.concurrency(1);
// Each file is read once.
sharp.cache(false);

const turnstile = createTurnstile(atOnce, maxWaiting, () => busy("pictures are being worked on"));

export function busy(what: string): ClienteleError {
  return new ClienteleError("assets.busy", `too many ${what}`, { retryAfterSeconds: 2 });
}

/** Opens a picture with the limits. @param input path or bytes */
function open(input: string | Buffer, isAnimated: boolean): Sharp {
  const options: SharpOptions = {
    failOn: "error",
    limitInputPixels: maxPixels,
    sequentialRead: true,
    animated: isAnimated,
  };
  return sharp(input, options).timeout({ seconds: maxSeconds });
}

/** Runs one piece of work in turn. @throws {ClienteleError} `assets.busy` when too many wait; what the library throws otherwise */
export function withPicture<T>(
  input: string | Buffer,
  isAnimated: boolean,
  work: (image: Sharp) => Promise<T>,
): Promise<T> {
  return turnstile(() => work(open(input, isAnimated)));
}

export type EncodeOptions = { readonly quality: number; readonly isPalette?: boolean; readonly isLossless?: boolean };

/** Writes the pixels alone: no camera data, place, colour profile or comment goes along. */
export function encodeAs(image: Sharp, format: AssetFormat, { quality, isPalette, isLossless }: EncodeOptions): Sharp {
  switch (format) {
    case "jpeg":
      // A hole becomes white; JPEG has none, and black would be the default.
      return image.flatten({ background: "#ffffff" }).jpeg({ quality, progressive: true });
    case "png":
      return image.png({ compressionLevel: 8, palette: isPalette ?? false });
    case "webp":
      return image.webp({ quality, lossless: isLossless ?? false });
    case "gif":
      return image.gif();
    default:
      return image.avif({ quality, effort: 2 });
  }
}
