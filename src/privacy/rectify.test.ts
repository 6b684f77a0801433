import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import type { TestEngines } from "../testing/engines.ts";
import { openPrivacyEngines, type PrivacyApp, startPrivacyApp } from "../testing/privacy/privacy-app.ts";

let engines: TestEngines;
let app: PrivacyApp;
const dayMs = 86_400_000;
const start = Date.now() - 3 * 365 * dayMs;
const clock = createFixedClock(start);

beforeAll(async () => {
  engines = await openPrivacyEngines();
  app = await startPrivacyApp(engines, { clock });
}, 60_000);
afterAll(async () => {
  await app.close();
  await engines.close();
});

let people = 0;
/** A customer with a device, and the profile's id. */
async function aCustomer(traits: object = { firstName: "Ada" }) {
  people += 1;
  const customerId = `customer-${people}`;
  const anonymousId = `device-${people}`;
  const email = `person-${people}@example.com`;
  await app.sendFromServer([{ type: "profileRecord", customerId, anonymousId, email, traits }]);
  await app.settle();
  const { body } = await app.profileBy("user_id", customerId);
  return { customerId, anonymousId, email, profileId: String(body["profileId"]) };
}
const countEvents = async (where: string) => {
  const rows = await engines.clickhouse.query<{ n: number }>(`select count() as n from events final where ${where}`);
  return Number(rows[0]?.n);
};

describe("rectification", () => {
  it("changes traits by hand, with their history and without their values in the audit", async () => {
    const { profileId } = await aCustomer({ firstName: "Adda" });
    clock.advance(1_000);
    const written = await app.call("PUT", `/v1/profiles/${profileId}/traits`, {
      traits: { firstName: "Ada", city: "Ulm" },
    });
    expect(written.status).toBe(202);
    await app.settle();
    const { body } = await app.call("GET", `/v1/profiles/${profileId}`);
    expect(body["attributes"]).toMatchObject({
      first_name: { value: "Ada", sourceId: "admin" },
      city: { value: "Ulm" },
    });
    const history = (await app.call("GET", `/v1/profiles/${profileId}/traits/history`)).body as { items?: unknown[] };
    expect(history.items).toMatchObject([
      { sourceId: "admin", traits: { firstName: "Ada", city: "Ulm" } },
      { traits: { firstName: "Adda" } },
    ]);
    const accesses = (await app.call("GET", `/v1/profiles/${profileId}/accesses`)).body;
    expect(accesses["items"]).toMatchObject([{ action: "profile.traits", after: { traits: ["firstName", "city"] } }]);
    expect(JSON.stringify(accesses)).not.toMatch(/Ulm/);
  });

  it("records consents by hand and by events, with every change", async () => {
    const { customerId, profileId } = await aCustomer();
    const says = (granted: boolean) => ({
      type: "pageView",
      customerId,
      timestamp: clock.now(),
      context: { consent: { categoryPreferences: { marketing: granted } } },
    });
    for (const granted of [true, true, false]) {
      clock.advance(1_000);
      await app.sendFromServer([says(granted), says(granted)]);
      await app.settle();
    }
    clock.advance(1_000);
    const written = await app.call("PUT", `/v1/profiles/${profileId}/consents`, {
      decisions: [
        { category: "marketing", status: "granted" },
        { category: "marketing", channel: "sms", status: "denied" },
      ],
      textVersion: "2026-01",
      proof: "paper form 12",
    });
    expect(written.status).toBe(202);
    await app.settle();
    const { body } = await app.call("GET", `/v1/profiles/${profileId}/consents`);
    expect(body["consents"]).toMatchObject({
      marketing: { status: "granted", textVersion: "2026-01", proof: "paper form 12" },
      "marketing:sms": { status: "denied" },
    });
    const history = body["history"] as unknown as { category: string; channel?: string; status: string }[];
    expect(history.filter(({ channel }) => channel === undefined).map(({ status }) => status)).toEqual([
      "granted",
      "denied",
      "granted",
    ]);
    expect(history.filter(({ channel }) => channel === "sms")).toMatchObject([{ status: "denied" }]);
  });

  it("refuses an empty change and an unknown person", async () => {
    const { profileId } = await aCustomer();
    expect((await app.call("PUT", `/v1/profiles/${profileId}/traits`, { traits: {} })).status).toBe(400);
    expect((await app.call("PUT", `/v1/profiles/${profileId}/traits`, { traits: { "a b": 1 } })).status).toBe(400);
    expect(
      (await app.call("PUT", "/v1/profiles/01890f3e-7d6b-7c3a-9b1a-4f3f2c1d0e9f/traits", { traits: { a: 1 } })).status,
    ).toBe(404);
    expect((await app.call("PUT", `/v1/profiles/${profileId}/consents`, { decisions: [] })).status).toBe(400);
  });
});

describe("accesses", () => {
  it("records who read a profile, each in its own list, in a chain that shows tampering", async () => {
    const { customerId, profileId } = await aCustomer();
    await app.readLog.flush();
    await app.call("GET", `/v1/profiles/${profileId}`);
    await app.call("GET", `/v1/profiles/${profileId}/events`);
    await app.call("GET", `/v1/profiles?search=${customerId}`);
    expect((await app.call("GET", "/v1/profiles/01890f3e-7d6b-7c3a-9b1a-4f3f2c1d0e9f")).status).toBe(404);
    await app.readLog.flush();
    const { body } = await app.call("GET", `/v1/profiles/${profileId}/accesses`);
    const items = body["items"] as unknown as { action: string; actor: string; after: { path: string } }[];
    expect(items.slice(0, 3).map(({ action, actor, after }) => [action, actor, after.path])).toEqual([
      ["profile.read", "token:Demo administrator", "/v1/profiles"],
      ["profile.read", "token:Demo administrator", "/v1/profiles/:id/events"],
      ["profile.read", "token:Demo administrator", "/v1/profiles/:id"],
    ]);
    expect(JSON.stringify(items)).not.toContain("person-");

    expect(await app.access.audit.verify()).toMatchObject({ ok: true });
    await engines.postgres.query("alter table audit_entries disable trigger audit_entries_append_only");
    const { rows } = await engines.postgres.query<{ seq: number }>(
      "update audit_entries set actor = 'nobody' where seq = (select max(seq) from audit_entries where action = 'profile.read') returning seq",
    );
    expect(await app.access.audit.verify()).toMatchObject({ ok: false, brokenAt: rows[0]!.seq });
    await engines.postgres.query("update audit_entries set actor = 'token:Demo administrator' where seq = $1", [
      rows[0]!.seq,
    ]);
    await engines.postgres.query("alter table audit_entries enable trigger audit_entries_append_only");
    expect(await app.access.audit.verify()).toMatchObject({ ok: true });
  });

  it("loses no read when the program stops", async () => {
    const { profileId } = await aCustomer();
    const other = await startPrivacyApp(engines, { clock });
    await other.call("GET", `/v1/profiles/${profileId}`);
    await other.close();
    const { body } = await app.call("GET", `/v1/profiles/${profileId}/accesses`);
    expect(JSON.stringify(body["items"])).toContain('"path":"/v1/profiles/:id"');
  });
});

describe("data classes", () => {
  it("knows the usual personal fields, takes changes, and suggests what looks personal", async () => {
    const list = (await app.call("GET", "/v1/privacy/classes")).body["items"] as unknown as {
      kind: string;
      name: string;
      pii: string;
    }[];
    expect(list).toContainEqual(expect.objectContaining({ kind: "trait", name: "birth_date", pii: "direct" }));
    for (let n = 0; n < 3; n += 1) await aCustomer({ contact: `someone-${n}@example.com`, shoe: n });
    const suggestions = (await app.call("GET", "/v1/privacy/classes/suggestions")).body["items"];
    expect(suggestions).toContainEqual({
      kind: "trait",
      name: "contact",
      looksLike: "email",
      ratio: 1,
      values: 3,
      pii: "direct",
    });
    const put = await app.call("PUT", "/v1/privacy/classes/trait/contact", {
      pii: "direct",
      retentionDays: 30,
      purposes: ["marketing"],
    });
    expect(put.status).toBe(200);
    expect(JSON.stringify((await app.call("GET", "/v1/privacy/classes/suggestions")).body)).not.toContain("contact");
    expect(
      (await app.call("PUT", "/v1/privacy/classes/trait/x", { pii: "very", retentionDays: 0, purposes: [] })).status,
    ).toBe(400);

    clock.advance(31 * dayMs);
    expect(await app.privacy.runRetention()).toMatchObject({ attributes: 3 });
    const { body } = await app.profileBy("user_id", `customer-${people}`);
    expect(Object.keys(body["attributes"] as object)).toEqual(expect.arrayContaining(["shoe"]));
    expect(Object.keys(body["attributes"] as object)).not.toContain("contact");
    expect((await app.call("DELETE", "/v1/privacy/classes/trait/contact")).status).toBe(204);
    expect((await app.call("DELETE", "/v1/privacy/classes/trait/contact")).status).toBe(404);
  });
});

// Last: it moves the clock by years.
describe("retention", () => {
  it("deletes what is over its time, and keeps orders and the people who placed them", async () => {
    const known = await aCustomer();
    await app.send([{ type: "pageView", anonymousId: "passer-by" }]);
    await app.sendFromServer([
      { type: "pageView", customerId: known.customerId },
      {
        type: "orderPlaced",
        customerId: known.customerId,
        properties: { orderId: "R-1", orderTotal: { minor: 100, currency: "EUR" } },
      },
    ]);
    await app.settle();
    const passerBy = String((await app.profileBy("anonymous_id", "passer-by")).body["profileId"]);
    clock.advance(26 * 31 * dayMs);
    const result = await app.privacy.runRetention();
    expect(result.profiles).toBeGreaterThan(0);
    expect(result).toMatchObject({ orders: 0 });
    expect((await app.call("GET", `/v1/profiles/${passerBy}`)).status).toBe(404);
    expect((await app.profileBy("user_id", known.customerId)).status).toBe(200);
    expect(await countEvents("event_type = 'pageView'")).toBe(0);
    expect(await countEvents("order_id = 'R-1'")).toBe(1);
    expect(await app.privacy.runRetention()).toEqual({
      profiles: 0,
      attributes: 0,
      events: 0,
      orders: 0,
      decisions: 0,
      requests: 0,
    });
  });

  it("keeps orders for five years, whatever is configured", async () => {
    const other = await startPrivacyApp(engines, { clock, retention: { orders: 30 } });
    expect(await other.privacy.runRetention()).toMatchObject({ orders: 0 });
    clock.advance(4 * 365 * dayMs);
    expect((await other.privacy.runRetention()).orders).toBeGreaterThan(0);
    expect(await countEvents("order_id = 'R-1'")).toBe(0);
    await other.close();
  });
});
