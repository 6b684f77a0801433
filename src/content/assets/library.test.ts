import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { waitFor } from "../../testing/connectors/wait-for.ts";
import { type AssetsApp, startAssetsApp } from "../../testing/content/assets-app.ts";
import { aPicture } from "../../testing/content/pictures.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";

const dayMs = 86_400_000;
const maxUploadBytes = 300_000;
let engines: TestEngines;
let shop: AssetsApp;
let folder: string;
const clock = createFixedClock(Date.UTC(2026, 5, 1));
beforeAll(async () => {
  engines = await openTestEngines(["access", "definitions", "content"]);
  folder = join(engines.dataDir, "assets");
  shop = await startAssetsApp(engines, { clock, folder, maxUploadBytes });
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
const blobsOf = () =>
  readdirSync(join(folder, "files"), { recursive: true, encoding: "utf8" }).filter((name) => name.length > 60);

describe("an upload", () => {
  it("becomes an asset with facts, address and thumbnail", async () => {
    const answer = await shop.call(
      "POST",
      "/v1/assets?fileName=Sun.PNG&folder=/banners//summer/&tags=Sale,%20sea,sale",
      await newPicture(),
    );
    expect([answer.status, answer.headers["etag"]]).toEqual([201, '"1"']);
    const { asset } = answer.body;
    expect(asset).toMatchObject({
      name: "Sun.PNG",
      folder: "banners/summer",
      tags: ["sale", "sea"],
      reference: `asset:${asset.id}`,
      format: "png",
      mediaType: "image/png",
      width: 120,
      height: 80,
      version: 1,
      status: "active",
      rights: { from: null, until: null, state: "valid" },
    });
    expect(answer.headers["location"]).toBe(`/v1/assets/${asset.id}`);
    const file = await shop.call("GET", asset.url, undefined, { who: "nobody" });
    expect([file.status, file.headers["content-type"]]).toEqual([200, "image/png"]);
    expect(await sharp(file.bytes).metadata()).toMatchObject({ width: 120, height: 80 });
    expect((await shop.call("GET", asset.thumbnailUrl, undefined, { who: "nobody" })).status).toBe(200);
    const [entry] = (await shop.access.audit.list({ objectKind: "asset", objectId: asset.id, limit: 10 })).items;
    expect(entry).toMatchObject({ action: "asset.upload", before: null, after: { name: "Sun.PNG" } });
  });

  it("of a file that is there already is answered with that asset, unless a second one is asked for", async () => {
    const data = await newPicture();
    const first = await shop.upload(data);
    const again = await shop.call("POST", "/v1/assets?fileName=other.png", data);
    expect([again.status, again.body.isDuplicate, again.body.asset.id]).toEqual([200, true, first.id]);
    const forced = await shop.call("POST", "/v1/assets?fileName=other.png&allowDuplicate=true", data);
    expect([forced.status, forced.body.isDuplicate]).toEqual([201, false]);
    expect(forced.body.asset.sha256).toBe(first.sha256);
    expect(blobsOf().filter((name) => name.endsWith(first.sha256))).toHaveLength(1);
  });

  it("is stored once when it is sent several times at once", async () => {
    const data = await newPicture();
    const answers = await Promise.all([1, 2, 3, 4].map(() => shop.call("POST", "/v1/assets?fileName=x", data)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
    expect(new Set(answers.map(({ body }) => body.asset.id)).size).toBe(1);
  });

  it("is refused when it is no picture, too large, empty or encoded, and leaves nothing behind", async () => {
    const before = blobsOf().length;
    const send = async (data: Buffer, headers: Record<string, string> = {}) => {
      const { status, body } = await shop.call("POST", "/v1/assets?fileName=evil.png", data, { headers });
      return [status, body.error?.code];
    };
    const svg = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
    expect(await send(svg, { "content-type": "image/svg+xml" })).toEqual([422, "assets.type"]);
    const cut = (await aPicture({ format: "jpeg", noise: true })).subarray(0, 5_000);
    expect(await send(cut)).toEqual([422, "assets.broken"]);
    expect(await send(Buffer.alloc(maxUploadBytes + 1, 1))).toEqual([413, "assets.tooLarge"]);
    expect(await send(Buffer.alloc(0))).toEqual([400, "assets.upload"]);
    expect(await send(await newPicture(), { "content-encoding": "gzip" })).toEqual([400, "assets.upload"]);
    expect((await shop.call("POST", "/v1/assets?fileName=x", { name: "json" })).body.error.code).toBe("assets.upload");
    expect(blobsOf()).toHaveLength(before);
    expect(readdirSync(join(folder, "work", "uploads"))).toEqual([]);
  });

  it("that ends in the middle leaves nothing behind", async () => {
    await shop.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = shop.app.server.address() as { port: number };
    const { assets } = shop;
    const before = (await assets.list({}, { limit: 200 })).items.length;
    const { key } = await shop.access.createKey(
      { kind: "token", name: "cut", scopes: ["edit"] },
      { actor: "test", via: "cli" },
    );
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(
      `POST /v1/assets?fileName=cut.png HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: image/png\r\ncontent-length: 100000\r\n\r\n`,
    );
    socket.write((await aPicture({ noise: true })).subarray(0, 10_000));
    const uploads = () => readdirSync(join(folder, "work", "uploads"));
    await waitFor("the upload begins", () => uploads().length === 1);
    socket.destroy();
    await waitFor("the upload is removed", () => uploads().length === 0);
    expect((await assets.list({}, { limit: 200 })).items).toHaveLength(before);
  });

  it("needs the right to edit", async () => {
    const data = await newPicture();
    const statuses: number[] = [];
    for (const who of ["nobody", "browser", "reader"] as const)
      statuses.push((await shop.call("POST", "/v1/assets?fileName=x", data, { who })).status);
    expect(statuses).toEqual([401, 403, 403]);
  });
});

describe("the fields of an asset", () => {
  it("change one by one, for the state that was read", async () => {
    const { id } = await shop.upload(await newPicture());
    const change = { alt: { "": "A beach", de: "Ein Strand" }, focalPoint: { x: 0.2, y: 0.9 }, tags: ["Beach"] };
    const first = await shop.call("PUT", `/v1/assets/${id}`, change, { headers: { "if-match": '"1"' } });
    expect([first.status, first.headers["etag"]]).toEqual([200, '"2"']);
    expect(first.body).toMatchObject({ ...change, tags: ["beach"], name: "picture.png" });
    expect(
      (await shop.call("PUT", `/v1/assets/${id}`, { name: "x" }, { headers: { "if-match": '"1"' } })).body.error.code,
    ).toBe("assets.conflict");
    const second = await shop.call("PUT", `/v1/assets/${id}`, { name: "Beach", focalPoint: null });
    expect(second.body).toMatchObject({ name: "Beach", focalPoint: null, alt: change.alt });
    expect([shop.assets.altOf(id, "de-AT"), shop.assets.altOf(id, "fr"), shop.assets.altOf(id, "__proto__")]).toEqual([
      "Ein Strand",
      "A beach",
      "A beach",
    ]);
  });

  it("are refused with every fault", async () => {
    const { id } = await shop.upload(await newPicture());
    const { status, body } = await shop.call("PUT", `/v1/assets/${id}`, {
      name: "two\nlines",
      alt: { german: "x" },
      rights: { from: "2026-02-01T00:00:00Z", until: "2026-01-01T00:00:00Z" },
    });
    expect(status).toBe(422);
    expect(body.error.details.map(({ path }: { path: string }) => path)).toEqual(["/name", "/alt", "/rights/until"]);
    const polluted = await shop.call("PUT", `/v1/assets/${id}`, JSON.parse('{"alt":{"__proto__":"x"}}'));
    expect(polluted.status).toBeGreaterThanOrEqual(400);
  });

  it("of others are not changed by an editor of some store views, who may add pictures", async () => {
    const { id } = await shop.upload(await newPicture());
    const refused = await shop.call("PUT", `/v1/assets/${id}`, { name: "x" }, { who: "german" });
    expect([refused.status, refused.body.error.code]).toEqual([403, "access.forbidden"]);
    const own = await shop.call("POST", "/v1/assets?fileName=x", await newPicture(), { who: "german" });
    expect(own.status).toBe(201);
    expect((await shop.call("PUT", `/v1/assets/${own.body.asset.id}`, { name: "y" }, { who: "german" })).status).toBe(
      200,
    );
  });
});

describe("versions", () => {
  it("keep the old file, show the new one under the same name, and come back", async () => {
    const first = await shop.upload(await newPicture({ width: 100, height: 50 }));
    const { id, url } = first;
    const replaced = await shop.call(
      "PUT",
      `/v1/assets/${id}/file?fileName=new.png&note=sharper`,
      await newPicture({ width: 30, height: 30 }),
    );
    expect(replaced.body).toMatchObject({ version: 2, width: 30, height: 30, etag: 2 });
    expect(replaced.body.url).not.toBe(url);
    // The old address still shows the picture, as it is now, and is not kept for ever.
    const old = await shop.call("GET", url);
    expect([(await sharp(old.bytes).metadata()).width, old.headers["cache-control"]]).toEqual([
      30,
      "public, max-age=300",
    ]);
    const restored = await shop.call("POST", `/v1/assets/${id}/versions/1/restore`, {});
    expect(restored.body).toMatchObject({ version: 3, sha256: first.sha256, url });
    const { items } = (await shop.call("GET", `/v1/assets/${id}/versions`)).body;
    expect(
      items.map((item: Record<string, unknown>) => [
        item["version"],
        item["fileName"],
        item["note"],
        item["restoredFrom"],
      ]),
    ).toEqual([
      [3, "picture.png", "", 1],
      [2, "new.png", "sharper", null],
      [1, "picture.png", "", null],
    ]);
    expect((await shop.call("POST", `/v1/assets/${id}/versions/9/restore`, {})).status).toBe(404);
  });
});

describe("the list", () => {
  it("finds by text, folder, tag, format and rights, in pages", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      clock.advance(1_000);
      ids.push(
        (await shop.upload(await newPicture(), `fileName=list%25${index}&folder=list/${index % 2}&tags=t${index}`))[
          "id"
        ],
      );
    }
    const find = async (query: string) =>
      (await shop.call("GET", `/v1/assets?${query}`)).body.items.map(({ id }: { id: string }) => ids.indexOf(id));
    expect(await find("search=list%25")).toEqual([4, 3, 2, 1, 0]);
    expect(await find("search=LIST%253")).toEqual([3]);
    expect(await find("folder=list")).toEqual([4, 3, 2, 1, 0]);
    expect(await find("folder=list/1")).toEqual([3, 1]);
    expect(await find("folder=lis")).toEqual([]);
    expect(await find("tag=t2")).toEqual([2]);
    expect(await find("search=list%25&format=gif")).toEqual([]);
    const first = (await shop.call("GET", "/v1/assets?folder=list&limit=2")).body;
    const second = (await shop.call("GET", `/v1/assets?folder=list&limit=2&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items].map(({ id }) => ids.indexOf(id))).toEqual([4, 3, 2, 1]);
    expect((await shop.call("GET", "/v1/assets?cursor=forged")).status).toBe(400);
    const { folders, tags } = (await shop.call("GET", "/v1/asset-folders")).body;
    expect(folders).toContainEqual({ path: "list/1", assets: 2 });
    expect(tags).toContainEqual({ tag: "t4", assets: 1 });
    const moved = await shop.call("POST", "/v1/asset-folders/move", { from: "list", to: "archive/list" });
    expect(moved.body).toEqual({ moved: 5 });
    expect([await find("folder=list"), await find("folder=archive/list/1")]).toEqual([[], [3, 1]]);
    expect((await shop.call("POST", "/v1/asset-folders/move", { from: "a", to: "a/b" })).status).toBe(422);
  });
});

describe("rights", () => {
  it("end: the picture is warned of before, then shown nowhere", async () => {
    const asset = await shop.upload(await newPicture());
    const { id } = asset;
    const until = clock.now() + 20 * dayMs;
    await shop.call("PUT", `/v1/assets/${id}`, { rights: { until: new Date(until).toISOString() } });
    const state = async () => (await shop.call("GET", `/v1/assets/${id}`)).body.rights.state;
    const listed = async (rights: string) =>
      (await shop.call("GET", `/v1/assets?rights=${rights}`)).body.items.some((item: { id: string }) => item.id === id);
    const body = { html: `<img src="asset:${id}/w320">` };
    expect([await state(), await listed("valid"), shop.assets.unusableIn(body, clock.now())]).toEqual([
      "valid",
      true,
      [],
    ]);
    clock.advance(6 * dayMs);
    expect([await state(), await listed("expiring"), await listed("valid")]).toEqual(["expiring", true, false]);
    expect((await shop.call("GET", asset.url)).status).toBe(200);
    clock.advance(14 * dayMs);
    expect([await state(), await listed("expired")]).toEqual(["expired", true]);
    const gone = await shop.call("GET", asset.url);
    expect([gone.status, gone.body.error.code]).toEqual([410, "assets.gone"]);
    expect(shop.assets.unusableIn(body, clock.now())).toEqual([{ id, why: "expired" }]);
    // Editors still see it.
    expect((await shop.call("GET", `/v1/assets/${id}/file?size=thumb`)).status).toBe(200);
    expect((await shop.call("GET", `/v1/assets/${id}/file`, undefined, { who: "browser" })).status).toBe(403);
    await shop.call("PUT", `/v1/assets/${id}`, {
      rights: { from: new Date(clock.now() + dayMs).toISOString(), until: null },
    });
    expect([await state(), await listed("notYet")]).toEqual(["notYet", true]);
    expect(shop.assets.unusableIn(body, clock.now())).toEqual([{ id, why: "notYet" }]);
  });
});

describe("an asset that is used", () => {
  it("tells where, and is neither archived nor deleted", async () => {
    const { id } = await shop.upload(await newPicture());
    await shop.publishPoster("summer", `<img src="asset:${id}/w640" alt="">`);
    const uses = (await shop.call("GET", `/v1/assets/${id}/used-by`)).body.items;
    expect(uses).toMatchObject([{ kind: "poster", key: "summer", isLive: true, path: "/html" }]);
    const refused = await shop.call("POST", `/v1/assets/${id}/archive`, {});
    expect([refused.status, refused.body.error.code, refused.body.error.details]).toMatchObject([
      409,
      "assets.inUse",
      [{ path: "/poster/summer/html", code: "usedLive" }],
    ]);
  });

  it("is filled in with an address that changes with the file", async () => {
    const { id } = await shop.upload(await newPicture());
    const html = `<img src="asset:${id}/w640"><img src="asset:${id}"><img src="asset:${id}/nosuch">`;
    const filled = shop.assets.fill(html, "https://cdn.example");
    expect(filled).toMatch(new RegExp(`src="https://cdn.example/assets/${id}/w640\\?v=[0-9a-f]{12}"`));
    expect(filled).toContain(`https://cdn.example/assets/${id}/original?v=`);
    expect(filled).toContain(`asset:${id}/nosuch`);
    const { focalPoint } = (await shop.call("PUT", `/v1/assets/${id}`, { focalPoint: { x: 0, y: 0 } })).body;
    expect(focalPoint).toEqual({ x: 0, y: 0 });
    expect(shop.assets.fill(html, "https://cdn.example")).not.toBe(filled);
  });
});

describe("archive and deletion", () => {
  it("hide the picture at once, everywhere, and free its bytes a day later", async () => {
    const data = await newPicture();
    const asset = await shop.upload(data);
    const { id } = asset;
    const early = await shop.call("DELETE", `/v1/assets/${id}`);
    expect([early.status, early.body.error.code]).toEqual([409, "assets.status"]);
    expect((await shop.call("POST", `/v1/assets/${id}/archive`, {})).body.status).toBe("archived");
    expect((await shop.call("GET", asset.url)).status).toBe(410);
    expect((await shop.call("POST", `/v1/assets/${id}/unarchive`, {})).body.status).toBe("active");
    expect((await shop.call("GET", asset.url)).status).toBe(200);
    await shop.call("POST", `/v1/assets/${id}/archive`, {});
    expect((await shop.call("DELETE", `/v1/assets/${id}`)).status).toBe(204);
    expect([(await shop.call("GET", `/v1/assets/${id}`)).status, (await shop.call("GET", asset.url)).status]).toEqual([
      404, 410,
    ]);
    const isThere = () => blobsOf().some((name) => name.endsWith(asset.sha256));
    await shop.assets.maintain();
    expect(isThere()).toBe(true);
    const path = join(folder, "files", asset.sha256.slice(0, 2), asset.sha256);
    const old = new Date(clock.now() - 2 * dayMs);
    utimesSync(path, old, old);
    const kept = await shop.upload(await newPicture());
    utimesSync(join(folder, "files", kept.sha256.slice(0, 2), kept.sha256), old, old);
    await shop.assets.maintain();
    expect([isThere(), blobsOf().some((name) => name.endsWith(kept.sha256))]).toEqual([false, true]);
    // The same file is a new picture afterwards.
    expect((await shop.upload(data)).id).not.toBe(id);
  });
});

it("keeps made sizes within their bound, the ones in use longest", async () => {
  const { createRenditionCache } = await import("./rendition-cache.ts");
  const at = join(folder, "bounded");
  const cache = createRenditionCache(at, 1_000, clock.now);
  const key = (index: number) => `${String(index).repeat(40)}.webp`;
  for (const index of [1, 2, 3]) await cache.write(key(index), Buffer.alloc(300, index));
  await cache.read(key(1));
  await cache.write(key(4), Buffer.alloc(300, 4));
  expect([await cache.read(key(2)), (await cache.read(key(1)))?.length, cache.bytes()]).toEqual([undefined, 300, 900]);
  await cache.write(key(5), Buffer.alloc(2_000));
  expect(await cache.read(key(5))).toBeUndefined();
  // After a restart it knows what is there, and keeps to a smaller bound.
  writeFileSync(join(at, "11", "left.part"), "x");
  const restarted = createRenditionCache(at, 700, clock.now);
  expect((await restarted.read(key(4)))?.length).toBe(300);
  await restarted.write(key(6), Buffer.alloc(300));
  expect(restarted.bytes()).toBeLessThanOrEqual(700);
});

it("tells another process of every change, deletion included", async () => {
  const other = shop.make();
  await other.start();
  const { id } = await shop.upload(await newPicture());
  expect(other.find(id)).toBeUndefined();
  await other.start();
  expect(other.whyUnusable(id, clock.now())).toBeUndefined();
  await shop.call("POST", `/v1/assets/${id}/archive`, {});
  await shop.call("DELETE", `/v1/assets/${id}`);
  await other.start();
  expect(other.whyUnusable(id, clock.now())).toBe("missing");
});
