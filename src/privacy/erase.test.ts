import { afterAll, beforeAll, expect, it } from "vitest";
import { createFixedClock } from "../kernel/index.ts";
import type { TestEngines } from "../testing/engines.ts";
import { filesWith } from "../testing/privacy/files-with.ts";
import { openPrivacyEngines, type PrivacyApp, startPrivacyApp } from "../testing/privacy/privacy-app.ts";
import { readZip } from "../testing/privacy/read-zip.ts";

let engines: TestEngines;
let app: PrivacyApp;
const start = Date.now() - 3_600_000;
const clock = createFixedClock(start);

beforeAll(async () => {
  engines = await openPrivacyEngines({ postgres: "embedded", clickhouse: "embedded" });
  app = await startPrivacyApp(engines, { clock });
}, 60_000);
afterAll(async () => {
  await app.close();
  await engines.close();
});

const canaries = [
  "canary-mail",
  "Canaryfirst",
  "Canarystreet 5",
  "canary-custom-trait",
  "canary-property",
  "canary-search",
  "canary-page",
  "canary-letter",
  "canary-device",
  "canary-gift",
  "canary-proof",
  "canary-context",
  "canary-old-name",
];

/** A life of one person, with a canary in every kind of place. */
async function live(): Promise<void> {
  const device = { anonymousId: "canary-device-1" };
  await app.send([
    { ...device, type: "pageView", context: { page: { url: "https://shop/canary-page" }, note: "canary-context" } },
    { ...device, type: "searchRequestSent", properties: { searchQuery: "canary-search shirt" } },
    { ...device, type: "productPageView", properties: { items: [{ sku: "S1" }], hint: "canary-property" } },
    ...Array.from({ length: 300 }, (_, n) => ({
      ...device,
      type: "pageView",
      properties: { n, hint: "canary-property" },
    })),
    // Taken by nobody: it becomes a dead letter.
    { type: "", anonymousId: "canary-device-1", properties: { text: "canary-letter" } },
  ]);
  await app.sendFromServer([
    {
      type: "profileRecord",
      customerId: "c-77",
      email: "canary-mail@example.com",
      anonymousId: "canary-device-1",
      traits: { firstName: "canary-old-name", favourite: "canary-custom-trait" },
      context: { consent: { categoryPreferences: { marketing: true }, proof: "canary-proof" } },
    },
  ]);
  await app.settle();
  await app.sendFromServer([
    {
      type: "profileRecord",
      customerId: "c-77",
      traits: { firstName: "Canaryfirst", address: { street1: "Canarystreet 5", city: "X" } },
    },
    {
      type: "orderPlaced",
      customerId: "c-77",
      email: "canary-mail@example.com",
      properties: {
        orderId: "1001",
        orderTotal: { minor: 4_200, currency: "EUR" },
        items: [{ sku: "S1", qty: 2, lineTotal: { minor: 4_200, currency: "EUR" }, engraving: "canary-gift" }],
        giftMessage: "canary-gift",
        shippingAddress: { street1: "Canarystreet 5" },
      },
    },
    { type: "pageView", customerId: "other", email: "other@example.com", properties: { hint: "stays" } },
  ]);
  await app.settle();
  const { body } = await app.profileBy("user_id", "c-77");
  app.measurement.logExposure({
    decisionId: "01890f3e-7d6b-7c3a-9b1a-4f3f2c1d0e9f",
    at: clock.now(),
    placement: "home.hero",
    kind: "block",
    definitionId: "",
    definitionVersion: 1,
    profileId: String(body["profileId"]),
    identityKey: "anonymous_id:canary-device-1",
    storeView: "default",
    skus: ["S1"],
    scores: [1],
    propensity: 1,
    policy: "p",
    reasons: ["r"],
  });
  await expect.poll(() => countOf("exposures")).toBe(1);
}

async function countOf(table: string, where = "1"): Promise<number> {
  const rows = await engines.clickhouse
    .query<{ n: number }>(`select count() as n from ${table} final where ${where}`)
    .catch(() => engines.clickhouse.query<{ n: number }>(`select count() as n from ${table} where ${where}`));
  return Number(rows[0]?.n);
}

it("exports everything, then erases it so that no file of the data directory holds a byte of it, and keeps the order's money", async () => {
  await live();
  const before = await app.profileBy("user_id", "c-77");
  const profileId = String(before.body["profileId"]);

  const exported = await app.call("GET", `/v1/profiles/${profileId}/export`);
  expect(exported.status).toBe(200);
  const files = await readZip(exported.raw);
  const whole = [...files.values()].join("\n");
  for (const canary of canaries) expect(whole).toContain(canary);
  expect(JSON.parse(files.get("manifest.json") ?? "{}")).toMatchObject({
    profileIds: [profileId],
    rows: {
      "events.ndjson": 306,
      "decisions.ndjson": 1,
      "dead-letters.ndjson": 1,
      "orders.ndjson": 1,
      "consents.ndjson": 1,
    },
  });
  expect(whole).not.toContain("other@example.com");
  // Or the search below would prove nothing.
  expect(filesWith(canaries, engines.dataDir).length).toBeGreaterThan(canaries.length / 2);

  const asked = await app.call("DELETE", `/v1/profiles/${profileId}`, { reason: "asked by mail" });
  expect(asked).toMatchObject({ status: 202, body: { status: "initialized", profileId, mode: "delete" } });
  const startedAt = performance.now();
  await app.privacy.runRequests();
  expect(performance.now() - startedAt).toBeLessThan(60_000);

  const done = await app.call("GET", `/v1/privacy/requests/${asked.body["requestId"]}`);
  expect(done.body).toMatchObject({ status: "finished", progress: 1, profileId });
  expect(await app.call("GET", `/v1/profiles/${profileId}`)).toMatchObject({ status: 404 });
  expect(await app.profileBy("user_id", "c-77")).toMatchObject({ status: 404 });
  expect(filesWith(canaries, engines.dataDir)).toEqual([]);
  expect(JSON.stringify((await app.call("GET", "/v1/events?limit=500")).body)).not.toMatch(/canary/i);

  const [order] = await engines.clickhouse.query<Record<string, unknown>>(
    "select identity_key, identifiers, order_id, order_total, currency, skus, items_total, properties, context, flags from events where event_type = 'orderPlaced'",
  );
  expect(order).toMatchObject({
    identity_key: "",
    identifiers: [],
    order_id: "1001",
    order_total: 4200,
    currency: "EUR",
    skus: ["S1"],
    items_total: [4200],
    context: "{}",
    flags: ["anonymised"],
  });
  expect(await countOf("events", "identity_key = 'user_id:other'")).toBe(1);
  expect(await countOf("exposures")).toBe(0);
  expect((await app.profileBy("user_id", "other")).status).toBe(200);

  // Asked again: the same answer. The person may come back as somebody new.
  expect(await app.call("DELETE", `/v1/profiles/${profileId}`)).toMatchObject({
    status: 200,
    body: { requestId: asked.body["requestId"], status: "finished" },
  });
  await app.send([{ type: "pageView", anonymousId: "canary-device-1" }]);
  await app.settle();
  expect((await app.profileBy("anonymous_id", "canary-device-1")).body["profileId"]).not.toBe(profileId);
}, 60_000);
