import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const profileBy = async (namespace: string, value: string) =>
  (await app.call("GET", `/v1/profiles/by/${namespace}/${value}`)).body;
const countIn = async (where: string) =>
  Number((await app.engines.clickhouse.query<{ n: number }>(`select count() as n from events where ${where}`))[0]?.n);
let visitor = 0;
const newVisitor = () => {
  visitor += 1;
  return `visitor-${visitor}`;
};

describe("POST /v1/events", () => {
  it("brings an event to the profile and to the event store", async () => {
    const anonymousId = newVisitor();
    expect(await app.send([{ type: "productPageView", anonymousId, properties: { items: [{ sku: "X" }] } }])).toEqual({
      accepted: 1,
      duplicates: 0,
      rejected: [],
    });
    await app.settle();
    expect(await profileBy("anonymous_id", anonymousId)).toMatchObject({
      counters: { productPageView: 1 },
      viewed: [{ sku: "X", count: 1 }],
    });
    expect(await countIn(`identity_key = 'anonymous_id:${anonymousId}'`)).toBe(1);
  });

  it("counts a repeated message once, in one request and across requests", async () => {
    const anonymousId = newVisitor();
    const event = {
      messageId: `m-${anonymousId}`,
      type: "addToCart",
      anonymousId,
      properties: { items: [{ sku: "X" }] },
    };
    expect(await app.send([event, event])).toMatchObject({ accepted: 1, duplicates: 1 });
    expect(await app.send([event])).toMatchObject({ accepted: 0, duplicates: 1 });
    await app.settle();
    expect(await profileBy("anonymous_id", anonymousId)).toMatchObject({ counters: { addToCart: 1 } });
    expect(await countIn(`identity_key = 'anonymous_id:${anonymousId}'`)).toBe(1);
  });

  it("stores the good events of a request and rejects the bad ones with code and index", async () => {
    const anonymousId = newVisitor();
    const deep = JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`);
    const answer = await app.send([
      { type: "pageView", anonymousId },
      { type: "", anonymousId },
      { type: "pageView" },
      "no event",
      { type: "pageView", anonymousId, properties: deep },
      { type: "pageView", anonymousId, properties: { text: "x".repeat(40_000) } },
    ]);
    expect(answer.accepted).toBe(1);
    expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual([
      [1, "collect.eventType"],
      [2, "collect.noIdentity"],
      [3, "collect.eventShape"],
      [4, "collect.tooDeep"],
      [5, "collect.eventTooLarge"],
    ]);
    const letters = await app.call("GET", "/v1/dead-letters?limit=5");
    expect((letters.body["items"] as object[]).length).toBe(5);
  });

  it("replays a dead letter after it was corrected, once", async () => {
    const anonymousId = newVisitor();
    await app.send([{ type: "", anonymousId, messageId: "bad-1" }]);
    const [letter] = (await app.call("GET", "/v1/dead-letters?limit=1")).body["items"] as { id: string }[];
    expect((await app.call("POST", `/v1/dead-letters/${letter!.id}/replay`, {})).body).toMatchObject({
      accepted: 0,
      rejected: [{ code: "collect.eventType" }],
    });
    const corrected = { event: { type: "pageView", anonymousId, messageId: "bad-1" } };
    expect((await app.call("POST", `/v1/dead-letters/${letter!.id}/replay`, corrected)).body).toEqual({
      accepted: 1,
      rejected: [],
    });
    await app.call("POST", `/v1/dead-letters/${letter!.id}/replay`, corrected);
    await app.settle();
    expect(await profileBy("anonymous_id", anonymousId)).toMatchObject({ counters: { pageView: 1 } });
  });

  it("clamps the future and the far past, flags them, and corrects a wrong client clock", async () => {
    const anonymousId = newVisitor();
    const now = Date.now();
    const skew = 3_600_000;
    await app.send(
      [
        { type: "future", anonymousId, timestamp: new Date(now + 10 * 86_400_000).toISOString() },
        { type: "ancient", anonymousId, timestamp: "1950-01-01T00:00:00Z" },
        { type: "garbled", anonymousId, timestamp: "yesterday-ish" },
      ],
      {},
    );
    await app.send([{ type: "skewed", anonymousId, timestamp: now + skew - 5_000 }], { sentAt: now + skew });
    await app.settle();
    const rows = await app.engines.clickhouse.query<{ event_type: string; flags: string[]; age: number }>(
      `select event_type, flags, round((toUnixTimestamp64Milli(received_at) - toUnixTimestamp64Milli(ts)) / 1000) as age from events where identity_key = 'anonymous_id:${anonymousId}'`,
    );
    const byType = new Map(rows.map((row) => [row.event_type, row]));
    expect(byType.get("future")).toMatchObject({ flags: ["future_clamped"], age: 0 });
    expect(byType.get("ancient")?.flags).toEqual(["past_clamped"]);
    expect(byType.get("garbled")).toMatchObject({ flags: ["bad_timestamp"], age: 0 });
    expect(byType.get("skewed")?.age).toBeGreaterThanOrEqual(5);
    expect(byType.get("skewed")?.age).toBeLessThan(8);
  });

  it("keeps unknown fields, unknown SKUs, markup, NUL and lone surrogates as data", async () => {
    const anonymousId = newVisitor();
    await app.send([
      {
        type: "productPageView",
        anonymousId,
        foo: { bar: 1 },
        properties: { items: [{ sku: "<script>" }], name: "a\u0000b\ud800", __proto__x: 1 },
      },
    ]);
    await app.settle();
    const [row] = await app.engines.clickhouse.query<{ extra: string; properties: string; skus: string[] }>(
      `select extra, properties, skus from events where identity_key = 'anonymous_id:${anonymousId}'`,
    );
    expect(JSON.parse(row!.extra)).toEqual({ foo: { bar: 1 } });
    expect(JSON.parse(row!.properties).name).toBe("a\uFFFDb\uFFFD");
    expect(row!.skus).toEqual(["<script>"]);
  });

  it("answers faults of the request itself in our error shape", async () => {
    const headers = { authorization: "Bearer demo-write-key" };
    expect(await app.call("POST", "/v1/events", "{nope", headers)).toMatchObject({
      status: 400,
      body: { error: { code: "http.malformedJson" } },
    });
    expect(await app.call("POST", "/v1/events", { event: [] }, headers)).toMatchObject({
      status: 400,
      body: { error: { code: "collect.noEvents" } },
    });
    expect(await app.call("POST", "/v1/events", { events: [] }, {})).toMatchObject({
      status: 401,
      body: { error: { code: "access.unauthorized" } },
    });
    expect(await app.call("POST", "/v1/events", { events: [] }, { authorization: "Bearer nobody" })).toMatchObject({
      status: 401,
    });
    expect(
      await app.call("POST", "/v1/events", { events: Array.from({ length: 2_501 }, () => 1) }, headers),
    ).toMatchObject({ status: 413, body: { error: { code: "collect.tooManyEvents" } } });
    expect(await app.call("POST", "/v1/events", { events: ["x".repeat(600_000)] }, headers)).toMatchObject({
      status: 413,
      body: { error: { code: "http.tooLarge" } },
    });
  });
});

describe("identity", () => {
  it("shows one profile with both histories after a sign-in on a second device", async () => {
    const [phone, laptop] = [newVisitor(), newVisitor()];
    await app.send([
      { type: "pageView", anonymousId: phone },
      { type: "signIn", anonymousId: phone, customerId: `c-${phone}` },
    ]);
    await app.send([{ type: "pageView", anonymousId: laptop }]);
    await app.settle();
    await app.send([{ type: "signIn", anonymousId: laptop, customerId: `c-${phone}` }]);
    await app.settle();
    const profile = await profileBy("anonymous_id", laptop);
    expect(profile).toMatchObject({ counters: { pageView: 2, signIn: 2 } });
    expect((await profileBy("user_id", `c-${phone}`))["profileId"]).toBe(profile["profileId"]);
    expect((profile["mergedFrom"] as string[]).length).toBe(1);
    const timeline = await app.call("GET", `/v1/profiles/${String(profile["profileId"])}/events`);
    expect((timeline.body["items"] as object[]).length).toBe(4);
  });
});
