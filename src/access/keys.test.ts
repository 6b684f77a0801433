import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";

import { createFixedClock, createLogger } from "../kernel/index.ts";
import { type AccessApp, bearer, startAccessApp, testManager, unique } from "../testing/access-app.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createAccess, createAccessStore, demoCredentials } from "./index.ts";

const accesses = [
  "public",
  "write-key",
  "decide",
  "discovery",
  "read",
  "edit",
  "publish",
  "admin",
  "personal-data",
] as const;
let engines: TestEngines;
let test: AccessApp;
const clock = createFixedClock(Date.UTC(2026, 0, 1));

beforeAll(async () => {
  engines = await openTestEngines(["access"]);
}, 60_000);
afterAll(() => engines.close());
beforeEach(async () => {
  test = await startAccessApp(engines, clock);
  for (const name of accesses) {
    test.app.route({
      method: ["GET", "POST"],
      url: `/needs/${name}`,
      config: { access: name },
      handler: ({ auth }) => ({ kind: auth.kind, actor: auth.actor }),
    });
  }
});
afterEach(() => test.close());

const statusOf = async (name: string, headers: Record<string, string> = {}) =>
  (await test.app.inject({ method: "POST", url: `/needs/${name}`, headers })).statusCode;

it("lets each credential do exactly what its scopes allow", async () => {
  const table: Record<string, readonly number[]> = {};
  const record = async (who: string, headers: Record<string, string>) => {
    table[who] = await Promise.all(accesses.map((name) => statusOf(name, headers)));
  };
  await record("nobody", {});
  await record("write key", bearer((await test.makeKey()).key));
  for (const scopes of [
    ["read"],
    ["read", "edit"],
    ["read", "edit", "publish"],
    ["read", "edit", "publish", "admin"],
    ["personal-data"],
  ] as const) {
    await record(`token ${scopes.at(-1)}`, bearer((await test.makeToken(scopes)).key));
  }
  for (const role of ["viewer", "editor", "approver", "administrator"] as const)
    await record(role, (await test.signIn((await test.makeUser(role)).email)).headers);
  await record(
    "viewer with personal data",
    (await test.signIn((await test.makeUser("viewer", { personalData: true })).email)).headers,
  );
  //                              public key  decide disc read edit publ admin personal
  expect(table).toEqual({
    nobody: /*                  */ [200, 401, 401, 401, 401, 401, 401, 401, 401],
    "write key": /*             */ [200, 200, 200, 200, 403, 403, 403, 403, 403],
    "token read": /*            */ [200, 403, 200, 200, 200, 403, 403, 403, 403],
    "token edit": /*            */ [200, 200, 200, 200, 200, 200, 403, 403, 403],
    "token publish": /*         */ [200, 200, 200, 200, 200, 200, 200, 403, 403],
    "token admin": /*           */ [200, 200, 200, 200, 200, 200, 200, 200, 403],
    "token personal-data": /*   */ [200, 403, 403, 403, 403, 403, 403, 403, 200],
    viewer: /*                  */ [200, 403, 200, 200, 200, 403, 403, 403, 403],
    editor: /*                  */ [200, 200, 200, 200, 200, 200, 403, 403, 403],
    approver: /*                */ [200, 200, 200, 200, 200, 200, 200, 403, 403],
    administrator: /*           */ [200, 200, 200, 200, 200, 200, 200, 200, 403],
    "viewer with personal data": [200, 403, 200, 200, 200, 403, 403, 403, 200],
  });
});

it("accepts a write key in every place where clients send it", async () => {
  const { key, sourceId } = await test.makeKey();
  const places = [
    { headers: bearer(key) },
    { headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}` } },
    { headers: { authorization: `Basic ${Buffer.from(key).toString("base64")}` } },
    { headers: { "x-api-key": key } },
    { query: { writeKey: key } },
    { headers: { authorization: "Basic c3RhZ2luZzpwYXNzd29yZA==" }, query: { writeKey: key } },
  ];
  for (const place of places) {
    const answer = await test.app.inject({ url: "/v1/ping", ...place });
    expect([answer.statusCode, answer.json()]).toEqual([200, { ok: true, sourceId }]);
  }
  expect((await test.app.inject({ url: "/v1/ping", query: { writeKey: "unknown" } })).statusCode).toBe(401);
  expect((await test.app.inject("/v1/ping")).statusCode).toBe(401);
});

it("accepts a token as bearer only, so that it never stands in a log", async () => {
  const { key } = await test.makeToken(["read"]);
  expect(await statusOf("read", bearer(key))).toBe(200);
  expect(await statusOf("read", { "x-api-key": key })).toBe(401);
  expect((await test.app.inject({ url: "/needs/read", query: { writeKey: key } })).statusCode).toBe(401);
  expect(await statusOf("read", { authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}` })).toBe(401);
});

it("limits a write key to its origins, subdomains by a star", async () => {
  const { key } = await test.makeKey({ origins: ["https://shop.example.com", "https://*.shop.test"] });
  const from = (origin: string) => statusOf("write-key", { ...bearer(key), origin });
  expect(await from("https://shop.example.com")).toBe(200);
  expect(await from("https://eu.shop.test")).toBe(200);
  expect(await statusOf("write-key", bearer(key))).toBe(200);
  for (const origin of [
    "https://evil.example",
    "http://shop.example.com",
    "https://shop.test",
    "https://evilshop.test",
    "null",
  ])
    expect(await from(origin)).toBe(403);
});

it("ends a key at once when it is revoked, and repeats the revocation without effect", async () => {
  const admin = bearer((await test.makeToken(["read", "admin"])).key);
  const { id, key } = await test.makeKey();
  expect(await statusOf("write-key", bearer(key))).toBe(200);
  const first = await test.app.inject({ method: "DELETE", url: `/v1/keys/${id}`, headers: admin });
  const second = await test.app.inject({ method: "DELETE", url: `/v1/keys/${id}`, headers: admin });
  expect(first.json().revokedAt).toBe(second.json().revokedAt);
  expect(await statusOf("write-key", bearer(key))).toBe(401);
});

it("shows a key and its identity secret once, and stores only a hash", async () => {
  const admin = bearer((await test.makeToken(["admin"])).key);
  const created = await test.app.inject({
    method: "POST",
    url: "/v1/keys",
    headers: admin,
    payload: { kind: "write", name: unique("web"), origins: ["https://a.example"] },
  });
  expect(created.statusCode).toBe(201);
  const { key, identitySecret, id } = created.json();
  const list = await test.app.inject({ url: "/v1/keys?limit=200", headers: admin });
  expect(list.json().items.find((item: { id: string }) => item.id === id)).toMatchObject({
    kind: "write",
    origins: ["https://a.example"],
    prefix: key.slice(0, 10),
  });
  expect(list.body).not.toContain(key);
  expect(list.body).not.toContain(identitySecret);
  const { rows } = await engines.postgres.query<{ text: string }>(
    "select row_to_json(k)::text as text from access_keys k where k.id = $1",
    [id],
  );
  expect(rows[0]!.text).not.toContain(key);
});

it("refuses a scope that does not exist", async () => {
  const scopes = ["read", "everything"] as unknown as ["read"];
  await expect(test.access.createKey({ kind: "token", name: unique("t"), scopes }, testManager)).rejects.toMatchObject({
    code: "http.badRequest",
    message: expect.stringContaining("everything"),
  });
});

it("refuses a second active key of the same name", async () => {
  const name = unique("same");
  const first = await test.access.createKey({ kind: "token", name }, testManager);
  await expect(test.access.createKey({ kind: "token", name }, testManager)).rejects.toMatchObject({
    code: "access.duplicate",
  });
  await test.access.revokeKey(first.id, testManager);
  await expect(test.access.createKey({ kind: "token", name }, testManager)).resolves.toMatchObject({ name });
});

it("pages through the keys without gap or repetition", async () => {
  const admin = bearer((await test.makeToken(["admin"])).key);
  const all = (await test.app.inject({ url: "/v1/keys?limit=200", headers: admin }))
    .json()
    .items.map(({ id }: { id: string }) => id);
  const paged: string[] = [];
  for (let cursor = ""; ; ) {
    const page = (
      await test.app.inject({ url: `/v1/keys?limit=3${cursor && `&cursor=${cursor}`}`, headers: admin })
    ).json();
    paged.push(...page.items.map(({ id }: { id: string }) => id));
    if (!page.nextCursor) break;
    cursor = page.nextCursor;
  }
  expect(paged).toEqual(all);
  expect((await test.app.inject({ url: "/v1/keys?cursor=nonsense", headers: admin })).statusCode).toBe(400);
});

it("changes origins and rate limit of a key with effect on the next request", async () => {
  const admin = bearer((await test.makeToken(["admin"])).key);
  const { id, key } = await test.makeKey();
  const changed = await test.app.inject({
    method: "PATCH",
    url: `/v1/keys/${id}`,
    headers: admin,
    payload: { rateLimit: 1, origins: ["https://a.example"] },
  });
  expect(changed.json()).toMatchObject({ rateLimit: 1, origins: ["https://a.example"] });
  expect(await statusOf("write-key", { ...bearer(key), origin: "https://b.example" })).toBe(403);
  expect([
    await statusOf("write-key", bearer(key)),
    await statusOf("write-key", bearer(key)),
    await statusOf("write-key", bearer(key)),
  ]).toEqual([200, 200, 429]);
});

it("notes the last use of a key", async () => {
  const { id, key } = await test.makeKey();
  await statusOf("write-key", bearer(key));
  await test.access.stop();
  const keys = await test.access.listKeys(null, 200);
  expect(keys.items.find((item) => item.id === id)?.lastUsedAt).toBe(new Date(clock.now()).toISOString());
});

it("takes over keys that another process made", async () => {
  const other = createAccess({ store: createAccessStore(engines.postgres), clock, logger: createLogger("silent") });
  await other.start();
  const { key } = await other.createKey({ kind: "write", name: unique("other") }, testManager);
  await expect.poll(() => statusOf("write-key", bearer(key))).toBe(200);
  await other.stop();
});

it("does not let an administrator of some store views make keys or users for all", async () => {
  const admin = bearer((await test.makeToken(["admin"], { storeViews: ["de"] })).key);
  const answer = await test.app.inject({
    method: "POST",
    url: "/v1/keys",
    headers: admin,
    payload: { kind: "token", name: unique("x"), scopes: ["admin"] },
  });
  expect(answer.statusCode).toBe(403);
});

it("makes the demo's credentials once, and refuses a start with them outside the demo", async () => {
  await expect(test.access.assertNoDemoCredentials()).resolves.toBeUndefined();
  await test.access.ensureDemoAccess();
  await test.access.ensureDemoAccess();
  expect((await test.app.inject({ url: "/v1/ping", query: { writeKey: demoCredentials.writeKey } })).json()).toEqual({
    ok: true,
    sourceId: "demo-shop",
  });
  expect(await statusOf("admin", bearer(demoCredentials.token))).toBe(200);
  expect((await test.signIn(demoCredentials.email, demoCredentials.password)).answer.statusCode).toBe(200);
  expect(test.access.findWriteKey(demoCredentials.writeKey)?.identitySecret).toBe(demoCredentials.identitySecret);
  await expect(test.access.assertNoDemoCredentials()).rejects.toMatchObject({
    code: "access.demoCredentials",
    message: expect.stringContaining("demo-write-key"),
  });
});
