import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import { type AccessApp, bearer, startAccessApp, testManager, testPassword } from "../testing/access-app.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";

const accesses = ["read", "admin"] as const;
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

it("signs a user in with a cookie that scripts and other sites cannot use", async () => {
  const { email } = await test.makeUser("editor");
  const { answer, headers } = await test.signIn(email.toUpperCase());
  expect(answer.json()).toMatchObject({ user: { email, role: "editor" }, scopes: ["read", "edit"], storeViews: null });
  expect(answer.headers["set-cookie"]).toMatch(/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/);
  const session = await test.app.inject({ url: "/v1/session", headers: { cookie: headers.cookie } });
  expect(session.json()).toMatchObject({ user: { email }, csrf: headers["x-clientele-csrf"] });
  const out = await test.app.inject({ method: "DELETE", url: "/v1/session", headers });
  expect(out.statusCode).toBe(204);
  expect((await test.app.inject({ url: "/v1/session", headers: { cookie: headers.cookie } })).statusCode).toBe(401);
});

it("needs the csrf header for everything that changes something", async () => {
  const { headers } = await test.signIn((await test.makeUser("administrator")).email);
  const { cookie } = headers;
  expect((await test.app.inject({ url: "/needs/admin", headers: { cookie } })).statusCode).toBe(200);
  const without = await test.app.inject({ method: "POST", url: "/needs/admin", headers: { cookie } });
  expect([without.statusCode, without.json().error.code]).toEqual([403, "access.csrf"]);
  expect(await statusOf("admin", { cookie, "x-clientele-csrf": "guess" })).toBe(403);
  expect(await statusOf("admin", headers)).toBe(200);
  expect((await test.app.inject({ method: "DELETE", url: "/v1/session", headers: { cookie } })).statusCode).toBe(403);
});

it("refuses a sign-in that another site sends", async () => {
  const { email } = await test.makeUser("viewer");
  const answer = await test.app.inject({
    method: "POST",
    url: "/v1/session",
    payload: { email, password: testPassword },
    headers: { "sec-fetch-site": "cross-site" },
  });
  expect([answer.statusCode, answer.headers["set-cookie"]]).toEqual([403, undefined]);
});

it("answers an unknown user and a wrong password alike", async () => {
  const { email } = await test.makeUser("viewer");
  const wrong = (await test.signIn(email, "not the password", "10.0.1.1")).answer;
  const unknown = (await test.signIn("nobody@example.com", "not the password", "10.0.1.1")).answer;
  expect([wrong.statusCode, unknown.statusCode]).toEqual([401, 401]);
  expect(wrong.json().error.message).toBe(unknown.json().error.message);
});

it("locks an address out of a user after ten failures, also for the right password, and only for a quarter of an hour", async () => {
  const { email } = await test.makeUser("viewer");
  // All at once: the limit must hold for parallel guesses too.
  const failures = await Promise.all(
    Array.from({ length: 12 }, () => test.signIn(email, "wrong password", "10.0.2.1")),
  );
  expect(failures.map(({ answer }) => answer.statusCode).sort()).toEqual([...Array(10).fill(401), 429, 429]);
  const locked = (await test.signIn(email, testPassword, "10.0.2.1")).answer;
  expect([locked.statusCode, locked.json().error.code]).toEqual([429, "access.tooManyAttempts"]);
  expect(Number(locked.headers["retry-after"])).toBeGreaterThan(0);
  expect((await test.signIn(email, testPassword, "10.0.2.2")).answer.statusCode).toBe(200);
  clock.advance(15 * 60_000);
  expect((await test.signIn(email, testPassword, "10.0.2.1")).answer.statusCode).toBe(200);
}, 20_000);

it("ends a session twelve hours after its last use and a week after its start", async () => {
  const { headers } = await test.signIn((await test.makeUser("viewer")).email);
  const check = async () =>
    (await test.app.inject({ url: "/v1/session", headers: { cookie: headers.cookie } })).statusCode;
  for (let hours = 0; hours < 166; hours += 11) {
    expect(await check()).toBe(200);
    clock.advance(11 * 3_600_000);
  }
  expect(await check()).toBe(401);
  const idle = await test.signIn((await test.makeUser("viewer")).email);
  clock.advance(12 * 3_600_000 + 1);
  expect((await test.app.inject({ url: "/v1/session", headers: { cookie: idle.headers.cookie } })).statusCode).toBe(
    401,
  );
});

it("signs a user out everywhere when disabled or given a new password", async () => {
  const admin = bearer((await test.makeToken(["admin"])).key);
  const user = await test.makeUser("editor");
  const first = await test.signIn(user.email);
  expect(await statusOf("read", first.headers)).toBe(200);
  await test.app.inject({
    method: "PATCH",
    url: `/v1/users/${user.id}`,
    headers: admin,
    payload: { password: "another password" },
  });
  expect(await statusOf("read", first.headers)).toBe(401);
  const second = await test.signIn(user.email, "another password");
  await test.app.inject({ method: "PATCH", url: `/v1/users/${user.id}`, headers: admin, payload: { disabled: true } });
  expect(await statusOf("read", second.headers)).toBe(401);
  expect((await test.signIn(user.email, "another password")).answer.statusCode).toBe(401);
});

it("lets users change their own password only with the present one", async () => {
  const { headers } = await test.signIn((await test.makeUser("viewer")).email);
  const send = (present: string) =>
    test.app.inject({
      method: "POST",
      url: "/v1/session/password",
      headers,
      payload: { present, next: "a new long password" },
    });
  expect((await send("guess guess")).statusCode).toBe(401);
  expect((await send(testPassword)).statusCode).toBe(204);
  expect(await statusOf("read", headers)).toBe(401);
});

it("keeps the last administrator", async () => {
  const admin = bearer((await test.makeToken(["admin"])).key);
  const users = (await test.app.inject({ url: "/v1/users?limit=200", headers: admin })).json().items as {
    id: string;
    role: string;
  }[];
  const administrators = users.filter(({ role }) => role === "administrator");
  const last = await test.makeUser("administrator");
  for (const { id } of administrators) await test.access.changeUser(id, { disabled: true }, testManager);
  const answer = await test.app.inject({
    method: "PATCH",
    url: `/v1/users/${last.id}`,
    headers: admin,
    payload: { role: "viewer" },
  });
  expect([answer.statusCode, answer.json().error.code]).toEqual([409, "access.lastAdministrator"]);
});

it("refuses short passwords, addresses that are none, and e-mails that are taken", async () => {
  const admin = bearer((await test.makeToken(["admin"])).key);
  const add = async (payload: object) =>
    (await test.app.inject({ method: "POST", url: "/v1/users", headers: admin, payload })).json().error?.code;
  expect(await add({ email: "short@example.com", password: "short", role: "viewer" })).toBe("http.badRequest");
  expect(await add({ email: "nobody", password: testPassword, role: "viewer" })).toBe("http.badRequest");
  expect(await add({ email: (await test.makeUser("viewer")).email, password: testPassword, role: "viewer" })).toBe(
    "access.duplicate",
  );
  expect(await add({ email: "new@example.com", password: testPassword, role: "owner" })).toBe("http.badRequest");
});
