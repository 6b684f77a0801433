import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import { type AccessApp, bearer, startAccessApp, unique } from "../testing/access-app.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";

let engines: TestEngines;
let test: AccessApp;
const clock = createFixedClock(Date.UTC(2026, 0, 1));

beforeAll(async () => {
  engines = await openTestEngines(["access"]);
}, 60_000);
afterAll(() => engines.close());
beforeEach(async () => {
  test = await startAccessApp(engines, clock);
});
afterEach(() => test.close());

it("records who changed which key or user, from where, without any secret", async () => {
  const { headers } = await test.signIn((await test.makeUser("administrator")).email);
  const created = (
    await test.app.inject({
      method: "POST",
      url: "/v1/keys",
      headers,
      payload: { kind: "token", name: unique("<script>alert(1)</script>") },
    })
  ).json();
  await test.app.inject({ method: "DELETE", url: `/v1/keys/${created.id}`, headers });
  const answer = await test.app.inject({
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
  for (let made = 0; made < 3; made += 1) await test.makeKey();
  const reader = bearer((await test.makeToken(["read"])).key);
  const first = (await test.app.inject({ url: "/v1/audit?action=key.create&limit=2", headers: reader })).json();
  expect(first.items).toHaveLength(2);
  const second = (
    await test.app.inject({ url: `/v1/audit?action=key.create&limit=2&cursor=${first.nextCursor}`, headers: reader })
  ).json();
  expect(second.items[0].seq).toBeLessThan(first.items[1].seq);
  expect((await test.app.inject({ url: "/v1/audit?from=2030-01-01T00:00:00Z", headers: reader })).json().items).toEqual(
    [],
  );
  expect((await test.app.inject({ url: "/v1/audit?cursor=bad", headers: reader })).statusCode).toBe(400);
});

it("leaves out reads and other actions, page by page, within a time and of one person", async () => {
  const read = (atMs: number) => ({
    atMs,
    actor: "token:looker",
    via: "api" as const,
    action: "profile.read",
    objectKind: "profile",
    objectId: unique("profile"),
    before: null,
    after: { path: "/v1/profiles/:id" },
    requestId: null,
  });
  const start = clock.now();
  const made = [];
  for (let round = 0; round < 3; round += 1) {
    clock.advance(60_000);
    await test.access.audit.recordPast(Array.from({ length: 4 }, () => read(clock.now())));
    made.push((await test.makeKey()).id);
  }
  const reader = bearer((await test.makeToken(["read"])).key);
  const list = async (query: string) => {
    const answer = await test.app.inject({
      url: `/v1/audit?from=${new Date(start).toISOString()}&${query}`,
      headers: reader,
    });
    expect(answer.statusCode).toBe(200);
    return answer.json() as { items: { action: string; objectId: string; actor: string }[]; nextCursor?: string };
  };
  const everything = await list("limit=200");
  expect(everything.items.filter(({ action }) => action === "profile.read")).toHaveLength(12);

  const seen: { action: string; objectId: string }[] = [];
  let cursor = "";
  do {
    const page = await list(`exceptActions=profile.read&limit=2${cursor}`);
    seen.push(...page.items);
    cursor = page.nextCursor === undefined ? "" : `&cursor=${page.nextCursor}`;
  } while (cursor !== "");
  expect(seen).toEqual(everything.items.filter(({ action }) => action !== "profile.read"));
  expect(seen.map(({ objectId }) => objectId)).toEqual(expect.arrayContaining(made));

  expect((await list("exceptActions=key.create,%20profile.read,")).items.map(({ action }) => action)).not.toEqual(
    expect.arrayContaining(["key.create"]),
  );
  expect((await list("actor=token:looker&exceptActions=profile.read")).items).toEqual([]);
  expect((await list("actor=token:looker&action=profile.read&limit=5")).items).toHaveLength(5);
  const first = new Date(start + 90_000).toISOString();
  expect((await list(`actor=token:looker&to=${first}`)).items).toHaveLength(4);
  expect(
    (await test.app.inject({ url: `/v1/audit?exceptActions=${"a".repeat(1001)}`, headers: reader })).statusCode,
  ).toBe(400);
});

it("refuses to change or remove audit entries, and finds out when somebody managed to", async () => {
  await test.makeKey();
  await test.makeKey();
  expect(await test.access.audit.verify()).toMatchObject({ ok: true });
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
  expect(await test.access.audit.verify()).toMatchObject({ ok: false, brokenAt: 2 });
  await tamper(`update audit_entries set actor = '${rows[0]!.actor}' where seq = 2`);
  expect(await test.access.audit.verify()).toMatchObject({ ok: true });
  await tamper(
    "create table last_entry as select * from audit_entries where seq = (select max(seq) from audit_entries)",
  );
  await tamper("delete from audit_entries where seq = (select max(seq) from audit_entries)");
  expect(await test.access.audit.verify()).toMatchObject({ ok: false });
  await tamper("insert into audit_entries select * from last_entry");
  expect(await test.access.audit.verify()).toMatchObject({ ok: true });
});

it("keeps the chain whole when changes arrive at once", async () => {
  await Promise.all(Array.from({ length: 12 }, () => test.makeKey()));
  expect(await test.access.audit.verify()).toMatchObject({ ok: true });
});
