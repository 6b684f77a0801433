import { describe, expect, it } from "vitest";
import type { CanonicalEvent } from "../collect/index.ts";
import { aLine, anEvent } from "../testing/builders.ts";
import { affinityHalfLifeMs, affinityShares, scoreAt } from "./affinity.ts";
import { emptyState } from "./empty-state.ts";
import { type FoldContext, foldEvent } from "./fold-event.ts";
import type { ProfileState } from "./profile.ts";

const start = 1_760_000_000_000;
const product = (sku: string, categories: readonly string[]) =>
  ({ sku, categories, brand: "Luma", finalPrice: { minor: 5_000, currency: "USD" } }) as unknown as ReturnType<
    FoldContext["parentOf"]
  >;
const products = new Map([
  ["BAG-1", product("BAG-1", ["gear/bags"])],
  ["YOGA-1", product("YOGA-1", ["gear/fitness"])],
]);
const context: FoldContext = { parentOf: (sku) => products.get(sku), applyLeaves: (leaves) => leaves, currency: "USD" };
const fold = (events: readonly CanonicalEvent[], from: ProfileState = emptyState(start)) =>
  events.reduce((state, event) => foldEvent(state, event, context), from);

describe("foldEvent", () => {
  it("counts events by type and keeps the newest view of a product first", () => {
    const state = fold([
      anEvent({ type: "productPageView", at: start, properties: { sku: "BAG-1" } }),
      anEvent({ type: "productPageView", at: start + 1, properties: { sku: "YOGA-1" } }),
      anEvent({ type: "productPageView", at: start + 2, properties: { sku: "BAG-1" } }),
    ]);
    expect(state.counters).toEqual({ productPageView: 3 });
    expect(state.viewed).toEqual([
      { sku: "BAG-1", at: start + 2, count: 2 },
      { sku: "YOGA-1", at: start + 1, count: 1 },
    ]);
  });

  it("opens a visit for a shopper, and none for what a trusted server says of one", () => {
    const view = { type: "pageView", at: start } as const;
    expect(fold([anEvent(view)]).sessionCount).not.toEqual(fold([]).sessionCount);
    for (const sourceKind of ["server", "segment", "edge"] as const)
      expect(fold([{ ...anEvent(view), sourceKind, verified: true }]).sessionCount).toEqual(fold([]).sessionCount);
    const proven = { ...anEvent(view), sourceKind: "segment", verified: true, flags: ["customer_proven"] } as const;
    expect(fold([proven]).sessionCount).not.toEqual(fold([]).sessionCount);
  });

  it("gives a category the whole weight and its parent half, and halves it after 30 days", () => {
    const state = fold([anEvent({ type: "addToCart", at: start, properties: { items: [aLine("BAG-1", 100)] } })]);
    expect(scoreAt(state.affinity["category"]!["gear/bags"]!, start)).toBeCloseTo(4, 5);
    expect(scoreAt(state.affinity["category"]!["gear"]!, start)).toBeCloseTo(2, 5);
    expect(scoreAt(state.affinity["category"]!["gear/bags"]!, start + affinityHalfLifeMs)).toBeCloseTo(2, 5);
    expect(affinityShares(state.affinity["category"], start).map(({ value }) => value)).toEqual(["gear/bags", "gear"]);
  });

  it("adds and removes cart lines, and takes a cart view as the whole truth", () => {
    const add = anEvent({ type: "addToCart", at: start, properties: { cartId: "c", items: [aLine("BAG-1", 500, 2)] } });
    const more = anEvent({
      type: "addToCart",
      at: start + 1,
      properties: { cartId: "c", items: [aLine("BAG-1", 500, 1)] },
    });
    const less = anEvent({
      type: "removeFromCart",
      at: start + 2,
      properties: { cartId: "c", items: [aLine("BAG-1", 500, 2)] },
    });
    expect(fold([add, more]).cart?.items).toMatchObject([{ sku: "BAG-1", qty: 3, lineTotal: { minor: 1500 } }]);
    expect(fold([add, more, less]).cart?.items).toMatchObject([{ sku: "BAG-1", qty: 1, lineTotal: { minor: 500 } }]);
    const view = anEvent({
      type: "shoppingCartView",
      at: start + 3,
      properties: { cartId: "c", items: [aLine("YOGA-1", 300)] },
    });
    expect(fold([add, more, less, view]).cart?.items.map((item) => item.sku)).toEqual(["YOGA-1"]);
  });

  it("counts an order seen by browser and back office once, with the money of the back office", () => {
    const browser = anEvent({
      type: "completeCheckout",
      at: start,
      properties: { orderId: "o1", orderTotal: { minor: 900, currency: "USD" }, items: [aLine("BAG-1", 900)] },
    });
    const office = anEvent({
      type: "orderPlaced",
      at: start + 5,
      sourceKind: "server",
      verified: true,
      properties: { orderId: "o1", orderTotal: { minor: 1000, currency: "USD" }, items: [aLine("BAG-1", 1000)] },
    });
    for (const order of [
      [browser, office],
      [office, browser],
    ]) {
      const { orders } = fold(order);
      expect(orders).toHaveLength(1);
      expect(orders[0]).toMatchObject({
        total: { minor: 1000, currency: "USD" },
        confirmedBy: "back_office",
        placedAt: start,
      });
    }
  });

  it("subtracts refunds at most up to the total and marks cancelled orders", () => {
    const placed = anEvent({
      type: "orderPlaced",
      at: start,
      sourceKind: "server",
      verified: true,
      properties: { orderId: "o1", orderTotal: { minor: 1000, currency: "USD" } },
    });
    const refund = (minor: number) =>
      anEvent({
        type: "orderRefunded",
        at: start + 1,
        properties: { orderId: "o1", refund: { minor, currency: "USD" } },
      });
    expect(fold([placed, refund(400), refund(900)]).orders[0]?.refunded).toEqual({ minor: 1000, currency: "USD" });
    expect(fold([placed, anEvent({ type: "orderCancelled", properties: { orderId: "o1" } })]).orders[0]?.status).toBe(
      "cancelled",
    );
  });

  it("keeps hostile keys as plain data", () => {
    const state = fold([
      anEvent({
        type: "__proto__",
        properties: JSON.parse('{"traits": {"__proto__": {"admin": true}, "constructor": "x"}}'),
      }),
    ]);
    expect(Object.getPrototypeOf(state.counters)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
    expect(state.attributes["constructor"]?.value).toBe("x");
  });
});
