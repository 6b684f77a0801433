import { Type } from "typebox";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type AccessControl, createAccess, createAccessStore } from "../access/index.ts";
import { createHttpServer, type HttpServer, type Scope } from "../http/index.ts";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import {
  createDefinitions,
  createDefinitionsRoutes,
  createDefinitionsStore,
  type DefinitionFile,
  type DefinitionKind,
  type Definitions,
  isInWindow,
} from "./index.ts";

type Banner = { text: string; audience?: string; weight?: number };

const banner: DefinitionKind<Banner> = {
  kind: "banner",
  label: "Banner",
  schema: Type.Object(
    {
      text: Type.String({ minLength: 1 }),
      audience: Type.Optional(Type.String()),
      weight: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    { additionalProperties: false },
  ),
  check: (body) =>
    body.text.includes("forbidden") ? [{ path: "/text", code: "wording", message: "holds a forbidden word" }] : [],
  references: (body) => (body.audience === undefined ? [] : [{ kind: "group", key: body.audience, path: "/audience" }]),
};
const group: DefinitionKind<{ rule: string }> = {
  kind: "group",
  label: "Group",
  schema: Type.Object({ rule: Type.String() }, { additionalProperties: true }),
};

const logger = createLogger("silent");
const clock = createFixedClock(Date.UTC(2026, 0, 1, 12));
const hourMs = 3_600_000;
let engines: TestEngines;
let access: AccessControl;
let definitions: Definitions;
let app: HttpServer;
let number = 0;
const headers: Record<string, Record<string, string>> = {};

const make = () => {
  const made = createDefinitions({
    store: createDefinitionsStore(engines.postgres),
    audit: access.audit,
    clock,
    logger,
  });
  made.register(banner);
  made.register(group);
  return made;
};

beforeAll(async () => {
  engines = await openTestEngines(["access", "definitions"]);
  access = createAccess({ store: createAccessStore(engines.postgres), clock, logger });
  await access.start();
  const token = async (name: string, scopes: readonly Scope[], storeViews: readonly string[] | null = null) => {
    const { key } = await access.createKey({ kind: "token", name, scopes, storeViews }, { actor: "test", via: "cli" });
    headers[name] = { authorization: `Bearer ${key}` };
  };
  await token("reader", ["read"]);
  await token("editor", ["read", "edit"]);
  await token("approver", ["read", "edit", "publish"]);
  await token("german", ["read", "edit", "publish"], ["de"]);
}, 60_000);
afterAll(async () => {
  await access.stop();
  await engines.close();
});
beforeEach(async () => {
  definitions = make();
  await definitions.start();
  app = createHttpServer({
    config: { publicUrl: "http://localhost:4000", openDiscovery: false },
    logger,
    clock,
    authenticate: access.authenticate,
  });
  app.register(createDefinitionsRoutes(definitions));
});
afterEach(async () => {
  await app.close();
  await definitions.stop();
});

const unique = (name: string) => `${name}-${++number}`;
type Call = { who?: string; body?: unknown; etag?: string };
async function call(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  { who = "approver", body, etag }: Call = {},
) {
  const answer = await app.inject({
    method,
    url: `/v1/definitions${path}`,
    headers: {
      ...headers[who],
      ...(etag === undefined ? {} : { "if-match": etag }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return {
    status: answer.statusCode,
    etag: String(answer.headers["etag"]),
    body: answer.body === "" ? null : answer.json(),
    text: answer.body,
  };
}
const post = (path: string, body: unknown = {}, who?: string) => call("POST", path, { body, ...(who ? { who } : {}) });
const liveKeys = (kind = "banner") =>
  definitions
    .live<Banner>(kind)
    .filter((one) => isInWindow(one, clock.now()))
    .map(({ key }) => key);
const liveText = (key: string) => definitions.live<Banner>("banner").find((one) => one.key === key)?.body.text;

async function makeBanner(extra: object = {}, body: object = { text: "hello" }) {
  const key = unique("banner");
  const made = await post("/banner", { key, name: key, body, ...extra });
  expect(made.status).toBe(201);
  return { key, path: `/banner/${key}`, etag: made.etag };
}
async function makeLive(extra: object = {}, body: object = { text: "hello" }) {
  const made = await makeBanner(extra, body);
  const published = await post(`${made.path}/publish`);
  expect(published.status).toBe(200);
  return { ...made, etag: published.etag };
}

it("makes a draft that is not in effect, and publishes it with effect on the next read", async () => {
  const { key, path } = await makeBanner();
  expect((await call("GET", path)).body).toMatchObject({
    key,
    status: "draft",
    draftStatus: "draft",
    version: 1,
    liveVersion: null,
    body: { text: "hello" },
  });
  expect(liveKeys()).not.toContain(key);
  expect((await post(`${path}/publish`)).body).toMatchObject({
    status: "live",
    draftStatus: null,
    liveVersion: 1,
    everLive: true,
  });
  expect(liveKeys()).toContain(key);
});

it("lets viewers read, editors draft and submit, and only approvers publish", async () => {
  const key = unique("roles");
  expect((await post("/banner", { key, name: key, body: { text: "x" } }, "reader")).status).toBe(403);
  const made = await post("/banner", { key, name: key, body: { text: "x" } }, "editor");
  expect(made.status).toBe(201);
  expect((await call("GET", `/banner/${key}`, { who: "reader" })).status).toBe(200);
  expect((await post(`/banner/${key}/submit`, {}, "editor")).body).toMatchObject({
    status: "in_review",
    draftStatus: "in_review",
  });
  expect((await post(`/banner/${key}/publish`, {}, "editor")).status).toBe(403);
  expect((await post(`/banner/${key}/publish`, {}, "approver")).body).toMatchObject({ status: "live" });
});

it("keeps what is live while a new version is drafted, and replaces it when that is published", async () => {
  const { key, path, etag } = await makeLive();
  const saved = await call("PUT", path, {
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
  expect(liveText(key)).toBe("hello");
  await post(`${path}/publish`);
  expect(liveText(key)).toBe("second");
  expect((await call("GET", `${path}/versions`)).body.items).toMatchObject([
    { version: 2, note: "for spring", author: "token:approver", name: "New name" },
    { version: 1, note: "" },
  ]);
});

it("makes no version when nothing has changed", async () => {
  const { key, path, etag } = await makeLive();
  const again = await call("PUT", path, { body: { name: key, body: { text: "hello" } }, etag });
  expect(again).toMatchObject({ status: 200, etag, body: { version: 1, draftStatus: null } });
});

it("needs If-Match to save, and lets only one of two writers through", async () => {
  const { path, etag } = await makeBanner();
  const save = (text: string, match?: string) =>
    call("PUT", path, { body: { name: "n", body: { text } }, ...(match === undefined ? {} : { etag: match }) });
  expect((await save("a")).body.error).toMatchObject({ code: "definitions.ifMatchMissing" });
  expect((await save("a", "three")).status).toBe(400);
  const both = await Promise.all([save("a", etag), save("b", etag)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  expect(both.find(({ status }) => status === 412)!.body.error.code).toBe("definitions.versionConflict");
  expect((await call("GET", `${path}/versions`)).body.items).toHaveLength(2);
  expect((await call("POST", `${path}/publish`, { body: {}, etag })).status).toBe(412);
  expect((await save("c", "*")).status).toBe(200);
});

it("refuses an invalid definition with all of its faults at once", async () => {
  const answer = await post("/banner", {
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
  const checked = await post("/banner", { name: "n", body: { text: "forbidden", audience: "nobody" } });
  expect(checked.body.error.details).toMatchObject([
    { path: "/body/text", code: "wording" },
    { path: "/body/audience", code: "unknownReference" },
  ]);
});

it("refuses text that cannot be stored and bodies nested without end", async () => {
  const nul = await post("/group", { name: "n", body: { rule: "a\u0000b", other: ["\ud800"] } });
  expect(nul.body.error.details).toMatchObject(
    expect.arrayContaining([
      expect.objectContaining({ path: "/body/rule", code: "text" }),
      expect.objectContaining({ path: "/body/other/0", code: "text" }),
    ]),
  );
  let deep: unknown = 1;
  for (let level = 0; level < 100; level += 1) deep = { deep };
  expect((await post("/group", { name: "n", body: { rule: "x", deep } })).body.error.details).toMatchObject([
    { code: "depth" },
  ]);
});

it("stores names as text, whatever they look like", async () => {
  const name = `<img src=x onerror="alert(1)"> '); drop table definitions; -- 100%_`;
  const made = await post("/banner", { name, body: { text: name } });
  expect(made.body).toMatchObject({
    name,
    body: { text: name },
    key: "img-src-x-onerror-alert-1-drop-table-definitions-100",
  });
  expect((await call("GET", `/banner?search=${encodeURIComponent("100%_")}`)).body.items).toMatchObject([{ name }]);
  expect((await call("GET", `/banner?search=${encodeURIComponent("1000_")}`)).body.items).toEqual([]);
});

it("makes keys from names, numbered when taken, and refuses a key that is taken", async () => {
  const name = `Frühling ${++number}`;
  const first = await post("/banner", { name, body: { text: "x" } });
  const second = await post("/banner", { name, body: { text: "x" } });
  expect(first.body.key).toBe(`fruhling-${number}`);
  expect(second.body.key).toBe(`fruhling-${number}-2`);
  expect((await post("/banner", { key: first.body.key, name, body: { text: "x" } })).body.error.code).toBe(
    "definitions.keyTaken",
  );
});

it("pauses and resumes with effect at once", async () => {
  const { key, path } = await makeLive();
  expect((await post(`${path}/pause`)).body.status).toBe("paused");
  expect(liveKeys()).not.toContain(key);
  expect((await post(`${path}/resume`)).body.status).toBe("live");
  expect(liveKeys()).toContain(key);
});

it("refuses a status change that is not possible, and says what is", async () => {
  const { path } = await makeBanner();
  expect((await post(`${path}/pause`)).body.error).toMatchObject({
    code: "definitions.transition",
    message: expect.stringContaining("possible: submit, publish, archive"),
  });
  expect((await post(`${path}/rollback`, { version: 1 })).status).toBe(409);
  await post(`${path}/publish`);
  expect((await post(`${path}/publish`)).status).toBe(409);
});

it("publishes an old version again as a new one", async () => {
  const { key, path, etag } = await makeLive();
  await call("PUT", path, { body: { name: "second", body: { text: "second" } }, etag });
  await post(`${path}/publish`);
  const back = await post(`${path}/rollback`, { version: 1, note: "second was wrong" });
  expect(back.body).toMatchObject({ version: 3, liveVersion: 3, status: "live", name: key });
  expect(liveText(key)).toBe("hello");
  expect((await call("GET", `${path}/versions/3`)).body).toMatchObject({
    restoredFrom: 1,
    note: "second was wrong",
    body: { text: "hello" },
  });
  expect((await post(`${path}/rollback`, { version: 9 })).status).toBe(404);
});

it("shows what differs between two versions", async () => {
  const { path, etag } = await makeBanner({}, { text: "a", weight: 1 });
  await call("PUT", path, {
    body: { name: "renamed", scope: { storeViews: ["de"] }, body: { text: "b", weight: 1 } },
    etag,
  });
  const { items } = (await call("GET", `${path}/diff?from=1&to=2`)).body;
  expect(items).toEqual(
    expect.arrayContaining([
      { path: "/body/text", before: "a", after: "b" },
      { path: "/scope/storeViews", before: null, after: ["de"] },
    ]),
  );
  expect(items).toHaveLength(3);
});

it("goes live and ends by its schedule, in its time zone", async () => {
  // 20:00 in Berlin is 19:00 UTC in winter.
  const day = new Date(clock.now()).toISOString().slice(0, 10);
  const { key, path } = await makeBanner({
    schedule: { from: `${day}T20:00`, to: `${day}T21:00`, timezone: "Europe/Berlin" },
  });
  expect((await post(`${path}/publish`)).body).toMatchObject({
    status: "scheduled",
    everLive: false,
    nextChangeAt: `${day}T19:00:00.000Z`,
  });
  expect(liveKeys()).not.toContain(key);
  expect(definitions.live("banner").map((one) => one.key)).toContain(key);
  clock.set(Date.parse(`${day}T19:00:00Z`));
  expect(liveKeys()).toContain(key);
  await definitions.applySchedules(clock.now());
  expect((await call("GET", path)).body).toMatchObject({ status: "live", everLive: true });
  clock.set(Date.parse(`${day}T20:00:00Z`));
  expect(liveKeys()).not.toContain(key);
  await definitions.applySchedules(clock.now());
  expect((await call("GET", path)).body).toMatchObject({ status: "ended", nextChangeAt: null });
  expect(await definitions.applySchedules(clock.now())).toBe(0);
  expect(
    (await call("GET", `${path}/activity`)).body.items.map(
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
  const { key, path, etag } = await makeLive();
  await call("PUT", path, { body: { name: key, body: { text: "later" } }, etag });
  const at = new Date(clock.now() + hourMs).toISOString();
  expect((await post(`${path}/publish`, { at })).body).toMatchObject({
    status: "live",
    liveVersion: 1,
    pendingVersion: 2,
    publishAt: at,
    nextChangeAt: at,
  });
  clock.advance(hourMs - 1);
  await definitions.applySchedules(clock.now());
  expect(liveText(key)).toBe("hello");
  clock.advance(1);
  await Promise.all([definitions.applySchedules(clock.now()), definitions.applySchedules(clock.now())]);
  expect(liveText(key)).toBe("later");
  expect((await call("GET", path)).body).toMatchObject({ liveVersion: 2, pendingVersion: null, publishAt: null });
});

it("keeps the schedule of a live definition while its draft is edited", async () => {
  const to = new Date(clock.now() + hourMs).toISOString();
  const { key, path, etag } = await makeLive({ schedule: { from: null, to, timezone: "UTC" } });
  await call("PUT", path, { body: { name: key, body: { text: "draft" } }, etag });
  clock.advance(hourMs);
  await definitions.applySchedules(clock.now());
  expect((await call("GET", path)).body).toMatchObject({ status: "ended", draftStatus: "draft" });
});

it("refuses to publish what would be over already", async () => {
  const { path } = await makeBanner({ schedule: { from: null, to: "2020-01-01T00:00:00Z", timezone: "UTC" } });
  expect((await post(`${path}/publish`)).body.error.details).toMatchObject([{ path: "/schedule/to", code: "past" }]);
});

it("deletes only drafts that have never been live and that nothing uses", async () => {
  const draft = await makeBanner();
  expect((await call("DELETE", draft.path)).status).toBe(204);
  expect((await call("GET", draft.path)).status).toBe(404);
  const live = await makeLive();
  expect((await call("DELETE", live.path)).body.error.code).toBe("definitions.liveNotDeletable");
  const key = unique("group");
  await post("/group", { key, name: key, body: { rule: "all" } });
  const user = await makeBanner({}, { text: "x", audience: key });
  expect((await call("DELETE", `/group/${key}`)).body.error).toMatchObject({
    code: "definitions.inUse",
    details: [{ path: `/banner/${user.key}/audience`, code: "usedDraft" }],
  });
  await call("DELETE", user.path);
  expect((await call("DELETE", `/group/${key}`)).status).toBe(204);
});

it("publishes a user only after what it uses, and archives a used one only by force", async () => {
  const key = unique("group");
  await post("/group", { key, name: "The group", body: { rule: "all" } });
  const user = await makeBanner({}, { text: "x", audience: key });
  expect((await post(`${user.path}/publish`)).body.error.details).toMatchObject([
    { path: "/body/audience", code: "unpublishedReference" },
  ]);
  await post(`/group/${key}/publish`);
  expect((await post(`${user.path}/publish`)).status).toBe(200);
  expect((await call("GET", `/group/${key}/used-by`)).body.items).toMatchObject([
    { kind: "banner", key: user.key, path: "/audience", isLive: true, status: "live" },
  ]);
  expect((await post(`/group/${key}/archive`)).body.error).toMatchObject({
    code: "definitions.inUse",
    details: [{ path: `/banner/${user.key}/audience`, code: "usedLive" }],
  });
  expect((await post(`/group/${key}/archive`, { force: true })).body.status).toBe("archived");
  expect(liveKeys("group")).not.toContain(key);
});

it("brings archived ones back: paused when they have been live, else as a draft", async () => {
  const live = await makeLive();
  await post(`${live.path}/archive`);
  expect((await call("PUT", live.path, { body: { name: "n", body: { text: "x" } }, etag: "*" })).status).toBe(409);
  expect((await post(`${live.path}/unarchive`)).body.status).toBe("paused");
  expect((await post(`${live.path}/resume`)).body.status).toBe("live");
  const draft = await makeBanner();
  await post(`${draft.path}/archive`);
  expect((await post(`${draft.path}/unarchive`)).body).toMatchObject({ status: "draft", draftStatus: "draft" });
});

it("lets a caller of one store view change definitions of that view only", async () => {
  const all = await makeLive();
  expect(
    (await call("PUT", all.path, { who: "german", body: { name: "n", body: { text: "x" } }, etag: "*" })).status,
  ).toBe(403);
  expect((await post(`${all.path}/pause`, {}, "german")).status).toBe(403);
  const key = unique("german");
  expect((await post("/banner", { key, name: key, body: { text: "x" } }, "german")).status).toBe(403);
  expect(
    (await post("/banner", { key, name: key, scope: { storeViews: ["de", "fr"] }, body: { text: "x" } }, "german"))
      .status,
  ).toBe(403);
  expect(
    (await post("/banner", { key, name: key, scope: { storeViews: ["de"] }, body: { text: "x" } }, "german")).status,
  ).toBe(201);
  expect(
    (await call("PUT", `/banner/${key}`, { who: "german", body: { name: key, body: { text: "x" } }, etag: "*" }))
      .status,
  ).toBe(403);
  expect((await post(`/banner/${key}/publish`, {}, "german")).status).toBe(200);
});

it("lists by search, status, store view and label, in every order, page by page", async () => {
  const mark = unique("listed");
  for (const [name, storeViews, labels] of [
    ["B", ["de"], ["x"]],
    ["a", null, []],
    ["C", ["fr"], ["x"]],
    ["d", null, []],
  ] as const) {
    await post("/group", {
      key: `${mark}-${name.toLowerCase()}`,
      name: `${mark} ${name}`,
      scope: { storeViews },
      labels,
      body: { rule: "r" },
    });
  }
  await post(`/group/${mark}-a/publish`);
  const names = async (query: string) =>
    (await call("GET", `/group?search=${mark}&${query}`)).body.items.map(({ name }: { name: string }) => name.at(-1));
  expect(await names("")).toEqual(["a", "B", "C", "d"]);
  expect(await names("sort=-name")).toEqual(["d", "C", "B", "a"]);
  expect(await names("storeView=de")).toEqual(["a", "B", "d"]);
  expect(await names("status=draft,paused")).toEqual(["B", "C", "d"]);
  expect(await names("label=x")).toEqual(["B", "C"]);
  for (const sort of ["name", "-name", "updatedAt", "-updatedAt", "status", "-key"]) {
    const all = await names(`sort=${sort}`);
    const paged: string[] = [];
    for (let cursor = ""; ; ) {
      const page = (await call("GET", `/group?search=${mark}&sort=${sort}&limit=1${cursor && `&cursor=${cursor}`}`))
        .body;
      paged.push(...page.items.map(({ name }: { name: string }) => name.at(-1)));
      if (!page.nextCursor) break;
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all);
  }
  expect((await call("GET", "/group?status=gone")).status).toBe(400);
  expect((await call("GET", "/group?cursor=bad")).status).toBe(400);
  expect((await call("GET", "/group?limit=201")).status).toBe(400);
});

it("names the kinds with their schema and counts, and refuses an unknown kind", async () => {
  await makeBanner();
  const { items } = (await call("GET", "/kinds")).body;
  expect(items.map(({ kind }: { kind: string }) => kind)).toEqual(["banner", "group"]);
  expect(items[0]).toMatchObject({
    label: "Banner",
    schema: { type: "object", properties: { text: { type: "string" } } },
    counts: { draft: expect.any(Number) },
  });
  expect((await call("GET", "/nothing")).body.error).toMatchObject({
    code: "definitions.unknownKind",
    message: expect.stringContaining("banner, group"),
  });
  expect((await post("/nothing", { name: "n", body: {} })).status).toBe(404);
  expect(() => definitions.register(banner)).toThrow(/taken/);
});

it("records each change with its image before and after", async () => {
  const { path } = await makeLive();
  const { items } = (await call("GET", `${path}/activity`)).body;
  expect(items).toMatchObject([
    {
      action: "definition.publish",
      actor: "token:approver",
      before: { status: "draft" },
      after: { status: "live", body: { text: "hello" } },
    },
    { action: "definition.create", before: null, after: { status: "draft" } },
  ]);
  expect(await access.audit.verify()).toMatchObject({ ok: true });
});

it("never changes a version once it is stored", async () => {
  await makeBanner();
  await expect(engines.postgres.query("update definition_versions set note = 'x'")).rejects.toThrow(/immutable/);
});

it("tells listeners of a kind after its snapshot has changed, also in another process", async () => {
  const other = make();
  await other.start();
  const seen: string[] = [];
  const stop = other.onChange((kind) => seen.push(`${kind} ${other.live(kind).length}`));
  const before = other.live("banner").length;
  const snapshot = other.live("banner");
  const { key } = await makeLive();
  await expect.poll(() => other.live("banner").map((one) => one.key), { timeout: 3000 }).toContain(key);
  expect(snapshot).toHaveLength(before);
  expect(seen).toContain(`banner ${before + 1}`);
  stop();
  const count = seen.length;
  await makeLive();
  await expect.poll(() => other.live("banner").length, { timeout: 3000 }).toBe(before + 2);
  expect(seen).toHaveLength(count);
  await other.stop();
});

it("leaves out a published definition that no longer fits the schema of its kind", async () => {
  const { key } = await makeLive({}, { text: "old", weight: 5 });
  const stricter = createDefinitions({
    store: createDefinitionsStore(engines.postgres),
    audit: access.audit,
    clock,
    logger,
  });
  stricter.register({ ...banner, schema: Type.Object({ text: Type.String() }, { additionalProperties: false }) });
  await stricter.start();
  expect(stricter.live("banner").map((one) => one.key)).not.toContain(key);
  await stricter.stop();
});

it("exports and imports files by kind and key, in any order, without effect when repeated", async () => {
  const [first, second] = [unique("file"), unique("file")];
  const scope = { storeViews: null };
  const files: DefinitionFile[] = [
    {
      kind: "banner",
      key: first,
      name: "Uses the group",
      scope,
      schedule: null,
      body: { text: "x", audience: second },
      status: "live",
    },
    {
      kind: "group",
      key: second,
      name: "The group",
      scope,
      schedule: null,
      labels: ["shipped"],
      body: { rule: "all" },
      status: "live",
    },
  ];
  const caller = { actor: "git", via: "import", storeViews: null } as const;
  expect(await definitions.importDefinitions(files, { caller, publish: true })).toEqual({
    created: 2,
    updated: 0,
    unchanged: 0,
    published: 2,
  });
  expect(liveKeys()).toContain(first);
  expect(await definitions.importDefinitions(files, { caller, publish: true })).toEqual({
    created: 0,
    updated: 0,
    unchanged: 2,
    published: 0,
  });
  const exported = (await definitions.exportDefinitions()).filter(({ key }) => key === first || key === second);
  expect(exported).toEqual([{ ...files[0], labels: [] }, files[1]]);
  const changed = [{ ...files[0]!, body: { text: "y", audience: second } }];
  expect(await definitions.importDefinitions(changed, { caller })).toEqual({
    created: 0,
    updated: 1,
    unchanged: 0,
    published: 0,
  });
  expect(liveText(first)).toBe("x");
  expect((await call("GET", `/banner/${first}`)).body).toMatchObject({
    status: "live",
    draftStatus: "draft",
    body: { text: "y" },
  });
});

it("imports all files or none, with the faults of each", async () => {
  const key = unique("good");
  const frame = { scope: { storeViews: null }, schedule: null, status: "draft" } as const;
  const attempt = definitions.importDefinitions(
    [
      { ...frame, kind: "group", key, name: "Good", body: { rule: "all" } },
      { ...frame, kind: "banner", key: "bad", name: "Bad", body: { audience: "x" } },
    ],
    { caller: { actor: "git", via: "import", storeViews: null } },
  );
  await expect(attempt).rejects.toMatchObject({
    code: "definitions.invalid",
    details: [{ path: "/banner/bad/body/text", code: "required" }],
  });
  expect((await call("GET", `/group/${key}`)).status).toBe(404);
});
