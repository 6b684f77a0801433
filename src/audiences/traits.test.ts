import { describe, expect, it } from "vitest";
import type { Order } from "../profiles/index.ts";
import { anIdentifier, aState, dayMs, hourMs, noon } from "../testing/audiences/builders.ts";
import { lazyTraits, type TraitOptions, traitReaders, traitsOf } from "./traits.ts";

const usd = (minor: number): { minor: number; currency: string } => ({ minor, currency: "USD" });

function anOrder(orderId: string, placedAt: number, minor: number, more: Partial<Order> = {}): Order {
  const items = [{ sku: "a", qty: 2, lineTotal: usd(minor) }];
  return {
    orderId,
    placedAt,
    status: "placed",
    total: usd(minor),
    refunded: usd(0),
    items,
    confirmedBy: "back_office",
    ...more,
  };
}

describe("traitsOf", () => {
  it("sums orders without the cancelled ones, minus refunds, in the deployment's currency", () => {
    const state = aState({
      orders: [
        anOrder("3", noon - 36 * hourMs, 1000, { refunded: usd(200), coupon: "SPRING" }),
        anOrder("2", noon - 5 * dayMs, 5000, { status: "cancelled", coupon: "VIP" }),
        anOrder("1", noon - 11.5 * dayMs, 500, { total: { minor: 500, currency: "EUR" }, coupon: "SPRING" }),
      ],
      ordersBefore: { count: 2, totalByCurrency: { USD: 4000, EUR: 1 } },
    });
    expect(traitsOf(state, noon, { currency: "USD" })).toMatchObject({
      orders_count: 4,
      orders_revenue_net: usd(4800),
      aov: usd(1200),
      first_order_at: noon - 11.5 * dayMs,
      last_order_at: noon - 36 * hourMs,
      days_since_last_order: 1,
      avg_days_between_orders: 10,
      items_bought: 4,
      returns_rate: 0.2,
      coupons_used: ["SPRING"],
    });
  });

  it("has no value where there is nothing to say", () => {
    const traits = traitsOf(aState(), noon, { currency: "USD" });
    expect(traits).toMatchObject({
      is_registered: false,
      sessions_30d: 0,
      orders_count: 0,
      orders_revenue_net: usd(0),
      wishlist: { items_count: 0, shared: false },
      store_visits_90d: 0,
    });
    for (const key of [
      "aov",
      "discount_share",
      "preferred_channel",
      "best_send_hour",
      "rfm",
      "email_engagement_30d",
      "last_order_at",
      "days_since_last_order",
      "favourite_category",
      "open_cart",
      "email",
    ]) {
      expect(traits, key).not.toHaveProperty(key);
    }
  });

  it("knows a customer by the account identifier and shows written attributes", () => {
    const identifiers = [anIdentifier("user_id", "c-1"), anIdentifier("email", "a@b.example")];
    const attributes = {
      gender: { value: "female", at: 1, sourceId: "s" },
      orders_count: { value: 99, at: 1, sourceId: "s" },
    };
    const traits = traitsOf(aState({ attributes }), noon, { currency: "USD", identifiers });
    expect(traits).toMatchObject({ is_registered: true, email: "a@b.example", gender: "female", orders_count: 0 });
  });

  it("takes the deepest category that still holds half of the greatest share as the favourite", () => {
    const at = noon;
    const affinity = {
      category: { women: { s: 9, at }, "women/jackets": { s: 8, at }, men: { s: 2, at } },
      brand: { Acme: { s: 1, at } },
    };
    expect(traitsOf(aState({ affinity }), noon, { currency: "USD" })).toMatchObject({
      favourite_category: "women/jackets",
      favourite_brand: "Acme",
    });
  });

  it("values the open cart", () => {
    const items = [
      { sku: "a", qty: 2, lineTotal: usd(300) },
      { sku: "b", qty: 1, lineTotal: { minor: 1, currency: "EUR" } },
    ];
    const cart = { cartId: "c", items, updatedAt: noon };
    expect(traitsOf(aState({ cart }), noon, { currency: "USD" })["open_cart"]).toEqual({
      cart_id: "c",
      value: usd(300),
      items: 3,
      updated_at: noon,
    });
  });

  it("converts orders with the rate of their day, and says when one is missing", () => {
    const day = Math.floor((noon - dayMs) / dayMs);
    const rates = new Map([[`EUR ${day}`, 2]]);
    const convert: TraitOptions["convert"] = ({ minor, currency }, to, on) => {
      const rate = rates.get(`${currency} ${on}`);
      return rate === undefined ? undefined : { minor: minor * rate, currency: to };
    };
    const eur = (minor: number) => ({ total: { minor, currency: "EUR" }, refunded: { minor: 10, currency: "EUR" } });
    const state = aState({
      orders: [anOrder("2", noon - dayMs, 0, eur(100)), anOrder("1", noon - 2 * dayMs, 300)],
    });
    expect(traitsOf(state, noon, { currency: "USD", convert })).toMatchObject({
      orders_revenue_net: usd(480),
      aov: usd(240),
      trait_flags: [],
    });
    const older = aState({ orders: [anOrder("2", noon - 5 * dayMs, 0, eur(100)), anOrder("1", noon, 300)] });
    expect(traitsOf(older, noon, { currency: "USD", convert })).toMatchObject({
      orders_count: 2,
      orders_revenue_net: usd(300),
      trait_flags: ["missing_rate"],
    });
  });

  it("takes returns before refunds, discounts as a share, and the channel of most orders", () => {
    const state = aState({
      orders: [
        anOrder("3", noon, 900, { discount: 100, channel: "pos" }),
        anOrder("2", noon - dayMs, 800, {
          channel: "pos",
          returns: { r: { at: noon, updatedAt: noon, lines: [["a", 1]] } },
        }),
        anOrder("1", noon - 3 * dayMs, 200, { confirmedBy: "storefront" }),
      ],
    });
    const traits = traitsOf(state, noon, { currency: "USD" });
    expect(traits).toMatchObject({ preferred_channel: "pos", unconfirmed_orders: 1 });
    expect(traits["returns_rate"]).toBeCloseTo(1 / 6);
    expect(traits["discount_share"]).toBeCloseTo(100 / 2000);
  });

  it("lets visits and e-mails of the last days run out, and says when", () => {
    const state = aState({
      session: { startedAt: noon - hourMs, lastAt: noon },
      sessions: [noon - 40 * dayMs, noon - 40 * dayMs, noon - 10 * dayMs, noon - 10 * dayMs + hourMs],
      engagement: {
        email: [noon - 5 * dayMs, 1, 11, noon - 5 * dayMs, 2, 11, noon - 4 * dayMs, 0, 12],
        hours: [],
        channels: {},
        storeVisits: [noon - 100 * dayMs, noon - 80 * dayMs],
      },
    });
    const at = (nowMs: number) => lazyTraits({ state, nowMs, currency: "USD" });
    expect(at(noon)).toMatchObject({ sessions_30d: 2, store_visits_90d: 1, email_engagement_30d: 0.5 });
    const changes = at(noon)["changes_at"] as Record<string, number>;
    expect(changes["sessions_30d"]).toBe(noon + 20 * dayMs + 1);
    expect(at(changes["sessions_30d"]! - 1)["sessions_30d"]).toBe(2);
    expect(at(changes["sessions_30d"]!)["sessions_30d"]).toBe(1);
    expect(at(changes["store_visits_90d"]! - 1)["store_visits_90d"]).toBe(1);
    expect(at(changes["store_visits_90d"]!)["store_visits_90d"]).toBe(0);
    expect(at(changes["email_engagement_30d"]!)["email_engagement_30d"]).toBe(0);
  });

  it("finds the best hour in the zone of the person from five signs of life on", () => {
    const hours = new Array<number>(24).fill(0);
    [hours[8], hours[9], hours[20]] = [3, 2, 1];
    const engagement = { email: [], channels: {}, storeVisits: [], hours };
    const attributes = { timezone: { value: "Asia/Tokyo", at: 0, sourceId: "s" } };
    expect(traitsOf(aState({ engagement, attributes }), noon, { currency: "USD" })["best_send_hour"]).toBe(17);
    expect(traitsOf(aState({ engagement }), noon, { currency: "USD", timezone: "UTC" })["best_send_hour"]).toBe(8);
  });

  it("carries what models say, and before that what the shop wrote", () => {
    const attributes = { churn_probability: { value: 0.7, at: 1, sourceId: "crm" } };
    expect(traitsOf(aState({ attributes }), noon, { currency: "USD" })["churn_probability"]).toBe(0.7);
    const predictions = { churn_probability: { value: 0.2, model: "m", version: "1", computedAt: 2 } };
    expect(traitsOf(aState({ attributes, predictions }), noon, { currency: "USD" })["churn_probability"]).toBe(0.2);
  });

  it("gives rules the same values, computed when asked for", () => {
    const state = aState({
      orders: [anOrder("1", noon - dayMs, 100)],
      attributes: { vip: { value: true, at: 0, sourceId: "s" } },
    });
    const all = traitsOf(state, noon, { currency: "USD" });
    const lazy = lazyTraits({ state, nowMs: noon, currency: "USD" });
    for (const key of [...Object.keys(traitReaders), "vip"]) expect(lazy[key], key).toEqual(all[key]);
  });
});
