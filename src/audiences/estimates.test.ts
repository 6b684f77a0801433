import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
let readOnly: Record<string, string>;
const people = 40;

beforeAll(async () => {
  app = await startTestApp();
  const events = Array.from({ length: people }, (_, index) => [
    { type: "pageView", anonymousId: `v-${index}` },
    ...(index % 2 === 0 ? [{ type: "wave", anonymousId: `v-${index}`, properties: { to: { floor: index % 4 } } }] : []),
    ...(index % 5 === 0 ? [{ type: "signIn", anonymousId: `v-${index}`, customerId: `c-${index}` }] : []),
  ]).flat();
  await app.sendFromServer(events);
  await app.publish("audience", "wavers", { rule: { event: { name: "wave" } } });
  await app.publish("audience", "known", { rule: { attribute: { path: "profile.is_registered", op: "is_true" } } });
  await app.publish("audience", "everybody", { rule: { everyone: true } });
  await app.settle();
  await app.audiences.settled();
  const key = await app.call("POST", "/v1/keys", { kind: "token", name: "reader", scopes: ["read"] });
  readOnly = { authorization: `Bearer ${String(key.body["key"] ?? key.body["token"])}` };
});
afterAll(() => app.close());

it("counts a draft exactly when there is time for everybody, with people who are masked from those who may not see them", async () => {
  const rule = { event: { name: "signIn" } };
  const full = await app.call("POST", "/v1/audiences/preview", { rule });
  expect(full.body).toMatchObject({ count: 8, total: people, margin: 0, low: 8, high: 8, exact: true, seen: people });
  const [person] = full.body["sample"] as { label: string }[];
  expect(person?.label).toMatch(/^c-\d+$/);
  const masked = await app.call("POST", "/v1/audiences/preview", { rule, limit: 3 }, readOnly);
  expect(masked.body["sample"]).toHaveLength(3);
  expect(JSON.stringify(masked.body["sample"])).not.toMatch(/"c-\d+"/);
});

describe("an exact count in the background", () => {
  const wave = { event: { name: "wave", where: { all: [] } } };
  const countOf = async (draft: Parameters<typeof app.audiences.estimates.selectionOf>[0]): Promise<number> => {
    const { exactCounts, selectionOf } = app.audiences.estimates;
    const id = await exactCounts.begin(selectionOf(draft));
    const estimate = async () => (await app.call("GET", `/v1/audience-estimates/${id}`)).body;
    await expect.poll(estimate).toMatchObject({ status: "live", done: people });
    return Number((await estimate())["count"]);
  };

  it("comes from the event store, with what profiles know beside it", async () => {
    expect(await countOf({ rule: wave })).toBe(20);
    expect(await countOf({ rule: wave, appliesTo: "registered" })).toBe(4);
    expect(await countOf({ rule: wave, appliesTo: "visitors" })).toBe(16);
    const known = { attribute: { path: "profile.is_registered", op: "is_true" } };
    expect(await countOf({ rule: { any: [wave, known] } })).toBe(24);
  });

  it("reads events itself where a rule needs more than the event store can say", async () => {
    const upstairs = { attribute: { path: "event.properties.to", op: "eq", value: { floor: 2 } } };
    expect(await countOf({ rule: { event: { name: "wave", where: upstairs } } })).toBe(10);
  });

  it("is not there for an id that nobody began", async () => {
    expect((await app.call("GET", "/v1/audience-estimates/nonsense")).status).toBe(404);
  });
});

it("publishes the schema of rules", async () => {
  const { body } = await app.call("GET", "/v1/rules/schema");
  const check = new Ajv2020({ strict: false }).compile(body);
  expect(check({ all: [{ event: { name: "wave" } }] })).toBe(true);
  expect(check({ all: [{ event: { nam: "wave" } }] })).toBe(false);
});

it("counts the overlap of audiences", async () => {
  const { body } = await app.call("POST", "/v1/audiences/overlap", { audiences: ["wavers", "known", "everybody"] });
  expect(body).toEqual({
    sizes: { wavers: 20, known: 8, everybody: people },
    intersections: [
      { audiences: ["wavers", "known"], count: 4 },
      { audiences: ["wavers", "everybody"], count: 20 },
      { audiences: ["known", "everybody"], count: 8 },
      { audiences: ["wavers", "known", "everybody"], count: 4 },
    ],
  });
  const one = await app.call("POST", "/v1/audiences/overlap", { audiences: ["wavers"] });
  const unknown = await app.call("POST", "/v1/audiences/overlap", { audiences: ["wavers", "nobody"] });
  expect([one.status, unknown.status]).toEqual([400, 404]);
});

it("shows sizes over time", async () => {
  await app.audiences.refresh();
  const { body } = await app.call("GET", "/v1/audiences/wavers/history?step=hour");
  const items = body["items"] as { size: number; entered: number; exited: number }[];
  expect(items.length).toBeGreaterThanOrEqual(48);
  expect(items.at(-1)).toMatchObject({ size: 20 });
  expect(items.reduce((sum, { entered }) => sum + entered, 0)).toBe(20);
  const tooLong = await app.call("GET", "/v1/audiences/wavers/history?step=hour&from=2000-01-01T00:00:00Z");
  expect(tooLong.status).toBe(400);
});

it("says of one person what a draft would say, with the past of leaves that nobody collects", async () => {
  const { profileId } = (await app.call("GET", "/v1/profiles/by/anonymous_id/v-5")).body;
  const rule = { all: [{ event: { name: "signIn" } }, { not: { event: { name: "wave" } } }] };
  const { body } = await app.call("POST", "/v1/audiences/explain", { rule, profileId });
  expect(body).toMatchObject({
    profileId,
    selected: true,
    explanation: {
      truth: true,
      children: [
        { observed: 1, truth: true },
        { truth: true, children: [{ observed: 0 }] },
      ],
    },
  });
  const gone = await app.call("POST", "/v1/audiences/explain", {
    rule,
    profileId: "018f0000-0000-7000-8000-000000000001",
  });
  expect(gone.status).toBe(404);
});

it("refuses to archive an audience that another one uses, and names it", async () => {
  await app.publish("audience", "nested", { rule: { audience: { id: "wavers" } } });
  const { headers } = await app.call("GET", "/v1/definitions/audience/wavers");
  const archived = await app.call(
    "POST",
    "/v1/definitions/audience/wavers/archive",
    {},
    { authorization: `Bearer ${demoCredentials.token}`, "if-match": String(headers["etag"]) },
  );
  expect(archived.body).toMatchObject({ error: { code: "definitions.inUse" } });
  expect(JSON.stringify(archived.body)).toContain("/audience/nested/");
});
