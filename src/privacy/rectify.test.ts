import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import type { TestEngines } from "../testing/engines.ts";
import { openPrivacyEngines, type PrivacyApp, startPrivacyApp } from "../testing/privacy/privacy-app.ts";
import { readZip } from "../testing/privacy/read-zip.ts";
import { cardNumberRemoved } from "./card-numbers.ts";

let engines: TestEngines;
let app: PrivacyApp;
const clock = createFixedClock(Date.now() - 3_600_000);

beforeAll(async () => {
  engines = await openPrivacyEngines();
  app = await startPrivacyApp(engines, { erasesBytes: false, clock });
}, 60_000);
afterAll(async () => {
  await app.close();
  await engines.close();
});

describe("rectification", () => {
  it("changes traits by hand, with their history and without their values in the audit", async () => {
    const { profileId } = await app.aCustomer({ firstName: "Adda" });
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
      {
        sourceId: "admin",
        actor: "token:Demo administrator",
        traits: { first_name: "Ada", city: "Ulm" },
        previous: { first_name: "Adda", city: null },
      },
      { traits: { first_name: "Adda" } },
    ]);
    const accesses = (await app.call("GET", `/v1/profiles/${profileId}/accesses`)).body;
    expect(accesses["items"]).toMatchObject([{ action: "profile.traits", after: { traits: ["firstName", "city"] } }]);
    expect(JSON.stringify(accesses)).not.toMatch(/Ulm/);
  });

  it("removes a trait for good, says why in the history, and takes a correction back", async () => {
    const { customerId, profileId } = await app.aCustomer({ firstName: "Ada", city: "Ulm", tags: [{ a: 1, b: 2 }] });
    const attributeNow = async (name: string) => {
      const { body } = await app.call("GET", `/v1/profiles/${profileId}`);
      return (body["attributes"] as unknown as Record<string, { value: unknown }>)[name]?.value;
    };
    const historyOf = async () =>
      (await app.call("GET", `/v1/profiles/${profileId}/traits/history`)).body["items"] as unknown as {
        correctionId?: string;
      }[];
    const sentAt = clock.now();
    clock.advance(1_000);
    const removed = await app.call("PUT", `/v1/profiles/${profileId}/traits`, {
      traits: { city: null, tags: [] },
      reason: "asked by phone, form 12",
    });
    expect(removed).toMatchObject({ status: 202, body: { ruledOtherwise: [] } });
    await app.settle();
    expect(await attributeNow("city")).toBeNull();
    // What was sent before the correction and arrives after it changes nothing.
    await app.sendFromServer([{ type: "profileRecord", customerId, timestamp: sentAt, traits: { city: "Bonn" } }]);
    await app.settle();
    expect(await attributeNow("city")).toBeNull();
    expect((await historyOf())[0]).toMatchObject({
      reason: "asked by phone, form 12",
      traits: { city: null, tags: [] },
      previous: { city: "Ulm", tags: [{ a: 1, b: 2 }] },
    });
    const audit = JSON.stringify((await app.call("GET", `/v1/audit?objectId=${profileId}`)).body);
    expect(audit).toContain("profile.traits");
    expect(audit).not.toMatch(/Ulm|form 12/);

    clock.advance(1_000);
    const { correctionId } = removed.body as unknown as { correctionId: string };
    const undo = (id: string) =>
      app.call("POST", `/v1/profiles/${profileId}/traits/undo`, { correctionId: id, reason: "wrong person" });
    const undone = await undo(correctionId);
    expect(undone.status).toBe(202);
    await app.settle();
    expect([await attributeNow("city"), await attributeNow("tags")]).toEqual(["Ulm", [{ a: 1, b: 2 }]]);
    expect((await historyOf())[0]).toMatchObject({ undoes: correctionId, reason: "wrong person" });

    // The correction that was taken back no longer stands, so it cannot be taken back again; its undoing can.
    expect(await undo(correctionId)).toMatchObject({ status: 409, body: { error: { code: "privacy.changedSince" } } });
    clock.advance(1_000);
    expect((await undo(String(undone.body["correctionId"]))).status).toBe(202);
    await app.settle();
    expect(await attributeNow("city")).toBeNull();

    expect((await undo("01890f3e-7d6b-7c3a-9b1a-4f3f2c1d0e9f")).status).toBe(404);
    expect((await undo("x")).status).toBe(400);
    const other = await app.aCustomer();
    const foreign = await app.call("POST", `/v1/profiles/${other.profileId}/traits/undo`, { correctionId });
    expect(foreign.status).toBe(404);
  });

  it("keeps no card number, neither in a trait nor in a reason, and stores whatever characters come", async () => {
    const { profileId } = await app.aCustomer();
    const traits = { note: "card 4111 1111 1111 1111", odd: "a\u0000b\ud800", list: [{ "k\u0000": "\udc00" }] };
    const written = await app.call("PUT", `/v1/profiles/${profileId}/traits`, {
      traits,
      reason: "4111111111111111\u0000",
    });
    expect(written.status).toBe(202);
    await app.settle();
    const history = JSON.stringify((await app.call("GET", `/v1/profiles/${profileId}/traits/history`)).body);
    expect(history).toContain(cardNumberRemoved);
    expect(history).not.toMatch(/4111/);
    // What the correction says is what the profile has: it can be taken back.
    const { correctionId } = written.body as unknown as { correctionId: string };
    expect((await app.call("POST", `/v1/profiles/${profileId}/traits/undo`, { correctionId })).status).toBe(202);
  });

  it("keeps corrections with the person: through a merge, in the export, and gone with an erasure", async () => {
    const { profileId } = await app.aCustomer({ city: "Ulm" });
    await app.send([{ type: "pageView", anonymousId: "corrected-device" }]);
    await app.settle();
    const device = String((await app.profileBy("anonymous_id", "corrected-device")).body["profileId"]);
    await app.call("PUT", `/v1/profiles/${device}/traits`, { traits: { city: "Bonn" }, reason: "canary-reason" });
    await app.settle();
    const customerId = `customer-of-${profileId}`;
    await app.sendFromServer([{ type: "signIn", customerId, anonymousId: "corrected-device" }]);
    await app.settle();
    const survivor = String((await app.profileBy("user_id", customerId)).body["profileId"]);
    const history = (await app.call("GET", `/v1/profiles/${survivor}/traits/history`)).body["items"];
    expect(JSON.stringify(history)).toContain("canary-reason");
    const files = await readZip((await app.call("GET", `/v1/profiles/${survivor}/export`)).raw);
    expect(String(files.get("trait-corrections.ndjson"))).toContain("canary-reason");
    await app.call("DELETE", `/v1/profiles/${survivor}`);
    await app.privacy.runRequests();
    const { rows } = await engines.postgres.query(
      "select c.trait from trait_corrections c where c.reason = 'canary-reason'",
    );
    expect(rows).toEqual([]);
  });

  it("records consents by hand and by events, with every change", async () => {
    const { customerId, profileId } = await app.aCustomer();
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
    const { profileId } = await app.aCustomer();
    expect((await app.call("PUT", `/v1/profiles/${profileId}/traits`, { traits: {} })).status).toBe(400);
    expect((await app.call("PUT", `/v1/profiles/${profileId}/traits`, { traits: { "a b": 1 } })).status).toBe(400);
    const large = await app.call("PUT", `/v1/profiles/${profileId}/traits`, { traits: { a: "x".repeat(5_000) } });
    expect(large).toMatchObject({ status: 409, body: { error: { code: "privacy.refused" } } });
    expect((await app.call("GET", `/v1/profiles/${profileId}/traits/history`)).body["items"]).toHaveLength(1);
    expect(
      (await app.call("PUT", "/v1/profiles/01890f3e-7d6b-7c3a-9b1a-4f3f2c1d0e9f/traits", { traits: { a: 1 } })).status,
    ).toBe(404);
    expect((await app.call("PUT", `/v1/profiles/${profileId}/consents`, { decisions: [] })).status).toBe(400);
  });
});

describe("accesses", () => {
  it("records who read a profile, each in its own list, in a chain that shows tampering", async () => {
    const { customerId, profileId } = await app.aCustomer();
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
    const { profileId } = await app.aCustomer();
    const other = await startPrivacyApp(engines, { erasesBytes: false, clock });
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
    for (let n = 0; n < 3; n += 1) await app.aCustomer({ contact: `someone-${n}@example.com`, shoe: n });
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

    expect((await app.call("DELETE", "/v1/privacy/classes/trait/contact")).status).toBe(204);
    expect((await app.call("DELETE", "/v1/privacy/classes/trait/contact")).status).toBe(404);
  });
});
