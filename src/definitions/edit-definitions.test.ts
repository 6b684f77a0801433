import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import { unique } from "../testing/access-app.ts";
import { type DefinitionsApp, startDefinitionsApp } from "../testing/definitions-app.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";

const clock = createFixedClock(Date.UTC(2026, 0, 1, 12));
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

it("lets viewers read, editors draft and submit, and only approvers publish", async () => {
  const key = unique("roles");
  expect((await test.post("/banner", { key, name: key, body: { text: "x" } }, "reader")).status).toBe(403);
  const made = await test.post("/banner", { key, name: key, body: { text: "x" } }, "editor");
  expect(made.status).toBe(201);
  expect((await test.call("GET", `/banner/${key}`, { who: "reader" })).status).toBe(200);
  expect((await test.post(`/banner/${key}/submit`, {}, "editor")).body).toMatchObject({
    status: "in_review",
    draftStatus: "in_review",
  });
  expect((await test.post(`/banner/${key}/publish`, {}, "editor")).status).toBe(403);
  expect((await test.post(`/banner/${key}/publish`, {}, "approver")).body).toMatchObject({ status: "live" });
});

it("makes no version when nothing has changed", async () => {
  const { key, path, etag } = await test.makeLive();
  const again = await test.call("PUT", path, { body: { name: key, body: { text: "hello" } }, etag });
  expect(again).toMatchObject({ status: 200, etag, body: { version: 1, draftStatus: null } });
});

it("needs If-Match to save, and lets only one of two writers through", async () => {
  const { path, etag } = await test.makeBanner();
  const save = (text: string, match?: string) =>
    test.call("PUT", path, { body: { name: "n", body: { text } }, ...(match === undefined ? {} : { etag: match }) });
  expect((await save("a")).body.error).toMatchObject({ code: "definitions.ifMatchMissing" });
  expect((await save("a", "three")).status).toBe(400);
  const both = await Promise.all([save("a", etag), save("b", etag)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  expect(both.find(({ status }) => status === 412)!.body.error.code).toBe("definitions.versionConflict");
  expect((await test.call("GET", `${path}/versions`)).body.items).toHaveLength(2);
  expect((await test.call("POST", `${path}/publish`, { body: {}, etag })).status).toBe(412);
  expect((await save("c", "*")).status).toBe(200);
});

it("refuses an invalid definition with all of its faults at once", async () => {
  const answer = await test.post("/banner", {
    key: "no key!",
    name: " ",
    schedule: { from: "2026-02-30", to: "yesterday", timezone: "Europe/Berlin" },
    body: { weight: -1, colour: "red" },
  });
  const { code, details } = answer.body.error;
  expect([answer.status, code]).toEqual([422, "definitions.invalid"]);
  expect(details.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`).sort()).toEqual([
    "/body/colour additionalProperties",
    "/body/text required",
    "/body/weight minimum",
    "/key pattern",
    "/name length",
    "/schedule/from time",
    "/schedule/to time",
  ]);
  const checked = await test.post("/banner", { name: "n", body: { text: "forbidden", audience: "nobody" } });
  expect(checked.body.error.details).toMatchObject([
    { path: "/body/text", code: "wording" },
    { path: "/body/audience", code: "unknownReference" },
  ]);
});

it("refuses text that cannot be stored and bodies nested without end", async () => {
  const nul = await test.post("/group", { name: "n", body: { rule: "a\u0000b", other: ["\ud800"] } });
  expect(nul.body.error.details).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ path: "/body/rule", code: "text" }),
      expect.objectContaining({ path: "/body/other/0", code: "text" }),
    ]),
  );
  let deep: unknown = 1;
  for (let level = 0; level < 100; level += 1) deep = { deep };
  expect((await test.post("/group", { name: "n", body: { rule: "x", deep } })).body.error.details).toMatchObject([
    { code: "depth" },
  ]);
});

it("stores names as text, whatever they look like", async () => {
  const name = `<img src=x onerror="alert(1)"> '); drop table definitions; -- 100%_`;
  const made = await test.post("/banner", { name, body: { text: name } });
  expect(made.body).toMatchObject({
    name,
    body: { text: name },
    key: "img-src-x-onerror-alert-1-drop-table-definitions-100",
  });
  expect((await test.call("GET", `/banner?search=${encodeURIComponent("100%_")}`)).body.items).toMatchObject([
    { name },
  ]);
  expect((await test.call("GET", `/banner?search=${encodeURIComponent("1000_")}`)).body.items).toEqual([]);
});

it("makes keys from names, numbered when taken, and refuses a key that is taken", async () => {
  const name = unique("Frühling");
  const first = await test.post("/banner", { name, body: { text: "x" } });
  const second = await test.post("/banner", { name, body: { text: "x" } });
  expect(first.body.key).toBe(name.toLowerCase().replace("ü", "u"));
  expect(second.body.key).toBe(`${first.body.key}-2`);
  expect((await test.post("/banner", { key: first.body.key, name, body: { text: "x" } })).body.error.code).toBe(
    "definitions.keyTaken",
  );
});

it("deletes only drafts that have never been live and that nothing uses", async () => {
  const draft = await test.makeBanner();
  expect((await test.call("DELETE", draft.path)).status).toBe(204);
  expect((await test.call("GET", draft.path)).status).toBe(404);
  const live = await test.makeLive();
  expect((await test.call("DELETE", live.path)).body.error.code).toBe("definitions.liveNotDeletable");
  const key = unique("group");
  await test.post("/group", { key, name: key, body: { rule: "all" } });
  const user = await test.makeBanner({}, { text: "x", audience: key });
  expect((await test.call("DELETE", `/group/${key}`)).body.error).toMatchObject({
    code: "definitions.inUse",
    details: [{ path: `/banner/${user.key}/audience`, code: "usedDraft" }],
  });
  await test.call("DELETE", user.path);
  expect((await test.call("DELETE", `/group/${key}`)).status).toBe(204);
});

it("lets a caller of one store view change definitions of that view only", async () => {
  const all = await test.makeLive();
  expect(
    (await test.call("PUT", all.path, { who: "german", body: { name: "n", body: { text: "x" } }, etag: "*" })).status,
  ).toBe(403);
  expect((await test.post(`${all.path}/pause`, {}, "german")).status).toBe(403);
  const key = unique("german");
  expect((await test.post("/banner", { key, name: key, body: { text: "x" } }, "german")).status).toBe(403);
  expect(
    (await test.post("/banner", { key, name: key, scope: { storeViews: ["de", "fr"] }, body: { text: "x" } }, "german"))
      .status,
  ).toBe(403);
  expect(
    (await test.post("/banner", { key, name: key, scope: { storeViews: ["de"] }, body: { text: "x" } }, "german"))
      .status,
  ).toBe(201);
  expect(
    (await test.call("PUT", `/banner/${key}`, { who: "german", body: { name: key, body: { text: "x" } }, etag: "*" }))
      .status,
  ).toBe(403);
  expect((await test.post(`/banner/${key}/publish`, {}, "german")).status).toBe(200);
});
