import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anAnimation, aPicture } from "../../testing/content/pictures.ts";
import { createTurnstile } from "../turnstile.ts";
import { cropWindow } from "./crop-window.ts";
import { makeRendition } from "./make-rendition.ts";
import { preparePicture } from "./prepare-picture.ts";
import { sniffFormat } from "./sniff-format.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "clientele-pictures-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const prepare = (data: Buffer, format = sniffFormat(data)!) => {
  const path = join(folder, "upload");
  writeFileSync(path, data);
  return preparePicture(path, format);
};

/** A PNG that says it is `width` × `height`: a few bytes that ask for gigabytes. */
function bomb(width: number, height: number): Buffer {
  const crcTable = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    let crc = 0xffffffff;
    for (const byte of body) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, body.length + 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(1_000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

describe("the format of a file", () => {
  it("is told by its content", async () => {
    for (const format of ["jpeg", "png", "webp", "avif"] as const)
      expect(sniffFormat(await aPicture({ format }))).toBe(format);
    expect(sniffFormat(await anAnimation(2))).toBe("gif");
  });

  it.each([
    ["SVG", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"],
    ["HTML", "<!doctype html><script>alert(1)</script>"],
    ["PDF", "%PDF-1.7"],
    ["TIFF", "II*\0"],
    ["HEIC", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
    ["an empty file", ""],
    ["JPEG cut after two bytes", "\xff\xd8"],
  ])("is refused for %s", (_name, text) => {
    expect(sniffFormat(Buffer.from(text, "latin1"))).toBeUndefined();
  });

  it("is found or not for any bytes, without a failure", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void sniffFormat(bytes)));
  });
});

describe("an upload", () => {
  it("loses camera data, place and comments, and stands upright", async () => {
    const turned = await sharp(await aPicture({ width: 60, height: 40 }))
      .jpeg()
      .withExif({ IFD0: { Artist: "secret-artist" }, IFD3: { GPSLatitude: "48/1 12/1 0/1" } })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { data, file } = await prepare(turned);
    expect(file).toMatchObject({ format: "jpeg", width: 40, height: 60, frames: 1 });
    const metadata = await sharp(data).metadata();
    expect([metadata.exif, metadata.icc, metadata.xmp, metadata.orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(data.includes("secret-artist")).toBe(false);
  });

  it("loses what is hidden behind the picture", async () => {
    const script = "<script>alert('polyglot')</script>";
    const { data } = await prepare(Buffer.concat([await aPicture({ format: "jpeg" }), Buffer.from(script)]));
    expect(data.includes("polyglot")).toBe(false);
    expect(await sharp(data).metadata()).toMatchObject({ format: "jpeg", width: 120, height: 80 });
  });

  it("keeps an animation", async () => {
    const { data, file } = await prepare(await anAnimation(3));
    expect(file).toMatchObject({ format: "gif", frames: 3, width: 60, height: 40 });
    expect((await sharp(data, { animated: true }).metadata()).delay).toEqual([100, 100, 100]);
  });

  it("keeps holes", async () => {
    const { data } = await prepare(await aPicture({ format: "png", alpha: 0 }));
    expect((await sharp(data).stats()).isOpaque).toBe(false);
  });

  it("is refused when it was cut off", async () => {
    for (const format of ["jpeg", "png", "webp", "avif"] as const) {
      const whole = await aPicture({ format, noise: true });
      const cut = whole.subarray(0, Math.floor(whole.length * 0.6));
      await expect(prepare(cut), format).rejects.toMatchObject({ code: "assets.broken" });
    }
  });

  it("is refused when it would fill the memory", async () => {
    for (const data of [bomb(100_000, 100_000), bomb(20_000, 10), bomb(10_000, 10_000)])
      await expect(prepare(data)).rejects.toMatchObject({ code: "assets.tooLarge" });
  });

  it("is refused when it pretends to be another format", async () => {
    const svg = "\x89PNG\r\n\x1a\n<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    await expect(prepare(Buffer.from(svg, "latin1"))).rejects.toMatchObject({ code: "assets.broken" });
    await expect(
      prepare(Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"), "png"),
    ).rejects.toMatchObject({
      code: "assets.broken",
    });
  });

  it("is refused or decoded for any damage, and never takes the process down", async () => {
    const whole = await aPicture({ format: "png", noise: true });
    const arbitrary = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(arbitrary, async (changes) => {
        const damaged = Buffer.from(whole);
        for (const [at, byte] of changes) damaged[at] = byte;
        await prepare(damaged, "png").then(
          ({ file }) => expect(file.bytes).toBeGreaterThan(0),
          (error: unknown) =>
            expect(error).toMatchObject({ code: expect.stringMatching(/^assets\.(broken|tooLarge)$/) }),
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe("a crop", () => {
  const size = fc.record({ width: fc.integer({ min: 1, max: 5_000 }), height: fc.integer({ min: 1, max: 5_000 }) });
  const unit = fc.double({ min: 0, max: 1, noNaN: true });

  it("lies in the picture, has the shape of the target, is as large as can be and holds the focal point", () => {
    fc.assert(
      fc.property(size, size, unit, unit, (source, target, x, y) => {
        const { left, top, width, height } = cropWindow(source, target, { x, y });
        expect(left >= 0 && top >= 0 && left + width <= source.width && top + height <= source.height).toBe(true);
        expect(width === source.width || height === source.height).toBe(true);
        // Rounded to a pixel on the side that gives way.
        const isShape =
          Math.abs(width - (height * target.width) / target.height) <= 0.5 + 1e-9 ||
          Math.abs(height - (width * target.height) / target.width) <= 0.5 + 1e-9;
        expect(isShape || width === 1 || height === 1).toBe(true);
        const holds = (at: number, start: number, length: number) => at >= start - 1 && at <= start + length + 1;
        expect(holds(x * source.width, left, width) && holds(y * source.height, top, height)).toBe(true);
      }),
    );
  });
});

describe("a rendition", () => {
  /** Left half red, right half blue. */
  const halves = async () => {
    const half = (background: string) =>
      sharp({ create: { width: 200, height: 200, channels: 3, background } })
        .png()
        .toBuffer();
    return sharp({ create: { width: 400, height: 200, channels: 3, background: "red" } })
      .composite([{ input: await half("blue"), left: 200, top: 0 }])
      .png()
      .toBuffer();
  };
  const colourOf = async (data: Buffer) =>
    (await sharp(data).stats()).channels.slice(0, 3).map(({ mean }) => Math.round(mean));
  const source = { width: 400, height: 200, frames: 1, format: "png" } as const;

  it("crops around the focal point", async () => {
    const cover = { width: 100, height: 100, fit: "cover" } as const;
    const left = await makeRendition(await halves(), source, cover, "png", { x: 0.1, y: 0.5 });
    const right = await makeRendition(await halves(), source, cover, "png", { x: 0.9, y: 0.5 });
    expect([await colourOf(left), await colourOf(right)]).toEqual([
      [255, 0, 0],
      [0, 0, 255],
    ]);
    expect(await sharp(left).metadata()).toMatchObject({ width: 100, height: 100 });
  });

  it("is never larger than the picture", async () => {
    const wide = await makeRendition(await halves(), source, { width: 4_000 }, "webp", null);
    expect(await sharp(wide).metadata()).toMatchObject({ format: "webp", width: 400, height: 200 });
    const square = await makeRendition(await halves(), source, { width: 900, height: 900, fit: "cover" }, "jpeg", null);
    expect(await sharp(square).metadata()).toMatchObject({ format: "jpeg", width: 200, height: 200 });
  });

  it("keeps an animation where the format can, and crops each of its frames", async () => {
    const gif = await anAnimation(3);
    const facts = { width: 60, height: 40, frames: 3, format: "gif" } as const;
    const webp = await makeRendition(gif, facts, { width: 20, height: 20, fit: "cover" }, "webp", { x: 1, y: 0 });
    expect(await sharp(webp, { animated: true }).metadata()).toMatchObject({ pages: 3, width: 20, pageHeight: 20 });
    const jpeg = await makeRendition(gif, facts, { width: 30 }, "jpeg", null);
    expect(await sharp(jpeg).metadata()).toMatchObject({ format: "jpeg", width: 30, height: 20 });
  });

  it("shows white where the picture has holes and the format has none", async () => {
    const hole = await aPicture({ format: "png", alpha: 0 });
    const jpeg = await makeRendition(hole, { ...source, width: 120, height: 80 }, { width: 60 }, "jpeg", null);
    expect(await colourOf(jpeg)).toEqual([255, 255, 255]);
  });
});

describe("the turnstile", () => {
  it("runs no more at once than it may, lets some wait, refuses the rest, and goes on after failures", async () => {
    const turnstile = createTurnstile(2, 3, () => new Error("refused"));
    let [running, most] = [0, 0];
    const work = (fails: boolean) =>
      turnstile(async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (fails) throw new Error("failed");
        return "done";
      }).catch((error: Error) => error.message);
    expect(await Promise.all([true, false, false, true, false, false, true].map(work))).toEqual([
      "failed",
      "done",
      "done",
      "failed",
      "done",
      "refused",
      "refused",
    ]);
    expect([most, running]).toEqual([2, 0]);
    expect(await work(false)).toBe("done");
  });
});
