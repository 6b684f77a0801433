import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApp, type TestApp } from "./testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const entries = async (action: string) =>
  ((await app.call("GET", "/v1/audit?limit=200")).body["items"] as { action: string }[]).filter(
    (entry) => entry.action === action,
  );

it("keeps who split a profile, and nothing of a dry run", async () => {
  await app.sendFromServer([
    { type: "pageView", anonymousId: "a-1", customerId: "c-1" },
    { type: "pageView", anonymousId: "a-2", customerId: "c-1" },
  ]);
  await app.settle();
  const profile = await app.call("GET", "/v1/profiles/by/user_id/c-1");
  const path = `/v1/profiles/${String(profile.body["profileId"])}/split`;
  const order = { identifiers: [{ namespace: "anonymous_id", value: "a-2" }] };

  expect((await app.call("POST", path, { ...order, dryRun: true })).status).toBe(200);
  expect(await entries("profile.split")).toEqual([]);

  expect((await app.call("POST", path, order)).status).toBe(200);
  const [entry, ...others] = await entries("profile.split");
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    actor: "token:Demo administrator",
    via: "api",
    objectKind: "profile",
    objectId: profile.body["profileId"],
    after: { identifiers: 1 },
  });
  expect(JSON.stringify(entry)).not.toContain("a-2");
  expect((await app.call("GET", "/v1/audit/check")).body).toMatchObject({ ok: true });
});
