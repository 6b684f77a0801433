import { rmSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { type AssetsApp, startAssetsApp } from "../../testing/content/assets-app.ts";
import { anAnimation, aPicture } from "../../testing/content/pictures.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";

let engines: TestEngines;
let shop: AssetsApp;
let folder: string;
const clock = createFixedClock(Date.UTC(2026, 5, 1));
beforeAll(async () => {
  engines = await openTestEngines(["access", "definitions", "content"]);
  folder = join(engines.dataDir, "assets");
  shop = await startAssetsApp(engines, { clock, folder });
});
afterAll(async () => {
  await shop.close();
  await engines.close();
});

let colour = 0;
/** A picture that no other test has. */
const newPicture = (options: Parameters<typeof aPicture>[0] = {}) => {
  colour += 1;
  return aPicture({ colour: { r: colour, g: 100, b: 200 }, ...options });
};

describe("the public address", () => {
  it("may be kept for ever with its tag, and answers a known picture with 304", async () => {
    const { id, thumbnailUrl } = await shop.upload(await newPicture({ width: 600, height: 400 }));
    const first = await shop.call("GET", thumbnailUrl, undefined, {
      who: "nobody",
      headers: { accept: "image/avif,image/webp,*/*" },
    });
    expect(first.headers).toMatchObject({
      "content-type": "image/webp",
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      "access-control-allow-origin": "*",
    });
    expect(await sharp(first.bytes).metadata()).toMatchObject({ format: "webp", width: 240, height: 160 });
    const etag = String(first.headers["etag"]);
    const again = await shop.call("GET", thumbnailUrl, undefined, {
      headers: { accept: "image/webp", "if-none-match": `"x", W/${etag}` },
    });
    expect([again.status, again.bytes.length]).toEqual([304, 0]);
    const png = await shop.call("GET", `/assets/${id}/thumb`);
    expect(png.headers).toMatchObject({ "content-type": "image/png", "cache-control": "public, max-age=300" });
    expect(png.headers["etag"]).not.toBe(etag);
  });

  it("knows only sizes that have a name", async () => {
    const { id } = await shop.upload(await newPicture());
    const statuses: number[] = [];
    for (const path of [
      `${id}/w641`,
      `${id}/1x1`,
      `${id}/..%2f..%2fpasswd`,
      "00000000-0000-7000-8000-000000000000/thumb",
      "x/thumb",
    ])
      statuses.push((await shop.call("GET", `/assets/${path}`)).status);
    expect(statuses).toEqual([404, 404, 400, 404, 400]);
    const names = (await shop.call("GET", "/v1/asset-renditions")).body.items.map(({ name }: { name: string }) => name);
    expect(names).toContain("w1280");
  });

  it("has the sizes that the shop added, once they are live", async () => {
    const { id } = await shop.upload(await newPicture());
    const bad = await shop.call("POST", "/v1/definitions/asset-rendition", {
      key: "thumb",
      name: "x",
      body: { fit: "cover", width: 9 },
    });
    expect([bad.status, bad.body.error.details.length]).toEqual([422, 2]);
    const made = await shop.call("POST", "/v1/definitions/asset-rendition", {
      key: "stamp",
      name: "Stamp",
      body: { width: 16, height: 16, fit: "cover", format: "jpeg", quality: 50 },
    });
    expect((await shop.call("GET", `/assets/${id}/stamp`)).status).toBe(404);
    await shop.call(
      "POST",
      "/v1/definitions/asset-rendition/stamp/publish",
      {},
      { headers: { "if-match": String(made.headers["etag"]) } },
    );
    const answer = await shop.call("GET", `/assets/${id}/stamp`);
    expect(await sharp(answer.bytes).metadata()).toMatchObject({ format: "jpeg", width: 16, height: 16 });
  });

  it("shows an animation to everybody", async () => {
    const { id } = await shop.upload(await anAnimation(3));
    const gif = await shop.call("GET", `/assets/${id}/thumb`);
    expect([gif.headers["content-type"], (await sharp(gif.bytes, { animated: true }).metadata()).pages]).toEqual([
      "image/gif",
      3,
    ]);
  });

  it("makes a size once for all who ask, and again when the cache lost it", async () => {
    const { id, sha256 } = await shop.upload(await newPicture());
    const answers = await Promise.all(Array.from({ length: 20 }, () => shop.call("GET", `/assets/${id}/w320`)));
    expect(new Set(answers.map(({ status, bytes }) => `${status} ${bytes.toString("base64")}`)).size).toBe(1);
    rmSync(join(folder, "work", "renditions"), { recursive: true });
    expect((await shop.call("GET", `/assets/${id}/w320`)).bytes).toEqual(answers[0]!.bytes);
    rmSync(join(folder, "files", sha256.slice(0, 2), sha256));
    const lost = await shop.call("GET", `/assets/${id}/original`);
    expect([lost.status, lost.body.error.code]).toEqual([500, "assets.missing"]);
  });
});
