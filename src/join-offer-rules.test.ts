import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DecisionContext } from "./decisions/index.ts";
import { createOfferRules, lackOf, type NearRule } from "./join-offer-rules.ts";
import { cartRuleFault } from "./offers/decisioning/cart-rule-fault.ts";
import { unique } from "./testing/decision-calls.ts";
import { startTestApp, type TestApp } from "./testing/start-test-app.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const leaf = (path: string, op: string, value: unknown) => ({ attribute: { path, op, value } });
async function ruleWith(conditions: object): Promise<string> {
  const key = unique("near");
  await app.publish("cart-price-rule", key, {
    ...{ priority: 1, conditions, action: { type: "percent", percent: "10" } },
  });
  return key;
}
/** What the evaluation of a cart says of rules, as offers are given it. */
async function evaluated(qty: number) {
  const lines = [{ sku: "A", qty, unitPrice: usd(1_000) }];
  const { status, body } = await app.call("POST", "/v1/offers/evaluate", { cart: { currency: "USD", lines } });
  expect(status).toBe(200);
  return { applied: body["applied"] as string[], nearMisses: body["nearMisses"] as NearRule[] };
}
const contextOf = (): DecisionContext => ({
  ...{ nowMs: Date.now(), storeView: "default", profile: null, cart: null, items: [], categoryPath: null },
  seen: new Set(),
});
/** Why an offer near a rule is out for a cart of so many units of 10.00. */
async function faultAt(key: string, qty: number, lacksAtMost: { quantity: number } | ReturnType<typeof usd>) {
  const fired = await evaluated(qty);
  const rules = createOfferRules({
    definitions: app.definitions,
    config: { timezone: "UTC" },
    rulesThatFire: () => fired,
  });
  const convert = ({ minor }: { minor: number }, currency: string) =>
    currency === "EUR" ? { minor: minor * 2, currency } : undefined;
  const port = { isOpen: rules.isOpen, judge: rules.judge, convert };
  return cartRuleFault({ cartRule: { key, when: "near", lacksAtMost } }, contextOf(), port);
}

describe("an offer near a cart price rule", () => {
  it("is shown while the cart lacks at most so much money, and not once the rule applies", async () => {
    const key = await ruleWith(leaf("cart.subtotal", "gte", usd(5_000)));
    expect(await faultAt(key, 4, usd(1_000))).toBeUndefined();
    expect(await faultAt(key, 4, usd(999))).toContain("lacks 1000 minor units of USD");
    expect(await faultAt(key, 1, usd(1_000))).toContain("lacks 4000 minor units of USD");
    expect(await faultAt(key, 5, usd(1_000))).toContain("applies already");
  });

  it("goes by units where the rule does", async () => {
    const key = await ruleWith(leaf("cart.total_qty", "gt", 5));
    expect(await faultAt(key, 4, { quantity: 2 })).toBeUndefined();
    expect(await faultAt(key, 4, { quantity: 1 })).toContain("lacks 2 units");
    expect(await faultAt(key, 6, { quantity: 2 })).toContain("applies already");
    expect(await faultAt(key, 4, usd(100_000))).toContain("lacks 2 units");
  });

  it("compares amounts in the currency of the offer", async () => {
    const key = await ruleWith(leaf("cart.subtotal", "gte", usd(5_000)));
    expect(await faultAt(key, 4, { minor: 2_000, currency: "EUR" })).toBeUndefined();
    expect(await faultAt(key, 4, { minor: 1_999, currency: "EUR" })).toContain("lacks");
    expect(await faultAt(key, 4, { minor: 100_000, currency: "JPY" })).toContain("lacks");
  });

  it("is out where anything else is missing too", async () => {
    const key = await ruleWith({
      all: [leaf("cart.subtotal", "gte", usd(5_000)), leaf("cart.country", "eq", "FR")],
    });
    expect(await faultAt(key, 4, usd(1_000_000))).toContain("is not near");
  });

  it("knows what it takes to pass a limit that must be exceeded", () => {
    expect(lackOf({ attribute: "cart.subtotal", op: "gt", lacks: usd(500) })).toEqual(usd(501));
    expect(lackOf({ attribute: "cart.total_qty", op: "gt", lacks: "1.5" })).toEqual({ quantity: 2 });
    expect(lackOf({ attribute: "cart.total_qty", op: "gte", lacks: 1.5 })).toEqual({ quantity: 1.5 });
    expect(lackOf({ attribute: "cart.weight", op: "gte", lacks: 3 })).toBeNull();
    expect(lackOf({ attribute: "cart.subtotal", op: "gte" })).toBeNull();
  });
});
