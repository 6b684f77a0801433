import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../kernel/index.ts";
import { dayMs, noon } from "../../testing/audiences/builders.ts";
import {
  aShopper,
  type Deed,
  holdsFor,
  type Shopper,
  type Story,
  shopRules,
} from "../../testing/audiences/shoppers.ts";
import { audienceTemplates, createTemplates } from "./create-templates.ts";

const templates = createTemplates({ rules: shopRules, currency: "USD" });
const usd = (minor: number) => ({ minor, currency: "USD" });
const ago = (days: number): number => noon - days * dayMs;

const record = (traits: JsonObject): Deed => ({
  type: "profileRecord",
  at: ago(3),
  properties: { traits },
  sourceKind: "server",
});
const order = (orderId: string, at: number, minor: number, more: JsonObject = {}): Deed => ({
  type: "orderPlaced",
  at,
  properties: { orderId, orderTotal: usd(minor), items: [{ sku: "tent", qty: 3, lineTotal: usd(minor) }], ...more },
  sourceKind: "server",
});
const cart = (more: JsonObject = {}): Deed => ({
  type: "shoppingCartView",
  at: ago(0),
  properties: { items: [{ sku: "tent", qty: 3, lineTotal: usd(5000) }], ...more },
});
const customer = (...deeds: readonly Deed[]): Story => ({ customer: true, deeds });
const predicted = (values: JsonObject): Story => ({
  state: {
    predictions: Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, { value, model: "m", version: "1", computedAt: 0 }]),
    ),
  },
});
const deed = (type: string, at: number, properties: JsonObject = {}, context: JsonObject = {}): Deed => ({
  type,
  at,
  properties,
  context,
});

type Case = { readonly parameters?: Record<string, unknown>; readonly inside: Story; readonly outside: Story };
const amounts = (path: string): readonly Case[] => [
  {
    parameters: { amount: usd(1000) },
    inside: customer(record({ [path]: "10.00" })),
    outside: customer(record({ [path]: "9.99" })),
  },
];

const cases: Readonly<Record<string, readonly Case[]>> = {
  "customer-group": [
    { inside: customer(record({ group: "Wholesale" })), outside: customer(record({ group: "general" })) },
    { parameters: { op: "not_in" }, inside: customer(), outside: { deeds: [record({ group: "general" })] } },
  ],
  "customer-email": [
    { inside: customer(record({ email: "a@Example.com" })), outside: customer(record({ email: "a@b.c" })) },
  ],
  "customer-name": [
    {
      parameters: { value: "lee" },
      inside: customer(record({ lastName: "Lee" })),
      outside: customer(record({ firstName: "Lee" })),
    },
    {
      parameters: { field: "first_name", value: "Lee" },
      inside: customer(record({ firstName: "Lee" })),
      outside: customer(record({ lastName: "Lee" })),
    },
  ],
  "customer-gender": [
    { inside: customer(record({ gender: "female" })), outside: { deeds: [record({ gender: "female" })] } },
  ],
  "customer-birth-date": [
    { inside: customer(record({ birthDate: "2008-01-01" })), outside: customer(record({ birthDate: "2008-01-02" })) },
  ],
  "customer-since": [
    {
      inside: customer(record({ startDate: "2026-01-01T00:00:00Z" })),
      outside: customer(record({ startDate: "2025-12-31T23:59:59Z" })),
    },
  ],
  newsletter: [
    { inside: customer(record({ newsletter: true })), outside: customer(record({ newsletter: false })) },
    { parameters: { op: "neq" }, inside: customer(), outside: { deeds: [record({ newsletter: false })] } },
  ],
  "store-credit": amounts("storeCredit"),
  "reward-points": [
    { inside: customer(record({ rewardPoints: 500 })), outside: customer(record({ loyalty: { points: 499 } })) },
  ],
  "default-billing": [
    {
      inside: customer(record({ billingAddress: { city: "X" } })),
      outside: customer(record({ shippingAddress: { city: "X" } })),
    },
    { parameters: { found: false }, inside: customer(), outside: {} },
  ],
  "default-shipping": [
    {
      inside: customer(record({ shippingAddress: { city: "X" } })),
      outside: customer(record({ billingAddress: { city: "X" } })),
    },
  ],
  "customer-attribute": [
    { inside: customer(record({ loyaltyTier: "Gold" })), outside: customer(record({ loyaltyTier: "bronze" })) },
    {
      parameters: { code: "shoe.size", values: ["42"] },
      inside: customer(record({ "shoe.size": "42" })),
      outside: customer(record({ "shoe.size": "41" })),
    },
  ],
  "birthday-in-month": [
    { inside: customer(record({ birthDate: "1999-04-09" })), outside: customer(record({ birthDate: "1999-04-10" })) },
  ],
  "customer-address": [
    {
      inside: customer(record({ address: { country: "US" } })),
      outside: { deeds: [record({ address: { country: "US" } })] },
    },
    {
      parameters: { which: "default_billing", field: "city", op: "contains", value: "angeles" },
      inside: customer(record({ billingAddress: { city: "East Los Angeles" } })),
      outside: customer(record({ shippingAddress: { city: "East Los Angeles" } })),
    },
    { parameters: { found: false }, inside: customer(), outside: customer(record({ address: { country: "US" } })) },
  ],
  "group-not-logged-in": [{ inside: {}, outside: customer() }],
  "group-general": [{ inside: customer(), outside: customer(record({ group: "retailer" })) }],
  "group-wholesale": [
    { inside: customer(record({ customerGroup: "2" })), outside: customer(record({ group: "general" })) },
  ],
  "group-retailer": [
    { inside: customer(record({ group: "RETAILER" })), outside: { deeds: [record({ group: "retailer" })] } },
  ],
  "all-customers": [{ inside: customer(), outside: {} }],
  "cart-amount": [
    { inside: { deeds: [cart()] }, outside: {} },
    {
      parameters: { amount: usd(5001) },
      inside: { deeds: [cart({ subtotal: usd(5001) })] },
      outside: { deeds: [cart()] },
    },
    ...["grand_total", "tax", "shipping", "store_credit", "gift_card"].map((field): Case => {
      const name = field.replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase());
      return {
        parameters: { field, op: "gt", amount: usd(10_000) },
        inside: { deeds: [cart({ [name]: usd(10_001) })] },
        outside: { deeds: [cart({ [name]: usd(10_000) })] },
      };
    }),
  ],
  "cart-lines": [{ parameters: { lines: 1 }, inside: { deeds: [cart()] }, outside: {} }],
  "cart-quantity": [
    { inside: { deeds: [cart()] }, outside: {} },
    {
      parameters: { pieces: 4, op: "lt" },
      inside: { deeds: [cart()] },
      outside: { deeds: [cart({ items: [{ sku: "tent", qty: 4 }] })] },
    },
  ],
  "products-in-cart": [
    {
      parameters: { values: ["outdoor"] },
      inside: { deeds: [cart()] },
      outside: { deeds: [cart({ items: [{ sku: "mug" }] })] },
    },
    { parameters: { values: ["outdoor"], found: false }, inside: {}, outside: { deeds: [cart()] } },
    { parameters: { field: "sku", values: ["tent"] }, inside: { deeds: [cart()] }, outside: {} },
    { parameters: { field: "name", values: ["TEN"] }, inside: { deeds: [cart()] }, outside: {} },
  ],
  "products-in-wishlist": [
    {
      parameters: { field: "brand", values: ["acme"] },
      inside: customer(deed("addToWishlist", ago(1), { items: [{ sku: "tent" }] })),
      outside: { deeds: [deed("addToWishlist", ago(1), { items: [{ sku: "tent" }] })] },
    },
  ],
  "products-viewed": [
    {
      parameters: { values: ["outdoor/tents"] },
      inside: { deeds: [deed("productPageView", ago(30), { items: [{ sku: "tent" }] })] },
      outside: { deeds: [deed("productPageView", ago(30) - 1, { items: [{ sku: "tent" }] })] },
    },
  ],
  "products-ordered": [
    {
      parameters: { values: ["outdoor/tents"] },
      inside: customer(order("1", ago(30), 1)),
      outside: customer(order("1", ago(30) - 1, 1)),
    },
    {
      parameters: { field: "sku", values: ["tent"], found: false },
      inside: customer(),
      outside: customer(order("1", ago(1), 1)),
    },
  ],
  "order-address": [
    {
      inside: customer(order("1", ago(900), 1, { shippingAddress: { country: "US" } })),
      outside: customer(order("1", ago(900), 1, { billingAddress: { country: "US" } })),
    },
    {
      parameters: { which: "billing", field: "city", op: "eq", value: "Bonn" },
      inside: customer(order("1", ago(1), 1, { billingAddress: { city: "Bonn" } })),
      outside: { deeds: [order("1", ago(1), 1, { billingAddress: { city: "Bonn" } })] },
    },
  ],
  "sales-amount": [
    { inside: customer(order("1", ago(365), 10_000)), outside: customer(order("1", ago(365) - 1, 10_000)) },
    { inside: customer(order("1", ago(1), 10_000)), outside: customer(order("1", ago(1), 9_999)) },
    {
      parameters: { measure: "average_amount", op: "gt", amount: usd(3333) },
      inside: customer(order("1", ago(1), 5000), order("2", ago(1), 2500), order("3", ago(1), 2500)),
      outside: customer(order("1", ago(1), 5000), order("2", ago(1), 2500), order("3", ago(1), 2499)),
    },
    {
      parameters: { statuses: ["Complete"] },
      inside: customer(order("1", ago(1), 10_000, { status: "complete" })),
      outside: customer(order("1", ago(1), 10_000)),
    },
    { parameters: { op: "lte" }, inside: customer(), outside: {} },
  ],
  "number-of-orders": [
    {
      inside: customer(order("1", ago(1), 1), order("2", ago(365), 1)),
      outside: customer(order("1", ago(1), 1), order("2", ago(365) - 1, 1)),
    },
    { parameters: { op: "lt", orders: 1 }, inside: customer(), outside: {} },
    {
      inside: customer(order("1", ago(1), 1), order("2", ago(1), 1)),
      outside: customer(order("1", ago(1), 1), order("2", ago(1), 1), deed("orderCancelled", ago(0), { orderId: "2" })),
    },
  ],
  "purchased-quantity": [
    { inside: customer(order("1", ago(1), 1), order("2", ago(1), 1)), outside: customer(order("1", ago(1), 1)) },
    {
      parameters: { measure: "average_quantity", pieces: 3 },
      inside: customer(order("1", ago(1), 1)),
      outside: customer(order("1", ago(1), 1), order("2", ago(1), 1, { items: [{ sku: "tent", qty: 1 }] })),
    },
  ],
  "viewed-not-ordered": [
    {
      parameters: { field: "sku", values: ["tent"] },
      inside: customer(deed("productPageView", ago(9), { items: [{ sku: "tent" }] })),
      outside: customer(deed("productPageView", ago(9), { items: [{ sku: "tent" }] }), order("1", ago(1), 1)),
    },
  ],
  "days-since-order": [
    { inside: { deeds: [order("1", ago(30), 1)] }, outside: { deeds: [order("1", ago(30) + 1, 1)] } },
  ],
  "days-since-first-order": [
    { inside: { deeds: [order("1", ago(30), 1), order("2", ago(1), 1)] }, outside: { deeds: [order("2", ago(1), 1)] } },
  ],
  "days-since-login": [
    { inside: customer(deed("signIn", ago(30))), outside: customer(deed("signIn", ago(30)), deed("signIn", ago(29))) },
  ],
  "days-between-orders": [
    {
      inside: { deeds: [order("1", ago(31), 1), order("2", ago(1), 1)] },
      outside: { deeds: [order("1", ago(32), 1), order("2", ago(1), 1)] },
    },
  ],
  "days-without-purchase": [
    { inside: {}, outside: { deeds: [order("1", ago(90), 1)] } },
    { inside: { deeds: [order("1", ago(90) - 1, 1)] }, outside: { deeds: [order("1", ago(90), 1)] } },
  ],
  "lifetime-sales": [
    { inside: { deeds: [order("1", ago(900), 50_000)] }, outside: { deeds: [order("1", ago(900), 49_999)] } },
  ],
  "lifetime-refunds": [
    {
      inside: {
        deeds: [order("1", ago(9), 50_000), deed("orderRefunded", ago(1), { orderId: "1", refund: usd(10_000) })],
      },
      outside: {
        deeds: [order("1", ago(9), 50_000), deed("orderRefunded", ago(1), { orderId: "1", refund: usd(9_999) })],
      },
    },
  ],
  "lifetime-profit": [
    {
      inside: { deeds: [order("1", ago(9), 50_001), deed("orderRefunded", ago(1), { orderId: "1", refund: usd(1) })] },
      outside: { deeds: [order("1", ago(9), 50_000), deed("orderRefunded", ago(1), { orderId: "1", refund: usd(1) })] },
    },
  ],
  "predicted-value": [{ inside: predicted({ clv_12m: usd(20_000) }), outside: predicted({ clv_12m: usd(19_999) }) }],
  "rfm-cell": [{ inside: predicted({ rfm: { r: 4, f: 4, m: 4 } }), outside: predicted({ rfm: { r: 5, f: 3, m: 5 } }) }],
  "churn-score": [{ inside: predicted({ churn_probability: 0.6 }), outside: predicted({ churn_probability: 0.59 }) }],
  "event-count": [
    {
      parameters: { times: 2 },
      inside: { deeds: [deed("productPageView", ago(14)), deed("productPageView", ago(1))] },
      outside: { deeds: [deed("productPageView", ago(14) - 1), deed("productPageView", ago(1))] },
    },
  ],
  "did-then-did": [
    {
      inside: { deeds: [deed("searchRequestSent", ago(1)), deed("productPageView", ago(1) + 3_600_000)] },
      outside: { deeds: [deed("searchRequestSent", ago(1)), deed("productPageView", ago(1) + 3_600_001)] },
    },
  ],
  "searched-for": [
    {
      parameters: { phrase: "yoga" },
      inside: { deeds: [deed("searchRequestSent", ago(30), { searchQuery: "Yoga mat" })] },
      outside: { deeds: [deed("searchRequestSent", ago(30) - 1, { searchQuery: "Yoga mat" })] },
    },
  ],
  "category-affinity": [
    {
      parameters: { category: "kitchen" },
      inside: { deeds: [deed("productPageView", ago(1), { items: [{ sku: "mug" }] })] },
      outside: { deeds: [deed("productPageView", ago(1), { items: [{ sku: "tent" }] })] },
    },
  ],
  device: [
    {
      inside: { deeds: [deed("pageView", ago(30), {}, { device: "mobile" })] },
      outside: { deeds: [deed("pageView", ago(30), {}, { device: "tablet" })] },
    },
  ],
  "campaign-source": [
    {
      inside: { deeds: [deed("pageView", ago(30), {}, { campaign: { source: "Newsletter" } })] },
      outside: { deeds: [deed("pageView", ago(30), {}, { campaign: { source: "search" } })] },
    },
  ],
  consent: [
    {
      inside: { state: { consents: { marketing: { status: "granted", at: ago(1), source: "s" } } } },
      outside: { state: { consents: { marketing: { status: "denied", at: ago(1), source: "s" } } } },
    },
    {
      parameters: { status: "unset" },
      inside: {},
      outside: { state: { consents: { marketing: { status: "denied", at: 1, source: "s" } } } },
    },
  ],
};

const shopper = (story: Story): Shopper => aShopper({ firstSeenAt: ago(1000), ...story });

describe("templates of native conditions", () => {
  it("all have shoppers in and out", () => {
    const native = audienceTemplates.filter(({ group }) => group !== "library").map(({ key }) => key);
    expect(Object.keys(cases).sort()).toEqual([...native].sort());
  });

  const each = Object.entries(cases).flatMap(([key, own]) => own.map((one, at) => [key, at + 1, one] as const));
  it.each(each)("%s, case %i", (key, _number, { parameters = {}, inside, outside }) => {
    const { tree } = templates.tree(key, parameters);
    expect([holdsFor(tree, shopper(inside)), holdsFor(tree, shopper(outside))]).toEqual([true, false]);
  });
});

describe("the list of templates", () => {
  it("has one of each key, with words, and a valid rule wherever every parameter has a default", () => {
    const list = templates.list();
    expect(new Set(list.map(({ key }) => key)).size).toBe(list.length);
    for (const { key, label, description, why, parameters, tree } of list) {
      for (const words of [label, description, why]) expect(words.length, key).toBeGreaterThan(3);
      expect(tree === undefined, key).toBe(parameters.some((parameter) => parameter.default === undefined));
    }
  });

  it("takes categories and brands of the shop as defaults, and amounts in its currency", () => {
    const byKey = new Map(templates.list().map((template) => [template.key, template]));
    expect(byKey.get("category-lovers")?.parameters[0]).toMatchObject({ type: "category", default: "outdoor/kitchen" });
    expect(byKey.get("brand-lovers")?.parameters[0]).toMatchObject({ default: "Acme" });
    expect(byKey.get("vip")?.parameters[0]).toMatchObject({ default: usd(50_000), unit: "minor units" });
  });
});
