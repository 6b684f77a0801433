import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpClient, createS3 } from "../../connectors/index.ts";
import { systemClock } from "../../kernel/index.ts";
import { type S3Server, s3Bucket, s3Credentials, startS3Server } from "../../testing/connectors/s3-server.ts";
import { startAssetsApp } from "../../testing/content/assets-app.ts";
import { aPicture } from "../../testing/content/pictures.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { createBucketBlobs } from "./blobs.ts";

let engines: TestEngines;
let server: S3Server;
beforeAll(async () => {
  [engines, server] = await Promise.all([openTestEngines(["access", "definitions", "content"]), startS3Server()]);
});
afterAll(async () => {
  await server.close();
  await engines.close();
});

describe("a library in a bucket", () => {
  it("stores there, serves from there, frees what nothing shows, and says when the bucket is away", async () => {
    const http = createHttpClient({ allowPrivateTargets: true });
    const settings = { endpoint: server.url, region: "us-east-1", bucket: s3Bucket, ...s3Credentials };
    const blobs = createBucketBlobs(createS3(settings, http, systemClock.now), "pictures/");
    const shop = await startAssetsApp(engines, { clock: systemClock, folder: join(engines.dataDir, "work"), blobs });
    try {
      const kept = await shop.upload(await aPicture({ width: 700, height: 300 }));
      const asset = await shop.upload(await aPicture({ width: 900, height: 300 }));
      expect(server.refusals).toEqual([]);
      const key = `pictures/${asset.sha256.slice(0, 2)}/${asset.sha256}`;
      expect([...server.objects.keys()]).toContain(key);
      const original = await shop.call("GET", asset.url);
      expect(original.bytes.equals(server.objects.get(key)!.body)).toBe(true);
      expect(await sharp((await shop.call("GET", `/assets/${asset.id}/w320`)).bytes).metadata()).toMatchObject({
        width: 320,
      });
      for (let other = 0; other < 7; other += 1) server.put(`pictures/note-${other}`, "of somebody else");
      await shop.call("POST", `/v1/assets/${asset.id}/archive`, {});
      await shop.call("DELETE", `/v1/assets/${asset.id}`);
      for (const object of server.objects.values()) object.modifiedAt -= 2 * 86_400_000;
      await shop.assets.maintain();
      expect([server.objects.has(key), server.objects.size]).toEqual([false, 8]);
      server.objects.clear();
      expect((await shop.call("GET", kept.url)).body.error.code).toBe("assets.missing");
      await server.close();
      expect((await shop.call("GET", kept.url)).body.error.code).toBe("connectors.unreachable");
      const away = await shop.call("POST", "/v1/assets?fileName=x", await aPicture({ width: 910, height: 300 }));
      expect(away.body.error.code).toBe("connectors.unreachable");
      expect((await shop.assets.list({}, { limit: 10 })).items).toHaveLength(1);
    } finally {
      http.close();
      await shop.close();
    }
  });
});
