// What a decision asks of coupons: nothing where nothing is limited, one statement where something is, none within a second of it.
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { browser, type Decision, server, unique } from "../../testing/decision-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const clock = createFixedClock(Date.parse("2026-03-10T12:00:00Z"));
const blocks = 20;
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
});
afterAll(() => app.close());
afterEach(() => vi.restoreAllMocks());

const usd = (minor: number) => ({ minor, currency: "USD" });
const rule = (more: object) => ({ priority: 1, action: { type: "percent", percent: "10" }, ...more });

/** Twenty places, each with a block that is shown with the same rule. */
async function ruledPage(more: object) {
  const key = unique("rule");
  await app.publish("cart-price-rule", key, rule(more));
  const places = Array.from({ length: blocks }, () => unique("place"));
  for (const placement of places)
    await app.publish("block", unique("block"), {
      ...{ placement, priority: 10, audiences: [], html: "<p>tied</p>", cartPriceRules: [key] },
    });
  return { key, places };
}
const page = { identity: { anonymousId: "looker" } };
const cart = { items: [{ sku: "24-MB01", qty: 1, price: 100 }], currency: "USD" };

/** Statements that a call needs of coupons, and what it shows. */
async function decide(places: readonly string[], more: object = {}, headers = browser) {
  const spy = vi.spyOn(app.engines.postgres, "query");
  const { body, status } = await app.call(
    "POST",
    "/v1/decide",
    { ...page, placements: places, cart, ...more },
    headers,
  );
  expect(status, JSON.stringify(body)).toBe(200);
  const texts = spy.mock.calls.map(([text]) => text);
  spy.mockRestore();
  const shown = (body["decisions"] as Decision[]).filter(({ kind }) => kind !== null).length;
  return { looks: texts.filter((text) => text.includes("coupon_")).length, all: texts.length, shown };
}

it("is nothing for twenty blocks of a rule, while no rule is limited and no code is entered", async () => {
  const { places } = await ruledPage({});
  await decide(places);
  clock.advance(60_000);
  expect(await decide(places)).toMatchObject({ looks: 0, shown: blocks });
});

it("is one statement for twenty blocks of a rule with a budget, codes and a limit per customer, then none for a second", async () => {
  const { key, places } = await ruledPage({ budget: { uses: 2, spend: usd(50_000) } });
  await app.publish("cart-price-rule", unique("own"), rule({ usesPerCustomer: 1 }));
  const pool = unique("pool");
  await app.publish("cart-price-rule", pool, rule({ coupon: { type: "pool" } }));
  await app.call("POST", "/v1/coupon-pools", { ruleKey: pool, name: "Codes" });
  const issued = await app.coupons.issueCode(pool, "somebody", null);
  const customerId = unique("customer");
  await app.sendFromServer([{ type: "signIn", customerId, anonymousId: "looker" }]);
  await app.settle();
  const asked = { identity: { customerId }, cart: { ...cart, couponCodes: [issued!.code, "SPELT-WRONG"] } };
  clock.advance(2_000);
  expect(await decide(places, asked, server)).toMatchObject({ looks: 1, shown: blocks });
  expect(await decide(places, asked, server)).toMatchObject({ looks: 0, shown: blocks });
  // Another code is all that is asked for.
  const more = { ...asked, cart: { ...cart, couponCodes: ["ANOTHER"] } };
  expect(await decide(places, more, server)).toMatchObject({ looks: 1, shown: blocks });
  expect(await decide(places, more, server)).toMatchObject({ looks: 0, shown: blocks });

  // Uses of this process are seen at once; of others within a second.
  const orderId = unique("order");
  const uses = [{ ruleKey: key, amount: usd(1_000) }];
  await app.call("POST", "/v1/coupons/redeem", { orderId, uses });
  expect(await decide(places)).toMatchObject({ looks: 1, shown: blocks });
  const last = unique("order");
  await app.call("POST", "/v1/coupons/redeem", { orderId: last, uses });
  expect((await decide(places)).shown).toBe(0);
  await app.call("POST", "/v1/coupons/release", { orderId: last });
  expect((await decide(places)).shown).toBe(blocks);
  await app.engines.postgres.query("update coupon_counters set count = 2 where item = $1 and kind = 'rule'", [key]);
  expect(await decide(places)).toMatchObject({ looks: 0, shown: blocks });
  clock.advance(1_000);
  expect(await decide(places)).toMatchObject({ looks: 1, shown: 0 });
});

it("is nothing where an offer is only about a rule that may be used, and elsewhere on the page", async () => {
  const { places } = await ruledPage({});
  const key = unique("rule");
  await app.publish("cart-price-rule", key, rule({ budget: { uses: 5 }, coupon: { type: "specific", code: key } }));
  const at = unique("offers");
  await app.publish("offer-placement", at, { placement: at, channel: "web", contentType: "html" });
  const near = unique("near");
  await app.publish("offer-placement", near, { placement: near, channel: "web", contentType: "html" });
  for (const [place, link] of [
    [at, { key }],
    [near, { key, when: "applies" }],
  ] as const) {
    const offer = unique("offer");
    const representations = [{ placement: place, html: "<p>x</p>" }];
    await app.publish("offer", offer, { priority: 1, audiences: [], representations, cartRule: link });
    const entries = [{ type: "offer", offer }];
    await app.publish("offer-policy", unique("policy"), {
      ...{ placements: [place], priority: 1, audiences: [], wanted: 1, emptyAllowed: true, entries },
    });
  }
  clock.advance(2_000);
  expect(await decide([at])).toMatchObject({ looks: 0, shown: 1 });
  expect((await decide([near])).looks).toBe(1);
  clock.advance(2_000);
  expect((await decide([...places, near])).looks).toBe(1);
  clock.advance(2_000);
  const entered = { cart: { ...cart, couponCodes: [key] } };
  expect(await decide([near], entered, server)).toMatchObject({ looks: 1, shown: 1 });
});

it("is exact where carts are priced: a look of its own, in one statement", async () => {
  const key = unique("last");
  await app.publish("cart-price-rule", key, rule({ budget: { uses: 1 }, coupon: { type: "specific", code: key } }));
  const evaluate = async () => {
    const line = { id: "1", sku: "24-MB01", qty: 1, unitPrice: usd(10_000) };
    const spy = vi.spyOn(app.engines.postgres, "query");
    const { body } = await app.call("POST", "/v1/offers/evaluate", {
      cart: { currency: "USD", lines: [line], couponCodes: [key] },
    });
    const looks = spy.mock.calls.filter(([text]) => text.includes("coupon_")).length;
    spy.mockRestore();
    return { looks, status: (body["coupons"] as Record<string, { status: string }>)[key]?.status };
  };
  expect(await evaluate()).toEqual({ looks: 1, status: "applied" });
  await app.engines.postgres.query(
    "insert into coupon_counters (item, kind, rule_key, count) values ($1, 'rule', $1, 1)",
    [key],
  );
  expect(await evaluate()).toEqual({ looks: 1, status: "rejected" });
});
