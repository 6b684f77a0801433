import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
let isOpen = true;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(async () => {
  if (isOpen) await app.close();
});

async function metric(name: string): Promise<number> {
  const { body } = await app.call("GET", "/metrics", undefined, {});
  const line = String(body["text"])
    .split("\n")
    .find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.slice(name.length + 1));
}

it("says to anybody that the process lives and may get traffic", async () => {
  expect(await app.call("GET", "/health", undefined, {})).toMatchObject({ status: 200, body: { status: "ok" } });
  expect(await app.call("GET", "/ready", undefined, {})).toMatchObject({
    status: 200,
    body: { ready: true, postgres: true, clickhouse: true },
  });
});

it("counts events by outcome, requests by route, and what waits", async () => {
  const event = { messageId: "m-1", type: "pageView", anonymousId: "a" };
  await app.send([event, event, { type: "" }]);
  await app.settle();
  expect(await metric('clientele_events_total{outcome="accepted"}')).toBe(1);
  expect(await metric('clientele_events_total{outcome="duplicate"}')).toBe(1);
  expect(await metric('clientele_events_total{outcome="rejected"}')).toBe(1);
  expect(await metric("clientele_dead_letters")).toBe(1);
  expect(await metric("clientele_inbox_pending")).toBe(0);
  expect(await metric("clientele_batches_unexported")).toBe(0);
  const ofEvents = 'clientele_http_request_seconds_count{method="POST",route="/v1/events",status="200"}';
  expect(await metric(ofEvents)).toBe(1);
});

it("names no path of a caller in its metrics", async () => {
  await app.call("GET", "/v1/profiles/by/email/someone@example.org");
  await app.call("GET", "/nowhere/someone@example.org");
  const { body } = await app.call("GET", "/metrics", undefined, {});
  expect(String(body["text"])).toContain('route="/v1/profiles/by/:namespace/:value"');
  expect(String(body["text"])).not.toContain("someone");
});

it("shows the figures of the system to holders of read only", async () => {
  await app.send([{ type: "pageView", anonymousId: "b" }]);
  await app.settle();
  const { status, body } = await app.call("GET", "/v1/system");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    roles: ["http", "processor", "scheduler", "trainer"],
    postgres: { kind: "embedded", ok: true },
    clickhouse: { kind: "embedded", ok: true },
    inbox: { pending: 0 },
    export: { pending: 0 },
    profiles: 2,
    events: { total: 2, lastMinute: 2 },
  });
  const withKey = { authorization: `Bearer ${demoCredentials.writeKey}` };
  expect((await app.call("GET", "/v1/system", undefined, withKey)).status).toBe(403);
  expect((await app.call("GET", "/v1/system", undefined, {})).status).toBe(401);
});

it("takes no traffic any more while it stops", async () => {
  const closing = app.close();
  isOpen = false;
  expect((await app.call("GET", "/ready", undefined, {})).status).toBe(503);
  await closing;
});
