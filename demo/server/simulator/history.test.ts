import { describe, expect, it, vi } from "vitest";
import { type RequestFacts, readEvent } from "../../../src/collect/index.ts";
import { createSimulator } from "./index.ts";
import { dayMs, now, products, simulate, simulateAfresh } from "./simulator-fixture.ts";

const facts: RequestFacts = {
  sourceId: "simulated",
  sourceKind: "native",
  trusted: true,
  provenCustomerId: null,
  receivedAt: now,
  sentAt: undefined,
  bounds: { maxAgeMs: 365 * dayMs, correctByDelay: false },
  defaultStoreView: "default",
};

describe("the history of simulated shoppers", () => {
  it("is the same for the same seed and instant, and another one for another seed", async () => {
    const [one, same, other] = [await simulate(), await simulateAfresh({}), await simulate({ seed: 8 })];
    expect(same.deliveries).toEqual(one.deliveries);
    expect(other.events.slice(0, 50)).not.toEqual(one.events.slice(0, 50));
    const ids = new Set([...one.events, ...other.events].map(({ messageId }) => messageId));
    expect(ids.size).toBe(one.count + other.count);
  });

  it("only grows when it is repeated later on the same day, under the same message ids", async () => {
    const [early, late] = [await simulate(), await simulate({ at: now + 5 * 3_600_000 })];
    const laterById = new Map(late.events.map((event) => [event.messageId, event]));
    for (const event of early.events) expect(laterById.get(event.messageId)).toEqual(event);
    expect(late.count).toBeGreaterThan(early.count);
  });

  it("is accepted by the collector event by event, and each event counts as simulated", async () => {
    const { events } = await simulate();
    for (const event of events) {
      const read = readEvent(event, facts);
      if (!read.ok) throw new Error(`${event.type}: ${read.message}`);
      expect(read.event.flags).toEqual(["simulated"]);
      expect(read.event.type).toBe(event.type);
    }
  });

  it("names nobody who could exist", async () => {
    const { events } = await simulate();
    for (const { anonymousId, customerId, email, traits } of events) {
      if (anonymousId !== undefined) expect(anonymousId).toMatch(/^sim-7-\d+-[ab]$/);
      if (customerId !== undefined) expect(customerId).toMatch(/^sim-customer-7-\d+$/);
      if (email !== undefined) expect(email).toMatch(/^shopper-7-\d+@simulated\.example$/);
      if (traits !== undefined) expect(`${traits.firstName} ${traits.lastName}`).toMatch(/^Simulated Shopper \d+$/);
    }
  });

  it("covers the past 90 days and nothing later, with a few orders of long before, each sender in order of time", async () => {
    const { deliveries, events } = await simulate();
    const times = events.map(({ timestamp }) => Date.parse(timestamp));
    expect(Math.max(...times)).toBeLessThanOrEqual(now);
    const former = events.filter(({ timestamp }) => Date.parse(timestamp) < now - 91 * dayMs);
    expect(former.length).toBeGreaterThan(0);
    expect(former.length).toBeLessThan(0.15 * 60);
    for (const { type, timestamp } of former) {
      expect(type).toBe("orderPlaced");
      expect(Date.parse(timestamp)).toBeLessThan(now - 200 * dayMs);
      expect(Date.parse(timestamp)).toBeGreaterThan(now - 310 * dayMs);
    }
    for (const isBackOffice of [false, true]) {
      const own = deliveries
        .filter((delivery) => delivery.isBackOffice === isBackOffice)
        .flatMap((delivery) => delivery.events.map(({ timestamp }) => timestamp));
      expect(own).toEqual([...own].sort());
    }
  });

  it("sends batches of at most 500, waits for each, and tells how far it is", async () => {
    let open = 0;
    let mostOpen = 0;
    const sizes: number[] = [];
    const progress: (readonly [number, number])[] = [];
    const simulator = createSimulator({
      shoppers: 60,
      seed: 7,
      now: () => now,
      products,
      send: async (events) => {
        open += 1;
        mostOpen = Math.max(mostOpen, open);
        sizes.push(events.length);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
      },
    });
    const count = await simulator.history((done, total) => progress.push([done, total]));
    expect(mostOpen).toBe(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
    expect(progress).toHaveLength(sizes.length);
    expect(progress.at(-1)).toEqual([count, count]);
    expect(progress.every(([, total]) => total === count)).toBe(true);
  });

  it("rejects with the error of a batch that is not taken", async () => {
    const simulator = createSimulator({
      shoppers: 5,
      seed: 1,
      now: () => now,
      products,
      send: () => Promise.reject(new Error("full")),
    });
    await expect(simulator.history(() => {})).rejects.toThrow("full");
  });

  it("tells an order after its checkout, and before the shopper's browser goes on in a later batch", async () => {
    const { deliveries, ofType } = await simulate();
    const batchOf = new Map(
      deliveries.flatMap(({ events }, at) => events.map((event) => [event.messageId, at] as const)),
    );
    const placed = new Map(ofType("orderPlaced").map((event) => [event.properties.orderId, event]));
    const checkouts = ofType("completeCheckout");
    expect(checkouts.length).toBeGreaterThan(20);
    for (const checkout of checkouts) {
      const order = placed.get(checkout.properties.orderId);
      if (!order) continue; // still on its way at the end of the history
      expect(Date.parse(order.timestamp)).toBeGreaterThan(Date.parse(checkout.timestamp));
      expect(batchOf.get(order.messageId)!).toBeGreaterThan(batchOf.get(checkout.messageId)!);
      expect(order.properties.orderTotal).toEqual(checkout.properties.orderTotal);
    }
    for (const { events, isBackOffice } of deliveries) {
      for (const { type } of events) expect(/^(order|accountCreated|message|storeVisit)/.test(type)).toBe(isBackOffice);
    }
  });
});

describe("simulated shopping", () => {
  it("adds up: line totals, order totals in whole cents, refunds within the order", async () => {
    const { ofType } = await simulate({ shoppers: 300 });
    const totals = new Map<string, number>();
    for (const { properties } of ofType("orderPlaced")) {
      const { items, orderTotal, tax, shipping, discount, orderId } = properties;
      for (const { qty, unitPrice, lineTotal } of items) expect(lineTotal.minor).toBe(unitPrice.minor * qty);
      const subtotal = items.reduce((sum, { lineTotal }) => sum + lineTotal.minor, 0);
      expect(orderTotal.minor).toBe(subtotal - discount.minor + shipping.minor + tax.minor);
      for (const { minor } of [orderTotal, tax, shipping, discount])
        expect(Number.isInteger(minor) && minor >= 0).toBe(true);
      expect(totals.has(orderId)).toBe(false);
      totals.set(orderId, orderTotal.minor);
    }
    const refunds = ofType("orderRefunded");
    expect(refunds.length).toBeGreaterThan(3);
    for (const { properties } of refunds) {
      expect(properties.refund.minor).toBeGreaterThan(0);
      expect(properties.refund.minor).toBeLessThanOrEqual(totals.get(properties.orderId)!);
    }
    for (const { properties } of ofType("orderReturned")) expect(properties.reason).not.toBe("");
  });

  it("buys variants of the product that was looked at, at the price of the catalog", async () => {
    const { ofType } = await simulate();
    const bySku = new Map(products.map((product) => [product.sku, product]));
    for (const { properties } of ofType("addToCart")) {
      const [item] = properties.items;
      const product = bySku.get(item!.parentSku ?? item!.sku)!;
      expect(item!.unitPrice.minor).toBe(product.price);
      if (item!.parentSku !== undefined) expect(product.variants).toContain(item!.sku);
      else expect(product.variants).toEqual([]);
    }
  });

  it("removes and buys only what is in the cart", async () => {
    const { events } = await simulate();
    const carts = new Map<string, Map<string, number>>();
    for (const { type, properties } of events) {
      const cartId = properties["cartId"];
      if (typeof cartId !== "string") continue;
      const cart = carts.get(cartId) ?? new Map<string, number>();
      carts.set(cartId, cart);
      if (type === "openCart") expect(cart.size).toBe(0);
      for (const { sku, qty } of properties.items) {
        if (type === "addToCart") cart.set(sku, (cart.get(sku) ?? 0) + qty);
        else if (type !== "openCart") expect(cart.get(sku)).toBe(qty);
        if (type === "removeFromCart") cart.delete(sku);
      }
    }
    expect(carts.size).toBeGreaterThan(50);
  });

  it("has the proportions of a shop", async () => {
    const { ofType, events, count } = await simulate({ shoppers: 300 });
    const perShopper = count / 300;
    expect(perShopper).toBeGreaterThan(60);
    expect(perShopper).toBeLessThan(120);
    const byBrowser = events.filter(({ context }) => context.sessionId);
    const sessions = new Map(byBrowser.map(({ context }) => [context.sessionId, context]));
    const sessionsWith = (type: string) =>
      new Set(ofType(type).map(({ context }) => context.sessionId)).size / sessions.size;
    expect(sessionsWith("addToCart")).toBeGreaterThan(0.2);
    expect(sessionsWith("addToCart")).toBeLessThan(0.4);
    expect(sessionsWith("completeCheckout")).toBeGreaterThan(0.06);
    expect(sessionsWith("completeCheckout")).toBeLessThan(0.16);
    const device = (name: string) =>
      [...sessions.values()].filter((context) => context.device === name).length / sessions.size;
    expect(device("mobile")).toBeGreaterThan(0.4);
    expect(device("desktop")).toBeGreaterThan(0.3);
    expect(device("tablet")).toBeGreaterThan(0.03);
    const orders = ofType("orderPlaced").length;
    expect(ofType("orderCancelled").length / orders).toBeLessThan(0.05);
    expect(ofType("orderReturned").length / orders).toBeGreaterThan(0.04);
    expect(ofType("orderReturned").length / orders).toBeLessThan(0.12);
    expect(
      ofType("searchResponseReceived").filter(({ properties }) => properties.results === 0).length /
        ofType("searchRequestSent").length,
    ).toBeLessThan(0.15);
    expect(new Set(byBrowser.map(({ anonymousId }) => anonymousId?.replace(/-[ab]$/, ""))).size).toBe(300);
  });

  it("joins second devices to customers by signing in", async () => {
    const { events } = await simulate({ shoppers: 300 });
    const devicesByCustomer = new Map<string, Set<string>>();
    for (const { customerId, anonymousId } of events) {
      if (customerId && anonymousId)
        devicesByCustomer.set(customerId, (devicesByCustomer.get(customerId) ?? new Set()).add(anonymousId));
    }
    expect([...devicesByCustomer.values()].filter(({ size }) => size === 2).length).toBeGreaterThan(5);
  });

  it("looks at products of one category together far more often than chance would", async () => {
    const { ofType } = await simulate();
    const views = ofType("productPageView");
    let pairs = 0;
    let alike = 0;
    for (const [at, view] of views.entries()) {
      const next = views.slice(at + 1).find(({ context }) => context.sessionId === view.context.sessionId);
      if (!next) continue;
      pairs += 1;
      if (next.properties.items[0]!.sku.split("-")[1] === view.properties.items[0]!.sku.split("-")[1]) alike += 1;
    }
    expect(alike / pairs).toBeGreaterThan(0.45); // one in six by chance
  });

  it("lets a few products rise in the last days", async () => {
    const { ofType } = await simulate({ shoppers: 300 });
    const views = ofType("productPageView").map(({ timestamp, properties }) => ({
      at: Date.parse(timestamp),
      sku: properties.items[0]!.sku,
    }));
    const dailyViews = (fromDay: number, toDay: number) => {
      const counts = new Map<string, number>();
      for (const { at, sku } of views) {
        if (at >= now - fromDay * dayMs && at < now - toDay * dayMs)
          counts.set(sku, (counts.get(sku) ?? 0) + 1 / (fromDay - toDay));
      }
      return counts;
    };
    const risenUntil = (day: number) => {
      const before = dailyViews(day + 30, day + 3);
      return [...dailyViews(day + 3, day)].filter(
        ([sku, daily]) => daily >= 1.5 && daily > 2.5 * (before.get(sku) ?? 0),
      ).length;
    };
    expect(risenUntil(0)).toBeGreaterThanOrEqual(3);
    expect(risenUntil(0)).toBeGreaterThan(risenUntil(20) + 1);
  });
});

describe("limits", () => {
  it("has nothing to tell without shoppers", async () => {
    expect((await simulate({ shoppers: 0 })).count).toBe(0);
  });

  it("makes do with one product without a category", async () => {
    const send = vi.fn(async () => {});
    const lone = [{ sku: "ONE", name: "One", categories: [], price: 0, currency: "EUR" }];
    const simulator = createSimulator({ shoppers: 20, seed: 3, now: () => now, products: lone, send });
    expect(await simulator.history(() => {})).toBeGreaterThan(200);
  });

  it("refuses an empty catalog and a number of shoppers that is none", () => {
    const options = { seed: 1, now: () => now, products, send: async () => {} };
    expect(() => createSimulator({ ...options, shoppers: 3, products: [] })).toThrow(RangeError);
    expect(() => createSimulator({ ...options, shoppers: 1.5 })).toThrow(RangeError);
  });
});
