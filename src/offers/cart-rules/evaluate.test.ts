import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { signAsShop } from "../../testing/sign-as-shop.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const nowMs = Date.parse("2026-03-10T12:00:00Z");
const clock = createFixedClock(nowMs);
let app: TestApp;
const usd = (minor: number) => ({ minor, currency: "USD" });
const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
const server = { authorization: `Bearer ${demoCredentials.token}` };
const bag = { id: "a", sku: "bag", qty: 2, unitPrice: usd(3_000) };
const ofBrand = (brand: string) => ({ attribute: { path: "product.brand", op: "eq", value: brand } });
const subtotalFrom = (minor: number) => ({ attribute: { path: "cart.subtotal", op: "gte", value: usd(minor) } });
// A store view for each subject, so that their rules do not meet.
const scopeOf = (storeView: string) => ({ storeViews: [storeView] });

async function publish(key: string, storeView: string, body: object): Promise<void> {
  const path = "/v1/definitions/cart-price-rule";
  const made = await app.call("POST", path, { key, name: key, scope: scopeOf(storeView), body });
  expect([made.status, made.body]).toEqual([201, expect.anything()]);
  const headers = { ...server, "if-match": String(made.headers["etag"]) };
  expect((await app.call("POST", `${path}/${key}/publish`, {}, headers)).status).toBe(200);
}

async function evaluate(storeView: string, cart: object, more: object = {}, headers: Record<string, string> = server) {
  const body = { storeView, cart: { currency: "USD", lines: [bag], ...cart }, ...more };
  return app.call("POST", "/v1/offers/evaluate", body, headers);
}

const percent = (value: string) => ({ type: "percent", percent: value });

beforeAll(async () => {
  app = await startTestApp({ clock });
  await app.call("PUT", "/v1/catalog/products", [
    { sku: "bag", name: "Bag", brand: "Acme", categories: ["gear/bags"], price: usd(3_000) },
    { sku: "mug", name: "Mug", brand: "Soft", categories: ["gear"], price: usd(900) },
  ]);
  await publish("acme-ten", "plain", {
    priority: 10,
    targets: ofBrand("Acme"),
    action: percent("10"),
    labels: { default: "Acme week", storeViews: { plain: "Acme-Woche" } },
    rewardPoints: 5,
  });
  await publish("wholesale-half", "groups", {
    priority: 1,
    customerGroups: ["Wholesale"],
    action: percent("50"),
  });
  await publish("guests", "groups", { priority: 2, customerGroups: ["not_logged_in"], action: percent("1") });
  const save = { type: "specific", code: "Save10" };
  await publish("save", "codes", {
    priority: 1,
    description: "Ten off",
    coupon: save,
    conditions: subtotalFrom(10_000),
    action: percent("10"),
  });
  await publish("loyal", "codes", {
    priority: 2,
    coupon: { type: "specific", code: "LOYAL" },
    conditions: { attribute: { path: "profile.orders_count", op: "gte", value: 3 } },
    action: percent("10"),
  });
  await publish("soon", "codes", {
    priority: 3,
    from: "2026-04-01",
    coupon: { type: "specific", code: "SOON" },
    action: percent("10"),
  });
  await publish("ship-free", "near", {
    priority: 1,
    conditions: subtotalFrom(7_500),
    freeShipping: "shipment",
    action: percent("0"),
  });
  await publish("three-bags", "near", {
    priority: 2,
    conditions: {
      items: { of: "cart", measure: "quantity", op: "gte", value: 3, where: ofBrand("Acme") },
    },
    action: percent("5"),
    labels: { default: "Three bags" },
  });
  await publish("eligible", "near", {
    priority: 3,
    targets: ofBrand("Soft"),
    conditions: { attribute: { path: "cart.eligible_qty", op: "gte", value: 2 } },
    action: percent("5"),
  });
  await publish("far", "near", {
    priority: 4,
    conditions: { all: [subtotalFrom(9_000), { attribute: { path: "cart.country", op: "eq", value: "DE" } }] },
    action: percent("5"),
  });
  await publish("gift", "gifts", { priority: 1, action: { type: "free_gift", sku: "mug", qty: 2 } });
}, 120_000);
afterAll(async () => app?.close());

describe("evaluation of a cart", () => {
  it("takes product facts from the catalog and prices from a server", async () => {
    const { status, body } = await evaluate("plain", { lines: [bag, { sku: "mug", unitPrice: usd(900) }] });
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        trusted: true,
        lines: {
          a: { discount: usd(600), byRule: { "acme-ten": usd(600) } },
          "2": { discount: usd(0), byRule: {} },
        },
        totals: expect.objectContaining({ subtotal: usd(6_900), itemDiscount: usd(600), total: usd(6_300) }),
        applied: ["acme-ten"],
        labels: [{ rule: "acme-ten", text: "Acme-Woche" }],
        rewardPoints: 5,
        effects: [
          { rule: "acme-ten", kind: "line_discount", target: "a", amount: usd(600) },
          { rule: "acme-ten", kind: "reward_points", target: "order", amount: 5 },
        ],
      }),
    ]);
  });

  it("calls the prices of a browser an estimate, and does not take its word for what a product is", async () => {
    const pretended = { ...bag, sku: "mug", attributes: { brand: "Acme" } };
    const fromBrowser = await evaluate("plain", { lines: [pretended] }, {}, browser);
    expect(fromBrowser).toMatchObject({ status: 200, body: { trusted: false, applied: [] } });
    const fromServer = await evaluate("plain", { lines: [pretended] });
    expect(fromServer).toMatchObject({ status: 200, body: { trusted: true, applied: ["acme-ten"] } });
  });

  it("counts quantities with decimals and prices below a cent exactly", async () => {
    const line = { id: "c", sku: "bag", qty: "2.5", unitPriceText: "0.333333" };
    const { body } = await evaluate("plain", { lines: [line] });
    // 2.5 × 33.3333 cents = 83.33325; a tenth of that is 8.333325
    expect(body).toMatchObject({ totals: { subtotal: usd(83) }, lines: { c: { discount: usd(8) } } });
  });

  it("answers the same twice, with the version of the rules", async () => {
    const [first, second] = [await evaluate("plain", {}), await evaluate("plain", {})];
    expect(second.body).toEqual(first.body);
    expect(first.body["version"]).toMatch(/^[0-9a-f]{16}$/);
  });

  it("works tax out when the cart says how it is taxed", async () => {
    const tax = { rate: "20", pricesIncludeTax: false, afterDiscount: true };
    const { body } = await evaluate("plain", { tax });
    expect(body).toMatchObject({ totals: { total: usd(5_400), tax: usd(1_080), totalInclTax: usd(6_480) } });
    const included = await evaluate("plain", { tax: { ...tax, pricesIncludeTax: true } });
    expect(included.body).toMatchObject({ totals: { total: usd(5_400), tax: usd(900), totalInclTax: usd(5_400) } });
  });

  it("names the gift that is still to be added", async () => {
    const without = await evaluate("gifts", {});
    expect(without.body).toMatchObject({ gifts: [{ rule: "gift", sku: "mug", qty: 2, add: 2 }] });
    const { body } = await evaluate("gifts", { lines: [bag, { id: "g", sku: "MUG", qty: 1, unitPrice: usd(900) }] });
    expect(body).toMatchObject({ gifts: [{ add: 1 }], lines: { g: { discount: usd(900) } } });
  });
});

describe("the customer group", () => {
  const token = (customerId: string) => signAsShop(customerId, demoCredentials.identitySecret, nowMs + 60_000);

  beforeAll(async () => {
    const properties = { traits: { group: "wholesale" } };
    await app.sendFromServer([{ type: "accountUpdated", customerId: "w-1", properties }]);
    await app.settle();
  });

  it("is that of the record for a customer whom a token proves", async () => {
    const { body } = await evaluate("groups", {}, { identity: { identityToken: token("w-1") } }, browser);
    expect(body).toMatchObject({ applied: ["wholesale-half"] });
  });

  it.each([
    ["a customer id", { identity: { customerId: "w-1" } }],
    ["a group", { customer: { id: "w-1", group: "wholesale" } }],
    ["a profile id", { identity: { profileId: "w-1" } }],
    ["nothing", {}],
  ])("is that of a guest for a browser that claims %s", async (_what, claim) => {
    expect((await evaluate("groups", {}, claim, browser)).body).toMatchObject({ applied: ["guests"] });
  });

  it("is what a server states, or what is known of the customer whom it names", async () => {
    const stated = await evaluate("groups", {}, { customer: { group: "WHOLESALE" } });
    expect(stated.body).toMatchObject({ applied: ["wholesale-half"] });
    const named = await evaluate("groups", {}, { identity: { customerId: "w-1" } });
    expect(named.body).toMatchObject({ applied: ["wholesale-half"] });
    const unknown = await evaluate("groups", {}, { identity: { customerId: "somebody-new" } });
    expect(unknown.body).toMatchObject({ applied: [] });
  });
});

describe("coupon codes", () => {
  it("bring their rule, whatever their case and blanks", async () => {
    const { body } = await evaluate("codes", { lines: [{ ...bag, qty: 4 }], couponCodes: [" sAVE10 "] });
    expect(body).toMatchObject({
      applied: ["save"],
      coupons: { " sAVE10 ": { status: "applied", rule: "save" } },
      labels: [{ rule: "save", text: "Ten off" }],
    });
  });

  it("are rejected with the reason, and the condition that did not hold", async () => {
    const { body } = await evaluate("codes", { couponCodes: ["SAVE10", "NOPE", "SOON"] });
    expect(body["coupons"]).toEqual({
      SAVE10: {
        status: "rejected",
        reason: "conditions_not_met",
        rule: "save",
        detail: expect.objectContaining({ path: "cart.subtotal", value: usd(10_000), observed: usd(6_000) }),
      },
      NOPE: { status: "rejected", reason: "unknown_code" },
      SOON: { status: "rejected", reason: "not_started", rule: "soon" },
    });
    const later = await evaluate("codes", { couponCodes: ["SOON"] }, { asOf: "2026-04-01T00:00:00Z" });
    expect(later.body).toMatchObject({ coupons: { SOON: { status: "applied" } } });
  });

  it("do not tell a browser what conditions saw of the customer", async () => {
    const ask = { couponCodes: ["LOYAL"] };
    const fromServer = await evaluate("codes", ask);
    expect(fromServer.body).toMatchObject({ coupons: { LOYAL: { detail: { path: "profile.orders_count" } } } });
    const fromBrowser = await evaluate("codes", ask, {}, browser);
    expect(fromBrowser.body["coupons"]).toEqual({
      LOYAL: { status: "rejected", reason: "conditions_not_met", rule: "loyal" },
    });
  });

  it("count once when entered twice, and no more than the limit of a cart", async () => {
    const codes = ["SAVE10", "save10", "B", "C", "D", "E", "F"];
    const { body } = await evaluate("codes", { lines: [{ ...bag, qty: 4 }], couponCodes: codes });
    expect(body).toMatchObject({
      totals: { itemDiscount: usd(1_200) },
      coupons: { SAVE10: { status: "applied" }, save10: { status: "applied" }, F: { reason: "not_combinable" } },
    });
  });

  it("are used up by orders that reserved them, not by evaluation", async () => {
    const coupon = { type: "specific", code: "ONCE", usesPerCoupon: 1 };
    await publish("once", "codes", { priority: 9, coupon, action: percent("10") });
    const look = async () => (await evaluate("codes", { couponCodes: ["once"] })).body["coupons"];
    expect(await look()).toEqual({ once: { status: "applied", rule: "once" } });
    expect(await look()).toEqual({ once: { status: "applied", rule: "once" } });
    const reserved = await app.call("POST", "/v1/coupons/reserve", { orderId: "o-1", uses: [{ code: "ONCE" }] });
    expect(reserved.status).toBe(200);
    expect(await look()).toEqual({ once: { status: "rejected", reason: "usage_limit_reached", rule: "once" } });
    await app.call("POST", "/v1/coupons/release", { orderId: "o-1" });
    expect(await look()).toEqual({ once: { status: "applied", rule: "once" } });
  });

  it("cannot be tried without end from a browser", async () => {
    const identity = { anonymousId: "guesser" };
    const tried: number[] = [];
    for (let at = 0; at < 15; at += 1) {
      const { status } = await evaluate("codes", { couponCodes: [`GUESS${at}`] }, { identity }, browser);
      tried.push(status);
    }
    expect(tried[0]).toBe(200);
    expect(tried.at(-1)).toBe(429);
    expect((await evaluate("codes", { couponCodes: ["GUESS"] })).status).toBe(200);
  });
});

describe("rules that nearly hold", () => {
  it("are told with what is missing, where it is one amount or quantity", async () => {
    const { body } = await evaluate("near", {});
    expect(body["nearMisses"]).toEqual([
      {
        rule: "ship-free",
        missing: { attribute: "cart.subtotal", op: "gte", need: usd(7_500), have: usd(6_000), lacks: usd(1_500) },
      },
      {
        rule: "three-bags",
        label: "Three bags",
        missing: { attribute: "items.quantity", op: "gte", need: 3, have: 2, lacks: 1 },
      },
      { rule: "eligible", missing: { attribute: "cart.eligible_qty", op: "gte", need: 2, have: 0, lacks: 2 } },
    ]);
  });

  it("are none any more once they hold", async () => {
    const shipping = { rate: usd(500), country: "US" };
    const { body } = await evaluate("near", {
      shipping,
      lines: [
        { ...bag, qty: 3 },
        { sku: "mug", qty: 2, unitPrice: usd(10) },
      ],
    });
    expect(body).toMatchObject({
      applied: ["ship-free", "three-bags", "eligible"],
      nearMisses: [],
      shipping: { amount: usd(0), free: "shipment" },
    });
    expect(body["effects"]).toContainEqual({
      rule: "ship-free",
      kind: "free_shipping",
      target: "shipment",
      amount: usd(0),
    });
  });
});

describe("a preview", () => {
  it("explains each rule and each line to a token with read, and to nobody else", async () => {
    const { body } = await evaluate("near", {}, { explain: true });
    expect(body["explain"]).toContainEqual(
      expect.objectContaining({
        rule: "far",
        outcome: "conditions_not_met",
        conditions: expect.objectContaining({ node: "all", truth: false }),
        lines: [{ line: "a", verdict: "reached", why: null }],
      }),
    );
    for (const more of [{ explain: true }, { asOf: "2026-04-01T00:00:00Z" }]) {
      const refused = await evaluate("near", {}, more, browser);
      expect(refused).toMatchObject({ status: 403, body: { error: { code: "offers.previewNotAllowed" } } });
    }
  });
});

describe("a cart from outside", () => {
  it("keeps names that are scripts or __proto__ as they are", async () => {
    const id = "<script>alert(1)</script>";
    const raw = JSON.stringify({
      storeView: "plain",
      cart: {
        currency: "USD",
        lines: [
          { ...bag, id },
          { ...bag, id: "__proto__" },
        ],
        couponCodes: ["__proto__", "constructor"],
      },
    });
    const { status, body } = await app.call("POST", "/v1/offers/evaluate", raw);
    expect(status).toBe(200);
    expect(Object.keys(body["lines"] as object)).toEqual([id, "__proto__"]);
    expect(Object.keys(body["coupons"] as object)).toEqual(["__proto__", "constructor"]);
    expect(({} as Record<string, unknown>)["discount"]).toBeUndefined();
  });

  it.each([
    [
      "another currency",
      { lines: [{ ...bag, unitPrice: { minor: 1, currency: "EUR" } }] },
      "/cart/lines/0/unitPrice/currency",
    ],
    ["no price", { lines: [{ sku: "bag" }] }, "/cart/lines/0/unitPrice"],
    ["no quantity", { lines: [{ ...bag, qty: 0 }] }, "/cart/lines/0/qty"],
    ["a quantity that is no number", { lines: [{ ...bag, qty: "1e9" }] }, "/cart/lines/0/qty"],
    ["a quantity without end", { lines: [{ ...bag, qty: 1e300 }] }, "/cart/lines/0/qty"],
    ["two lines of one id", { lines: [bag, bag] }, "/cart/lines/1"],
    [
      "a tax that is no number",
      { tax: { rate: "NaN", pricesIncludeTax: true, afterDiscount: true } },
      "/cart/tax/rate",
    ],
  ])("is refused with %s", async (_what, cart, path) => {
    const { status, body } = await evaluate("plain", cart);
    expect([status, body]).toEqual([
      422,
      { error: expect.objectContaining({ code: "offers.badCart", details: [expect.objectContaining({ path })] }) },
    ]);
  });

  it.each([
    ["too many lines", { lines: Array.from({ length: 201 }, (_, at) => ({ ...bag, id: `l${at}` })) }],
    ["too many codes", { couponCodes: Array.from({ length: 21 }, (_, at) => `C${at}`) }],
    ["a price that is no integer", { lines: [{ ...bag, unitPrice: usd(1.5) }] }],
    ["a huge price", { lines: [{ ...bag, unitPrice: usd(1e15) }] }],
    ["no currency", { currency: "dollars" }],
  ])("is refused as a bad request with %s", async (_what, cart) => {
    expect((await evaluate("plain", cart)).status).toBe(400);
  });

  it("is refused when it comes to more than can be computed exactly", async () => {
    const lines = [{ ...bag, qty: 1_000_000, unitPrice: usd(100_000_000_000) }];
    expect(await evaluate("plain", { lines })).toMatchObject({
      status: 422,
      body: { error: { code: "offers.amountTooLarge" } },
    });
  });
});

describe("the audiences of the shopper", () => {
  it("are those that the product knows, and those that a server states", async () => {
    const body = { rule: { attribute: { path: "profile.group", op: "eq", value: "vip" } } };
    await app.publish("audience", "vips", body);
    await publish("for-vips", "audiences", {
      priority: 1,
      conditions: { audience: { id: "vips" } },
      action: percent("20"),
    });
    const known = { type: "accountUpdated", customerId: "v-1", properties: { traits: { group: "vip" } } };
    await app.sendFromServer([known]);
    await app.settle();
    const appliedFor = async (more: object, headers?: Record<string, string>) =>
      (await evaluate("audiences", {}, more, headers)).body["applied"];
    expect(await appliedFor({ identity: { customerId: "v-1" } })).toEqual(["for-vips"]);
    expect(await appliedFor({ customer: { audiences: ["vips"] } })).toEqual(["for-vips"]);
    expect(await appliedFor({ customer: { audiences: ["others"] } })).toEqual([]);
    expect(await appliedFor({ customer: { audiences: ["vips"] } }, browser)).toEqual([]);
    expect(await appliedFor({ identity: { customerId: "v-1" } }, browser)).toEqual([]);
  });
});

describe("blocks and clients that ask which rules a cart has", () => {
  it("get the rules that fire for the open cart of somebody", async () => {
    const cart = {
      cartId: null,
      updatedAt: nowMs,
      items: [{ sku: "bag", qty: 3, unitPrice: usd(3_000), lineTotal: usd(9_000) }],
    };
    const firing = app.offers.rulesThatFire({ profile: null, cart, storeView: "near", nowMs });
    expect(firing.applied).toEqual(["ship-free", "three-bags"]);
    expect(firing.nearMisses).toEqual([
      { rule: "eligible", missing: { attribute: "cart.eligible_qty", op: "gte", need: 2, have: 0, lacks: 2 } },
    ]);
    const endless = { ...cart, items: [{ sku: "bag", qty: 9e11, lineTotal: usd(9e15), unitPrice: usd(9e11) }] };
    const none = app.offers.rulesThatFire({ profile: null, cart: endless, storeView: "near", nowMs });
    expect(none).toEqual({ applied: [], nearMisses: [] });
    const empty = app.offers.rulesThatFire({ profile: null, cart: null, storeView: "gifts", nowMs });
    expect(empty.applied).toEqual([]);
  });
});
