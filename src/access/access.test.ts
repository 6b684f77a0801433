import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createHttpServer, type HttpServer } from "../http/index.ts";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import {
  type AccessControl,
  createAccess,
  createAccessRoutes,
  createAccessStore,
  demoCredentials,
  type Manager,
  type Role,
} from "./index.ts";

const root: Manager = { actor: "test", via: "cli" };
const logger = createLogger("silent");
const password = "correct horse battery";
let engines: TestEngines;
let access: AccessControl;
let app: HttpServer;
const clock = createFixedClock(Date.UTC(2026, 0, 1));
let number = 0;

beforeAll(async () => {
  engines = await openTestEngines(["access"]);
}, 60_000);
afterAll(() => engines.close());

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

beforeEach(async () => {
  access = createAccess({ store: createAccessStore(engines.postgres), clock, logger });
  await access.start();
  app = createHttpServer({
    config: { publicUrl: "https://shop.example", openDiscovery: false },
    logger,
    clock,
    authenticate: access.authenticate,
    trustProxy: true,
  });
  app.register(createAccessRoutes({ access, publicUrl: "https://shop.example" }));
  for (const name of accesses) {
    app.route({
      method: ["GET", "POST"],
      url: `/needs/${name}`,
      config: { access: name },
      handler: ({ auth }) => ({ kind: auth.kind, actor: auth.actor }),
    });
  }
});
afterEach(async () => {
  await app.close();
  await access.stop();
});

const unique = (name: string) => `${name} ${++number}`;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const makeKey = (extra: object = {}) => access.createKey({ kind: "write", name: unique("shop"), ...extra }, root);
const makeToken = (scopes: Parameters<AccessControl["createKey"]>[0]["scopes"], extra: object = {}) =>
  access.createKey({ kind: "token", name: unique("token"), scopes, ...extra }, root);
const makeUser = (role: Role, extra: object = {}) =>
  access.addUser({ email: `u${++number}@example.com`, password, role, ...extra }, root);

async function signIn(email: string, given = password, address = "10.0.0.1") {
  const answer = await app.inject({
    method: "POST",
    url: "/v1/session",
    payload: { email, password: given },
    headers: { "x-forwarded-for": address },
  });
  const cookie = String(answer.headers["set-cookie"] ?? "").split(";")[0] ?? "";
  return { answer, headers: { cookie, "x-clientele-csrf": String(answer.json().csrf) } };
}

const statusOf = async (name: string, headers: Record<string, string> = {}) =>
  (await app.inject({ method: "POST", url: `/needs/${name}`, headers })).statusCode;

it("lets each credential do exactly what its scopes allow", async () => {
  const table: Record<string, readonly number[]> = {};
  const record = async (who: string, headers: Record<string, string>) => {
    table[who] = await Promise.all(accesses.map((name) => statusOf(name, headers)));
  };
  await record("nobody", {});
  await record("write key", bearer((await makeKey()).key));
  for (const scopes of [
    ["read"],
    ["read", "edit"],
    ["read", "edit", "publish"],
    ["read", "edit", "publish", "admin"],
    ["personal-data"],
  ] as const) {
    await record(`token ${scopes.at(-1)}`, bearer((await makeToken(scopes)).key));
  }
  for (const role of ["viewer", "editor", "approver", "administrator"] as const)
    await record(role, (await signIn((await makeUser(role)).email)).headers);
  await record(
    "viewer with personal data",
    (await signIn((await makeUser("viewer", { personalData: true })).email)).headers,
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
  const { key, sourceId } = await makeKey();
  const places = [
    { headers: bearer(key) },
    { headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}` } },
    { headers: { authorization: `Basic ${Buffer.from(key).toString("base64")}` } },
    { headers: { "x-api-key": key } },
    { query: { writeKey: key } },
    { headers: { authorization: "Basic c3RhZ2luZzpwYXNzd29yZA==" }, query: { writeKey: key } },
  ];
  for (const place of places) {
    const answer = await app.inject({ url: "/v1/ping", ...place });
    expect([answer.statusCode, answer.json()]).toEqual([200, { ok: true, sourceId }]);
  }
  expect((await app.inject({ url: "/v1/ping", query: { writeKey: "unknown" } })).statusCode).toBe(401);
  expect((await app.inject("/v1/ping")).statusCode).toBe(401);
});

it("accepts a token as bearer only, so that it never stands in a log", async () => {
  const { key } = await makeToken(["read"]);
  expect(await statusOf("read", bearer(key))).toBe(200);
  expect(await statusOf("read", { "x-api-key": key })).toBe(401);
  expect((await app.inject({ url: "/needs/read", query: { writeKey: key } })).statusCode).toBe(401);
  expect(await statusOf("read", { authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}` })).toBe(401);
});

it("limits a write key to its origins, subdomains by a star", async () => {
  const { key } = await makeKey({ origins: ["https://shop.example.com", "https://*.shop.test"] });
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
  const admin = bearer((await makeToken(["read", "admin"])).key);
  const { id, key } = await makeKey();
  expect(await statusOf("write-key", bearer(key))).toBe(200);
  const first = await app.inject({ method: "DELETE", url: `/v1/keys/${id}`, headers: admin });
  const second = await app.inject({ method: "DELETE", url: `/v1/keys/${id}`, headers: admin });
  expect(first.json().revokedAt).toBe(second.json().revokedAt);
  expect(await statusOf("write-key", bearer(key))).toBe(401);
});

it("shows a key and its identity secret once, and stores only a hash", async () => {
  const admin = bearer((await makeToken(["admin"])).key);
  const created = await app.inject({
    method: "POST",
    url: "/v1/keys",
    headers: admin,
    payload: { kind: "write", name: unique("web"), origins: ["https://a.example"] },
  });
  expect(created.statusCode).toBe(201);
  const { key, identitySecret, id } = created.json();
  const list = await app.inject({ url: "/v1/keys?limit=200", headers: admin });
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

it("refuses a second active key of the same name", async () => {
  const name = unique("same");
  const first = await access.createKey({ kind: "token", name }, root);
  await expect(access.createKey({ kind: "token", name }, root)).rejects.toMatchObject({ code: "access.duplicate" });
  await access.revokeKey(first.id, root);
  await expect(access.createKey({ kind: "token", name }, root)).resolves.toMatchObject({ name });
});

it("pages through the keys without gap or repetition", async () => {
  const admin = bearer((await makeToken(["admin"])).key);
  const all = (await app.inject({ url: "/v1/keys?limit=200", headers: admin }))
    .json()
    .items.map(({ id }: { id: string }) => id);
  const paged: string[] = [];
  for (let cursor = ""; ; ) {
    const page = (await app.inject({ url: `/v1/keys?limit=3${cursor && `&cursor=${cursor}`}`, headers: admin })).json();
    paged.push(...page.items.map(({ id }: { id: string }) => id));
    if (!page.nextCursor) break;
    cursor = page.nextCursor;
  }
  expect(paged).toEqual(all);
  expect((await app.inject({ url: "/v1/keys?cursor=nonsense", headers: admin })).statusCode).toBe(400);
});

it("changes origins and rate limit of a key with effect on the next request", async () => {
  const admin = bearer((await makeToken(["admin"])).key);
  const { id, key } = await makeKey();
  const changed = await app.inject({
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
  const { id, key } = await makeKey();
  await statusOf("write-key", bearer(key));
  await access.stop();
  const keys = await access.listKeys(null, 200);
  expect(keys.items.find((item) => item.id === id)?.lastUsedAt).toBe(new Date(clock.now()).toISOString());
});

it("takes over keys that another process made", async () => {
  const other = createAccess({ store: createAccessStore(engines.postgres), clock, logger });
  await other.start();
  const { key } = await other.createKey({ kind: "write", name: unique("other") }, root);
  await expect.poll(() => statusOf("write-key", bearer(key)), { timeout: 3000 }).toBe(200);
  await other.stop();
});

it("signs a user in with a cookie that scripts and other sites cannot use", async () => {
  const { email } = await makeUser("editor");
  const { answer, headers } = await signIn(email.toUpperCase());
  expect(answer.json()).toMatchObject({ user: { email, role: "editor" }, scopes: ["read", "edit"], storeViews: null });
  expect(answer.headers["set-cookie"]).toMatch(/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/);
  const session = await app.inject({ url: "/v1/session", headers: { cookie: headers.cookie } });
  expect(session.json()).toMatchObject({ user: { email }, csrf: headers["x-clientele-csrf"] });
  const out = await app.inject({ method: "DELETE", url: "/v1/session", headers });
  expect(out.statusCode).toBe(204);
  expect((await app.inject({ url: "/v1/session", headers: { cookie: headers.cookie } })).statusCode).toBe(401);
});

it("needs the csrf header for everything that changes something", async () => {
  const { headers } = await signIn((await makeUser("administrator")).email);
  const { cookie } = headers;
  expect((await app.inject({ url: "/needs/admin", headers: { cookie } })).statusCode).toBe(200);
  const without = await app.inject({ method: "POST", url: "/needs/admin", headers: { cookie } });
  expect([without.statusCode, without.json().error.code]).toEqual([403, "access.csrf"]);
  expect(await statusOf("admin", { cookie, "x-clientele-csrf": "guess" })).toBe(403);
  expect(await statusOf("admin", headers)).toBe(200);
  expect((await app.inject({ method: "DELETE", url: "/v1/session", headers: { cookie } })).statusCode).toBe(403);
});

it("refuses a sign-in that another site sends", async () => {
  const { email } = await makeUser("viewer");
  const answer = await app.inject({
    method: "POST",
    url: "/v1/session",
    payload: { email, password },
    headers: { "sec-fetch-site": "cross-site" },
  });
  expect([answer.statusCode, answer.headers["set-cookie"]]).toEqual([403, undefined]);
});

it("answers an unknown user and a wrong password alike", async () => {
  const { email } = await makeUser("viewer");
  const wrong = (await signIn(email, "not the password", "10.0.1.1")).answer;
  const unknown = (await signIn("nobody@example.com", "not the password", "10.0.1.1")).answer;
  expect([wrong.statusCode, unknown.statusCode]).toEqual([401, 401]);
  expect(wrong.json().error.message).toBe(unknown.json().error.message);
});

it("locks an address out of a user after ten failures, also for the right password, and only for a quarter of an hour", async () => {
  const { email } = await makeUser("viewer");
  // All at once: the limit must hold for parallel guesses too.
  const failures = await Promise.all(Array.from({ length: 12 }, () => signIn(email, "wrong password", "10.0.2.1")));
  expect(failures.map(({ answer }) => answer.statusCode).sort()).toEqual([...Array(10).fill(401), 429, 429]);
  const locked = (await signIn(email, password, "10.0.2.1")).answer;
  expect([locked.statusCode, locked.json().error.code]).toEqual([429, "access.tooManyAttempts"]);
  expect(Number(locked.headers["retry-after"])).toBeGreaterThan(0);
  expect((await signIn(email, password, "10.0.2.2")).answer.statusCode).toBe(200);
  clock.advance(15 * 60_000);
  expect((await signIn(email, password, "10.0.2.1")).answer.statusCode).toBe(200);
}, 20_000);

it("ends a session twelve hours after its last use and a week after its start", async () => {
  const { headers } = await signIn((await makeUser("viewer")).email);
  const check = async () => (await app.inject({ url: "/v1/session", headers: { cookie: headers.cookie } })).statusCode;
  for (let hours = 0; hours < 166; hours += 11) {
    expect(await check()).toBe(200);
    clock.advance(11 * 3_600_000);
  }
  expect(await check()).toBe(401);
  const idle = await signIn((await makeUser("viewer")).email);
  clock.advance(12 * 3_600_000 + 1);
  expect((await app.inject({ url: "/v1/session", headers: { cookie: idle.headers.cookie } })).statusCode).toBe(401);
});

it("signs a user out everywhere when disabled or given a new password", async () => {
  const admin = bearer((await makeToken(["admin"])).key);
  const user = await makeUser("editor");
  const first = await signIn(user.email);
  expect(await statusOf("read", first.headers)).toBe(200);
  await app.inject({
    method: "PATCH",
    url: `/v1/users/${user.id}`,
    headers: admin,
    payload: { password: "another password" },
  });
  expect(await statusOf("read", first.headers)).toBe(401);
  const second = await signIn(user.email, "another password");
  await app.inject({ method: "PATCH", url: `/v1/users/${user.id}`, headers: admin, payload: { disabled: true } });
  expect(await statusOf("read", second.headers)).toBe(401);
  expect((await signIn(user.email, "another password")).answer.statusCode).toBe(401);
});

it("lets users change their own password only with the present one", async () => {
  const { headers } = await signIn((await makeUser("viewer")).email);
  const send = (present: string) =>
    app.inject({
      method: "POST",
      url: "/v1/session/password",
      headers,
      payload: { present, next: "a new long password" },
    });
  expect((await send("guess guess")).statusCode).toBe(401);
  expect((await send(password)).statusCode).toBe(204);
  expect(await statusOf("read", headers)).toBe(401);
});

it("keeps the last administrator", async () => {
  const admin = bearer((await makeToken(["admin"])).key);
  const users = (await app.inject({ url: "/v1/users?limit=200", headers: admin })).json().items as {
    id: string;
    role: string;
  }[];
  const administrators = users.filter(({ role }) => role === "administrator");
  const last = await makeUser("administrator");
  for (const { id } of administrators) await access.changeUser(id, { disabled: true }, root);
  const answer = await app.inject({
    method: "PATCH",
    url: `/v1/users/${last.id}`,
    headers: admin,
    payload: { role: "viewer" },
  });
  expect([answer.statusCode, answer.json().error.code]).toEqual([409, "access.lastAdministrator"]);
});

it("refuses short passwords, addresses that are none, and e-mails that are taken", async () => {
  const admin = bearer((await makeToken(["admin"])).key);
  const add = async (payload: object) =>
    (await app.inject({ method: "POST", url: "/v1/users", headers: admin, payload })).json().error?.code;
  expect(await add({ email: "short@example.com", password: "short", role: "viewer" })).toBe("http.badRequest");
  expect(await add({ email: "nobody", password, role: "viewer" })).toBe("http.badRequest");
  expect(await add({ email: (await makeUser("viewer")).email, password, role: "viewer" })).toBe("access.duplicate");
  expect(await add({ email: "new@example.com", password, role: "owner" })).toBe("http.badRequest");
});

it("does not let an administrator of some store views make keys or users for all", async () => {
  const admin = bearer((await makeToken(["admin"], { storeViews: ["de"] })).key);
  const answer = await app.inject({
    method: "POST",
    url: "/v1/keys",
    headers: admin,
    payload: { kind: "token", name: unique("x"), scopes: ["admin"] },
  });
  expect(answer.statusCode).toBe(403);
});

it("records who changed which key or user, from where, without any secret", async () => {
  const { headers } = await signIn((await makeUser("administrator")).email);
  const created = (
    await app.inject({
      method: "POST",
      url: "/v1/keys",
      headers,
      payload: { kind: "token", name: unique("<script>alert(1)</script>") },
    })
  ).json();
  await app.inject({ method: "DELETE", url: `/v1/keys/${created.id}`, headers });
  const answer = await app.inject({
    url: `/v1/audit?objectKind=key&objectId=${created.id}`,
    headers: { cookie: headers.cookie },
  });
  expect(answer.json().items).toMatchObject([
    { action: "key.revoke", via: "ui", before: { name: created.name, revokedAt: null } },
    { action: "key.create", via: "ui", before: null, after: { name: created.name } },
  ]);
  expect(answer.body).not.toContain(created.key);
});

it("pages and filters the audit trail", async () => {
  const reader = bearer((await makeToken(["read"])).key);
  const first = (await app.inject({ url: "/v1/audit?action=key.create&limit=2", headers: reader })).json();
  expect(first.items).toHaveLength(2);
  const second = (
    await app.inject({ url: `/v1/audit?action=key.create&limit=2&cursor=${first.nextCursor}`, headers: reader })
  ).json();
  expect(second.items[0].seq).toBeLessThan(first.items[1].seq);
  expect((await app.inject({ url: "/v1/audit?from=2030-01-01T00:00:00Z", headers: reader })).json().items).toEqual([]);
  expect((await app.inject({ url: "/v1/audit?cursor=bad", headers: reader })).statusCode).toBe(400);
});

it("refuses to change or remove audit entries, and finds out when somebody managed to", async () => {
  await makeKey();
  expect(await access.audit.verify()).toMatchObject({ ok: true });
  await expect(engines.postgres.query("update audit_entries set actor = 'nobody' where seq = 1")).rejects.toThrow(
    /append-only/,
  );
  await expect(engines.postgres.query("delete from audit_entries")).rejects.toThrow(/append-only/);
  const tamper = async (statement: string) => {
    await engines.postgres.query("alter table audit_entries disable trigger audit_entries_append_only");
    await engines.postgres.query(statement);
    await engines.postgres.query("alter table audit_entries enable trigger audit_entries_append_only");
  };
  const { rows } = await engines.postgres.query<{ actor: string }>("select actor from audit_entries where seq = 2");
  await tamper("update audit_entries set actor = 'somebody else' where seq = 2");
  expect(await access.audit.verify()).toMatchObject({ ok: false, brokenAt: 2 });
  await tamper(`update audit_entries set actor = '${rows[0]!.actor}' where seq = 2`);
  expect(await access.audit.verify()).toMatchObject({ ok: true });
  await tamper(
    "create table last_entry as select * from audit_entries where seq = (select max(seq) from audit_entries)",
  );
  await tamper("delete from audit_entries where seq = (select max(seq) from audit_entries)");
  expect(await access.audit.verify()).toMatchObject({ ok: false });
  await tamper("insert into audit_entries select * from last_entry");
  expect(await access.audit.verify()).toMatchObject({ ok: true });
});

it("keeps the chain whole when changes arrive at once", async () => {
  await Promise.all(Array.from({ length: 12 }, () => makeKey()));
  expect(await access.audit.verify()).toMatchObject({ ok: true });
});

it("makes the demo's credentials once, and refuses a start with them outside the demo", async () => {
  await expect(access.assertNoDemoCredentials()).resolves.toBeUndefined();
  await access.ensureDemoAccess();
  await access.ensureDemoAccess();
  expect((await app.inject({ url: "/v1/ping", query: { writeKey: demoCredentials.writeKey } })).json()).toEqual({
    ok: true,
    sourceId: "demo-shop",
  });
  expect(await statusOf("admin", bearer(demoCredentials.token))).toBe(200);
  expect((await signIn(demoCredentials.email, demoCredentials.password)).answer.statusCode).toBe(200);
  expect(access.findWriteKey(demoCredentials.writeKey)?.identitySecret).toBe(demoCredentials.identitySecret);
  await expect(access.assertNoDemoCredentials()).rejects.toMatchObject({
    code: "access.demoCredentials",
    message: expect.stringContaining("demo-write-key"),
  });
});
