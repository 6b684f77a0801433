// What foreign, broken and hostile clients send: refused in the protocol's own shape, or taken without harm.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { edgeKey, handleOf, post, shopOrigin, stateOf, storedEvents } from "../../testing/adobe/captures.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const orgId = "AAAA@AdobeOrg";
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ config: { adobeOrgIds: [orgId] } });
});
afterAll(() => app.close());

let count = 0;
const interactPath = () => {
  count += 1;
  return `/ee/v1/interact?configId=${edgeKey}&requestId=bad-${count}`;
};
const view = {
  xdm: { eventType: "web.webpagedetails.pageViews", web: { webPageDetails: { URL: "https://www.shop.test/" } } },
};

describe("a bad request", () => {
  it.each([
    ["broken JSON", "{", 400, "EXEG-0101-400"],
    ["nothing", "", 400, "EXEG-0101-400"],
    ["a list", "[]", 400, "EXEG-0101-400"],
    ["no events", "{}", 400, "EXEG-0101-400"],
    ["an empty list of events", '{"events":[]}', 400, "EXEG-0101-400"],
    ["events that are none", '{"events":[7]}', 400, "EXEG-0101-400"],
    ["more than 64 KiB", `{"events":[{"xdm":{"a":"${"x".repeat(65_536)}"}}]}`, 413, "EXEG-0106-413"],
    ["an ECID that is none", '{"events":[{"xdm":{"identityMap":{"ECID":[{"id":"12"}]}}}]}', 400, "EXEG-0101-400"],
  ])("with %s is refused in the form of the protocol", async (_what, body, status, code) => {
    const answer = await post(app, interactPath(), body);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.body).toMatchObject({
      type: `https://ns.adobe.com/aep/errors/${code}`,
      status,
      report: { requestId: `bad-${count}` },
    });
    expect(answer.headers["access-control-allow-origin"]).toBe(shopOrigin);
  });

  it.each(["unknown-datastream", ""])("of the datastream %j is refused as the original does", async (configId) => {
    const answer = await post(app, `/ee/v1/interact?configId=${configId}`, { events: [view] });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      type: "https://ns.adobe.com/aep/errors/EXEG-0003-400",
      title: "Invalid datastream ID",
    });
  });

  it("from an origin that the key does not allow is refused, and one too many told when to come back", async () => {
    const created = await app.call("POST", "/v1/keys", {
      kind: "write",
      name: "limited",
      sourceId: "limited",
      origins: ["https://other.test"],
    });
    const limited = await post(app, `/ee/v1/interact?configId=${created.body["key"]}`, { events: [view] });
    expect(limited).toMatchObject({ status: 403, body: { type: expect.stringContaining("EXEG-0503-403") } });
    const slow = await app.call("POST", "/v1/keys", { kind: "write", name: "slow", sourceId: "slow", rateLimit: 1 });
    const path = `/ee/v1/collect?configId=${slow.body["key"]}`;
    const answers = [];
    for (let at = 0; at < 6; at += 1) answers.push(await post(app, path, { events: [view] }));
    const refused = answers.find(({ status }) => status === 429);
    expect(Number(refused?.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(refused?.body.type).toContain("EXEG-0601-429");
  });

  it("with a forged or cut-off cookie gets a new identity", async () => {
    const whole = stateOf(await post(app, interactPath(), { events: [view] }), "identity")!;
    for (const value of ["garbage", whole.slice(0, 20), `${whole}${whole}x`, "%00%ff", "A".repeat(5_000)]) {
      const answer = await post(
        app,
        interactPath(),
        { events: [view], query: { identity: { fetch: ["ECID"] } } },
        { cookie: `kndctr_AAAA_AdobeOrg_identity=${value}` },
      );
      expect(answer.status).toBe(200);
      expect(stateOf(answer, "identity")).toBeDefined();
    }
  });

  it("with keys of prototypes harms nobody", async () => {
    const body = `{"events":[{"xdm":{"eventType":"proto","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"_acme":{"__proto__":{"polluted":1}},
      "identityMap":{"__proto__":[{"id":"x"}],"constructor":[{"id":"y"}],"toString":[{"id":"z"}]},"productListItems":[{"SKU":"A","attributes":{"__proto__":{"polluted":1}}}]},
      "query":{"personalization":{"decisionScopes":["__proto__","constructor"],"surfaces":["web://__proto__/constructor"]}}}],"meta":{"state":{"entries":[{"key":"__proto__","value":"x"}]}}}`;
    const answer = await post(app, interactPath(), body);
    expect(answer.status).toBe(200);
    expect(handleOf(answer, "personalization:decisions")?.payload).toEqual([]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(await storedEvents(app, "event_type = 'proto'")).toHaveLength(1);
  });

  it("with a huge identity map, deep nesting or NUL is bounded", async () => {
    const ids = Array.from({ length: 200 }, (_, at) => ({ id: `id-${at}` }));
    const identityMap = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`ns${at}`, ids.slice(0, 20)]));
    const many = await post(app, interactPath(), { events: [{ xdm: { eventType: "many", identityMap } }] });
    expect(many.status).toBe(200);
    const [event] = await storedEvents(app, "event_type = 'many'");
    expect(event?.identifiers.length).toBeLessThanOrEqual(201);

    const deep = `${"[".repeat(5_000)}1${"]".repeat(5_000)}`;
    const nested = await post(app, interactPath(), `{"events":[{"xdm":{"eventType":"deep","deep":${deep}}}]}`);
    expect(nested).toMatchObject({ status: 207, body: { errors: [{ report: { eventIndex: 0 } }] } });

    const nul = await post(app, interactPath(), { events: [{ xdm: { eventType: "nul\u0000\ud800", _id: "nul-1" } }] });
    expect(nul.status).toBe(200);
    expect(await storedEvents(app, "event_id = 'nul-1'")).toHaveLength(1);
  });

  it("cannot put anything of its own into headers", async () => {
    const answer = await post(
      app,
      `/ee/v1/interact?configId=${edgeKey}&requestId=${encodeURIComponent("a\r\nset-cookie: x=1")}`,
      { events: [view] },
    );
    expect(answer.status).toBe(200);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(String(answer.headers["x-request-id"])).toMatch(/^[\w-]+$/);
  });

  it("to the second stream is refused or taken without harm", async () => {
    const tp2 = "/collector/tp2";
    for (const body of ["{", "[]", '{"data":7}']) expect((await post(app, tp2, body)).status).toBe(400);
    const junk = {
      data: [
        null,
        7,
        {},
        { e: 1 },
        { e: "se", cx: "!!!", duid: {} },
        { e: "ue", ue_px: "e30" },
        { e: "pv", url: "not a url" },
      ],
    };
    expect((await post(app, tp2, junk)).status).toBe(200);
    expect((await post(app, tp2, { data: [{ e: "pv", page: "x".repeat(600_000) }] })).status).toBe(413);
  });
});
