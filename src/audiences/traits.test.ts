import { describe, expect, it } from "vitest";
import type { Order } from "../profiles/index.ts";
import { anIdentifier, aState, dayMs, hourMs, noon } from "../testing/audiences/builders.ts";
import { lazyTraits, traitReaders, traitsOf } from "./traits.ts";

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
    expect(traits).toMatchObject({ is_registered: false, orders_count: 0, orders_revenue_net: usd(0), wishlist: [] });
    for (const key of ["aov", "last_order_at", "days_since_last_order", "favourite_category", "open_cart", "email"]) {
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
