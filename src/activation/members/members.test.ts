import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { handleOf } from "../../testing/adobe/captures.ts";
import { edgeCalls, edgeConfig, edgeEvent, pageViews } from "../../testing/adobe/edge-calls.ts";
import { signAsShop } from "../../testing/sign-as-shop.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ config: edgeConfig });
}, 60_000);
afterAll(() => app.close());
const { audienceOf, visitor, interact } = edgeCalls(() => app);

const rule = { attribute: { path: "profile.orders_count", op: "gte", value: 1 } };
const order = (customerId: string, n = 1) => ({
  type: "orderPlaced",
  customerId,
  email: `${customerId}@shop.example`,
  properties: { orderId: `${customerId}-${n}`, orderTotal: { minor: 1_000, currency: "USD" } },
});
async function publish(key: string, body: object = { rule }): Promise<string> {
  const id = await app.publish("audience", key, body);
  await app.audiences.settled();
  return id;
}
async function profileIdOf(customerId: string): Promise<string> {
  await app.settle();
  return String((await app.call("GET", `/v1/profiles/by/user_id/${customerId}`)).body["profileId"]);
}
type Page = { items: Record<string, unknown>[]; nextCursor: string; hasMore: boolean };
const changes = async (query: string): Promise<Page> =>
  (await app.call("GET", `/v1/audiences/buyers/changes?${query}`)).body as Page;

describe("entries and exits", () => {
  it("are followed by a cursor that is there on every answer", async () => {
    await publish("buyers");
    const start = await changes("after=now");
    expect(start).toMatchObject({ items: [], hasMore: false });
    await app.sendFromServer([order("c-1"), order("c-2")]);
    const [one, two] = [await profileIdOf("c-1"), await profileIdOf("c-2")];
    const first = await changes(`after=${start.nextCursor}&limit=1`);
    const second = await changes(`after=${first.nextCursor}&limit=1`);
    const third = await changes(`after=${second.nextCursor}&limit=1`);
    expect([first.hasMore, second.hasMore, third.hasMore]).toEqual([true, false, false]);
    expect(third).toMatchObject({ items: [], nextCursor: second.nextCursor });
    expect(new Set([...first.items, ...second.items].map(({ profileId }) => profileId))).toEqual(new Set([one, two]));
    expect(first.items[0]).toMatchObject({
      action: "entered",
      version: 1,
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      reasonLeaf: { path: "profile.orders_count" },
    });
  });

  it("are refused for an audience that is not there and a cursor of something else", async () => {
    expect((await app.call("GET", "/v1/audiences/nobody/changes")).body).toMatchObject({
      error: { code: "audiences.notFound" },
    });
    for (const after of ["x", "WyJhIiwiYiJd", "WzFd"])
      expect((await app.call("GET", `/v1/audiences/buyers/changes?after=${after}`)).status).toBe(400);
  });
});

describe("members", () => {
  it("are asked for by many identifiers at once, with reasons on request", async () => {
    await publish("loyal", { rule: { attribute: { path: "profile.orders_count", op: "gte", value: 2 } } });
    await app.sendFromServer([order("c-3")]);
    const profileId = await profileIdOf("c-3");
    const ask = { audiences: ["buyers", "loyal"] };
    const identifiers = [
      { namespace: "user_id", value: "c-3" },
      { namespace: "email", value: " C-3@Shop.example " },
      { namespace: "email", value: "stranger@shop.example" },
    ];
    const { body } = await app.call("POST", "/v1/audiences/check", { ...ask, identifiers });
    const member = {
      known: true,
      profileId,
      audiences: [
        { key: "buyers", member: true, version: 1 },
        { key: "loyal", member: false },
      ],
    };
    expect(body).toMatchObject({
      items: [member, member, { known: false, audiences: [{ key: "buyers", member: false }, { member: false }] }],
    });
    const explained = await app.call("POST", "/v1/audiences/check", { ...ask, identifiers, explain: true });
    expect(explained.body["items"]).toMatchObject([
      { audiences: [{ explanation: { truth: true } }, { explanation: { truth: false, observed: 1 } }] },
      {},
      {},
    ]);
    const tooMany = { ...ask, identifiers: Array.from({ length: 201 }, () => identifiers[0]) };
    expect((await app.call("POST", "/v1/audiences/check", tooMany)).status).toBe(400);
    expect((await app.call("POST", "/v1/audiences/check", { identifiers, audiences: ["none"] })).status).toBe(404);
    const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
    expect((await app.call("POST", "/v1/audiences/check", { ...ask, identifiers }, browser)).status).toBe(403);
  });

  it("are shown with the memberships they have, and who is unknown is not found", async () => {
    const profileId = await profileIdOf("c-3");
    const { body } = await app.call("GET", `/v1/profiles/${profileId}/audiences`);
    expect(body).toMatchObject({ items: [{ key: "buyers", name: "buyers", version: 1, since: expect.any(String) }] });
    for (const unknown of ["01900000-0000-7000-8000-000000000000"])
      expect((await app.call("GET", `/v1/profiles/${unknown}/audiences`)).status).toBe(404);
  });
});

describe("the list that a shopper carries", () => {
  const block = (audience: string, html: string) => ({
    placement: "vip.hero",
    priority: 1,
    audiences: [audience],
    html,
  });
  const key = { authorization: `Bearer ${demoCredentials.writeKey}` };
  const decide = async (identity: object, headers: Record<string, string>) => {
    const { status, body } = await app.call(
      "POST",
      "/v1/decide",
      { identity, placements: ["vip.hero"] },
      { ...key, ...headers },
    );
    expect(status).toBe(200);
    return (body["decisions"] as { value: unknown }[])[0]?.value ?? null;
  };
  const outcome = async (name: string): Promise<number> => {
    const { body } = await app.call("GET", "/metrics");
    const found = new RegExp(`segment_claims_total\\{outcome="${name}"\\} (\\d+)`).exec(String(body["text"]));
    return Number(found?.[1] ?? 0);
  };

  it("is in the Edge's answer as one segment more, behind the audiences, and only where there are some", async () => {
    const audience = await audienceOf("commerce.saveForLaters");
    const { headers, answer } = await visitor();
    expect(handleOf(answer, "activation:pull")?.payload[0].segments).toEqual([]);
    const saved = await interact([edgeEvent("commerce.saveForLaters")], headers);
    expect(handleOf(saved, "activation:pull")?.payload[0].segments).toEqual([
      { id: audience },
      { id: expect.stringMatching(/^cl1\.1\.[\w.-]+$/) },
    ]);
    await app.settle();
    // The browser's own cookie value: what it holds must pass through a cookie unchanged.
    const ids = handleOf(await interact([edgeEvent(pageViews)], headers), "activation:pull")?.payload[0].segments;
    expect(ids.map(({ id }: { id: string }) => id).join(",")).toMatch(/^[\w.,-]+$/);
  });

  it("opens what a mere device may not see, until it is forged, stale, somebody else's, or outdated", async () => {
    await publish("customers", { rule: { attribute: { path: "profile.is_registered", op: "is_true" } } });
    await app.publish("block", "vip-hero", block("customers", "<b>Welcome back</b>"));
    // A claim ties the device to the customer, which by itself opens nothing.
    await app.send([{ type: "signIn", customerId: "c-9", anonymousId: "device-9" }]);
    await app.settle();
    const identity = { anonymousId: "device-9" };
    expect(await decide(identity, {})).toBeNull();

    const identityToken = signAsShop("c-9", demoCredentials.identitySecret, Date.now() + 60_000);
    const given = await app.call("POST", "/v1/audiences/signed", { identity: { ...identity, identityToken } }, key);
    expect(given.body).toMatchObject({ audiences: ["customers"], expiresAt: expect.any(String) });
    const value = String(given.body["value"]);
    const list = { "aep-segments-membership": encodeURIComponent(value) };
    expect(await decide(identity, list)).toMatchObject({ html: "<b>Welcome back</b>" });
    expect(await decide(identity, { cookie: `a=b; aep-segments-membership=${value}` })).not.toBeNull();
    expect(await outcome("accepted")).toBe(2);

    const [, signature = ""] = value.split(",");
    const ignored: readonly (readonly [string, object, string])[] = [
      ["unsigned", identity, "customers"],
      ["invalid", identity, `buyers,${signature}`],
      ["invalid", { anonymousId: "device-10" }, value],
      ["unknown_visitor", {}, value],
      ["oversized", identity, `${"x,".repeat(5_000)}${value}`],
      ["malformed", identity, "%E0%A4%A"],
    ];
    for (const [reason, who, text] of ignored) {
      const before = await outcome(reason);
      expect(await decide(who, { "aep-segments-membership": text })).toBeNull();
      expect(await outcome(reason)).toBe(before + 1);
    }
  });

  it("of the Edge holds where the browser's ECID comes with it, in its cookie or by name", async () => {
    const identityToken = signAsShop("c-12", demoCredentials.identitySecret, Date.now() + 60_000);
    const { headers, ecid } = await visitor(edgeEvent("userAccount.login", { person: { accountID: "c-12" } }));
    await app.settle();
    const proven = { ...edgeEvent(pageViews), data: { clientele: { identityToken } } };
    const [pull] = handleOf(await interact([proven], headers), "activation:pull")?.payload ?? [];
    const value = pull.segments.map(({ id }: { id: string }) => id).join(",");
    expect(value).toMatch(/^customers,cl1\.1\./);
    const list = { "aep-segments-membership": value };
    expect(await decide({ ecid: "1".repeat(38) }, list)).toBeNull();
    expect(await decide({}, list)).toBeNull();
    expect(await decide({ ecid }, list)).not.toBeNull();
    expect(await decide({}, { ...headers, ...list })).not.toBeNull();
    const asSearch = await app.call("GET", "/v1/search?q=x", undefined, { ...key, ...headers, ...list });
    expect(asSearch.status).toBe(200);
  });

  it("gives nothing to a person who refuses personalisation", async () => {
    const identity = { anonymousId: "device-11" };
    await app.send([{ type: "signIn", customerId: "c-11", ...identity }]);
    await app.settle();
    const identityToken = signAsShop("c-11", demoCredentials.identitySecret, Date.now() + 60_000);
    const given = await app.call("POST", "/v1/audiences/signed", { identity: { ...identity, identityToken } }, key);
    const list = { "aep-segments-membership": String(given.body["value"]) };
    expect(await decide(identity, list)).not.toBeNull();
    const consent = { consent: { categoryPreferences: { personalisation: false } } };
    await app.sendFromServer([{ type: "consentUpdated", customerId: "c-11", properties: consent }]);
    await app.settle();
    expect(await decide(identity, list)).toBeNull();
    expect(await outcome("refused")).toBe(1);
  });

  it("is signed for callers with a write key only, and is empty for somebody unknown", async () => {
    const body = { identity: { anonymousId: "nobody-knows" } };
    expect((await app.call("POST", "/v1/audiences/signed", body, key)).body).toMatchObject({
      audiences: [],
      value: "",
    });
    expect((await app.call("POST", "/v1/audiences/signed", body)).body).toMatchObject({
      error: { code: "activation.noSigningKey" },
    });
    const forged = { identity: { anonymousId: "d", identityToken: "x.y" } };
    expect((await app.call("POST", "/v1/audiences/signed", forged, key)).status).toBe(401);
  });
});
