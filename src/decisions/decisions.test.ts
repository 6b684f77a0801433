import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browser, codes, type Decision, decisionCalls, server, unique, view } from "../testing/decision-calls.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

const days = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
const { decide, decideOne, block, viewersOf, visitor } = decisionCalls(() => app);

describe("what a visitor sees at a placement", () => {
  it("is the first eligible definition by priority, then by key", async () => {
    const placement = unique("home");
    await block(placement, { priority: 20 });
    const best = await block(placement, { priority: 5 });
    await block(placement, { priority: 5 });
    expect((await decideOne({ placements: [placement] })).value).toMatchObject({ name: best, html: `<p>${best}</p>` });
  });

  it("is nothing, with a reason, where nothing is live", async () => {
    const decision = await decideOne({ placements: [unique("empty")] });
    expect(decision).toMatchObject({ kind: null, value: null });
    expect(codes(decision)).toEqual(["nothing_eligible", "no_identity"]);
  });

  it("needs one of the audiences, not all of them", async () => {
    const placement = unique("home");
    const [hats, bags] = [await viewersOf("HAT"), await viewersOf("BAG")];
    const special = await block(placement, { priority: 1, audiences: [hats, bags] });
    const general = await block(placement);
    const [bagViewer, stranger] = [await visitor(view("BAG")), await visitor()];
    const seen = await decideOne({ identity: { anonymousId: bagViewer }, placements: [placement] });
    expect(seen.value?.name).toBe(special);
    expect(seen.reasons[0]).toMatchObject({ code: "audience", audience: bags });
    expect((await decideOne({ identity: { anonymousId: stranger }, placements: [placement] })).value?.name).toBe(
      general,
    );
  });

  it("needs the rule and the audience both", async () => {
    const placement = unique("home");
    const audience = await viewersOf("SHOE");
    const rule = { attribute: { path: "context.device", op: "eq", value: "mobile" } };
    const mobile = await block(placement, { priority: 1, audiences: [audience], rule });
    const fallback = await block(placement);
    const [viewer, stranger] = [await visitor(view("SHOE")), await visitor()];
    const nameFor = async (anonymousId: string, device: string) =>
      (await decideOne({ identity: { anonymousId }, placements: [placement], context: { device } })).value?.name;
    expect(await nameFor(viewer, "mobile")).toBe(mobile);
    expect(await nameFor(viewer, "desktop")).toBe(fallback);
    expect(await nameFor(stranger, "mobile")).toBe(fallback);
  });

  it("keeps to the store views of the definition", async () => {
    const placement = unique("home");
    const german = await block(placement, { priority: 1 }, { scope: { storeViews: ["de"] } });
    const other = await block(placement);
    const nameIn = async (context: object) => (await decideOne({ placements: [placement], context })).value?.name;
    expect(await nameIn({ storeView: "de" })).toBe(german);
    expect(await nameIn({ storeView: "fr" })).toBe(other);
    expect(await nameIn({})).toBe(other);
  });

  it("keeps to the schedule, half-open, as a preview at a time shows", async () => {
    const placement = unique("home");
    const end = new Date(Math.ceil(Date.now() / 1000) * 1000 + 2 * days);
    const sale = await block(placement, {}, { schedule: { from: null, to: end.toISOString(), timezone: "UTC" } });
    const nameAt = async (ms: number) =>
      (await decideOne({ placements: [placement], asOf: new Date(ms).toISOString() }, server)).value?.name;
    expect((await decideOne({ placements: [placement] })).value?.name).toBe(sale);
    expect(await nameAt(end.getTime() - 1)).toBe(sale);
    expect(await nameAt(end.getTime())).toBeUndefined();
    const refused = await decideOne({ placements: [placement], asOf: end.toISOString(), explain: true }, server);
    expect(refused.explain?.considered).toMatchObject([
      { key: sale, outcome: "refused", reason: { code: "schedule" } },
    ]);
  });

  it("is the same for everybody once a visitor refused personalisation", async () => {
    const placement = unique("home");
    const audience = await viewersOf("RING");
    await block(placement, { priority: 1, audiences: [audience] });
    const general = await block(placement);
    const refusal = {
      type: "consentUpdated",
      context: { consent: { categoryPreferences: { personalisation: false } } },
    };
    const anonymousId = await visitor(view("RING"), refusal);
    const answer = await app.call("POST", "/v1/decide", { identity: { anonymousId }, placements: [placement] }, server);
    const [decision] = answer.body["decisions"] as Decision[];
    expect(decision!.value?.name).toBe(general);
    expect(codes(decision!)).toContain("no_consent");
    expect(answer.body).not.toHaveProperty("profileId");
  });

  it("obeys a refusal that comes with the very call", async () => {
    const placement = unique("home");
    await block(placement, { priority: 1, audiences: [await viewersOf("CUP")] });
    const general = await block(placement);
    const anonymousId = await visitor(view("CUP"));
    const events = [
      {
        type: "consentUpdated",
        anonymousId,
        context: { consent: { categoryPreferences: { personalisation: false } } },
      },
    ];
    const decision = await decideOne({ identity: { anonymousId }, placements: [placement], events });
    expect(decision.value?.name).toBe(general);
    expect(codes(decision)).toContain("no_consent");
  });

  it("says that an unknown visitor is unknown", async () => {
    const placement = unique("home");
    await block(placement);
    const decision = await decideOne({ identity: { anonymousId: unique("nobody") }, placements: [placement] });
    expect(codes(decision)).toEqual(["everybody", "unknown"]);
  });

  it("follows the cart that came with the call", async () => {
    const placement = unique("cart");
    const rule = { attribute: { path: "cart.total_qty", op: "gte", value: 3 } };
    const bulk = await block(placement, { priority: 1, rule });
    const small = await block(placement);
    const nameWith = async (qty: number) =>
      (await decideOne({ placements: [placement], cart: { items: [{ sku: "X", qty }, { sku: "" }, "no line"] } })).value
        ?.name;
    expect(await nameWith(3)).toBe(bulk);
    expect(await nameWith(2)).toBe(small);
  });
});

describe("events that come with a decision", () => {
  it("count for this very answer and are stored once", async () => {
    const placement = unique("home");
    const special = await block(placement, { priority: 1, audiences: [await viewersOf("TENT")] });
    const anonymousId = unique("visitor");
    const event = { messageId: unique("m"), anonymousId, ...view("TENT") };
    const ask = { identity: { anonymousId }, placements: [placement], events: [event] };
    expect((await decideOne(ask)).value?.name).toBe(special);
    expect((await decideOne(ask)).value?.name).toBe(special);
    await app.settle();
    const profile = await app.call("GET", `/v1/profiles/by/anonymous_id/${anonymousId}`);
    expect(profile.body).toMatchObject({ counters: { productPageView: 1 } });
    expect(profile.body["audiences"]).toHaveLength(1);
  });

  it("count once where another call has delivered them meanwhile", async () => {
    const placement = unique("home");
    const twice = await block(placement, { priority: 1, audiences: [await viewersOf("TARP", 2)] });
    const general = await block(placement);
    const anonymousId = unique("visitor");
    const [first, second] = [1, 2].map(() => ({ messageId: unique("m"), anonymousId, ...view("TARP") }));
    const nameWith = async (events: object[]) =>
      (await decideOne({ identity: { anonymousId }, placements: [placement], events })).value?.name;
    await app.send([first!]);
    await app.settle();
    expect(await nameWith([first!])).toBe(general);
    expect(await nameWith([first!, second!])).toBe(twice);
    await app.settle();
    expect(await nameWith([])).toBe(twice);
  });

  it("are not stored when the call is refused", async () => {
    const anonymousId = unique("visitor");
    const events = [{ type: "pageView", anonymousId }];
    const placements = Array.from({ length: 51 }, (_, index) => `p${index}`);
    expect(await app.call("POST", "/v1/decide", { placements, events }, browser)).toMatchObject({
      status: 400,
      body: { error: { code: "decisions.tooManyPlacements" } },
    });
    await app.settle();
    expect((await app.call("GET", `/v1/profiles/by/anonymous_id/${anonymousId}`)).status).toBe(404);
  });

  it("do not spoil the answer when they are faulty", async () => {
    const placement = unique("home");
    const name = await block(placement);
    const events = ["no event", { type: "" }, { type: "pageView", anonymousId: "x", properties: 7 }];
    expect((await decideOne({ placements: [placement], events })).value?.name).toBe(name);
  });
});

describe("the exposure log", () => {
  const exposuresOf = (placement: string) =>
    app.engines.clickhouse.query<Record<string, unknown>>(
      "select decision_id, kind, definition_id, identity_key, store_view, propensity, policy from exposures where placement = {placement:String}",
      { placement },
    );

  it("holds each decision that was shown, and no preview", async () => {
    const placement = unique("logged");
    await block(placement);
    const ask = { identity: { anonymousId: "somebody" }, placements: [placement], context: { storeView: "de" } };
    await decideOne({ ...ask, explain: true }, server);
    await decideOne({ ...ask, asOf: "2030-01-01T00:00:00Z" }, server);
    await decideOne({ ...ask, as: { audiences: [] } }, server);
    const { decisionId } = await decideOne(ask);
    await expect
      .poll(() => exposuresOf(placement))
      .toMatchObject([
        {
          decision_id: decisionId,
          kind: "block",
          identity_key: "anonymous_id:somebody",
          store_view: "de",
          propensity: 1,
          policy: "priority",
        },
      ]);
  });
});

describe("recommendation units of one call", () => {
  it("never show a product twice", async () => {
    const products = Array.from({ length: 9 }, (_, index) => ({
      sku: `UNIT-${index}`,
      name: `Product ${index}`,
      price: 5,
    }));
    expect(await app.call("PUT", "/v1/catalog/products", products)).toMatchObject({ status: 200 });
    const placements = [unique("unit"), unique("unit"), unique("unit")];
    for (const placement of placements) {
      const body = { placement, priority: 1, audiences: [], label: "New", strategy: "new-arrivals", limit: 3 };
      await app.publish("unit", unique("u"), body);
    }
    const decisions = await decide({ placements, context: { sku: "UNIT-0" } });
    const skus = decisions.flatMap((decision) => decision.value?.items?.map((item) => item.sku) ?? []);
    expect(skus).toHaveLength(8);
    expect(new Set(skus).size).toBe(8);
    expect(skus).not.toContain("UNIT-0");
  });
});

describe("a request in the wrong form", () => {
  it.each([
    [{ placements: "home" }, "/placements"],
    [{ placements: [""] }, "/placements/0"],
    [{}, "/placements"],
    [{ placements: ["p"], identity: { anonymousId: 5 } }, "/identity/anonymousId"],
    [{ placements: ["p"], explain: "yes" }, "/explain"],
    [{ placements: ["p"], asOf: "yesterday" }, "/asOf"],
    [{ placements: ["p"], identity: { anonymousId: "x".repeat(513) } }, "/identity/anonymousId"],
  ])("is answered 400 with the path of the fault: %.60j", async (body, path) => {
    const answer = await app.call("POST", "/v1/decide", body, server);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "http.badRequest", details: [{ path }] } } });
  });

  it("may hold unknown fields, odd contexts and carts, NUL and markup", async () => {
    const placement = unique("home");
    const name = await block(placement);
    const ask = {
      placements: [placement],
      identity: { anonymousId: "a\u0000b<script>", unknown: 1 },
      context: { storeView: 7, sku: {}, items: [1, null], categoryPath: [], __proto__x: 1 },
      cart: { items: "none" },
      unknown: true,
    };
    expect((await decideOne(ask)).value?.name).toBe(name);
  });
});
