import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { createFixedClock } from "../kernel/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

const clock = createFixedClock(Date.now());
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
});
afterAll(() => app.close());

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const audiencesOf = async (anonymousId: string): Promise<unknown> =>
  (await app.call("GET", `/v1/profiles/by/anonymous_id/${anonymousId}`)).body["audiences"];
const settle = async (): Promise<void> => {
  await app.settle();
  await app.audiences.settled();
};
const upload = (list: string, text: string, query = "", type = "text/csv") =>
  app.call("POST", `/v1/lists/${list}/entries${query}`, text, {
    authorization: `Bearer ${demoCredentials.token}`,
    "content-type": type,
  });

it("keeps an audience of visitors free of customers, and cannot be changed to another kind", async () => {
  await app.publish("audience", "guests", { rule: { event: { name: "pageView" } }, appliesTo: "visitors" });
  await app.publish("audience", "buyers", { rule: { event: { name: "pageView" } }, appliesTo: "registered" });
  await app.send([{ type: "pageView", anonymousId: "k-1" }]);
  await settle();
  expect(await audiencesOf("k-1")).toEqual(["guests"]);
  await app.sendFromServer([{ type: "signIn", anonymousId: "k-1", customerId: "kc-1" }]);
  await settle();
  expect(await audiencesOf("k-1")).toEqual(["buyers"]);

  const definition = await app.call("GET", "/v1/definitions/audience/guests");
  const changed = await app.call(
    "PUT",
    "/v1/definitions/audience/guests",
    { name: "guests", body: { rule: { everyone: true }, appliesTo: "both" } },
    { authorization: `Bearer ${demoCredentials.token}`, "if-match": String(definition.headers["etag"]) },
  );
  expect(changed.status).toBe(422);
  expect(changed.body["error"]).toMatchObject({ details: [{ path: "/body/appliesTo", code: "rules.notChangeable" }] });
});

it("judges by uploaded lists, plain or hashed, and follows each new version", async () => {
  await app.sendFromServer(
    ["l-1", "l-2", "l-3"].map((id) => ({
      type: "signIn",
      anonymousId: id,
      customerId: id,
      email: `${id}@shop.example`,
    })),
  );
  await settle();
  const created = await app.call("POST", "/v1/lists", { key: "vips", name: "VIPs" });
  expect(created).toMatchObject({ status: 201, body: { size: 0, version: 0, namespace: "email" } });
  const unknown = await app.call("POST", "/v1/definitions/audience", {
    key: "nolist",
    name: "x",
    body: { rule: { list: { id: "nowhere" } } },
  });
  expect(unknown.status).toBe(422);
  await app.publish("audience", "listed", { rule: { list: { id: "vips" } } });
  const checked = await upload("vips", "email\nL-1@shop.example\nl-1@shop.example\nwhat\n", "?preview=true");
  expect(checked.body).toMatchObject({
    list: { size: 0, version: 0 },
    ...{ read: 3, rejected: 1, duplicates: 1, size: 1 },
  });
  const first = await upload("vips", "email\nL-1@shop.example\nl-1@shop.example\nwhat\n");
  expect(first.body).toMatchObject({
    list: { size: 1, version: 1, usedBy: ["listed"] },
    read: 3,
    rejected: 1,
    duplicates: 1,
  });
  await settle();
  expect(await audiencesOf("l-1")).toContain("listed");
  await upload("vips", sha256("l-2@shop.example"), "?mode=append&hashed=true", "text/plain");
  await settle();
  expect([await audiencesOf("l-1"), await audiencesOf("l-2")]).toEqual([
    expect.arrayContaining(["listed"]),
    expect.arrayContaining(["listed"]),
  ]);
  // Somebody who comes later is a member at once.
  await upload("vips", "l-3@shop.example\nlater@shop.example\n");
  await app.sendFromServer([{ type: "signIn", anonymousId: "l-9", customerId: "l-9", email: "later@shop.example" }]);
  await settle();
  const after = await Promise.all(["l-1", "l-2", "l-3", "l-9"].map(audiencesOf));
  expect(after.map((keys) => (keys as string[]).includes("listed"))).toEqual([false, false, true, true]);

  expect(await app.call("DELETE", "/v1/lists/vips")).toMatchObject({
    status: 409,
    body: { error: { code: "audiences.listInUse" } },
  });
  expect((await upload("vips", '{"a":1}', "", "application/json")).status).toBe(422);
  expect((await app.call("POST", "/v1/lists", { key: "vips", name: "again" })).status).toBe(409);
  expect((await app.call("GET", "/v1/lists/none")).status).toBe(404);
  await app.call("POST", "/v1/lists", { key: "spare", name: "Spare" });
  expect((await app.call("DELETE", "/v1/lists/spare")).status).toBe(204);
  expect((await app.call("GET", "/v1/lists")).body["items"]).toMatchObject([{ key: "vips", size: 2, version: 3 }]);
});

it("takes members from another system, for as long as they last, and none from a browser", async () => {
  await app.publish("audience", "crm", { imported: { source: "crm", ttl: "1h" } });
  await app.send([
    { type: "pageView", anonymousId: "i-1" },
    { type: "pageView", anonymousId: "i-2" },
  ]);
  await settle();
  const give = (members: readonly object[], headers?: Record<string, string>) =>
    app.call("POST", "/v1/audiences/crm/members", { members }, headers);
  const one = { namespace: "anonymous_id", value: "i-1" };
  const two = { namespace: "anonymous_id", value: "i-2" };
  const given = await give([one, { ...two, expiresAt: new Date(clock.now() + 60_000).toISOString() }, { value: "x" }]);
  expect(given.body).toEqual({ changed: 2, unknown: [2] });
  expect(await audiencesOf("i-1")).toContain("crm");
  const { profileId } = (await app.call("GET", "/v1/profiles/by/anonymous_id/i-1")).body;
  const explained = await app.call("GET", `/v1/audiences/crm/explain?profile=${String(profileId)}`);
  expect(explained.body).toMatchObject({ member: true, explanation: { node: "imported", truth: true } });

  const browser = await give([one], { authorization: `Bearer ${demoCredentials.writeKey}` });
  expect(browser.status).toBe(403);
  expect((await app.call("POST", "/v1/audiences/listed/members", { members: [one] })).status).toBe(409);

  clock.advance(60_001);
  const judgeDue = async (): Promise<void> => {
    const due = await app.profiles.due(clock.now(), 100);
    const batchId = "018f0000-0000-7000-8000-0000000000aa";
    const ids = new Set(due.map((row) => row.profileId));
    if (ids.size > 0) await app.collect.applyPrepared(await app.profiles.prepareReevaluation(ids, batchId), batchId);
  };
  await judgeDue();
  expect([await audiencesOf("i-1"), await audiencesOf("i-2")]).toEqual([
    expect.arrayContaining(["crm"]),
    expect.not.arrayContaining(["crm"]),
  ]);
  // It follows the person through a merge and is taken away by its giver.
  await app.sendFromServer([{ type: "signIn", anonymousId: "i-1", customerId: "ic" }]);
  await app.sendFromServer([{ type: "signIn", anonymousId: "i-2", customerId: "ic" }]);
  await settle();
  expect(await audiencesOf("i-2")).toContain("crm");
  await give([{ ...two, remove: true }]);
  expect(await audiencesOf("i-1")).not.toContain("crm");
});

it("is decided in the call where it looks at the request, also through another audience", async () => {
  const body = { rule: { attribute: { path: "context.device", op: "eq", value: "mobile" } } };
  await app.publish("audience", "phones", body);
  const nowMs = clock.now();
  const subject = (context: object) => app.audiences.subjectOf(null, { context: { ...context } });
  expect(app.audiences.isMember("phones", null, subject({ device: "mobile" }), nowMs)).toBe(true);
  expect(app.audiences.isMember("phones", null, subject({ device: "desktop" }), nowMs)).toBe(false);
  await app.publish("audience", "not-phones", { rule: { not: { audience: { id: "phones" } } } });
  await settle();
  expect(app.audiences.isMember("not-phones", null, subject({ device: "mobile" }), nowMs)).toBe(false);
  expect(app.audiences.isMember("not-phones", null, subject({ device: "desktop" }), nowMs)).toBe(true);
  expect(await audiencesOf("i-1")).not.toContain("not-phones");
  expect((await app.call("GET", "/v1/audiences/phones/members?limit=5")).body["total"]).toBe(0);
});
