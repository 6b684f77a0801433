import sharp from "sharp";

type PictureOptions = {
  readonly format?: "jpeg" | "png" | "webp" | "avif";
  readonly width?: number;
  readonly height?: number;
  readonly colour?: { readonly r: number; readonly g: number; readonly b: number };
  /** 0 to 1; default 1. */
  readonly alpha?: number;
  /** Bytes that cannot be pressed together; the same ones each time. */
  readonly noise?: boolean;
};

/** A picture of one colour, or of noise. */
export function aPicture(options: PictureOptions = {}): Promise<Buffer> {
  const { format = "png", width = 120, height = 80, colour = { r: 20, g: 120, b: 220 }, alpha, noise } = options;
  if (noise) {
    const raw = Buffer.alloc(width * height * 3);
    let state = 12_345;
    for (let at = 0; at < raw.length; at += 1) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      raw[at] = state >>> 24;
    }
    return sharp(raw, { raw: { width, height, channels: 3 } })
      .toFormat(format)
      .toBuffer();
  }
  const channels = alpha === undefined ? 3 : 4;
  const background = alpha === undefined ? colour : { ...colour, alpha };
  return sharp({ create: { width, height, channels, background } }).toFormat(format).toBuffer();
}

/** A GIF of 60 × 40 pixels. */
export async function anAnimation(frames: number): Promise<Buffer> {
  const pictures = await Promise.all(
    Array.from({ length: frames }, (_, index) =>
      aPicture({ width: 60, height: 40, colour: { r: index * 60, g: 20, b: 30 } }),
    ),
  );
  return sharp(pictures, { join: { animated: true } })
    .gif({ delay: pictures.map(() => 100) })
    .toBuffer();
}
