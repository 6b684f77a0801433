import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
let sequence = 0;
const anEvent = (event: { type: string; messageId?: string; properties?: object }) => {
  sequence += 1;
  return { messageId: `m-${sequence}`, anonymousId: "a-1", timestamp: new Date(now).toISOString(), ...event };
};
const hourMs = 3_600_000;
let now = Date.UTC(2026, 5, 15, 12, 0, 0);

beforeAll(async () => {
  app = await startTestApp({ clock: { now: () => now } });
});
afterAll(async () => {
  await app.close();
});

const publishPlan = (mode: string) =>
  app.publish("tracking-plan", `plan-${mode}`, {
    sources: ["demo-shop"],
    mode,
    events: {
      rated: {
        schema: { type: "object", properties: { stars: { type: "integer" } }, required: ["stars"] },
      },
    },
  });

it("watches events without a plan, and says how often and of what shape they came", async () => {
  await app.send([
    anEvent({ type: "productPageView", properties: { sku: "MH01" } }),
    anEvent({ type: "addToKart", properties: { note: "a secret" } }),
  ]);
  const { body } = await app.call("GET", "/v1/tracking/events?limit=1");
  const rest = await app.call("GET", `/v1/tracking/events?cursor=${String(body["nextCursor"])}`);
  const items = [...(body["items"] as object[]), ...(rest.body["items"] as object[])];
  expect(items).toMatchObject([
    { type: "addToKart", total: 1, violations: 1, near: ["addToCart"], shape: ["note string"] },
    { type: "productPageView", total: 1, violations: 0, near: [] },
  ]);
  const { body: violations } = await app.call("GET", "/v1/tracking/violations");
  expect(violations["items"]).toMatchObject([{ kind: "unplanned_event", type: "addToKart", planKey: "shipped" }]);
});

it("strips, blocks, and takes blocked events after a fix of the plan", async () => {
  await publishPlan("omit");
  const stripped = anEvent({ type: "rated", properties: { stars: 4, note: "private" } });
  await app.send([stripped]);
  await app.settle();
  const seen = await app.call("GET", "/v1/events?type=rated");
  expect(seen.body["items"]).toMatchObject([{ properties: { stars: 4 } }]);
  expect(JSON.stringify(seen.body)).not.toContain("private");

  const etagOf = async (key: string) =>
    String((await app.call("GET", `/v1/definitions/tracking-plan/${key}`)).headers["etag"]);
  const token = { authorization: "Bearer demo-admin-token" };
  const archived = await app.call(
    "POST",
    "/v1/definitions/tracking-plan/plan-omit/archive",
    {},
    {
      ...token,
      "if-match": await etagOf("plan-omit"),
    },
  );
  expect(archived.status).toBe(200);
  await publishPlan("block");
  const broken = anEvent({ type: "rated", properties: { stars: "many" } });
  const answer = await app.send([broken, { ...broken, messageId: "m-other" }]);
  expect(answer).toMatchObject({ accepted: 0, rejected: [{ code: "tracking.blocked" }, { code: "tracking.blocked" }] });
  const check = await app.call("POST", "/v1/tracking/check", { sourceId: "demo-shop", event: broken });
  expect(check.body).toMatchObject({ action: "block", violations: [{ kind: "wrong_type", path: "/stars" }] });

  const again = await app.call("POST", "/v1/dead-letters/replay", { code: "tracking.blocked" });
  expect(again.body).toMatchObject({ replayed: 0, refused: [{ code: "tracking.blocked", count: 2 }] });
  await app.call(
    "POST",
    "/v1/definitions/tracking-plan/plan-block/archive",
    {},
    {
      ...token,
      "if-match": await etagOf("plan-block"),
    },
  );
  const fixed = await app.call("POST", "/v1/dead-letters/replay", { code: "tracking.blocked", sourceId: "demo-shop" });
  expect(fixed.body).toEqual({ replayed: 2, refused: [] });
  await app.settle();
  const profile = await app.call("GET", `/v1/profiles/by/anonymous_id/${broken.anonymousId}`);
  expect(profile.body).toMatchObject({ counters: { rated: 3 } });
});

it("refuses a plan with a schema that it cannot hold, naming the place", async () => {
  const answer = await app.call("POST", "/v1/definitions/tracking-plan", {
    key: "bad",
    name: "Bad",
    body: { sources: [], mode: "observe", events: { "a/b": { schema: { $ref: "x" } } } },
  });
  expect(answer.status).toBe(422);
  expect(JSON.stringify(answer.body)).toContain("/events/a~1b/schema/$ref");
});

it("makes a plan of what a source has sent", async () => {
  const { body } = await app.call("GET", "/v1/tracking/suggested-plan?sourceId=demo-shop");
  expect(body).toMatchObject({
    sources: ["demo-shop"],
    events: { productPageView: { schema: { properties: { sku: { type: "string" } } } } },
  });
});

it("finds the hour in which events stay away", async () => {
  const start = now;
  for (let day = 0; day < 6; day += 1) {
    now = start + day * 24 * hourMs + 10 * 60_000;
    await app.send(
      Array.from({ length: 30 }, (_, index) => anEvent({ type: "heartbeat", messageId: `h-${day}-${index}` })),
    );
  }
  now = start + 6 * 24 * hourMs + hourMs + 10 * 60_000;
  await app.settle();
  await app.tracking.findAnomalies();
  const { body } = await app.call("GET", "/v1/tracking/anomalies");
  expect(body["items"]).toMatchObject([
    { type: "heartbeat", count: 0, expected: 30, hour: new Date(start + 6 * 24 * hourMs).toISOString() },
  ]);
});
