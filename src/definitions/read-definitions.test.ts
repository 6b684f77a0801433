import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import { unique } from "../testing/access-app.ts";
import { banner, type DefinitionsApp, startDefinitionsApp } from "../testing/definitions-app.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import type { DefinitionFile } from "./index.ts";

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

it("shows what differs between two versions", async () => {
  const { path, etag } = await test.makeBanner({}, { text: "a", weight: 1 });
  await test.call("PUT", path, {
    body: { name: "renamed", scope: { storeViews: ["de"] }, body: { text: "b", weight: 1 } },
    etag,
  });
  const { items } = (await test.call("GET", `${path}/diff?from=1&to=2`)).body;
  expect(items).toEqual(
    expect.arrayContaining([
      { path: "/body/text", before: "a", after: "b" },
      { path: "/scope/storeViews", before: null, after: ["de"] },
    ]),
  );
  expect(items).toHaveLength(3);
});

it("lists by search, status, store view and label, in every order, page by page", async () => {
  const mark = unique("listed");
  for (const [name, storeViews, labels] of [
    ["B", ["de"], ["x"]],
    ["a", null, []],
    ["C", ["fr"], ["x"]],
    ["d", null, []],
  ] as const) {
    await test.post("/group", {
      key: `${mark}-${name.toLowerCase()}`,
      name: `${mark} ${name}`,
      scope: { storeViews },
      labels,
      body: { rule: "r" },
    });
  }
  await test.post(`/group/${mark}-a/publish`);
  const names = async (query: string) =>
    (await test.call("GET", `/group?search=${mark}&${query}`)).body.items.map(({ name }: { name: string }) =>
      name.at(-1),
    );
  expect(await names("")).toEqual(["a", "B", "C", "d"]);
  expect(await names("sort=-name")).toEqual(["d", "C", "B", "a"]);
  expect(await names("storeView=de")).toEqual(["a", "B", "d"]);
  expect(await names("status=draft,paused")).toEqual(["B", "C", "d"]);
  expect(await names("label=x")).toEqual(["B", "C"]);
  for (const sort of ["name", "-name", "updatedAt", "-updatedAt", "status", "-key"]) {
    const all = await names(`sort=${sort}`);
    const paged: string[] = [];
    for (let cursor = ""; ; ) {
      const page = (
        await test.call("GET", `/group?search=${mark}&sort=${sort}&limit=1${cursor && `&cursor=${cursor}`}`)
      ).body;
      paged.push(...page.items.map(({ name }: { name: string }) => name.at(-1)));
      if (!page.nextCursor) break;
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(all);
  }
  expect((await test.call("GET", "/group?status=gone")).status).toBe(400);
  expect((await test.call("GET", "/group?cursor=bad")).status).toBe(400);
  expect((await test.call("GET", "/group?limit=201")).status).toBe(400);
});

it("names the kinds with their schema and counts, and refuses an unknown kind", async () => {
  await test.makeBanner();
  const { items } = (await test.call("GET", "/kinds")).body;
  expect(items.map(({ kind }: { kind: string }) => kind)).toEqual(["banner", "group"]);
  expect(items[0]).toMatchObject({
    label: "Banner",
    schema: { type: "object", properties: { text: { type: "string" } } },
    counts: { draft: expect.any(Number) },
  });
  expect((await test.call("GET", "/nothing")).body.error).toMatchObject({
    code: "definitions.unknownKind",
    message: expect.stringContaining("banner, group"),
  });
  expect((await test.post("/nothing", { name: "n", body: {} })).status).toBe(404);
  expect(() => test.definitions.register(banner)).toThrow(/taken/);
});

it("records each change with its image before and after", async () => {
  const { path } = await test.makeLive();
  const { items } = (await test.call("GET", `${path}/activity`)).body;
  expect(items).toMatchObject([
    {
      action: "definition.publish",
      actor: expect.stringMatching(/^token:approver-/),
      before: { status: "draft" },
      after: { status: "live", body: { text: "hello" } },
    },
    { action: "definition.create", before: null, after: { status: "draft" } },
  ]);
  expect(await test.access.audit.verify()).toMatchObject({ ok: true });
});

it("never changes a version once it is stored", async () => {
  await test.makeBanner();
  await expect(engines.postgres.query("update definition_versions set note = 'x'")).rejects.toThrow(/immutable/);
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
  expect(await test.definitions.importDefinitions(files, { caller, publish: true })).toEqual({
    created: 2,
    updated: 0,
    unchanged: 0,
    published: 2,
  });
  expect(test.liveKeys()).toContain(first);
  expect(await test.definitions.importDefinitions(files, { caller, publish: true })).toEqual({
    created: 0,
    updated: 0,
    unchanged: 2,
    published: 0,
  });
  const exported = (await test.definitions.exportDefinitions()).filter(({ key }) => key === first || key === second);
  expect(exported).toEqual([{ ...files[0], labels: [] }, files[1]]);
  const changed = [{ ...files[0]!, body: { text: "y", audience: second } }];
  expect(await test.definitions.importDefinitions(changed, { caller })).toEqual({
    created: 0,
    updated: 1,
    unchanged: 0,
    published: 0,
  });
  expect(test.liveText(first)).toBe("x");
  expect((await test.call("GET", `/banner/${first}`)).body).toMatchObject({
    status: "live",
    draftStatus: "draft",
    body: { text: "y" },
  });
});

it("imports all files or none, with the faults of each", async () => {
  const key = unique("good");
  const frame = { scope: { storeViews: null }, schedule: null, status: "draft" } as const;
  const attempt = test.definitions.importDefinitions(
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
  expect((await test.call("GET", `/group/${key}`)).status).toBe(404);
});

it("names every fault of the frame of a file, by its place in the list", async () => {
  // A file is whatever somebody wrote: the cast is the point of the test.
  const files = [
    { kind: "group", key: "x", name: "X", scope: "all", body: { rule: "r" }, status: "on", colour: 1 },
  ] as unknown as DefinitionFile[];
  const attempt = test.definitions.importDefinitions(files, {
    caller: { actor: "git", via: "import", storeViews: null },
  });
  await expect(attempt).rejects.toMatchObject({
    code: "definitions.invalid",
    details: expect.arrayContaining([
      expect.objectContaining({ path: "/0/schedule", code: "required" }),
      expect.objectContaining({ path: "/0/colour", code: "additionalProperties" }),
      expect.objectContaining({ path: "/0/scope", code: "type" }),
      expect.objectContaining({ path: "/0/status", code: "enum" }),
    ]),
  });
});
