import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decisionCalls, server, unique } from "../../testing/decision-calls.ts";
import { display, ids, offerCalls, removedBy, strategy } from "../../testing/offer-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
const { visitor, viewersOf } = decisionCalls(() => app);
const { ask, askOne, place, offer, collection, policy } = offerCalls(() => app);

describe("an offer policy", () => {
  it("shows the highest priority, then the newest", async () => {
    const at = await place();
    const low = await offer(at, { priority: 5 });
    const older = await offer(at, { priority: 20 });
    const newer = await offer(at, { priority: 20 });
    await policy(at, [strategy("all", await collection(low, older, newer))], { wanted: 3 });
    const answer = await askOne(at);
    expect(answer).toMatchObject({ kind: "offers", value: { propositionId: answer.decisionId } });
    expect(ids(answer)).toEqual([newer, older, low]);
    expect(answer.value?.items[0]).toMatchObject({
      strategy: "all",
      score: 20,
      representation: { contentType: "html" },
    });
  });

  it("serves strategies in order until enough is there, no offer twice, not even across placements", async () => {
    const [first, second] = [await place(), await place()];
    const [a, b, c] = [await offer([first, second], { priority: 1 }), await offer([first, second]), await offer(first)];
    const one = await collection(a);
    await policy(first, [strategy("one", one), strategy("two", await collection(a, b, c))], { wanted: 2 });
    await policy(second, [strategy("two", await collection(a, b))], { wanted: 2 });
    const answers = await ask({ placements: [first, second] });
    expect(ids(answers[0]!)).toEqual([a, c]);
    expect(ids(answers[1]!)).toEqual([b]);
  });

  it("leaves out what the caller has on the page, and says so", async () => {
    const at = await place();
    const [a, b] = [await offer(at, { priority: 50 }), await offer(at)];
    await policy(at, [strategy("all", await collection(a, b))]);
    const answer = await askOne(at, undefined, { exclude: [a], explain: true }, server);
    expect(ids(answer)).toEqual([b]);
    expect(removedBy(answer)).toEqual({ [a]: "excluded", [b]: "chosen" });
    // The only offer of an answer stands where clients look that know one content a placement.
    expect(answer.value).toMatchObject({ html: `<p>${b}</p>`, offerId: b });
  });

  it("fills up with the fallback once, marked as such", async () => {
    const at = await place();
    const a = await offer(at);
    const fallback = await offer(at, { fallback: true });
    const body = { wanted: 3, fallback, emptyAllowed: false };
    await policy(at, [strategy("all", await collection(a))], body);
    const answer = await askOne(at);
    expect(ids(answer)).toEqual([a, fallback]);
    expect(answer.value?.items[1]).toMatchObject({ fallback: true, strategy: "fallback" });
    expect(answer.reasons.map(({ code }) => code)).toContain("fallback");
    const alone = await askOne(at, undefined, { exclude: [a, fallback] });
    expect(ids(alone)).toEqual([fallback]);
  });

  it("gives way to what else is at the placement when nothing may be shown and that is allowed", async () => {
    const at = await place();
    const rule = { attribute: { path: "context.device", op: "eq", value: "mobile" } };
    await policy(at, [strategy("all", await collection(await offer(at, { rule })))]);
    expect((await askOne(at)).kind).toBeNull();
    expect((await askOne(at, undefined, { context: { device: "mobile" } })).kind).toBe("offers");
  });

  it("tells what removed each offer: audience, rule, representation, consent", async () => {
    const [at, other] = [await place(), await place()];
    const audience = await viewersOf(unique("HAT"));
    const rule = { attribute: { path: "context.device", op: "eq", value: "mobile" } };
    const out = {
      audience: await offer(at, { audiences: [audience] }),
      rule: await offer(at, { rule }),
      representation: await offer(other),
      consent: await offer(at, { consent: "marketing" }),
    };
    const stays = await offer(at);
    await policy(at, [strategy("all", await collection(...Object.values(out), stays))]);
    const answer = await askOne(at, undefined, { explain: true }, server);
    expect(removedBy(answer)).toEqual({
      ...Object.fromEntries(Object.entries(out).map(([why, key]) => [key, why])),
      [stays]: "chosen",
    });
  });

  it("needs one of the audiences or all, as the offer says", async () => {
    const at = await place();
    const [skuA, skuB] = [unique("CAP"), unique("BAG")];
    const audiences = [await viewersOf(skuA), await viewersOf(skuB)];
    const both = await offer(at, { priority: 30, audiences, audienceMatch: "all" });
    const any = await offer(at, { priority: 20, audiences });
    await policy(at, [strategy("all", await collection(both, any))]);
    const view = (sku: string) => ({ type: "productPageView", properties: { sku } });
    expect(ids(await askOne(at, await visitor(view(skuA))))).toEqual([any]);
    expect(ids(await askOne(at, await visitor(view(skuA), view(skuB))))).toEqual([both]);
    expect(ids(await askOne(at, await visitor()))).toEqual([]);
  });

  it("ranks by a formula over the offer, the visitor and the context", async () => {
    const at = await place();
    const hats = await offer(at, { priority: 1, attributes: { category: "hats", margin: 0.2 } });
    const bags = await offer(at, { priority: 5, attributes: { category: "bags", margin: 0.4 }, tags: ["new"] });
    const formula = "item.attributes.category == context.topic ? item.priority * 100 : item.attributes.margin";
    await policy(at, [strategy("all", await collection(hats, bags), { ranking: { method: "formula", formula } })], {
      wanted: 2,
    });
    const hat = await askOne(at, undefined, { context: { topic: "hats" } });
    expect(hat.value?.items.map(({ id, score }) => [id, score])).toEqual([
      [hats, 100],
      [bags, 0.4],
    ]);
    expect(ids(await askOne(at))).toEqual([bags, hats]);
  });

  it("collects offers by tags and attributes", async () => {
    const at = await place();
    const tag = unique("tag");
    const a = await offer(at, { tags: [tag], attributes: { season: "winter" } });
    await offer(at, { tags: [tag] });
    await offer(at, { attributes: { season: "winter" } });
    const key = unique("collection");
    await app.publish("offer-collection", key, {
      tags: { all: [tag] },
      attributes: [{ name: "season", value: "winter" }],
    });
    await policy(at, [strategy("all", key)], { wanted: 5 });
    expect(ids(await askOne(at))).toEqual([a]);
  });

  it("shows an offer of a cart price rule only while the rule is in use", async () => {
    const at = await place();
    const body = { priority: 1, audiences: [], representations: [{ placement: at, html: "<p>x</p>" }] };
    const answer = await app.call("POST", "/v1/definitions/offer", {
      ...{ key: unique("offer"), name: "linked", body: { ...body, cartRule: { key: "no-such-rule" } } },
    });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain("/body/cartRule/key");
    const rule = unique("rule");
    const conditions = { attribute: { path: "cart.total_qty", op: "gte", value: 3 } };
    await app.publish("cart-price-rule", rule, {
      ...{ priority: 1, coupon: { type: "none" }, conditions },
      action: { type: "percent", percent: "10" },
    });
    const whenLive = await offer(at, { priority: 10, cartRule: { key: rule } });
    const whenApplies = await offer(at, { priority: 20, cartRule: { key: rule, when: "applies" } });
    const lacksAtMost = { quantity: 1 };
    const whenNear = await offer(at, { priority: 30, cartRule: { key: rule, when: "near", lacksAtMost } });
    await policy(at, [strategy("all", await collection(whenLive, whenApplies, whenNear))]);
    const cart = (qty: number) => ({
      cart: { items: [{ sku: "A", qty, unitPrice: { minor: 1_000, currency: "USD" } }] },
    });
    expect(ids(await askOne(at, undefined, cart(1)))).toEqual([whenLive]);
    expect(ids(await askOne(at, undefined, cart(2)))).toEqual([whenNear]);
    expect(ids(await askOne(at, undefined, cart(3)))).toEqual([whenApplies]);
    const read = await app.call("GET", `/v1/definitions/cart-price-rule/${rule}`);
    const headers = { ...server, "if-match": String(read.headers["etag"]) };
    expect(await app.call("POST", `/v1/definitions/cart-price-rule/${rule}/pause`, {}, headers)).toMatchObject({
      status: 200,
    });
    const explained = await askOne(at, undefined, { ...cart(3), explain: true }, server);
    expect(removedBy(explained)).toEqual({
      [whenLive]: "cart_rule",
      [whenApplies]: "cart_rule",
      [whenNear]: "cart_rule",
    });
  });
});

describe("a cap", () => {
  it("on decisions counts at once, for each visitor by themselves", async () => {
    const at = await place();
    const a = await offer(at, { priority: 50, caps: [{ counted: "decision", limit: 2, per: "profile" }] });
    const b = await offer(at);
    await policy(at, [strategy("all", await collection(a, b))]);
    const [one, two] = [await visitor(), await visitor()];
    const seen = [];
    for (let call = 0; call < 3; call += 1) seen.push(ids(await askOne(at, one))[0]);
    expect(seen).toEqual([a, a, b]);
    expect(ids(await askOne(at, two))).toEqual([a]);
    // Also for somebody of whom nothing but the device is known.
    const nobody = unique("nobody");
    const own = [];
    for (let call = 0; call < 3; call += 1) own.push(ids(await askOne(at, nobody))[0]);
    expect(own).toEqual([a, a, b]);
    // Written, it holds all the same.
    await app.offerDecisions.refreshCounts();
    expect(ids(await askOne(at, one))).toEqual([b]);
    const explained = await askOne(at, one, { explain: true }, server);
    expect(removedBy(explained)).toEqual({ [a]: "cap", [b]: "chosen" });
  });

  it("on impressions counts events, once each, for everybody together", async () => {
    const at = await place();
    const a = await offer(at, { priority: 50, caps: [{ counted: "impression", limit: 2, per: "total" }] });
    const b = await offer(at);
    await policy(at, [strategy("all", await collection(a, b))]);
    await app.offerDecisions.refreshCounts();
    const event = { messageId: unique("m"), ...display((await askOne(at)).decisionId, a, at) };
    await visitor(event);
    await visitor({ ...event });
    await app.offerDecisions.refreshCounts();
    expect(ids(await askOne(at))).toEqual([a]);
    // An event that names only its decision is about what that showed.
    const { decisionId } = await askOne(at);
    await visitor({ type: "propositionDisplay", properties: { decisionId } });
    await app.offerDecisions.refreshCounts();
    expect(ids(await askOne(at))).toEqual([b]);
  });

  it("on clicks at each placement leaves the other placements alone", async () => {
    const [first, second] = [await place(), await place()];
    const caps = [
      { counted: "click", limit: 1, per: "profile", placements: "each", period: { every: 1, unit: "day" } },
    ];
    const a = await offer([first, second], { priority: 50, caps });
    const all = await collection(a);
    await policy(first, [strategy("all", all)]);
    await policy(second, [strategy("all", all)]);
    const who = await visitor();
    const { decisionId } = await askOne(first, who);
    await app.send([
      { anonymousId: who, ...display(decisionId, a, first), type: "propositionInteract" },
      { anonymousId: who, type: "propositionInteract", properties: { decisionId: "elsewhere", offerId: "nothing" } },
    ]);
    await app.settle();
    expect(ids(await askOne(first, who))).toEqual([]);
    expect(ids(await askOne(second, who))).toEqual([a]);
  });

  it("on an event of the shop counts those its rule holds for", async () => {
    const at = await place();
    const rule = { attribute: { path: "event.properties.coupon", op: "eq", value: "WELCOME" } };
    const caps = [{ counted: "custom", event: "couponShown", rule, limit: 1, per: "profile" }];
    const a = await offer(at, { caps });
    await policy(at, [strategy("all", await collection(a))]);
    const who = await visitor({ type: "couponShown", properties: { coupon: "OTHER" } });
    expect(ids(await askOne(at, who))).toEqual([a]);
    await app.send([{ anonymousId: who, type: "couponShown", properties: { coupon: "WELCOME" } }]);
    await app.settle();
    expect(ids(await askOne(at, who))).toEqual([]);
  });

  it("counts for who the visitor turns out to be: counters of merged profiles add up", async () => {
    const at = await place();
    const a = await offer(at, { caps: [{ counted: "impression", limit: 4, per: "profile" }] });
    await policy(at, [strategy("all", await collection(a))]);
    const email = `${unique("person")}@example.com`;
    const [phone, laptop] = [unique("phone"), unique("laptop")];
    for (const device of [phone, laptop]) {
      await app.send([1, 2].map(() => ({ anonymousId: device, ...display("d", a, at) })));
      await app.settle();
      expect(ids(await askOne(at, device))).toEqual([a]);
    }
    const signIn = (anonymousId: string) => ({ anonymousId, customerId: email, type: "signIn" });
    await app.sendFromServer([signIn(phone)]);
    await app.settle();
    await app.sendFromServer([signIn(laptop)]);
    await app.settle();
    const asked = { identity: { customerId: email }, placements: [at] };
    const [answer] = await ask(asked, server);
    expect(ids(answer!)).toEqual([]);
  });
});

describe("definitions of offers", () => {
  const faultsOf = async (kind: string, body: object) => {
    const answer = await app.call("POST", `/v1/definitions/${kind}`, { key: unique("bad"), name: "bad", body });
    expect(answer.status).toBe(422);
    const { error } = answer.body as { error: { details: { path: string; code: string }[] } };
    return error.details.map(({ path, code }) => `${path} ${code}`);
  };

  it("are refused with every fault and its field", async () => {
    const at = await place();
    const faults = await faultsOf("offer", {
      priority: 1,
      audiences: ["no-such-audience"],
      rule: { attribute: { path: "profile.nonsense..", op: "eq", value: 1 } },
      representations: [{ placement: at, link: "javascript:alert(1)" }],
      attributes: { long: "x".repeat(500), longer: "y".repeat(499), more: "z".repeat(100) },
      caps: [{ counted: "custom", limit: 1, per: "total", placements: "each" }],
      fallback: true,
      tags: ["a", "a"],
    });
    for (const path of [
      "/body/rule",
      "/body/representations/0 offers.contentType",
      "/body/representations/0/link offers.link",
      "/body/attributes offers.tooLarge",
      "/body/caps/0/event missing",
      "/body/caps/0/placements notUsed",
      "/body/audiences offers.fallback",
      "/body/caps offers.fallback",
      "/body/tags/1 repeated",
      "/body/audiences/0 unknownReference",
    ])
      expect(
        faults.some((fault) => fault.startsWith(path)),
        `${path} in ${faults.join("; ")}`,
      ).toBe(true);
    expect(
      await faultsOf("offer", {
        priority: 1,
        audiences: [],
        representations: [{ placement: at, html: "<script>x</script>" }],
      }),
    ).toEqual(["/body/representations/0/html offers.empty"]);
    expect(await faultsOf("offer-collection", {})).toEqual(["/body missing"]);
    expect((await faultsOf("offer-placement", { placement: at, channel: "web", contentType: "html" }))[0]).toContain(
      "offers.placementTaken",
    );
  });

  it("of policies too", async () => {
    const at = await place();
    const all = await collection(await offer(at));
    const entries = [
      strategy("same", all, { ranking: { method: "formula", formula: "item.nonsense + 1" } }),
      strategy("same", all, { ranking: { method: "formula", formula: "model.score * constructor()" } }),
    ];
    const faults = await faultsOf("offer-policy", { placements: [at], priority: 1, audiences: [], wanted: 1, entries });
    expect(faults).toEqual([
      "/body/entries/0/ranking/formula offers.badFormula",
      "/body/entries/1/ranking/formula offers.badFormula",
      "/body/entries/1/name repeated",
      "/body/fallback missing",
    ]);
  });

  it("know who uses them", async () => {
    const at = await place();
    const a = await offer(at);
    await collection(a);
    const answer = await app.call("GET", `/v1/definitions/offer/${a}/used-by`);
    expect(JSON.stringify(answer.body)).toContain("offer-collection");
  });
});
