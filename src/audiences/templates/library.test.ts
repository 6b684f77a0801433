import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../kernel/index.ts";
import { dayMs, hourMs, noon } from "../../testing/audiences/builders.ts";
import { aShopper, type Deed, holdsFor, type Story, shopRules } from "../../testing/audiences/shoppers.ts";
import { createTemplates } from "./create-templates.ts";
import { libraryTemplates } from "./library.data.ts";

const templates = createTemplates({ rules: shopRules, currency: "USD" });
const usd = (minor: number) => ({ minor, currency: "USD" });
const ago = (days: number, moreMs = 0): number => noon - days * dayMs - moreMs;

let orders = 0;
/** An order as the back office reports it. */
function order(at: number, minor = 1000, more: JsonObject = {}): Deed {
  orders += 1;
  const items = [{ sku: "tent", qty: 2, lineTotal: usd(minor) }];
  const properties = { orderId: `o-${orders}`, orderTotal: usd(minor), items, ...more };
  return { type: "orderPlaced", at, properties, sourceKind: "server" };
}
const view = (sku: string, at: number): Deed => ({ type: "productPageView", at, properties: { items: [{ sku }] } });
const add = (at: number, minor = 1000): Deed => ({
  type: "addToCart",
  at,
  properties: { items: [{ sku: "mug", qty: 1, lineTotal: usd(minor) }] },
});
const record = (traits: JsonObject): Deed => ({
  type: "profileRecord",
  at: ago(400),
  properties: { traits },
  sourceKind: "server",
});
const returned = (orderId: string, qty: number): Deed => ({
  type: "orderReturned",
  at: ago(1),
  properties: { orderId, returnId: "r", items: [{ sku: "tent", returnQuantityApproved: qty }] },
  sourceKind: "server",
});
const mails = (opened: number, sent: number): readonly Deed[] =>
  Array.from({ length: sent }, (_, at) => at).flatMap((at): readonly Deed[] => {
    const mail = { properties: { channel: "email", sendKey: `m-${at}` }, sourceKind: "server" } as const;
    const deeds: Deed[] = [{ type: "messageSent", at: ago(2, at), ...mail }];
    if (at < opened) deeds.push({ type: "messageOpened", at: ago(1, at), ...mail });
    return deeds;
  });
const member = (...deeds: readonly Deed[]): Story => ({ customer: true, deeds });
const guest = (...deeds: readonly Deed[]): Story => ({ deeds });
const churn = (value: number): NonNullable<Story["state"]> => ({
  predictions: { churn_probability: { value, model: "m", version: "1", computedAt: 0 } },
});
const three = [view("tent", ago(2)), view("stove", ago(2)), view("lamp", ago(2))];
const visit = (at: number): Deed => ({ type: "pageView", at });
const storeVisit = (at: number): Deed => ({ type: "storeVisit", at, sourceKind: "server" });

type Case = { readonly parameters?: Record<string, unknown>; readonly inside: Story; readonly outside: Story };

/** For each template: shoppers on both sides of the edge of each parameter. */
const cases: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  "new-visitors": {
    days: { inside: { firstSeenAt: ago(14) }, outside: { firstSeenAt: ago(14, 1) } },
    "no order": { inside: guest(visit(noon)), outside: guest(order(ago(1))) },
  },
  "new-customers": {
    days: { inside: guest(order(ago(30))), outside: guest(order(ago(30, 1)), order(ago(1))) },
  },
  "one-time-buyers": {
    days: { inside: guest(order(ago(30, 1))), outside: guest(order(ago(30))) },
    "one order": { inside: guest(order(ago(99))), outside: guest(order(ago(99)), order(ago(98))) },
  },
  loyal: {
    orders: {
      inside: guest(...[1, 2, 3, 4].map((day) => order(ago(day)))),
      outside: guest(...[1, 2, 3].map((day) => order(ago(day)))),
    },
    days: {
      inside: guest(...[180, 181, 182, 183].map((day) => order(ago(day)))),
      outside: guest(...[181, 182, 183, 184].map((day) => order(ago(day)))),
    },
  },
  vip: {
    spent: { inside: guest(order(ago(1), 50_000)), outside: guest(order(ago(1), 49_999)) },
    "less refunds": {
      inside: guest(order(ago(1), 60_000)),
      outside: guest(order(ago(1), 60_000, { orderId: "refunded" }), {
        type: "orderRefunded",
        at: noon,
        properties: { orderId: "refunded", refundId: "x", refund: usd(10_001) },
        sourceKind: "server",
      }),
    },
    days: { inside: guest(order(ago(365), 50_000)), outside: guest(order(ago(365, 1), 50_000)) },
  },
  "at-risk": {
    // Twice a rhythm of ten days: from the 21st full day on.
    late: {
      inside: guest(order(ago(31)), order(ago(21))),
      outside: guest(order(ago(30)), order(ago(20))),
    },
    probability: {
      inside: { ...guest(order(ago(1))), state: churn(0.7) },
      outside: { ...guest(order(ago(1))), state: churn(0.69) },
    },
    days: {
      inside: guest(order(ago(375)), order(ago(365))),
      outside: guest(order(ago(376)), order(ago(366))),
    },
  },
  lapsed: { days: { inside: guest(order(ago(180, 1))), outside: guest(order(ago(180))) } },
  "cart-abandoners": {
    hours: { inside: guest(add(noon - hourMs - 1)), outside: guest(add(noon - hourMs)) },
    days: { inside: guest(add(ago(7))), outside: guest(add(ago(7, 1))) },
    value: {
      parameters: { value: usd(5000) },
      inside: guest(add(ago(1), 5000)),
      outside: guest(add(ago(1), 4999)),
    },
    "bought meanwhile": { inside: guest(add(ago(1))), outside: guest(add(ago(1)), order(ago(0.5))) },
  },
  "browse-abandoners": {
    products: { inside: guest(...three), outside: guest(...three.slice(1)) },
    days: {
      inside: guest(...three.slice(1), view("pan", ago(7))),
      outside: guest(...three.slice(1), view("pan", ago(7, 1))),
    },
    "nothing added": { inside: guest(...three), outside: guest(...three, add(ago(1))) },
    "nothing bought": { inside: guest(...three, order(ago(8))), outside: guest(...three, order(ago(1))) },
  },
  "category-lovers": {
    share: {
      parameters: { category: "kitchen", products: 2, share: 0.5 },
      inside: guest(view("mug", ago(2)), view("pan", ago(2))),
      outside: guest(...three, view("mug", ago(2)), view("pan", ago(2))),
    },
    products: {
      parameters: { category: "outdoor", share: 0 },
      inside: guest(...three),
      outside: guest(...three.slice(1)),
    },
    days: {
      parameters: { category: "outdoor", share: 0 },
      inside: guest(...three.slice(1), view("tent", ago(90))),
      outside: guest(...three.slice(1), view("tent", ago(90, 1))),
    },
    "or bought": {
      parameters: { category: "outdoor" },
      inside: member(order(ago(90))),
      outside: member(order(ago(90, 1))),
    },
    category: {
      parameters: { category: "kitchen", products: 2, share: 0 },
      inside: guest(view("mug", ago(1)), view("pan", ago(1))),
      outside: guest(...three),
    },
  },
  "brand-lovers": {
    share: {
      parameters: { brand: "Acme", products: 2, share: 0.66 },
      inside: guest(view("tent", ago(2)), view("stove", ago(2)), view("lamp", ago(2))),
      outside: guest(view("tent", ago(2)), view("stove", ago(2)), view("lamp", ago(2)), view("pan", ago(2))),
    },
    products: {
      parameters: { brand: "Acme", products: 2 },
      inside: guest(...three),
      outside: guest(...three.slice(1)),
    },
    days: {
      parameters: { brand: "Pan", products: 1, days: 10 },
      inside: guest(view("pan", ago(10))),
      outside: guest(view("pan", ago(10, 1))),
    },
    brand: {
      parameters: { brand: "Pot", products: 1, share: 0 },
      inside: guest(view("mug", ago(1))),
      outside: guest(view("tent", ago(1))),
    },
  },
  "discount-seekers": {
    share: {
      inside: guest(order(ago(1), 950, { discount: usd(50) }), order(ago(2), 950, { discount: usd(50) })),
      outside: guest(order(ago(1), 951, { discount: usd(50) }), order(ago(2), 951, { discount: usd(50) })),
    },
    orders: {
      inside: guest(order(ago(1), 500, { discount: usd(500) }), order(ago(2), 500)),
      outside: guest(order(ago(1), 500, { discount: usd(500) })),
    },
  },
  "high-returns": {
    share: {
      parameters: { share: 0.25 },
      inside: guest(order(ago(9), 100, { orderId: "back" }), order(ago(8)), returned("back", 1)),
      outside: guest(order(ago(9), 100, { orderId: "back" }), order(ago(8)), order(ago(7)), returned("back", 1)),
    },
    items: {
      parameters: { items: 4 },
      inside: guest(order(ago(9), 100, { orderId: "back" }), order(ago(8)), returned("back", 2)),
      outside: guest(order(ago(9), 100, { orderId: "back" }), returned("back", 2)),
    },
  },
  "engaged-subscribers": {
    share: {
      inside: guest(record({ newsletter: true }), ...mails(3, 10)),
      outside: guest(record({ newsletter: true }), ...mails(2, 10)),
    },
    subscribed: {
      inside: guest(record({ newsletter: "subscribed" }), ...mails(3, 10)),
      outside: guest(record({ newsletter: "unsubscribed" }), ...mails(3, 10)),
    },
  },
  birthday: {
    days: {
      inside: member(record({ birthDate: "1990-03-17" })),
      outside: member(record({ birthDate: "1990-03-18" })),
    },
    "a customer": {
      inside: member(record({ birthDate: "1990-03-10" })),
      outside: guest(record({ birthDate: "1990-03-10" })),
    },
  },
  gold: {
    spent: { inside: member(order(ago(1), 50_000)), outside: member(order(ago(1), 49_999)) },
    days: { inside: member(order(ago(365), 50_000)), outside: member(order(ago(365, 1), 50_000)) },
    "as the shop says": {
      inside: member(record({ loyalty: { tier: "Gold" } })),
      outside: member(record({ loyalty: { tier: "silver" } }), order(ago(1), 50_000)),
    },
  },
  silver: {
    spent: { inside: member(order(ago(1), 20_000)), outside: member(order(ago(1), 19_999)) },
    below: { inside: member(order(ago(1), 49_999)), outside: member(order(ago(1), 50_000)) },
    days: { inside: member(order(ago(365), 20_000)), outside: member(order(ago(365, 1), 20_000)) },
  },
  bronze: {
    below: { inside: member(order(ago(1), 19_999)), outside: member(order(ago(1), 20_000)) },
    days: { inside: member(order(ago(365))), outside: member(order(ago(365, 1))) },
  },
  "cross-channel": {
    visits: {
      parameters: { visits: 2 },
      inside: guest(visit(ago(1)), storeVisit(ago(2)), storeVisit(ago(90))),
      outside: guest(visit(ago(1)), storeVisit(ago(2)), storeVisit(ago(90, 1))),
    },
    sessions: {
      parameters: { sessions: 2 },
      inside: guest(visit(ago(1)), visit(ago(30)), storeVisit(ago(1))),
      outside: guest(visit(ago(1)), visit(ago(30, 1)), storeVisit(ago(1))),
    },
  },
  "upgrade-eligible": {
    from: { inside: member(order(ago(1), 40_000)), outside: member(order(ago(1), 39_999)) },
    below: { inside: member(order(ago(1), 49_999)), outside: member(order(ago(1), 50_000)) },
    days: { inside: member(order(ago(365), 40_000)), outside: member(order(ago(365, 1), 40_000)) },
    except: {
      inside: member(record({ loyalty: { tier: "silver" } }), order(ago(1), 40_000)),
      outside: member(record({ loyalty: { tier: "gold" } }), order(ago(1), 40_000)),
    },
    "as the shop says": {
      inside: member(record({ upgradeEligible: true })),
      outside: member(record({ upgradeEligible: false }), order(ago(1), 40_000)),
    },
  },
};

describe("ready audiences", () => {
  it("are all tried at the edge of each of their parameters", () => {
    for (const { key, parameters } of libraryTemplates)
      for (const parameter of parameters) expect(Object.keys(cases[key] ?? {}), key).toContain(parameter.key);
  });

  const each = Object.entries(cases).flatMap(([key, edges]) =>
    Object.entries(edges).map(([edge, example]) => [key, edge, example] as const),
  );
  it.each(each)("%s: in and out at the edge of %s", (key, _edge, { parameters = {}, inside, outside }) => {
    const { tree } = templates.tree(key, parameters);
    expect([holdsFor(tree, aShopper(inside)), holdsFor(tree, aShopper(outside))]).toEqual([true, false]);
  });
});
