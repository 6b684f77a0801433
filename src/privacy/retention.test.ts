import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock, type JsonValue, newId } from "../kernel/index.ts";
import type { TestEngines } from "../testing/engines.ts";
import { openPrivacyEngines, type PrivacyApp, startPrivacyApp } from "../testing/privacy/privacy-app.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const firefox = 'Mozilla/5.0 (X11; "quoted") Firefox/140.0';
// Years before now: no clock of an engine plays a part, and events of the future are refused.
const clock = createFixedClock(Date.now() - 12 * 365 * dayMs);
let engines: TestEngines;
let app: PrivacyApp;

/** What the log of another capability holds: times of its entries. */
let deliveries: number[] = [];
const mailer = {
  name: "mailer",
  tables: [],
  expires: {
    count: async (before: number) => deliveries.filter((at) => at < before).length,
    forget: async (before: number) => {
      const kept = deliveries.filter((at) => at >= before);
      const deleted = deliveries.length - kept.length;
      deliveries = kept;
      return deleted;
    },
  },
};

beforeAll(async () => {
  engines = await openPrivacyEngines();
  app = await startPrivacyApp(engines, { erasesBytes: false, clock, participants: [mailer] });
}, 60_000);
afterAll(async () => {
  await app.close();
  await engines.close();
});

type Item = { class: string; days: number; defaultDays: number; minDays: number } & Record<string, unknown>;
type Overview = { version: number; items: Item[]; fields: Item[] } & Record<string, unknown>;
const read = async () => (await app.call("GET", "/v1/privacy/retention")).body as unknown as Overview;
const put = async (days: object, version?: number, note = "") =>
  app.call("PUT", "/v1/privacy/retention", { version: version ?? (await read()).version, days, note });
const preview = async (days: object) => {
  const { status, body } = await app.call("POST", "/v1/privacy/retention/preview", { days });
  expect(status).toBe(200);
  const items = body["items"] as unknown as { class: string; rows: number }[];
  return Object.fromEntries(items.map((item) => [item.class, item.rows]));
};
const classed = (kind: "trait" | "property", name: string, retentionDays: number) =>
  app.call("PUT", `/v1/privacy/classes/${kind}/${name}`, { pii: "direct", retentionDays, purposes: [] });
const propertiesOf = async (eventType: string, key: string) => {
  const rows = await engines.clickhouse.query<{ properties: string }>(
    `select properties from events final where event_type = '${eventType}' and identity_key = '${key}' order by ts`,
  );
  return rows.map(({ properties }) => JSON.parse(properties) as Record<string, JsonValue>);
};
const anExposure = (at: number) => ({
  decision_id: newId(at),
  ts: new Date(at).toISOString(),
  placement: "home",
  kind: "block",
  definition_id: "d",
  definition_version: 1,
  profile_id: "",
  identity_key: "",
  store_view: "default",
  skus: [],
  scores: [],
  propensity: 1,
  policy: "",
  reasons: [],
});

describe("periods", () => {
  it("shows every class with its default, and refuses what the law or sense forbids, all at once", async () => {
    const { version, items, fields } = await read();
    expect(version).toBe(0);
    expect(Object.fromEntries(items.map((item) => [item.class, item.defaultDays]))).toEqual({
      anonymousProfiles: 396,
      events: 761,
      orders: 3653,
      decisions: 761,
      deliveries: 731,
      userAgents: 30,
      requests: 1096,
    });
    expect(items.every(({ days, defaultDays }) => days === defaultDays)).toBe(true);
    expect(fields.map((item) => item.class)).toEqual(["traits", "properties"]);

    const refused = await put({
      orders: 1826,
      events: -1,
      decisions: 1.5,
      deliveries: "9",
      requests: 36_501,
      "a/b": 1,
    });
    expect(refused.status).toBe(422);
    const { error } = refused.body as unknown as { error: { details: { path: string }[] } };
    expect(error.details.map(({ path }) => path).sort()).toEqual(
      ["/days/a~1b", "/days/decisions", "/days/deliveries", "/days/events", "/days/orders", "/days/requests"].sort(),
    );
    for (const days of [null, [], "30", { __proto__: null, constructor: 3 }])
      expect((await put(days as object)).status).toBeGreaterThanOrEqual(400);
    expect((await read()).version).toBe(0);
  });

  it("keeps every version with who set it and why, and refuses one that was made from an older", async () => {
    const changed = await put({ events: 100, orders: 0 }, 0, "board of May");
    expect(changed).toMatchObject({ status: 200, body: { version: 1, changedBy: "token:Demo administrator" } });
    expect((await put({ events: 90 }, 0)).status).toBe(409);
    expect((await put({ decisions: 10 }, 1)).status).toBe(200);
    const days = (overview: Overview) => Object.fromEntries(overview.items.map((item) => [item.class, item.days]));
    // What the newest version does not name is at its default again.
    expect(days(await read())).toMatchObject({ events: 761, orders: 3653, decisions: 10 });

    const page = (await app.call("GET", "/v1/privacy/retention/versions?limit=1")).body;
    expect(page["items"]).toMatchObject([{ version: 2, days: { decisions: 10 } }]);
    const next = await app.call("GET", `/v1/privacy/retention/versions?limit=1&cursor=${String(page["nextCursor"])}`);
    expect(next.body["items"]).toMatchObject([{ version: 1, days: { events: 100, orders: 0 }, note: "board of May" }]);
    expect((await app.call("GET", "/v1/privacy/retention/versions?cursor=x")).status).toBe(400);

    const audit = await app.call("GET", "/v1/audit?action=retention.put");
    expect(audit.body["items"]).toMatchObject([
      { before: { events: 100 }, after: { events: 761, decisions: 10 } },
      { before: { events: 761 }, after: { events: 100, orders: 0, note: "board of May" } },
    ]);
    await put({});
  });

  it("lets one of two who change them at once win", async () => {
    const { version } = await read();
    const answers = await Promise.all([put({ events: 200 }, version), put({ events: 300 }, version)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    await put({});
  });

  it("needs the scope admin to change or preview", async () => {
    const { key } = await app.access.createKey(
      { kind: "token", name: "reader", scopes: ["read", "edit", "publish", "personal-data"] },
      { actor: "test", via: "cli" },
    );
    expect((await app.call("GET", "/v1/privacy/retention", undefined, key)).status).toBe(200);
    expect((await app.call("PUT", "/v1/privacy/retention", { version: 0, days: {} }, key)).status).toBe(403);
    expect((await app.call("POST", "/v1/privacy/retention/preview", { days: {} }, key)).status).toBe(403);
  });
});

// From here on the clock only moves forward, and each test looks at what it made itself.
describe("a run", () => {
  it("deletes a class after the period that was set, the preview says how much, and the overview what went", async () => {
    const known = await app.aCustomer();
    const at = clock.now();
    const order = { orderId: "R-1", orderTotal: { minor: 100, currency: "EUR" } };
    await app.send([{ type: "pageView", anonymousId: "passer-by" }]);
    await app.sendFromServer([
      { type: "pageView", customerId: known.customerId },
      { type: "orderPlaced", customerId: known.customerId, properties: order },
    ]);
    await app.settle();
    await engines.clickhouse.insert("exposures", [anExposure(at)]);
    deliveries = [at];
    const asked = await app.call("POST", "/v1/privacy/requests", {
      mode: "suppress",
      identifier: { namespace: "email", value: "asked@example.com" },
    });
    await app.privacy.runRequests();
    expect(await app.requestOf(asked.body["requestId"])).toMatchObject({ status: "finished" });

    clock.advance(40 * dayMs);
    const none = { anonymousProfiles: 0, events: 0, orders: 0, decisions: 0, deliveries: 0, requests: 0 };
    expect(await app.privacy.runRetention()).toMatchObject(none);
    const short = { anonymousProfiles: 39, events: 39, decisions: 39, deliveries: 39, requests: 39 };
    const foreseen = await preview(short);
    expect(foreseen).toMatchObject({ anonymousProfiles: 1, orders: 0, decisions: 1, deliveries: 1, requests: 1 });
    // Two page views and the account.
    expect(foreseen["events"]).toBe(3);
    expect(await preview({ ...short, events: 41, requests: 0 })).toMatchObject({ events: 0, requests: 0 });
    expect(await app.countEvents("1")).toBe(4);

    await put(short);
    const passerBy = String((await app.profileBy("anonymous_id", "passer-by")).body["profileId"]);
    expect(await app.privacy.runRetention()).toMatchObject({ ...foreseen, traits: 0, properties: 0 });
    expect((await app.call("GET", `/v1/profiles/${passerBy}`)).status).toBe(404);
    expect((await app.profileBy("user_id", known.customerId)).status).toBe(200);
    expect(await app.countEvents("1")).toBe(1);
    expect(await app.countEvents("order_id = 'R-1'")).toBe(1);
    expect(deliveries).toEqual([]);
    const { items, lastRunAt } = await read();
    expect(lastRunAt).toBe(new Date(clock.now()).toISOString());
    expect(items.find((item) => item.class === "events")).toMatchObject({ lastDeleted: 3, deletedInAll: 3, lastRunAt });

    clock.advance(dayMs);
    expect(Object.values(await app.privacy.runRetention()).every((rows) => rows === 0)).toBe(true);
    expect((await read()).items.find((item) => item.class === "events")).toMatchObject({
      lastDeleted: 0,
      deletedInAll: 3,
      lastDeletedAt: lastRunAt,
    });
    await put({});
  });

  it("honours the shipped periods to the day", async () => {
    const { customerId } = await app.aCustomer();
    await app.send([{ type: "pageView", anonymousId: "short-visit" }]);
    await app.settle();
    await engines.clickhouse.insert("exposures", [anExposure(clock.now())]);
    deliveries = [clock.now()];
    const view = `event_type = 'pageView' and identity_key = 'anonymous_id:short-visit'`;
    const isThere = async () => ({
      profile: (await app.profileBy("anonymous_id", "short-visit")).status === 200,
      event: (await app.countEvents(view)) === 1,
      delivery: deliveries.length === 1,
    });
    clock.advance(396 * dayMs);
    await app.privacy.runRetention();
    expect(await isThere()).toEqual({ profile: true, event: true, delivery: true });
    clock.advance(dayMs);
    await app.privacy.runRetention();
    expect(await isThere()).toEqual({ profile: false, event: true, delivery: true });
    clock.advance((731 - 397) * dayMs);
    await app.privacy.runRetention();
    expect(await isThere()).toMatchObject({ event: true, delivery: true });
    clock.advance(dayMs);
    expect(await app.privacy.runRetention()).toMatchObject({ deliveries: 1 });
    clock.advance((761 - 732) * dayMs);
    expect(await app.privacy.runRetention()).toMatchObject({ decisions: 0 });
    expect(await isThere()).toEqual({ profile: false, event: true, delivery: false });
    clock.advance(dayMs);
    expect(await app.privacy.runRetention()).toMatchObject({ decisions: 1 });
    expect(await isThere()).toEqual({ profile: false, event: false, delivery: false });
    expect((await app.profileBy("user_id", customerId)).status).toBe(200);
  });

  it("keeps orders for five years, whatever the program was started with", async () => {
    const { customerId } = await app.aCustomer();
    const properties = { orderId: "R-5", orderTotal: { minor: 100, currency: "EUR" } };
    await app.sendFromServer([{ type: "orderPlaced", customerId, properties }]);
    await app.settle();
    const other = await startPrivacyApp(engines, { erasesBytes: false, clock, retention: { orders: 30 } });
    clock.advance(1827 * dayMs);
    // The order of a test before.
    expect(await other.privacy.runRetention()).toMatchObject({ orders: 1 });
    expect(await app.countEvents("order_id = 'R-5'")).toBe(1);
    clock.advance(dayMs);
    expect(await other.privacy.runRetention()).toMatchObject({ orders: 1 });
    expect(await app.countEvents("order_id = 'R-5'")).toBe(0);
    await other.close();
  });

  it("empties user agents after 30 days and leaves the rest of the event", async () => {
    const { customerId } = await app.aCustomer();
    const key = `user_id:${customerId}`;
    const context = { userAgent: firefox, library: { name: "x" }, device: { "User-Agent": firefox, model: "y" } };
    const properties = { note: `says "userAgent":"${firefox}"` };
    await app.sendFromServer([{ type: "pageView", customerId, context, properties }]);
    await app.settle();
    const stored = async () => {
      const rows = await engines.clickhouse.query<{ context: string; properties: string }>(
        `select context, properties from events final where event_type = 'pageView' and identity_key = '${key}'`,
      );
      return {
        context: JSON.parse(rows[0]!.context) as Record<string, JsonValue>,
        properties: JSON.parse(rows[0]!.properties) as Record<string, JsonValue>,
      };
    };
    const before = await stored();
    expect(before.context).toMatchObject({ userAgent: firefox });
    clock.advance(30 * dayMs);
    expect(await app.privacy.runRetention()).toMatchObject({ userAgents: 0 });
    clock.advance(dayMs);
    expect(await preview({})).toMatchObject({ userAgents: 1 });
    expect(await app.privacy.runRetention()).toMatchObject({ userAgents: 1 });
    const device = { ...(before.context["device"] as object), "User-Agent": "" };
    expect(await stored()).toEqual({ context: { ...before.context, userAgent: "", device }, properties });
    expect(await app.privacy.runRetention()).toMatchObject({ userAgents: 0 });
  });

  it("goes on with the other classes when one fails, and tries again within the hour", async () => {
    await app.send([{ type: "pageView", anonymousId: "visit-of-a-bad-day" }]);
    await app.settle();
    const broken = {
      ...mailer,
      expires: { ...mailer.expires, forget: () => Promise.reject(new Error("the log is away")) },
    };
    const other = await startPrivacyApp(engines, { erasesBytes: false, clock, participants: [broken] });
    clock.advance(762 * dayMs);
    await expect(other.privacy.runRetentionIfDue()).rejects.toThrow("did not finish");
    expect((await other.profileBy("anonymous_id", "visit-of-a-bad-day")).status).toBe(404);
    expect(await app.countEvents("identity_key = 'anonymous_id:visit-of-a-bad-day'")).toBe(0);
    await other.close();

    expect(await app.privacy.runRetentionIfDue()).toBeUndefined();
    clock.advance(hourMs);
    expect(await app.privacy.runRetentionIfDue()).toMatchObject({ events: 0 });
    expect((await read())["nextRunAt"]).toBe(new Date(clock.now() + dayMs).toISOString());
    clock.advance(dayMs - 1);
    expect(await app.privacy.runRetentionIfDue()).toBeUndefined();
    clock.advance(1);
    const several = await Promise.all([app.privacy.runRetentionIfDue(), app.privacy.runRetentionIfDue()]);
    expect(several.filter((run) => run !== undefined)).toHaveLength(1);
  });
});

describe("fields with a time of their own", () => {
  it("removes a trait from profiles, from corrections and from the events that brought it", async () => {
    // Numbers that ClickHouse does not read as they are written.
    const odd = [1e20, -1e20, { deep: 1e20 }];
    const { customerId, profileId } = await app.aCustomer({ shoeSize: 41, city: "Ulm", "ship.to": "x", odd });
    await app.call("PUT", `/v1/profiles/${profileId}/traits`, { traits: { shoeSize: 42 }, reason: "by phone" });
    await app.settle();
    expect((await classed("trait", "shoe_size", 20)).status).toBe(200);
    clock.advance(15 * dayMs);
    await app.sendFromServer([{ type: "profileRecord", customerId, traits: { shoe_size: 43 } }]);
    await app.settle();
    clock.advance(6 * dayMs);
    expect(await app.privacy.runRetention()).toMatchObject({ traits: 1 });
    const attributes = async () => {
      const { body } = await app.call("GET", `/v1/profiles/${profileId}`);
      return body["attributes"] as unknown as Record<string, { value: JsonValue; fragments?: object }>;
    };
    // The value of one source is young, those of the others are gone with their place in its shadow.
    expect((await attributes())["shoe_size"]).toMatchObject({ value: 43 });
    expect((await attributes())["shoe_size"]!.fragments).toBeUndefined();
    const brought = await propertiesOf("profileRecord", `user_id:${customerId}`);
    expect(brought.map(({ traits }) => traits)).toEqual(
      expect.arrayContaining([{ city: "Ulm", "ship.to": "x", odd }, {}, { shoe_size: 43 }]),
    );
    const { rows } = await engines.postgres.query("select c.trait from trait_corrections c");
    expect(rows).toEqual([]);

    clock.advance(15 * dayMs);
    expect(await app.privacy.runRetention()).toMatchObject({ traits: 1 });
    expect(Object.keys(await attributes()).sort()).toEqual(["city", "odd", "ship.to"]);
    expect((await read()).fields).toMatchObject([{ class: "traits", lastDeleted: 1 }, { class: "properties" }]);
  });

  it("removes a property from events with the column that repeats it, and no fact of an order for five years", async () => {
    const { customerId } = await app.aCustomer();
    const key = `user_id:${customerId}`;
    const search = { searchQuery: 'gift for o\'brien "x"', results: 3, filters: [{ attribute: "a", values: ["é/ü"] }] };
    const order = {
      orderId: "R-9",
      orderTotal: { minor: 100, currency: "EUR" },
      email: "o@example.com",
      items: [{ sku: "A", qty: 1 }],
    };
    await app.sendFromServer([
      { type: "searchRequestSent", customerId, properties: search },
      { type: "orderPlaced", customerId, properties: order },
      { type: "productPageView", customerId, properties: { items: [{ sku: "A" }], listId: "l" } },
    ]);
    await app.settle();
    const [sent] = await propertiesOf("orderPlaced", key);
    for (const name of ["searchQuery", "items", "email", "orderTotal"]) await classed("property", name, 10);
    clock.advance(10 * dayMs);
    expect(await app.privacy.runRetention()).toMatchObject({ properties: 0 });
    clock.advance(dayMs);
    expect(await app.privacy.runRetention()).toMatchObject({ properties: 3 });
    const { searchQuery: _query, ...rest } = search;
    expect(await propertiesOf("searchRequestSent", key)).toEqual([rest]);
    expect(await app.countEvents("search_query != ''")).toBe(0);
    expect(await propertiesOf("productPageView", key)).toEqual([{ listId: "l" }]);
    expect(await app.countEvents("event_type = 'productPageView' and length(skus) + length(items_qty) > 0")).toBe(0);
    const { email: _email, ...facts } = sent ?? {};
    expect(await propertiesOf("orderPlaced", key)).toEqual([facts]);
    expect(await app.countEvents("order_id = 'R-9' and order_total = 100 and has(skus, 'A')")).toBe(1);
    expect(await app.privacy.runRetention()).toMatchObject({ properties: 0 });
    clock.advance(1828 * dayMs);
    await app.privacy.runRetention();
    expect(await propertiesOf("orderPlaced", key)).toEqual([{ orderId: "R-9" }]);
  });
});
