// Offer decisions at the edge of what may be asked: bad bodies, limits, names that every object inherits.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browser, server, unique } from "../../testing/decision-calls.ts";
import { ids, offerCalls, removedBy, strategy } from "../../testing/offer-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
const { askOne, place, offer, collection, policy } = offerCalls(() => app);
const decideStatus = async (body: unknown, headers: Record<string, string> = browser) =>
  (await app.call("POST", "/v1/decide", body, headers)).status;

describe("a call for offers", () => {
  it("answers 30 offers, and no more are wanted", async () => {
    const at = await place();
    const tag = unique("tag");
    for (let each = 0; each < 31; each += 1) await offer(at, { tags: [tag], priority: each });
    const all = unique("collection");
    await app.publish("offer-collection", all, { tags: { any: [tag] } });
    await policy(at, [strategy("all", all)], { wanted: 30 });
    const answer = await askOne(at);
    expect(new Set(ids(answer)).size).toBe(30);
    const first = ids(answer);
    const rest = await askOne(at, undefined, { exclude: first });
    expect(ids(rest)).toHaveLength(1);
    expect(first).not.toContain(ids(rest)[0]);
    const body = {
      placements: [at],
      priority: 1,
      audiences: [],
      wanted: 31,
      emptyAllowed: true,
      entries: [{ type: "offer", offer: first[0] }],
    };
    const refused = await app.call("POST", "/v1/definitions/offer-policy", { key: unique("p"), name: "p", body });
    expect(refused).toMatchObject({ status: 422, body: { error: { details: [{ path: "/body/wanted" }] } } });
  });

  it("takes 200 keys to exclude, of any text, and not one more", async () => {
    const at = await place();
    const [a, b] = [await offer(at, { priority: 50 }), await offer(at)];
    await policy(at, [strategy("all", await collection(a, b))]);
    const odd = [
      "__proto__",
      "constructor",
      "toString",
      "",
      " ",
      "'; drop table offer_counts; --",
      "\u0000",
      "é".repeat(120),
    ];
    const most = [...odd, a, ...Array.from({ length: 191 }, (_, at) => `key-${at}`)];
    expect(most).toHaveLength(200);
    expect(ids(await askOne(at, undefined, { exclude: most }))).toEqual([b]);
    expect(await decideStatus({ placements: [at], exclude: [...most, "one-more"] })).toBe(400);
    for (const exclude of [a, { 0: a }, [["x"]], [{}], [null], ["x".repeat(121)]])
      expect(await decideStatus({ placements: [at], exclude }), JSON.stringify(exclude)?.slice(0, 50)).toBe(400);
  });

  it("with names that every object inherits finds nothing and breaks nothing", async () => {
    const at = await place();
    const formula = "item.attributes.constructor == context.__proto__ ? 1 : item.priority";
    const a = await offer(at, { attributes: { constructor: "x" } });
    await policy(at, [strategy("all", await collection(a), { ranking: { method: "priority" } })]);
    const raw = `{"placements":["${at}"],"context":{"__proto__":{"device":"mobile"},"constructor":{"prototype":{}}},"identity":{"anonymousId":"__proto__"}}`;
    const json = { ...server, "content-type": "application/json" };
    const headers = { ...browser, "content-type": "application/json" };
    const answer = await app.server.inject({ method: "POST", url: "/v1/decide", headers, payload: raw });
    // Read as plain data; never taken for a prototype.
    expect(answer.statusCode).toBe(200);
    expect(ids(answer.json().decisions[0])).toEqual([a]);
    expect(({} as Record<string, unknown>)["device"]).toBeUndefined();
    expect(ids(await askOne(at, "constructor", { context: { toString: "x" } }))).toEqual([a]);
    for (const name of ["__proto__", "constructor", "toString"])
      expect((await askOne(name, name)).kind, name).toBeNull();
    const body = { placements: [at], priority: 1, audiences: [], wanted: 1, emptyAllowed: true };
    const entries = [strategy("odd", await collection(a), { ranking: { method: "formula", formula } })];
    const odd = await app.call("POST", "/v1/definitions/offer-policy", {
      ...{ key: unique("policy"), name: "odd", body: { ...body, entries } },
    });
    // An attribute may be called so; a path that nobody fills has no value.
    expect(odd).toMatchObject({ status: 201 });
    const saved = async (name: string) => {
      const key = unique("offer");
      const body = `{"priority":1,"audiences":[],"representations":[{"placement":"${at}","html":"<p>x</p>"}],"attributes":{"${name}":"x"}}`;
      const made = await app.call("POST", "/v1/definitions/offer", `{"key":"${key}","name":"x","body":${body}}`, json);
      const read = await app.call("GET", `/v1/definitions/offer/${key}`);
      return {
        status: made.status,
        attributes: JSON.stringify((read.body["body"] as { attributes?: object })?.attributes),
      };
    };
    expect(await saved("__proto__")).toEqual({ status: 422, attributes: undefined });
    for (const name of ["1st", "a b", ""]) expect((await saved(name)).status, name).toBe(422);
  });

  it("refuses bodies that are none", async () => {
    const at = await place();
    for (const body of [[], "text", 5, null, { placements: "home" }, { placements: [5] }, { placements: [""] }, {}])
      expect(await decideStatus(JSON.stringify(body)), JSON.stringify(body)).toBe(400);
    for (const extra of [{ identity: "me" }, { identity: { anonymousId: 5 } }, { context: [] }, { explain: "yes" }])
      expect(await decideStatus({ placements: [at], ...extra }), JSON.stringify(extra)).toBe(400);
    expect(await decideStatus({ placements: Array.from({ length: 51 }, () => at) })).toBeGreaterThanOrEqual(400);
    expect(await decideStatus({ placements: [at], explain: true })).toBe(403);
    expect(await decideStatus({ placements: [at], context: { blob: "x".repeat(600_000) } })).toBe(413);
  });

  it("shows each offer once though the same placement is asked for twice", async () => {
    const at = await place();
    const [a, b] = [await offer(at, { priority: 50 }), await offer(at)];
    await policy(at, [strategy("all", await collection(a, b))]);
    const { body } = await app.call("POST", "/v1/decide", { placements: [at, at] }, browser);
    const decisions = body["decisions"] as Parameters<typeof ids>[0][];
    expect(decisions.map(ids)).toEqual([[a], [b]]);
  });
});

describe("bodies of offers", () => {
  const faultsOf = async (more: object) => {
    const at = await place();
    const body = { priority: 1, audiences: [], representations: [{ placement: at, html: "<p>x</p>" }], ...more };
    const answer = await app.call("POST", "/v1/definitions/offer", { key: unique("bad"), name: "bad", body });
    expect(answer.status, JSON.stringify(answer.body)).toBe(422);
    return JSON.stringify(answer.body);
  };
  const cap = { counted: "impression", limit: 5, per: "total", hard: true };

  it("have hard limits of everybody together or of each person, and hold pieces for a time that fits", async () => {
    const at = await place();
    await offer(at, { caps: [cap, { ...cap, per: "profile" }] });
    expect(await faultsOf({ caps: [{ ...cap, per: "household" }] })).toContain("/body/caps/0/per");
    expect(await faultsOf({ caps: [{ ...cap, hard: false, holdMinutes: 5 }] })).toContain("/body/caps/0/holdMinutes");
    expect(await faultsOf({ caps: [{ ...cap, counted: "decision", holdMinutes: 5 }] })).toContain("holdMinutes");
    for (const holdMinutes of [0, 1_441, 1.5, "5"]) await faultsOf({ caps: [{ ...cap, holdMinutes }] });
    for (const limit of [0, -1, 1.5, 1e10, "5"]) await faultsOf({ caps: [{ ...cap, limit }] });
    await faultsOf({ caps: [{ ...cap, hard: "yes" }] });
    await faultsOf({ caps: Array.from({ length: 11 }, () => cap) });
    await faultsOf({ fallback: true, caps: [cap] });
  });

  it("say how much a cart may lack in money or units", async () => {
    const key = unique("rule");
    await app.publish("cart-price-rule", key, { priority: 1, action: { type: "percent", percent: "10" } });
    const near = (lacksAtMost: unknown) => ({ cartRule: { key, when: "near", lacksAtMost } });
    for (const lack of [
      {},
      { quantity: 0 },
      { quantity: -1 },
      { minor: 0, currency: "USD" },
      { minor: 5, currency: "usd" },
    ])
      await faultsOf(near(lack));
    await faultsOf(near({ minor: 5.5, currency: "USD" }));
    await faultsOf(near({ minor: 5, currency: "USD", quantity: 1 }));
    expect(await faultsOf({ cartRule: { key, when: "near" } })).toContain("/body/cartRule/lacksAtMost");
    expect(await faultsOf({ cartRule: { key, when: "applies", lacksAtMost: { quantity: 1 } } })).toContain("notUsed");
    const at = await place();
    await offer(at, near({ quantity: 2 }));
    await offer(at, near({ minor: 500, currency: "USD" }));
  });
});

describe("a draft of an offer", () => {
  const preview = (body: object, headers: Record<string, string> = server) =>
    app.call("POST", "/v1/offers/preview", body, headers);

  it("is decided as if it were published, and nothing stays of it", async () => {
    const at = await place();
    const tag = unique("tag");
    const live = await offer(at, { priority: 50, tags: [tag] });
    const all = unique("collection");
    await app.publish("offer-collection", all, { tags: { any: [tag] } });
    await policy(at, [strategy("all", all)]);
    const body = {
      priority: 90,
      audiences: [],
      tags: [tag],
      representations: [{ placement: at, html: "<p>new</p><script>x</script>" }],
    };
    const asDraft = async (draft: object) => {
      const { status, body: answer } = await preview({ draft, placements: [at] });
      expect(status, JSON.stringify(answer)).toBe(200);
      return (answer["decisions"] as Parameters<typeof ids>[0][])[0]!;
    };
    const added = await asDraft({ body });
    expect(ids(added)).toEqual(["draft"]);
    expect(added.value?.html).toBe("<p>new</p>");
    expect(ids(await askOne(at))).toEqual([live]);
    // In place of the offer that it changes.
    const lower = await asDraft({ key: live, name: "Lower", body: { ...body, priority: 1 } });
    expect(ids(lower)).toEqual([live]);
    const elsewhere = await asDraft({ body, storeViews: ["elsewhere"] });
    expect(removedBy(elsewhere)).toMatchObject({ draft: "scope", [live]: "chosen" });
    expect(ids(await askOne(at))).toEqual([live]);
  });

  it("keeps to its own schedule at the time that is asked about, and says when it starts and ended", async () => {
    const at = await place();
    const tag = unique("tag");
    const all = unique("collection");
    await app.publish("offer-collection", all, { tags: { any: [tag] } });
    await policy(at, [strategy("all", all)]);
    const body = { priority: 1, audiences: [], tags: [tag], representations: [{ placement: at, html: "<p>x</p>" }] };
    const schedule = { from: "2030-06-10T00:00", to: "2030-06-20T00:00", timezone: "Europe/Berlin" };
    const asked = async (asOf: string) => {
      const { status, body: answer } = await preview({ draft: { body, schedule }, placements: [at], asOf });
      expect(status, JSON.stringify(answer)).toBe(200);
      return (answer["decisions"] as Parameters<typeof ids>[0][])[0]!;
    };
    expect(removedBy(await asked("2030-06-09T21:59:59Z"))).toMatchObject({ draft: "date" });
    expect(JSON.stringify(await asked("2030-06-09T21:59:59Z"))).toContain(
      "Starts on 10 June 2030, 00:00 (Europe/Berlin)",
    );
    expect(ids(await asked("2030-06-09T22:00:00Z"))).toEqual(["draft"]);
    expect(JSON.stringify(await asked("2030-06-19T22:00:00Z"))).toContain(
      "Ended on 20 June 2030, 00:00 (Europe/Berlin)",
    );
    const wrong = { ...schedule, timezone: "Nowhere" };
    expect(await preview({ draft: { body, schedule: wrong }, placements: [at] })).toMatchObject({
      ...{ status: 422, body: { error: { code: "offers.badDraft", details: [{ path: "/schedule/timezone" }] } } },
    });
  });

  it("is refused with its faults, to browsers, and for people who are none", async () => {
    const at = await place();
    const body = { priority: 1, audiences: [], representations: [{ placement: at, html: "<p>x</p>" }] };
    const bad = await preview({
      draft: { body: { ...body, priority: -1, caps: [{ counted: "x" }] } },
      placements: [at],
    });
    expect(bad).toMatchObject({ status: 422, body: { error: { code: "offers.badDraft" } } });
    for (const draft of [{ body: null }, { body: "x" }, { body: [] }])
      expect(await preview({ draft, placements: [at] }), JSON.stringify(draft)).toMatchObject({
        ...{ status: 422, body: { error: { code: "offers.badDraft" } } },
      });
    // A call without a draft is none.
    expect((await preview({ draft: {}, placements: [at] })).status).toBe(400);
    expect((await preview({ draft: { body }, placements: [] })).status).toBe(400);
    expect((await preview({ draft: { key: "__proto__", body }, placements: [at] })).status).toBe(400);
    expect((await preview({ draft: { body }, placements: [at] }, browser)).status).toBe(403);
    const nobody = await preview({ draft: { body }, placements: [at], profileId: "no-such-profile" });
    expect(nobody).toMatchObject({ status: 404, body: { error: { code: "profiles.notFound" } } });
  });
});
