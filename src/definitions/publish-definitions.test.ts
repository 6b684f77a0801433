import { Type } from "typebox";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import { unique } from "../testing/access-app.ts";
import { banner, type DefinitionsApp, startDefinitionsApp } from "../testing/definitions-app.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";

const clock = createFixedClock(Date.UTC(2026, 0, 1, 12));
const hourMs = 3_600_000;
let engines: TestEngines;
let test: DefinitionsApp;

beforeAll(async () => {
  engines = await openTestEngines(["access", "definitions"]);
}, 60_000);
afterAll(() => engines.close());
beforeEach(async () => {
  test = await startDefinitionsApp(engines, clock);
});
afterEach(() => test.close());

it("makes a draft that is not in effect, and publishes it with effect on the next read", async () => {
  const { key, path } = await test.makeBanner();
  expect((await test.call("GET", path)).body).toMatchObject({
    key,
    status: "draft",
    draftStatus: "draft",
    version: 1,
    liveVersion: null,
    body: { text: "hello" },
  });
  expect(test.liveKeys()).not.toContain(key);
  expect((await test.post(`${path}/publish`)).body).toMatchObject({
    status: "live",
    draftStatus: null,
    liveVersion: 1,
    everLive: true,
  });
  expect(test.liveKeys()).toContain(key);
});

it("keeps what is live while a new version is drafted, and replaces it when that is published", async () => {
  const { key, path, etag } = await test.makeLive();
  const saved = await test.call("PUT", path, {
    body: { name: "New name", body: { text: "second" }, note: "for spring" },
    etag,
  });
  expect(saved.body).toMatchObject({
    status: "live",
    draftStatus: "draft",
    version: 2,
    liveVersion: 1,
    draftVersion: 2,
    name: "New name",
  });
  expect(test.liveText(key)).toBe("hello");
  await test.post(`${path}/publish`);
  expect(test.liveText(key)).toBe("second");
  expect((await test.call("GET", `${path}/versions`)).body.items).toMatchObject([
    { version: 2, note: "for spring", author: expect.stringMatching(/^token:approver-/), name: "New name" },
    { version: 1, note: "" },
  ]);
});

it("pauses and resumes with effect at once", async () => {
  const { key, path } = await test.makeLive();
  expect((await test.post(`${path}/pause`)).body.status).toBe("paused");
  expect(test.liveKeys()).not.toContain(key);
  expect((await test.post(`${path}/resume`)).body.status).toBe("live");
  expect(test.liveKeys()).toContain(key);
});

it("refuses a status change that is not possible, and says what is", async () => {
  const { path } = await test.makeBanner();
  expect((await test.post(`${path}/pause`)).body.error).toMatchObject({
    code: "definitions.transition",
    message: expect.stringContaining("possible: submit, publish, archive"),
  });
  expect((await test.post(`${path}/rollback`, { version: 1 })).status).toBe(409);
  await test.post(`${path}/publish`);
  expect((await test.post(`${path}/publish`)).status).toBe(409);
});

it("publishes an old version again as a new one", async () => {
  const { key, path, etag } = await test.makeLive();
  await test.call("PUT", path, { body: { name: "second", body: { text: "second" } }, etag });
  await test.post(`${path}/publish`);
  const back = await test.post(`${path}/rollback`, { version: 1, note: "second was wrong" });
  expect(back.body).toMatchObject({ version: 3, liveVersion: 3, status: "live", name: key });
  expect(test.liveText(key)).toBe("hello");
  expect((await test.call("GET", `${path}/versions/3`)).body).toMatchObject({
    restoredFrom: 1,
    note: "second was wrong",
    body: { text: "hello" },
  });
  expect((await test.post(`${path}/rollback`, { version: 9 })).status).toBe(404);
});

it("goes live and ends by its schedule, in its time zone", async () => {
  // 20:00 in Berlin is 19:00 UTC in winter.
  const day = new Date(clock.now()).toISOString().slice(0, 10);
  const { key, path } = await test.makeBanner({
    schedule: { from: `${day}T20:00`, to: `${day}T21:00`, timezone: "Europe/Berlin" },
  });
  expect((await test.post(`${path}/publish`)).body).toMatchObject({
    status: "scheduled",
    everLive: false,
    nextChangeAt: `${day}T19:00:00.000Z`,
  });
  expect(test.liveKeys()).not.toContain(key);
  expect(test.definitions.live("banner").map((one) => one.key)).toContain(key);
  clock.set(Date.parse(`${day}T19:00:00Z`));
  expect(test.liveKeys()).toContain(key);
  await test.definitions.applySchedules(clock.now());
  expect((await test.call("GET", path)).body).toMatchObject({ status: "live", everLive: true });
  clock.set(Date.parse(`${day}T20:00:00Z`));
  expect(test.liveKeys()).not.toContain(key);
  await test.definitions.applySchedules(clock.now());
  expect((await test.call("GET", path)).body).toMatchObject({ status: "ended", nextChangeAt: null });
  expect(await test.definitions.applySchedules(clock.now())).toBe(0);
  expect(
    (await test.call("GET", `${path}/activity`)).body.items.map(
      ({ action, via }: { action: string; via: string }) => `${action} ${via}`,
    ),
  ).toEqual([
    "definition.became.ended schedule",
    "definition.became.live schedule",
    "definition.publish api",
    "definition.create api",
  ]);
});

it("replaces the live version at the time that was asked for", async () => {
  const { key, path, etag } = await test.makeLive();
  await test.call("PUT", path, { body: { name: key, body: { text: "later" } }, etag });
  const at = new Date(clock.now() + hourMs).toISOString();
  expect((await test.post(`${path}/publish`, { at })).body).toMatchObject({
    status: "live",
    liveVersion: 1,
    pendingVersion: 2,
    publishAt: at,
    nextChangeAt: at,
  });
  clock.advance(hourMs - 1);
  await test.definitions.applySchedules(clock.now());
  expect(test.liveText(key)).toBe("hello");
  clock.advance(1);
  await Promise.all([test.definitions.applySchedules(clock.now()), test.definitions.applySchedules(clock.now())]);
  expect(test.liveText(key)).toBe("later");
  expect((await test.call("GET", path)).body).toMatchObject({ liveVersion: 2, pendingVersion: null, publishAt: null });
});

it("keeps the schedule of a live definition while its draft is edited", async () => {
  const to = new Date(clock.now() + hourMs).toISOString();
  const { key, path, etag } = await test.makeLive({ schedule: { from: null, to, timezone: "UTC" } });
  await test.call("PUT", path, { body: { name: key, body: { text: "draft" } }, etag });
  clock.advance(hourMs);
  await test.definitions.applySchedules(clock.now());
  expect((await test.call("GET", path)).body).toMatchObject({ status: "ended", draftStatus: "draft" });
});

it("refuses to publish what would be over already", async () => {
  const { path } = await test.makeBanner({ schedule: { from: null, to: "2020-01-01T00:00:00Z", timezone: "UTC" } });
  expect((await test.post(`${path}/publish`)).body.error.details).toMatchObject([
    { path: "/schedule/to", code: "past" },
  ]);
});

it("publishes a user only after what it uses, and archives a used one only by force", async () => {
  const key = unique("group");
  await test.post("/group", { key, name: "The group", body: { rule: "all" } });
  const user = await test.makeBanner({}, { text: "x", audience: key });
  expect((await test.post(`${user.path}/publish`)).body.error.details).toMatchObject([
    { path: "/body/audience", code: "unpublishedReference" },
  ]);
  await test.post(`/group/${key}/publish`);
  expect((await test.post(`${user.path}/publish`)).status).toBe(200);
  expect((await test.call("GET", `/group/${key}/used-by`)).body.items).toMatchObject([
    { kind: "banner", key: user.key, path: "/audience", isLive: true, status: "live" },
  ]);
  expect((await test.post(`/group/${key}/archive`)).body.error).toMatchObject({
    code: "definitions.inUse",
    details: [{ path: `/banner/${user.key}/audience`, code: "usedLive" }],
  });
  expect((await test.post(`/group/${key}/archive`, { force: true })).body.status).toBe("archived");
  expect(test.liveKeys("group")).not.toContain(key);
});

it("brings archived ones back: paused when they have been live, else as a draft", async () => {
  const live = await test.makeLive();
  await test.post(`${live.path}/archive`);
  expect((await test.call("PUT", live.path, { body: { name: "n", body: { text: "x" } }, etag: "*" })).status).toBe(409);
  expect((await test.post(`${live.path}/unarchive`)).body.status).toBe("paused");
  expect((await test.post(`${live.path}/resume`)).body.status).toBe("live");
  const draft = await test.makeBanner();
  await test.post(`${draft.path}/archive`);
  expect((await test.post(`${draft.path}/unarchive`)).body).toMatchObject({ status: "draft", draftStatus: "draft" });
});

it("tells listeners of a kind after its snapshot has changed, also in another process", async () => {
  const other = test.make();
  await other.start();
  const seen: string[] = [];
  const stop = other.onChange((kind) => seen.push(`${kind} ${other.live(kind).length}`));
  const before = other.live("banner").length;
  const snapshot = other.live("banner");
  const { key } = await test.makeLive();
  await expect.poll(() => other.live("banner").map((one) => one.key)).toContain(key);
  expect(snapshot).toHaveLength(before);
  expect(seen).toContain(`banner ${before + 1}`);
  stop();
  const count = seen.length;
  await test.makeLive();
  await expect.poll(() => other.live("banner").length).toBe(before + 2);
  expect(seen).toHaveLength(count);
  await other.stop();
});

it("leaves out a published definition that no longer fits the schema of its kind", async () => {
  const { key } = await test.makeLive({}, { text: "old", weight: 5 });
  const stricter = test.make({
    ...banner,
    schema: Type.Object({ text: Type.String() }, { additionalProperties: false }),
  });
  await stricter.start();
  expect(stricter.live("banner").map((one) => one.key)).not.toContain(key);
  await stricter.stop();
});
