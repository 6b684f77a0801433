import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importAssets } from "../../commands/import-assets.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { aPicture } from "../../testing/content/pictures.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const clock = createFixedClock(Date.UTC(2026, 5, 1));
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
});
afterAll(() => app.close());

describe("a picture in a block", () => {
  it("is shown by an address of this server while its rights last, then the block is not shown", async () => {
    const { Readable } = await import("node:stream");
    const editor = { actor: "test", via: "cli", storeViews: null } as const;
    const { asset } = await app.assets.upload(Readable.from([await aPicture()]), { fileName: "a.png" }, editor);
    await app.publish("block", "beach", {
      placement: "home.hero",
      priority: 1,
      audiences: [],
      html: `<img src="asset:${asset.id}/w640" srcset="asset:${asset.id}/w1280 2x" alt="Beach">`,
      json: { image: `asset:${asset.id}` },
    });
    const decide = async () => {
      const { body } = await app.call("POST", "/v1/decide", {
        identity: { anonymousId: "a-1" },
        placements: ["home.hero"],
        explain: true,
      });
      return body["decisions"] as { value: { html: string; json: { image: string } } | null }[];
    };
    const [shown] = await decide();
    const address = new RegExp(`"(http://[^"]+/assets/${asset.id}/w640\\?v=[0-9a-f]{12})"`).exec(
      shown?.value?.html ?? "",
    );
    expect(address).not.toBeNull();
    expect(shown?.value?.html).not.toContain("asset:");
    expect(shown?.value?.json.image).toContain(`/assets/${asset.id}/original?v=`);
    const { pathname, search } = new URL(address?.[1] ?? "");
    expect((await app.call("GET", pathname + search, undefined, {})).status).toBe(200);
    expect(await app.assets.usedBy(asset.id)).toMatchObject([
      { kind: "block", key: "beach", path: "/html", isLive: true },
      { kind: "block", key: "beach", path: "/json/image", isLive: true },
    ]);
    const untilMs = clock.now() + 1_000;
    await app.assets.update(asset.id, { rights: { fromMs: null, untilMs, note: "" } }, undefined, editor);
    expect((await decide())[0]?.value).not.toBeNull();
    clock.advance(1_000);
    const after = await decide();
    expect(after[0]?.value ?? null).toBeNull();
    expect(JSON.stringify(after)).toContain(`The picture ${asset.id} is not shown: expired`);
  });
});

describe("the import of a folder", () => {
  it("takes every picture with its folder, names what it refuses, and changes nothing the second time", async () => {
    const folder = join(app.dataDir, "pictures");
    mkdirSync(join(folder, "summer", "deep"), { recursive: true });
    writeFileSync(join(folder, "one.png"), await aPicture({ width: 31 }));
    writeFileSync(join(folder, "summer", "deep", "two.jpg"), await aPicture({ width: 32, format: "jpeg" }));
    writeFileSync(join(folder, "summer", "evil.png"), "<svg><script>alert(1)</script></svg>");
    writeFileSync(join(folder, ".hidden.png"), await aPicture({ width: 33 }));
    const report = await importAssets(app.assets, folder, { into: "campaign" });
    expect(report).toEqual({
      added: 2,
      known: 0,
      refused: [{ file: join("summer", "evil.png"), code: "assets.type" }],
    });
    const { items } = await app.assets.list({ folder: "campaign" }, { limit: 10 });
    expect(items.map(({ name, folder: at }) => `${at}/${name}`).sort()).toEqual([
      "campaign/one.png",
      "campaign/summer/deep/two.jpg",
    ]);
    expect(await importAssets(app.assets, folder, { into: "campaign" })).toMatchObject({ added: 0, known: 2 });
  });
});
