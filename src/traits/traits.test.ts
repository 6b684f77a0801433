// Traits on real engines: counted live, counted from the event store, read by audiences.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpServer, noAuth } from "../http/index.ts";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { startTraitApp, type TraitApp } from "../testing/traits/trait-app.ts";
import { createTraitStore } from "./store.ts";

const dayMs = 86_400_000;
const start = Date.UTC(2026, 2, 10, 12);
const clock = createFixedClock(start);
let app: TraitApp;
beforeAll(async () => {
  app = await startTraitApp(clock);
});
afterAll(() => app.close());

let sequence = 0;
const event = (type: string, anonymousId: string, properties: object = {}, timestamp = clock.now()) => {
  sequence += 1;
  return { messageId: `e-${sequence}`, type, anonymousId, properties, timestamp: new Date(timestamp).toISOString() };
};

async function serve() {
  const auth = { ...noAuth, kind: "token" as const, id: "t-1", scopes: ["read" as const, "publish" as const] };
  const server = createHttpServer({
    config: { publicUrl: "", openDiscovery: false },
    logger: createLogger("silent"),
    clock,
    authenticate: () => auth,
  });
  await server.register(app.traits.routes(app.audiences.attributesOf));
  return server;
}

describe("a trait", () => {
  it("counts what was there before it and what comes while it is counted and after, each event once", async () => {
    const anybody = Array.from({ length: 40 }, (_, index) => `early-${index % 8}`);
    await app.send(anybody.map((id) => event("view", id, { n: 1 }, start - dayMs)));
    clock.advance(10);
    await app.publish("views", { kind: "count", event: "view" });
    clock.advance(10);
    for (let round = 0; round < 5; round += 1)
      await app.send([event("view", "early-0", {}), event("view", `new-${round}`)]);
    await app.traits.settled();
    await app.collect.settle();
    expect(await app.traitsOf("early-0")).toMatchObject({ views: 10 });
    expect(await app.traitsOf("early-7")).toMatchObject({ views: 5 });
    expect(await app.traitsOf("new-3")).toMatchObject({ views: 1 });
    await app.send([event("view", "early-7", {}, start - 20 * dayMs)]);
    await app.collect.settle();
    expect(await app.traitsOf("early-7")).toMatchObject({ views: 6 });
  });

  it("follows a person through a merge", async () => {
    await app.publish("items", { kind: "sum", event: "add", path: "event.properties.n" });
    await app.traits.settled();
    await app.send([event("add", "m-1", { n: 2 }), event("add", "m-2", { n: 5 })]);
    // The event store takes the newest owner of an identifier: two changes of one millisecond would be a tie.
    await app.collect.settle();
    clock.advance(10);
    await app.publish("late-items", { kind: "sum", event: "add", path: "event.properties.n", window: { last: "30d" } });
    await app.send([
      { ...event("signIn", "m-1"), customerId: "c-1" },
      { ...event("signIn", "m-2"), customerId: "c-1" },
    ]);
    await app.traits.settled();
    await app.collect.settle();
    expect(await app.traitsOf("m-2")).toMatchObject({ items: 7, "late-items": 7 });
  });

  it.each(["reading", "writing"] as const)(
    "counts everything of people who are merged while it is counted, before the %s of their profiles",
    async (moment) => {
      const [first, second, person] = [`${moment}-1`, `${moment}-2`, `${moment}-c`];
      await app.send([event(`pick-${moment}`, first, { n: 2 }), event(`pick-${moment}`, second, { n: 5 })]);
      await app.collect.settle();
      clock.advance(10);
      app.meanwhile[moment] = async () => {
        clock.advance(10);
        await app.send([
          { ...event("signIn", first), customerId: person },
          { ...event("signIn", second), customerId: person },
        ]);
        await app.collect.settle();
      };
      await app.publish(`picks-${moment}`, { kind: "sum", event: `pick-${moment}`, path: "event.properties.n" });
      await app.traits.settled();
      expect(app.meanwhile[moment]).toBeUndefined();
      expect(await app.traitsOf(second)).toMatchObject({ [`picks-${moment}`]: 7 });
    },
  );

  it("puts people into audiences and lets them leave on time, without an event", async () => {
    await app.publish("recent", { kind: "count", event: "click", window: { last: "2d" } });
    await app.traits.settled();
    const atLeast = { attribute: { path: "profile.trait.recent", op: "gte", value: 2 } };
    await app.publishAudience(1, "clickers", atLeast);
    await app.send([event("click", "k", {}, clock.now() - dayMs), event("click", "k")]);
    await app.collect.settle();
    expect(await app.audiencesOf("k")).toContain("clickers");
    clock.advance(dayMs);
    await app.judgeDue();
    expect(await app.audiencesOf("k")).toContain("clickers");
    clock.advance(1);
    await app.judgeDue();
    expect(await app.audiencesOf("k")).not.toContain("clickers");
    expect(await app.traitsOf("k")).toMatchObject({ recent: 1 });
  });

  it("is judged anew for everybody when it has been counted", async () => {
    await app.send([event("buy", "b"), event("pageView", "nobuy")]);
    await app.collect.settle();
    await app.publishAudience(2, "never-bought", { attribute: { path: "profile.trait.buys", op: "lt", value: 1 } });
    expect(await app.audiencesOf("nobuy")).not.toContain("never-bought");
    clock.advance(10);
    await app.publish("buys", { kind: "count", event: "buy" });
    await app.traits.settled();
    await expect.poll(() => app.audiencesOf("nobuy")).toContain("never-bought");
    expect(await app.audiencesOf("b")).not.toContain("never-bought");
  });

  it("answers by its former version until the new one is counted", async () => {
    await app.publish("moving", { kind: "count", event: "view" });
    await app.traits.settled();
    clock.advance(10);
    await app.publish("moving", { kind: "count", event: "add" }, 2);
    expect(await app.traitsOf("early-0")).toMatchObject({ moving: 10 });
    await app.traits.settled();
    expect(await app.traitsOf("early-0")).toMatchObject({ moving: 0 });
    expect(await app.traitsOf("m-1")).toMatchObject({ moving: 2 });
  });

  it("counts anew what was not in use for a while", async () => {
    await app.publish("pausing", { kind: "count", event: "tick" });
    await app.traits.settled();
    clock.advance(10);
    await app.send([event("tick", "p"), event("tick", "p")]);
    await app.collect.settle();
    expect(await app.traitsOf("p")).toMatchObject({ pausing: 2 });
    await app.publish("pausing", { kind: "count", event: "tock" }, 2);
    await app.traits.settled();
    await app.traits.settled();
    clock.advance(10);
    await app.send([event("tick", "p")]);
    await app.collect.settle();
    clock.advance(10);
    await app.publish("pausing", { kind: "count", event: "tick" }, 3);
    await app.traits.settled();
    expect(await app.traitsOf("p")).toMatchObject({ pausing: 3 });
    clock.advance(10);
    await app.send([event("tick", "p")]);
    await app.collect.settle();
    expect(await app.traitsOf("p")).toMatchObject({ pausing: 4 });
  });

  it("takes formulas, written attributes with a merge policy, affinity and predictions", async () => {
    await app.publish("score", { kind: "formula", expression: "trait.views * 2 + sessions_30d" });
    await app.publish("points", { kind: "trait", attribute: "points", policy: "max" });
    await app.publish("brands", { kind: "affinity", attribute: "brand" });
    await app.publish("next-order", { kind: "prediction", valueType: "number" });
    await app.send([
      { ...event("profileRecord", "f"), properties: { traits: { points: 9 } } },
      event("view", "f"),
      event("productPageView", "f", { sku: "tent" }),
    ]);
    await app.collect.settle();
    const { profileId } = await app.profiles.by("anonymous_id", "f");
    const said = { value: 12, model: "next", version: "1", computedAt: clock.now() };
    expect(await app.traits.predict(new Map([[profileId, { "next-order": said }]]))).toBe(true);
    expect(await app.traitsOf("f")).toMatchObject({ score: 2, points: 9, brands: { Acme: 1 }, "next-order": 12 });
  });

  it("shows status, value and a preview, and refuses a draft with faults", async () => {
    const server = await serve();
    const list = (await server.inject("/v1/traits")).json().items as { key: string }[];
    expect(list.find(({ key }) => key === "views")).toMatchObject({
      status: "live",
      progress: 1,
      path: "profile.trait.views",
      type: "number",
      computedThrough: new Date(clock.now()).toISOString(),
    });
    const { profileId } = await app.profiles.by("anonymous_id", "early-0");
    const value = await server.inject(`/v1/traits/views/value?profile=${profileId}`);
    expect(value.json()).toMatchObject({ value: 10, flags: [] });
    expect((await server.inject("/v1/traits/nothing")).statusCode).toBe(404);
    const preview = (body: object, profile?: string) =>
      server.inject({ method: "POST", url: "/v1/traits/preview", payload: { body, ...(profile ? { profile } : {}) } });
    const draft = {
      kind: "count",
      event: "view",
      where: { attribute: { path: "event.properties.n", op: "eq", value: 1 } },
    };
    const first = await preview(draft, profileId);
    expect(first.statusCode, first.body).toBe(200);
    expect(first.json().items).toMatchObject([{ profileId, value: 5 }]);
    expect((await preview(draft)).json().items.length).toBeGreaterThan(5);
    const refused = await preview({ kind: "sum", event: "view" });
    expect([refused.statusCode, refused.json().error]).toMatchObject([
      422,
      { code: "traits.invalid", details: [{ path: "/path" }] },
    ]);
    expect((await preview({ kind: "sum" })).statusCode).toBe(422);
    await server.close();
  });

  it("runs a query of one row a profile, and nothing but a read of the event store", async () => {
    const query = `select toString(profile_id) as profile_id, count() as n, if(count() > 3, 'much', null) as word
      from events inner join identity_links on events.identity_key = identity_links.identity_key
      where event_type = 'view' group by profile_id`;
    const columns = [
      { name: "n", type: "number" as const },
      { name: "word", type: "text" as const },
    ];
    await app.publish("by-query", { kind: "sql", query, columns });
    await app.traits.refresh();
    expect((await app.traitsOf("early-0"))["by-query"]).toEqual({ n: 10, word: "much" });
    expect((await app.traitsOf("new-1"))["by-query"]).toEqual({ n: 1, word: null });
    await app.publishAudience(3, "many", { attribute: { path: "profile.trait.by-query.n", op: "gte", value: 10 } });
    expect(await app.audiencesOf("early-0")).toContain("many");
    for (const [index, bad] of [
      "select * from file('/etc/passwd', 'LineAsString') as profile_id",
      "select name as profile_id from system.tables",
      "select profile_id from url('http://127.0.0.1:1/', 'CSV', 'profile_id String')",
    ].entries()) {
      await app.publish(`bad-${index}`, { kind: "sql", query: bad, columns });
    }
    await app.traits.refresh();
    const server = await serve();
    for (const index of [0, 1, 2]) {
      const status = (await server.inject(`/v1/traits/bad-${index}`)).json();
      expect(status).toMatchObject({ computedThrough: null, reason: expect.stringMatching(/cannot|tables/) });
    }
    await server.close();
  });
});

describe("a computation that was left behind", () => {
  it("is taken up after five minutes without a sign of life, and given up the second time, with the reason", async () => {
    const store = createTraitStore(app.engines.postgres);
    const body = { kind: "count" as const, event: "lost" };
    // No loop of the program is at work on it.
    await app.traits.stop();
    await store.begin({ hash: "left", key: "left", version: 1, body, cutoff: start }, start);
    expect(await store.claim("left", start, 300_000)).toBe(true);
    expect(await store.claim("left", start + 299_999, 300_000)).toBe(false);
    expect(await store.claim("left", start + 300_000, 300_000)).toBe(true);
    await store.fail("left", "broken pipe", 2);
    const [found] = (await store.computations()).filter(({ hash }) => hash === "left");
    expect(found).toMatchObject({ status: "failed", reason: "broken pipe", failures: 2 });
    await store.restart("left");
    expect((await store.computations()).find(({ hash }) => hash === "left")).toMatchObject({
      status: "computing",
      failures: 0,
    });
  });
});
