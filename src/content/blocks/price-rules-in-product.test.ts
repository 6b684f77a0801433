// Blocks that are tied to price rules, by the decision call and over GraphQL.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { browser, decisionCalls, server, unique } from "../../testing/decision-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { blockUid } from "./block-number.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const products = ["RED", "BLUE"].map((sku) => ({ sku, name: sku, price: 20, qty: 5, attributes: { color: sku } }));
  expect((await app.call("PUT", "/v1/catalog/products", products)).body).toMatchObject({ accepted: 2 });
}, 120_000);
afterAll(() => app?.close());
const { decideOne, block } = decisionCalls(() => app);

const cartOf = (minor: number) => ({ items: [{ sku: "RED", qty: 1, unitPrice: { minor, currency: "USD" } }] });
const from50 = {
  priority: 1,
  conditions: { attribute: { path: "cart.subtotal", op: "gte", value: { minor: 5_000, currency: "USD" } } },
  action: { type: "percent", percent: "10" },
};
/** As the shop's server asks, whose prices count. */
const nameAt = async (placement: string, more: object, headers = server) =>
  (await decideOne({ placements: [placement], ...more }, headers)).value?.name;
const redeem = async (uses: readonly object[], more: object = {}) => {
  const { body } = await app.call("POST", "/v1/coupons/redeem", { orderId: unique("order"), uses, ...more });
  expect(body).toMatchObject({ status: "redeemed" });
};
const uidsOf = async (input: string, anonymousId?: string) => {
  const query = `{ dynamicBlocks(input: ${input}) { items { uid } } cart(cart_id: "c") { rules { uid } } }`;
  const headers = {
    "x-api-key": "demo-write-key",
    ...(anonymousId ? { "x-clientele-anonymous-id": anonymousId } : {}),
  };
  const { body } = await app.call("POST", "/graphql", { query }, { ...headers, "content-type": "application/json" });
  const data = body["data"] as { dynamicBlocks: { items: { uid: string }[] }; cart: { rules: { uid: string }[] } };
  return { blocks: data.dynamicBlocks.items.map(({ uid }) => uid), rules: data.cart.rules.map(({ uid }) => uid) };
};

async function act(kind: string, key: string, action: string) {
  const { headers } = await app.call("GET", `/v1/definitions/${kind}/${key}`);
  const ifMatch = { ...server, "if-match": String(headers["etag"]) };
  expect((await app.call("POST", `/v1/definitions/${kind}/${key}/${action}`, {}, ifMatch)).status).toBe(200);
}

describe("a block of a cart price rule", () => {
  it("that it names itself is shown while the rule holds for the cart, and never when the rule is paused", async () => {
    const rule = unique("rule");
    await app.publish("cart-price-rule", rule, from50);
    const placement = unique("cart");
    const key = await block(placement, { cartPriceRules: [rule] });
    expect(await nameAt(placement, { cart: cartOf(4_999) })).toBeUndefined();
    expect(await nameAt(placement, { cart: cartOf(5_000) })).toBe(key);
    expect(await nameAt(placement, {})).toBeUndefined();
    await act("cart-price-rule", rule, "pause");
    expect(await nameAt(placement, { cart: cartOf(5_000) })).toBeUndefined();
    expect((await app.call("GET", `/v1/blocks/${key}/visibility`)).body).toMatchObject({
      nobody: true,
      warnings: [{ code: "price_rules_gone", hides: true }],
      people: { isUpperBound: true },
    });
  });

  it("that is named by the rule is shown and hidden alike: to nobody, not to everybody, when the rule is paused", async () => {
    const placement = unique("cart");
    const key = await block(placement);
    expect(await nameAt(placement, {})).toBe(key);
    const rule = unique("rule");
    await app.publish("cart-price-rule", rule, { ...from50, blocks: [key] });
    expect(await nameAt(placement, {})).toBeUndefined();
    expect(await nameAt(placement, { cart: cartOf(6_000) })).toBe(key);
    await act("cart-price-rule", rule, "pause");
    expect(await nameAt(placement, { cart: cartOf(6_000) })).toBeUndefined();
    await act("cart-price-rule", rule, "archive");
    // Tied to nothing any more.
    await vi.waitFor(async () => expect(await nameAt(placement, {})).toBe(key), 5_000);
  });

  it("is answered over GraphQL by its kind, for the cart that the server knows", async () => {
    const rule = unique("rule");
    await app.publish("cart-price-rule", rule, from50);
    const key = await block(unique("cart"), { cartPriceRules: [rule] });
    const anonymousId = unique("device");
    const line = { sku: "RED", qty: 3, unitPrice: { minor: 2_000, currency: "USD" } };
    await app.send([{ type: "addToCart", anonymousId, properties: { cartId: "c", items: [line] } }]);
    await app.settle();
    const input = `{type: CART_PRICE_RULE_RELATED, cart_id: "c"}`;
    expect((await uidsOf(input)).blocks).not.toContain(blockUid(key));
    const known = await uidsOf(input, anonymousId);
    expect(known.blocks).toContain(blockUid(key));
    expect(known.rules).toContain(Buffer.from(rule).toString("base64"));
    expect((await uidsOf("{type: CATALOG_PRICE_RULE_RELATED}", anonymousId)).blocks).not.toContain(blockUid(key));
  });
});

describe("a block of a rule with a coupon", () => {
  const withCode = (couponCodes: readonly string[]) => ({ cart: { ...cartOf(6_000), couponCodes } });
  const ruled = async (rule: object) => {
    const [key, placement] = [unique("coupon"), unique("cart")];
    await app.publish("cart-price-rule", key, { ...from50, ...rule });
    return { rule: key, placement, block: await block(placement, { cartPriceRules: [key] }) };
  };

  it("is shown while the code is in the cart and still good, and not once it is used up", async () => {
    const { block: key, placement } = await ruled({ coupon: { type: "specific", code: "SAVE-ONE", usesPerCoupon: 1 } });
    expect(await nameAt(placement, withCode([]))).toBeUndefined();
    expect(await nameAt(placement, withCode(["WRONG"]))).toBeUndefined();
    expect(await nameAt(placement, withCode([" save-one "]))).toBe(key);
    await redeem([{ code: "SAVE-ONE", amount: { minor: 600, currency: "USD" } }]);
    expect(await nameAt(placement, withCode(["SAVE-ONE"]))).toBeUndefined();
  });

  it("is not shown to the customer who has used the rule up, and is to others", async () => {
    const { block: key, placement } = await ruled({ coupon: { type: "specific", code: "ONCE" }, usesPerCustomer: 1 });
    const as = (customerId: string) => ({ identity: { customerId }, ...withCode(["ONCE"]) });
    const known = (customerId: string) => ({ type: "signIn", customerId });
    await app.sendFromServer([known("once-1"), known("once-2")]);
    await app.settle();
    expect(await nameAt(placement, as("once-1"))).toBe(key);
    await redeem([{ code: "ONCE", amount: { minor: 600, currency: "USD" } }], { customerId: "once-1" });
    expect(await nameAt(placement, as("once-1"))).toBeUndefined();
    expect(await nameAt(placement, as("once-2"))).toBe(key);
  });

  it("is not shown once the budget of the rule is spent, in previews either", async () => {
    const { rule, block: key, placement } = await ruled({ budget: { uses: 1 } });
    const preview = async () => (await app.call("POST", "/v1/blocks/preview", { key, ...withCode([]) })).body["shown"];
    expect([await nameAt(placement, withCode([])), await preview()]).toEqual([key, true]);
    await redeem([{ ruleKey: rule, amount: { minor: 600, currency: "USD" } }]);
    expect([await nameAt(placement, withCode([])), await preview()]).toEqual([undefined, false]);
  });

  it("stays hidden from a browser that tries codes, however good the next one is", async () => {
    const { block: key, placement } = await ruled({
      coupon: { type: "specific", code: "RARE" },
      conditions: undefined,
    });
    const cart = (code: string) => ({ items: [{ sku: "RED", qty: 1 }], couponCodes: [code] });
    const ask = (code: string, anonymousId: string) =>
      nameAt(placement, { identity: { anonymousId }, cart: cart(code) }, browser);
    expect(await ask("RARE", "guesser")).toBe(key);
    for (let at = 0; at < 10; at += 1) expect(await ask(`RARE-${at}`, "guesser")).toBeUndefined();
    expect(await ask("RARE", "guesser")).toBeUndefined();
    expect(await ask("RARE", "shopper")).toBe(key);
  });

  it("is answered over GraphQL for the codes of the cart that events told, and no longer when they are used up", async () => {
    const { rule, block: key } = await ruled({ coupon: { type: "specific", code: "EVENT", usesPerCoupon: 1 } });
    const anonymousId = unique("device");
    const items = [{ sku: "RED", qty: 3, unitPrice: { minor: 2_000, currency: "USD" } }];
    const cartView = {
      type: "shoppingCartView",
      anonymousId,
      properties: { cartId: "c", items, couponCodes: ["event"] },
    };
    await app.send([cartView]);
    await app.settle();
    const input = `{type: CART_PRICE_RULE_RELATED, cart_id: "c"}`;
    const uid = Buffer.from(rule).toString("base64");
    const before = await uidsOf(input, anonymousId);
    expect(before.blocks).toContain(blockUid(key));
    expect(before.rules).toContain(uid);
    await redeem([{ code: "EVENT", amount: { minor: 600, currency: "USD" } }]);
    const after = await uidsOf(input, anonymousId);
    expect(after.blocks).not.toContain(blockUid(key));
    expect(after.rules).not.toContain(uid);
  });
});

describe("prices that a browser says", () => {
  it("open no rule and close none: lines count at the price of the shop", async () => {
    const rule = unique("rule");
    await app.publish("cart-price-rule", rule, from50);
    const placement = unique("cart");
    const key = await block(placement, { cartPriceRules: [rule] });
    const ask = (line: object, headers = browser) => nameAt(placement, { cart: { items: [line] } }, headers);
    const price = (minor: number) => ({ unitPrice: { minor, currency: "USD" } });
    expect(await ask({ sku: "RED", qty: 1, ...price(9_000) })).toBeUndefined();
    expect(await ask({ sku: "NONE", qty: 1, ...price(9_000) })).toBeUndefined();
    expect(await ask({ sku: "RED", qty: 3, ...price(1) })).toBe(key);
    expect(await ask({ sku: "NONE", qty: 1, ...price(9_000) }, server)).toBe(key);
    // What a browser tells by an event is a browser's word as well.
    const anonymousId = unique("device");
    const items = [{ sku: "RED", qty: 1, ...price(9_000) }];
    await app.send([{ type: "addToCart", anonymousId, properties: { cartId: "c", items } }]);
    await app.settle();
    const { rules } = await uidsOf("{type: CART_PRICE_RULE_RELATED}", anonymousId);
    expect(rules).not.toContain(Buffer.from(rule).toString("base64"));
  });
});

describe("a block of a catalog price rule", () => {
  it("is shown where the rule reaches the product of the page, else a product of the cart", async () => {
    const rule = unique("rule");
    const conditions = { attribute: { path: "product.sku", op: "eq", value: "RED" } };
    const action = { type: "by_percent", percent: "10" };
    await app.publish("catalog-price-rule", rule, { priority: 1, conditions, action });
    const placement = unique("product");
    const html = "<p>{{product.name}} {{product.price}}, now {{product.final_price}}</p>";
    const key = await block(placement, { catalogPriceRules: [rule], html, product: "RED" });
    const ask = (more: object) => nameAt(placement, more);
    await vi.waitFor(async () => expect(await ask({ context: { sku: "RED" } })).toBe(key), 5_000);
    expect(await ask({ context: { sku: "BLUE" } })).toBeUndefined();
    expect(await ask({ context: { sku: "BLUE" }, cart: cartOf(1) })).toBeUndefined();
    expect(await ask({ cart: cartOf(1) })).toBe(key);
    const shown = await decideOne({ placements: [placement], context: { sku: "RED" } });
    expect(shown.value?.html).toBe("<p>RED $20.00, now $18.00</p>");
    expect(await ask({})).toBeUndefined();
    const product = (sku: string) => `, product_uid: "${Buffer.from(sku).toString("base64")}"`;
    const related = async (sku: string) => (await uidsOf(`{type: CATALOG_PRICE_RULE_RELATED${product(sku)}}`)).blocks;
    expect(await related("RED")).toEqual([blockUid(key)]);
    expect(await related("BLUE")).toEqual([]);
  });
});

describe("a rotation of price rules", () => {
  it("takes the blocks whose rules apply", async () => {
    const rule = unique("rule");
    await app.publish("cart-price-rule", rule, from50);
    const key = await block(unique("cart"), { cartPriceRules: [rule] });
    const placement = unique("rotation");
    const body = { placement, priority: 1, audiences: [], mode: "display_all", source: "cart_price_rules" };
    await app.publish("block-rotation", unique("rotation"), body);
    const shown = await decideOne({ placements: [placement], cart: cartOf(9_000) }, server);
    expect((shown.value as { blocks?: { name: string }[] }).blocks?.map(({ name }) => name)).toContain(key);
    expect((await decideOne({ placements: [placement] }, browser)).value).toBeNull();
  });
});
