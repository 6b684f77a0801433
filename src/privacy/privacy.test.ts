import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { createFixedClock } from "../kernel/index.ts";
import type { TestEngines } from "../testing/engines.ts";
import { openPrivacyEngines, type PrivacyApp, startPrivacyApp } from "../testing/privacy/privacy-app.ts";
import { cardNumberRemoved } from "./card-numbers.ts";

let engines: TestEngines;
let app: PrivacyApp;
const dayMs = 86_400_000;
const start = Date.now() - 3 * 365 * dayMs;
const clock = createFixedClock(start);

beforeAll(async () => {
  engines = await openPrivacyEngines();
  app = await startPrivacyApp(engines, { erasesBytes: false, clock });
}, 60_000);
afterAll(async () => {
  await app.close();
  await engines.close();
});

describe("card numbers", () => {
  it("are dropped at the door, from events and from what was rejected before it", async () => {
    await app.send([
      { type: "pageView", anonymousId: "card-1", properties: { note: "4111 1111 1111 1111" } },
      { type: "", anonymousId: "card-1", properties: { note: "4111111111111111" } },
    ]);
    await app.settle();
    const [event] = await engines.clickhouse.query<{ properties: string; flags: string[] }>(
      "select properties, flags from events where identity_key = 'anonymous_id:card-1'",
    );
    expect(event).toMatchObject({
      properties: JSON.stringify({ note: cardNumberRemoved }),
      flags: ["card_number_removed"],
    });
    const letters = JSON.stringify((await app.call("GET", "/v1/dead-letters")).body);
    expect(letters).toContain(cardNumberRemoved);
    expect(letters).not.toContain("4111111111111111");
  });
});

describe("suppression", () => {
  it("erases a person, drops their later events without telling the sender, and counts them", async () => {
    const { customerId, anonymousId, email, profileId } = await app.aCustomer();
    const asked = await app.call("DELETE", `/v1/profiles/${profileId}`, { mode: "delete_and_suppress" });
    await app.privacy.runRequests();
    expect(await app.requestOf(asked.body["requestId"])).toMatchObject({ status: "finished" });

    const { body: before } = await app.call("GET", "/v1/privacy/suppression");
    const answer = await app.send([
      { type: "pageView", customerId },
      { type: "pageView", anonymousId },
      { type: "pageView", email: email.toUpperCase(), anonymousId: "fresh-device" },
      { type: "pageView", identifiers: [{ namespace: "email", value: email }] },
      { type: "pageView", anonymousId, customerId: "somebody-else" },
    ]);
    await app.settle();
    expect(answer).toMatchObject({ accepted: 5, rejected: [] });
    expect((await app.call("GET", "/v1/privacy/suppression")).body).toMatchObject({
      dropped: Number(before["dropped"]) + 4,
    });
    expect((await app.profileBy("user_id", customerId)).status).toBe(404);
    expect((await app.profileBy("anonymous_id", anonymousId)).status).toBe(404);
    // A device in other hands loses itself, not its new owner's events.
    expect((await app.profileBy("user_id", "somebody-else")).status).toBe(200);

    const { rows } = await engines.postgres.query<{ text: string }>(
      "select s::text as text from suppressed_identifiers s",
    );
    expect(JSON.stringify(rows)).not.toMatch(/customer-|person-|device-/);

    expect(
      (await app.call("POST", "/v1/privacy/suppression/lift", { namespace: "user_id", value: customerId })).body,
    ).toEqual({ lifted: true });
    await app.send([{ type: "pageView", customerId }]);
    await app.settle();
    expect((await app.profileBy("user_id", customerId)).status).toBe(200);
  });

  it("suppresses an identifier that nobody has yet, and keeps what a merely suppressed person has", async () => {
    await app.call("POST", "/v1/privacy/requests", {
      mode: "suppress",
      identifier: { namespace: "email", value: "Never@Example.com" },
    });
    const known = await app.aCustomer();
    await app.call("POST", "/v1/privacy/requests", { mode: "suppress", profileId: known.profileId });
    await app.privacy.runRequests();
    await app.send([
      { type: "pageView", email: "never@example.com", anonymousId: "n-1" },
      { type: "pageView", anonymousId: known.anonymousId },
    ]);
    await app.settle();
    expect((await app.profileBy("email", "never@example.com")).status).toBe(404);
    expect((await app.profileBy("user_id", known.customerId)).status).toBe(200);
    expect(await app.countEvents(`identity_key = 'anonymous_id:${known.anonymousId}'`)).toBe(0);
  });

  it("stays in force after a restart", async () => {
    const other = await startPrivacyApp(engines, { erasesBytes: false, clock });
    expect(other.door.suppression.isSuppressed({ namespace: "email", value: "never@example.com" })).toBe(true);
    expect(other.door.suppression.isSuppressed({ namespace: "email", value: "ever@example.com" })).toBe(false);
    await other.close();
  });
});

describe("requests", () => {
  it("erases by identifier, answers for a merged profile, and lists what was asked", async () => {
    const first = await app.aCustomer();
    await app.send([{ type: "pageView", anonymousId: "later-device" }]);
    await app.settle();
    const loser = String((await app.profileBy("anonymous_id", "later-device")).body["profileId"]);
    await app.sendFromServer([{ type: "signIn", customerId: first.customerId, anonymousId: "later-device" }]);
    await app.settle();
    // Requests of one millisecond have no order among them.
    clock.advance(1);
    const asked = await app.call("DELETE", `/v1/profiles/${loser}`);
    expect(asked).toMatchObject({ status: 202, body: { profileId: first.profileId } });
    const second = await app.aCustomer();
    clock.advance(1);
    const byMail = await app.call("DELETE", `/v1/profiles/by/email/${encodeURIComponent(second.email)}`);
    expect(byMail).toMatchObject({ status: 202, body: { profileId: second.profileId } });
    await app.privacy.runRequests();
    expect((await app.call("GET", `/v1/profiles/${loser}`)).status).toBe(404);
    expect((await app.profileBy("user_id", first.customerId)).status).toBe(404);
    expect((await app.profileBy("user_id", second.customerId)).status).toBe(404);

    const page = (await app.call("GET", "/v1/privacy/requests?limit=1&status=finished")).body as unknown as {
      items: { requestId: string }[];
      nextCursor: string;
    };
    expect(page.items.map(({ requestId }) => requestId)).toEqual([byMail.body["requestId"]]);
    const next = (await app.call("GET", `/v1/privacy/requests?limit=1&cursor=${page.nextCursor}`)).body;
    expect(JSON.stringify(next)).toContain(String(asked.body["requestId"]));
    const { rows } = await engines.postgres.query<{ n: number }>(
      "select count(*) as n from privacy_requests where person is not null",
    );
    expect(rows[0]?.n).toBe(0);
  });

  it("keeps the behaviour of an anonymised person, without the person", async () => {
    const { customerId, profileId } = await app.aCustomer();
    await app.send([
      { type: "productPageView", customerId, properties: { items: [{ sku: "ANON" }], note: "secret-note" } },
    ]);
    await app.settle();
    await app.call("DELETE", `/v1/profiles/${profileId}`, { mode: "anonymise" });
    await app.privacy.runRequests();
    const [event] = await engines.clickhouse.query<Record<string, unknown>>(
      "select identity_key, identifiers, session_id, properties, context from events final where has(skus, 'ANON')",
    );
    expect(event).toEqual({
      identity_key: "",
      identifiers: [],
      session_id: "",
      properties: '{"items":[{"sku":"ANON"}]}',
      context: "{}",
    });
  });

  it("erases an account that the shop deleted, at a trusted source's word only and not at history's", async () => {
    const trusted = await app.aCustomer();
    const claimed = await app.aCustomer();
    const past = await app.aCustomer();
    await app.send([{ type: "accountDeleted", customerId: claimed.customerId, anonymousId: claimed.anonymousId }]);
    await app.sendFromServer([{ messageId: "deleted-1", type: "accountDeleted", customerId: trusted.customerId }]);
    await app.collect.accept({
      events: [
        { type: "accountDeleted", identifiers: [{ namespace: "user_id", value: past.customerId }], properties: {} },
      ],
      sentAt: undefined,
      sourceId: "import",
      sourceKind: "history",
      trusted: true,
      provenCustomerId: null,
    });
    await app.settle();
    const { body } = await app.call("GET", "/v1/privacy/requests?status=initialized");
    expect(body["items"]).toMatchObject([{ profileId: trusted.profileId, mode: "delete" }]);
    await app.privacy.runRequests();
    expect((await app.profileBy("user_id", trusted.customerId)).status).toBe(404);
    expect((await app.profileBy("user_id", claimed.customerId)).status).toBe(200);
    expect((await app.profileBy("user_id", past.customerId)).status).toBe(200);
  });

  it("tries again after a failure, and says how far it is", async () => {
    let fail = true;
    const flaky = {
      name: "flaky",
      tables: [],
      eraseElsewhere: async () => {
        if (fail) throw new Error("away");
        return 1;
      },
    };
    const other = await startPrivacyApp(engines, { erasesBytes: false, clock, participants: [flaky] });
    const { profileId } = await app.aCustomer();
    const asked = await other.call("DELETE", `/v1/profiles/${profileId}`);
    await other.privacy.runRequests();
    expect(await app.requestOf(asked.body["requestId"])).toMatchObject({
      status: "partial",
      step: "events",
      attempts: 1,
      errorCode: "http.internal",
    });
    expect(await other.privacy.runRequests()).toBe(0);
    fail = false;
    clock.advance(60_000);
    await other.privacy.runRequests();
    expect(await app.requestOf(asked.body["requestId"])).toMatchObject({ status: "finished", counts: { flaky: 1 } });
    await other.close();
  });

  it("finds tables that no capability answers for", async () => {
    const { profileId } = await app.aCustomer();
    await engines.postgres.query("create table later_feature (id int, owner_profile_id uuid, note text)");
    await engines.postgres.query(
      "insert into later_feature values (1, $1, 'mine'), (2, gen_random_uuid(), 'another')",
      [profileId],
    );
    await app.call("DELETE", `/v1/profiles/${profileId}`);
    await app.privacy.runRequests();
    expect((await engines.postgres.query("select id from later_feature")).rows).toEqual([{ id: 2 }]);
    await engines.postgres.query("drop table later_feature");
  });

  it.each([
    ["an unknown profile", "DELETE", "/v1/profiles/01890f3e-7d6b-7c3a-9b1a-4f3f2c1d0e9f", undefined, 404],
    ["an id that is none", "DELETE", "/v1/profiles/x", undefined, 400],
    ["an unknown mode", "DELETE", "/v1/profiles/01890f3e-7d6b-7c3a-9b1a-4f3f2c1d0e9f", { mode: "burn" }, 400],
    [
      "an identifier that identifies nobody",
      "POST",
      "/v1/privacy/requests",
      { mode: "suppress", identifier: { namespace: "user_id", value: "null" } },
      400,
    ],
    ["nobody", "POST", "/v1/privacy/requests", { mode: "delete" }, 400],
    ["an unknown person by identifier", "DELETE", "/v1/profiles/by/user_id/nobody-at-all", undefined, 404],
    ["an unknown request", "GET", "/v1/privacy/requests/01890f3e-7d6b-7c3a-9b1a-4f3f2c1d0e9f", undefined, 404],
  ] as const)("refuses %s", async (_what, method, url, body, status) => {
    expect((await app.call(method, url, body)).status).toBe(status);
  });

  it("needs the scope personal-data", async () => {
    const { key } = await app.access.createKey(
      { kind: "token", name: "reader", scopes: ["read", "edit", "admin"] },
      { actor: "test", via: "cli" },
    );
    const { profileId } = await app.aCustomer();
    for (const [method, path] of [
      ["DELETE", ""],
      ["GET", "/export"],
      ["GET", "/consents"],
      ["GET", "/accesses"],
    ] as const)
      expect((await app.call(method, `/v1/profiles/${profileId}${path}`, undefined, key)).status).toBe(403);
    expect((await app.call("DELETE", `/v1/profiles/${profileId}`, undefined, demoCredentials.writeKey)).status).toBe(
      403,
    );
  });
});
