import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { signAsShop } from "../testing/sign-as-shop.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

type Reason = { code: string; text: string; [field: string]: unknown };
type Considered = { key: string; outcome: string; reason: Reason };
type Decision = {
  placement: string;
  kind: string | null;
  value: { name?: string; html?: string; items?: { sku: string }[] } | null;
  decisionId: string;
  reasons: Reason[];
  explain?: { considered: Considered[] };
};

const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
const server = { authorization: `Bearer ${demoCredentials.token}` };
const days = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

let count = 0;
const unique = (name: string) => {
  count += 1;
  return `${name}-${count}`;
};

async function decide(body: object, headers: Record<string, string> = browser): Promise<Decision[]> {
  const answer = await app.call("POST", "/v1/decide", body, headers);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body["decisions"] as Decision[];
}

async function decideOne(body: object, headers: Record<string, string> = browser): Promise<Decision> {
  const [decision] = await decide(body, headers);
  return decision!;
}

type Frame = { scope?: object; schedule?: object };

/** Publishes a block that says its own name. @returns its key, which is also its name */
async function block(placement: string, more: object = {}, frame: Frame = {}): Promise<string> {
  const key = unique("block");
  const body = { placement, priority: 10, audiences: [], html: `<p>${key}</p>`, ...more };
  const created = await app.call("POST", "/v1/definitions/block", { key, name: key, body, ...frame });
  expect(created).toMatchObject({ status: 201 });
  const published = await app.call(
    "POST",
    `/v1/definitions/block/${key}/publish`,
    {},
    {
      ...server,
      "if-match": String(created.headers["etag"]),
    },
  );
  expect(published).toMatchObject({ status: 200 });
  return key;
}

const viewedRule = (sku: string) => ({
  event: { name: "productPageView", where: { attribute: { path: "event.properties.sku", op: "eq", value: sku } } },
});

/** An audience of everybody who looked at the product. @returns its key */
async function viewersOf(sku: string): Promise<string> {
  const key = unique("viewers");
  await app.publish("audience", key, { rule: viewedRule(sku) });
  const status = async () => (await app.call("GET", `/v1/audiences/${key}/members`)).body["progress"];
  await expect.poll(status, { timeout: 10_000 }).toMatchObject({ status: "live" });
  return key;
}

async function visitor(...events: object[]): Promise<string> {
  const anonymousId = unique("visitor");
  const first = events.length > 0 ? events : [{ type: "pageView" }];
  await app.send(first.map((event) => ({ anonymousId, ...event })));
  await app.settle();
  return anonymousId;
}

const view = (sku: string) => ({ type: "productPageView", properties: { sku } });
const codes = (decision: Decision) => decision.reasons.map((reason) => reason.code);

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

describe("a preview", () => {
  it.each([{ explain: true }, { asOf: "2030-01-01T00:00:00Z" }, { as: { audiences: [] } }, { as: { profileId: "x" } }])(
    "needs a token with the scope read: %j",
    async (preview) => {
      expect(await app.call("POST", "/v1/decide", { placements: ["p"], ...preview }, browser)).toMatchObject({
        status: 403,
        body: { error: { code: "decisions.previewNotAllowed" } },
      });
      const editor = await app.call("POST", "/v1/keys", { kind: "token", name: unique("editor"), scopes: ["edit"] });
      const headers = { authorization: `Bearer ${String(editor.body["key"])}` };
      expect((await app.call("POST", "/v1/decide", { placements: ["p"], ...preview }, headers)).status).toBe(403);
    },
  );

  it("explains what was considered and which leaf refused it", async () => {
    const placement = unique("home");
    const rule = { attribute: { path: "context.device", op: "eq", value: "mobile" } };
    const mobile = await block(placement, { priority: 1, rule });
    const audience = await viewersOf("LAMP");
    const lamps = await block(placement, { priority: 2, audiences: [audience] });
    const shown = await block(placement, { priority: 3 });
    await block(placement, { priority: 4 });
    const { explain } = await decideOne(
      { placements: [placement], context: { device: "desktop" }, explain: true },
      server,
    );
    expect(explain?.considered).toMatchObject([
      { key: mobile, outcome: "refused", reason: { code: "rule" } },
      { key: lamps, outcome: "refused", reason: { code: "audience", audiences: [audience] } },
      { key: shown, outcome: "shown", reason: { code: "everybody" } },
    ]);
    const leaf = JSON.stringify(explain?.considered[0]?.reason["rule"]);
    expect(leaf).toContain("context.device");
    expect(leaf).toContain("desktop");
    expect(JSON.stringify(explain?.considered[1]?.reason["rule"])).toContain("productPageView");
  });

  it("shows what a chosen profile would see", async () => {
    const placement = unique("home");
    const special = await block(placement, { audiences: [await viewersOf("VASE")] });
    const anonymousId = await visitor(view("VASE"));
    const { profileId } = (await app.call("GET", `/v1/profiles/by/anonymous_id/${anonymousId}`)).body;
    expect((await decideOne({ placements: [placement], as: { profileId } }, server)).value?.name).toBe(special);
    const unknown = { placements: [placement], as: { profileId: "01900000-0000-7000-8000-000000000000" } };
    expect(await app.call("POST", "/v1/decide", unknown, server)).toMatchObject({
      status: 404,
      body: { error: { code: "decisions.unknownPreviewProfile" } },
    });
  });

  it("shows what members of chosen audiences would see, of a known visitor and of nobody", async () => {
    const placement = unique("home");
    const [yes, no] = [await viewersOf("SOFA"), await viewersOf("BED")];
    const special = await block(placement, { audiences: [yes] });
    const ask = async (audiences: string[], identity: object) =>
      (await decideOne({ identity, placements: [placement], as: { audiences } }, server)).value?.name;
    const anonymousId = await visitor(view("SOFA"));
    expect(await ask([yes], {})).toBe(special);
    expect(await ask([yes], { anonymousId: await visitor() })).toBe(special);
    expect(await ask([no], { anonymousId })).toBeUndefined();
    expect(await ask([], { anonymousId })).toBeUndefined();
  });

  it("shows a device that the rules ask for", async () => {
    const placement = unique("home");
    const mobile = await block(placement, {
      rule: { attribute: { path: "context.device", op: "eq", value: "mobile" } },
    });
    const ask = { placements: [placement], context: { device: "desktop" }, as: { device: "mobile" } };
    expect((await decideOne(ask, server)).value?.name).toBe(mobile);
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
      .poll(() => exposuresOf(placement), { timeout: 10_000 })
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

describe("who may be read from a browser", () => {
  const soon = () => Date.now() + 60_000;
  const token = (customerId: string, secret: string = demoCredentials.identitySecret, until = soon()) =>
    signAsShop(customerId, secret, until);

  async function shopOfCustomer(): Promise<{ customerId: string; email: string; placement: string; special: string }> {
    const customerId = unique("customer");
    const sku = unique("SECRET");
    const email = `${customerId}@example.org`;
    const placement = unique("home");
    const special = await block(placement, { priority: 1, audiences: [await viewersOf(sku)] });
    await block(placement);
    await app.sendFromServer([{ customerId, email, ...view(sku) }]);
    await app.settle();
    return { customerId, email, placement, special };
  }

  it("is nobody by customer id or e-mail alone", async () => {
    const { customerId, email, placement, special } = await shopOfCustomer();
    for (const identity of [{ customerId }, { email }, { customerId, email }]) {
      const decision = await decideOne({ identity, placements: [placement] });
      expect(decision.value?.name).not.toBe(special);
      expect(codes(decision)).toContain("no_identity");
    }
  });

  it("is nobody by profile id", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const { profileId } = (await app.call("GET", `/v1/profiles/by/user_id/${customerId}`)).body;
    expect((await decideOne({ identity: { profileId }, placements: [placement] })).value?.name).not.toBe(special);
    expect((await decideOne({ identity: { profileId }, placements: [placement] }, server)).value?.name).toBe(special);
  });

  it("is the customer whom a signed identity token names, whatever else is claimed", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const identityToken = token(customerId);
    const ask = { identity: { identityToken, customerId: "another" }, placements: [placement] };
    expect((await decideOne(ask)).value?.name).toBe(special);
    const answer = await app.call("POST", "/v1/decide", ask, browser);
    expect(answer.body).not.toHaveProperty("profileId");
  });

  it("is refused with a forged, foreign or expired token", async () => {
    const forged = token("c-1", "guessed");
    const expired = token("c-1", demoCredentials.identitySecret, Date.now() - 1_000);
    for (const identityToken of [forged, expired, "nonsense"]) {
      const answer = await app.call("POST", "/v1/decide", { identity: { identityToken }, placements: ["p"] }, browser);
      expect(answer).toMatchObject({ status: 401, body: { error: { code: "access.identityToken" } } });
    }
  });

  it("is any customer for a server token", async () => {
    const { customerId, email, placement, special } = await shopOfCustomer();
    for (const identity of [{ customerId }, { email: ` ${email.toUpperCase()} ` }]) {
      expect((await decideOne({ identity, placements: [placement] }, server)).value?.name).toBe(special);
    }
  });

  it("is not the customer to whom a device was tied by a mere claim", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const anonymousId = unique("attacker");
    await app.send([{ type: "signIn", anonymousId, customerId }]);
    await app.settle();
    const ask = { identity: { anonymousId }, placements: [placement] };
    const decision = await decideOne(ask);
    expect(decision.value?.name).not.toBe(special);
    expect(codes(decision)).toContain("identity_not_verified");
    expect(decision.reasons[0]?.code).toBe("everybody");
  });

  it("is the customer to whom a device was tied with an identity token", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const anonymousId = unique("phone");
    await app.send([{ type: "signIn", anonymousId, customerId }], { identityToken: token(customerId) });
    await app.settle();
    expect((await decideOne({ identity: { anonymousId }, placements: [placement] })).value?.name).toBe(special);
  });

  it("stays closed to events that ride along with a claim", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const anonymousId = unique("attacker");
    const events = [{ type: "signIn", anonymousId, customerId }];
    const ask = { identity: { anonymousId, customerId }, placements: [placement], events };
    expect((await decideOne(ask)).value?.name).not.toBe(special);
    await app.settle();
    expect((await decideOne(ask)).value?.name).not.toBe(special);
  });

  it("is not the former user of a shared device when the token names another customer", async () => {
    const { customerId, placement, special } = await shopOfCustomer();
    const anonymousId = unique("shared");
    await app.send([{ type: "signIn", anonymousId, customerId }], { identityToken: token(customerId) });
    await app.settle();
    const newcomer = unique("customer");
    const byToken = { identity: { anonymousId, identityToken: token(newcomer) }, placements: [placement] };
    expect((await decideOne(byToken)).value?.name).not.toBe(special);
    const byServer = { identity: { anonymousId, customerId: newcomer }, placements: [placement] };
    expect((await decideOne(byServer, server)).value?.name).not.toBe(special);
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
