// What a browser may say of itself, its prices and its orders, and what comes of it. Over HTTP on the running product.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { signAsShop } from "../sign-as-shop.ts";
import { aLine, aRule, discountOf, errorOf, startVictim, usd, type Victim } from "./victim.ts";

let shop: Victim;
beforeAll(async () => {
  shop = await startVictim();
  await shop.publish("audience", "customers", {
    rule: { attribute: { path: "profile.is_registered", op: "is_true" } },
  });
  await shop.publish("cart-price-rule", "for-customers", aRule({ conditions: { audience: { id: "customers" } } }));
  await shop.publish("audience", "staff", {
    rule: { attribute: { path: "profile.first_name", op: "eq", value: "Staff" } },
  });
  const half = { action: { type: "percent", percent: "50" }, conditions: { audience: { id: "staff" } } };
  await shop.publish("cart-price-rule", "for-staff", aRule(half));
  await shop.publish("cart-price-rule", "wholesale", aRule({ customerGroups: ["wholesale"], priority: 1 }));
  const brand = { attribute: { path: "product.brand", op: "eq", value: "Rare" } };
  await shop.publish("cart-price-rule", "rare", aRule({ targets: brand, priority: 2 }));
  await shop.publish(
    "cart-price-rule",
    "once",
    aRule({ coupon: { type: "specific", code: "ONCE" }, usesPerCustomer: 1 }),
  );
  const block = { placement: "vip", priority: 1, audiences: ["customers"], html: "<p>for customers</p>" };
  await shop.publish("block", "vip", block);
  await shop.publish("block", "staff", { ...block, placement: "staff", audiences: ["staff"] });
  const member = [{ type: "signIn", customerId: "c-1", anonymousId: "device-1" }];
  const traits = { traits: { group: "wholesale" } };
  const account = [{ type: "accountCreated", customerId: "c-1", properties: traits }];
  expect((await shop.send("POST", "/v1/events", { body: { events: member } })).status).toBe(200);
  expect((await shop.send("POST", "/v1/events", { body: { events: account }, headers: shop.token })).status).toBe(200);
  const groupOf = async () => discountOf(await shop.evaluate({}, { identity: { customerId: "c-1" } }, shop.token));
  // Both rules for the customer, one after the other: 10 % and 10 % of the rest.
  await vi.waitUntil(async () => (await groupOf()) === 1_900, { timeout: 60_000, interval: 100 });
}, 180_000);
afterAll(() => shop?.stop());

const tokenOf = (secret: string, customerId = "c-1") => signAsShop(customerId, secret, Date.now() + 60_000);
const blockFor = async (identity: object, headers: Record<string, string> = {}, placement = "vip") => {
  const answer = await shop.send("POST", "/v1/decide", {
    body: { identity, placements: [placement] },
    headers: { ...shop.browser, ...headers },
  });
  expect(answer.status).toBe(200);
  return (answer.body["decisions"] as { value: { html: string } | null }[])[0]?.value?.html ?? null;
};

describe("the audiences that a browser claims", () => {
  it("give no discount and no block, in whatever header or cookie they come", async () => {
    const signed = await shop.send("POST", "/v1/audiences/signed", {
      body: { identity: { anonymousId: "device-1", identityToken: tokenOf(shop.secret) } },
    });
    const value = String(signed.body["value"]);
    const [, signature = ""] = value.split(",");
    expect(signature).not.toBe("");
    const device = { anonymousId: "device-1" };
    // The control: what the server signed itself opens the block and the rule for its visitor.
    expect(await blockFor(device, { "aep-segments-membership": value })).toBe("<p>for customers</p>");
    const real = await shop.evaluate({}, { identity: device }, { ...shop.browser, "aep-segments-membership": value });
    expect(discountOf(real)).toBe(1_000);
    const flipped = `${value.slice(0, -1)}${value.endsWith("A") ? "B" : "A"}`;
    const claims = [
      "customers",
      "customers,customers",
      flipped,
      `staff,${signature}`,
      `customers,staff,${signature}`,
      "",
    ];
    for (const claim of claims)
      for (const headers of [
        { "aep-segments-membership": claim },
        { cookie: `aep-segments-membership=${encodeURIComponent(claim)}` },
      ]) {
        expect(await blockFor(device, headers), claim).toBeNull();
        const cart = await shop.evaluate({}, { identity: device }, { ...shop.browser, ...headers });
        expect([cart.status, discountOf(cart)], claim).toEqual([200, 0]);
      }
    // What stands beside the signed list is not covered by it.
    expect(await blockFor(device, { "aep-segments-membership": `staff,${value},staff` }, "staff")).toBeNull();
    const beside = { ...shop.browser, "aep-segments-membership": `staff,${value},staff` };
    expect(discountOf(await shop.evaluate({}, { identity: device }, beside))).toBe(1_000);
    expect(discountOf(await shop.evaluate({}, { customer: { audiences: ["staff"] } }, shop.token))).toBe(5_000);
    // The list of somebody else.
    expect(await blockFor({ anonymousId: "device-2" }, { "aep-segments-membership": value })).toBeNull();
  });

  it("count when a server states them, not when a browser does", async () => {
    const customer = { audiences: ["customers"] };
    expect(discountOf(await shop.evaluate({}, { customer }, shop.token))).toBe(1_000);
    expect(discountOf(await shop.evaluate({}, { customer }))).toBe(0);
  });
});

describe("the customer that a browser claims to be", () => {
  it("gives no group and no price of that customer without a proof", async () => {
    const identityToken = tokenOf(shop.secret);
    expect(discountOf(await shop.evaluate({}, { identity: { identityToken } }))).toBe(1_900);
    for (const claim of [
      { identity: { customerId: "c-1" } },
      { customer: { id: "c-1" } },
      { customer: { group: "wholesale" } },
      { identity: { customerId: "c-1" }, customer: { id: "c-1", group: "wholesale", audiences: ["customers"] } },
      { identity: { email: "c-1@example.com", customerId: "c-1" } },
    ]) {
      const answer = await shop.evaluate({}, claim);
      expect([answer.status, discountOf(answer)], JSON.stringify(claim)).toEqual([200, 0]);
    }
  });

  it("is not proven by the secret of another shop, a changed token, or none at all", async () => {
    const good = tokenOf(shop.secret);
    const [payload = "", signature = ""] = good.split(".");
    const forged = Buffer.from(JSON.stringify({ sub: "c-2", exp: 9_999_999_999 })).toString("base64url");
    const bad = [tokenOf(shop.otherSecret), tokenOf(""), `${forged}.${signature}`, `${payload}.`, `${payload}.x`];
    for (const identityToken of bad) {
      const answer = await shop.evaluate({}, { identity: { identityToken } });
      expect([answer.status >= 400, errorOf(answer)], identityToken).toEqual([true, "access.identityToken"]);
    }
    // Nor does a token of this shop prove anything to the key of the other.
    const answer = await shop.evaluate({}, { identity: { identityToken: good } }, shop.elsewhere);
    expect(errorOf(answer)).toBe("access.identityToken");
    const own = tokenOf(shop.otherSecret);
    expect((await shop.evaluate({}, { identity: { identityToken: own } }, shop.elsewhere)).status).toBe(200);
  });
});

describe("the cart that a browser states", () => {
  it("is marked untrusted, and what it says of products does not reach a rule", async () => {
    const lines = [aLine({ attributes: { brand: "Rare" } })];
    const trusted = await shop.evaluate({ lines }, {}, shop.token);
    expect([trusted.body["trusted"], discountOf(trusted)]).toEqual([true, 1_000]);
    const claimed = await shop.evaluate({ lines });
    expect([claimed.body["trusted"], discountOf(claimed)]).toEqual([false, 0]);
  });

  it("leaves nothing behind: the server's own evaluation and reservation go by what the server says", async () => {
    const before = (await shop.evaluate({ couponCodes: ["ONCE"] }, {}, shop.token)).text;
    const cheap = [aLine({ unitPrice: usd(1) })];
    for (let n = 0; n < 5; n += 1)
      expect((await shop.evaluate({ lines: cheap, cartId: "cart-1", couponCodes: ["ONCE"] })).body["trusted"]).toBe(
        false,
      );
    expect((await shop.evaluate({ couponCodes: ["ONCE"] }, {}, shop.token)).text).toBe(before);
  });

  it("shows neither an explanation, nor a day that is to come, nor a draft", async () => {
    const draft = { key: "mine", name: "Mine", body: aRule() };
    for (const more of [{ explain: true }, { asOf: "2030-01-01T00:00:00Z" }, { draft }]) {
      const answer = await shop.evaluate({}, more);
      expect([answer.status, errorOf(answer)]).toEqual([403, "offers.previewNotAllowed"]);
      expect((await shop.evaluate({}, more, shop.token)).status).toBe(200);
    }
  });
});

describe("uses of coupons", () => {
  const calls = [
    ["POST", "/v1/coupons/reserve", { orderId: "thief-1", uses: [{ code: "ONCE" }] }],
    ["POST", "/v1/coupons/redeem", { orderId: "thief-1", uses: [{ code: "ONCE" }] }],
    ["POST", "/v1/coupons/release", { orderId: "order-1" }],
    ["GET", "/v1/coupon-pools", undefined],
    ["POST", "/v1/coupon-pools", { ruleKey: "once", name: "Mine" }],
    ["GET", "/v1/coupons/report", undefined],
    ["DELETE", "/v1/coupon-pools/00000000-0000-7000-8000-000000000000", undefined],
    ["POST", "/v1/coupon-pools/00000000-0000-7000-8000-000000000000/archive", {}],
  ] as const;

  it("are out of reach of a write key, and those that change something of a token that only reads", async () => {
    for (const [method, path, body] of calls) {
      const answer = await shop.send(method, path, { body });
      expect([answer.status, errorOf(answer)], `${method} ${path}`).toEqual([403, "access.forbidden"]);
      expect((await shop.send(method, path, { body, headers: {} })).status, path).toBe(401);
      if (method !== "GET")
        expect((await shop.send(method, path, { body, headers: shop.reader })).status, path).toBe(403);
    }
    const order = { orderId: "order-1", customerId: "c-1", uses: [{ code: "ONCE" }] };
    const reserved = await shop.send("POST", "/v1/coupons/reserve", { body: order, headers: shop.token });
    expect([reserved.status, reserved.body["status"]]).toEqual([200, "reserved"]);
  });

  it("answer a call that is replayed as before, and refuse it with another body", async () => {
    const call = (path: string, body: object) =>
      shop.send("POST", `/v1/coupons/${path}`, { body, headers: shop.token });
    const order = { orderId: "order-2", customerId: "c-2", uses: [{ code: "ONCE" }] };
    const first = await call("reserve", order);
    expect(first.status).toBe(200);
    expect((await call("reserve", order)).text).toBe(first.text);
    const changed = [
      { ...order, customerId: "c-3" },
      { ...order, uses: [{ code: "ONCE", amount: usd(1) }] },
      { ...order, allowPartial: true },
    ];
    for (const body of changed) {
      const answer = await call("reserve", body);
      expect([answer.status, errorOf(answer)], JSON.stringify(body)).toEqual([409, "coupons.conflict"]);
      expect(errorOf(await call("redeem", body))).toBe("coupons.conflict");
    }
    expect((await call("redeem", order)).body["status"]).toBe("redeemed");
    for (const body of changed) expect(errorOf(await call("redeem", body))).toBe("coupons.conflict");
    // The customer has used it: another order number does not help.
    expect(errorOf(await call("reserve", { ...order, orderId: "order-3" }))).toBe("coupons.rejected");
  });
});
