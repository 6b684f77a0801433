import { describe, expect, it } from "vitest";
import { eventNames } from "../../collect/event-names.data.ts";
import { type CanonicalEvent, type RequestFacts, segmentNameOf } from "../../collect/index.ts";
import type { JsonObject } from "../../kernel/index.ts";
import { anEvent } from "../../testing/builders.ts";
import { createSegmentReader } from "./read-segment-message.ts";
import { toSegmentMessage } from "./to-segment-message.ts";

const read = createSegmentReader({ defaultCurrency: "USD" });
const money = (minor: number) => ({ minor, currency: "EUR" });

function readBack(event: CanonicalEvent): CanonicalEvent {
  const facts: RequestFacts = {
    sourceId: event.sourceId,
    sourceKind: "segment",
    trusted: event.verified,
    provenCustomerId: null,
    receivedAt: event.receivedAt,
    sentAt: undefined,
    bounds: { maxAgeMs: 0, correctByDelay: false },
    defaultStoreView: "default",
  };
  // Through JSON, as on the wire.
  const result = read(JSON.parse(JSON.stringify(toSegmentMessage(event))), facts);
  if (!result.ok) throw new Error(`${event.type}: ${result.message}`);
  return result.event;
}

const line = {
  sku: "TEE-M",
  name: "Tee",
  qty: 2,
  unitPrice: money(2490),
  lineTotal: money(4980),
  rank: 1,
  imageUrl: "/t.webp",
  categories: [{ name: "Tees", path: "Tops/Tees" }],
  brand: "B",
};
const plainLine = { sku: "MUG", qty: 1, unitPrice: money(1250), lineTotal: money(1250) };
const fineLine = {
  sku: "NAIL",
  qty: 1000,
  unitPrice: money(1),
  unitPriceText: "0.005",
  lineTotal: money(450),
  discount: money(50),
  currency: "EUR",
  categories: [{ id: "7" }],
};
const order: JsonObject = {
  orderId: "o-1",
  orderTotal: money(6230),
  tax: money(990),
  shipping: money(490),
  discount: money(0),
  coupon: "C",
  currency: "EUR",
  items: [line, plainLine, fineLine],
  email: "a@shop.example",
  payments: [{ transactionId: "t", amount: money(6230) }],
};
const person = { firstName: "A", email: "a@shop.example", address: { street1: "Main 1", city: "Köln" } };

const propertiesByType: Readonly<Record<string, JsonObject>> = {
  pageView: { name: "Home", category: "Shop", note: 1 },
  categoryView: {
    categoryPath: "Tops/Tees",
    categoryId: "7",
    categoryName: "Tees",
    urlKey: "tees",
    items: [plainLine],
    currency: "EUR",
  },
  productPageView: { items: [plainLine], currency: "EUR" },
  searchRequestSent: {
    searchQuery: "rain",
    searchId: "s",
    results: 3,
    filters: [{ attribute: "color", values: ["a", "b"], operator: "in" }],
    sort: [{ attribute: "price", order: "desc" }],
  },
  searchResponseReceived: { searchId: "s", results: 3, suggestions: ["a"], items: [{ sku: "A" }] },
  addToCart: { cartId: "c", items: [line], currency: "EUR" },
  removeFromCart: { cartId: "c", items: [line, plainLine], currency: "EUR" },
  openCart: { cartId: "c", items: [fineLine], currency: "EUR" },
  shoppingCartView: { cartId: "c", items: [line, fineLine], discount: money(5), currency: "EUR" },
  startCheckout: { cartId: "c", orderId: "o", items: [line], value: money(4980), currency: "EUR" },
  completeCheckout: order,
  orderPlaced: { ...order, status: "new", shippingAddress: { city: "Köln" } },
  orderUpdated: order,
  orderShipped: { ...order, trackingNumber: "T", shippedAt: "2026-11-20T00:00:00Z" },
  orderRefunded: {
    orderId: "o-1",
    refundId: "r",
    refund: money(1250),
    reason: "broken",
    items: [plainLine],
    currency: "EUR",
  },
  orderReturned: {
    orderId: "o-1",
    returnId: "r",
    returnStatus: "new",
    items: [{ sku: "A", qty: 1, returnReason: "size" }],
  },
  addToWishlist: { listId: "w", listName: "Later", items: [{ sku: "A" }] },
  createRequisitionList: { listId: "w", listName: "Later", description: "d" },
  propositionDisplay: {
    propositions: [{ id: "p", scope: "home.hero", activityId: "a", itemId: "i", name: "n", action: "display" }],
    decisionId: "d",
  },
  propositionInteract: {
    propositions: [
      { id: "p", action: "interact" },
      { id: "q", action: "interact" },
    ],
  },
  recsItemClick: { unitId: "u", unitName: "n", items: [{ sku: "A", rank: 2 }] },
  profileRecord: { traits: person },
  accountCreated: { traits: person },
  accountUpdated: { traits: person },
  createAccount: { traits: person },
};

function sampleOf(type: string): CanonicalEvent {
  const isBackOffice = /^(order|account)/.test(type);
  const event = anEvent({
    type,
    verified: isBackOffice,
    customerId: "u-1",
    anonymousId: "a-1",
    email: "a@shop.example",
    properties: propertiesByType[type] ?? { anything: "at all", nested: { deep: [1, null] } },
    context: { locale: "de-DE", device: "mobile", page: { url: "https://shop.example/", title: "Shop" } },
  });
  return event;
}

describe("toSegmentMessage, read back", () => {
  it.each([...eventNames.map(({ canonical }) => canonical), "group", "alias", "Own Event"])(
    "gives %s again",
    (type) => {
      const event =
        type === "group"
          ? anEvent({ type, anonymousId: "a-1", properties: { groupId: "g", traits: { plan: "b2b" } } })
          : type === "alias"
            ? anEvent({ type, customerId: "u-1", properties: { previousId: "p" } })
            : sampleOf(type);
      const back = readBack(event);
      expect(back.type).toBe(event.type);
      expect([back.messageId, back.timestamp]).toEqual([event.messageId, event.timestamp]);
      expect(back.identifiers).toEqual(event.identifiers);
      expect(back.properties).toMatchObject(event.properties);
      // The address is known from the context; the rest is as it was.
      expect(back.context).toMatchObject({ ...event.context });
    },
  );

  it("uses the names of the specification", () => {
    for (const { canonical } of eventNames) {
      const name = segmentNameOf(canonical);
      if (name !== undefined) expect(toSegmentMessage(sampleOf(canonical)).event).toBe(name);
    }
    expect(toSegmentMessage(sampleOf("orderPlaced")).event).toBe("Order Completed");
    expect(toSegmentMessage(sampleOf("pageView"))).toMatchObject({
      type: "page",
      name: "Home",
      properties: { url: "https://shop.example/" },
    });
    expect(toSegmentMessage(sampleOf("profileRecord"))).toMatchObject({
      type: "identify",
      userId: "u-1",
      traits: { firstName: "A" },
    });
  });

  it("writes amounts in major units and products as that vocabulary has them", () => {
    expect(toSegmentMessage(sampleOf("completeCheckout")).properties).toMatchObject({
      order_id: "o-1",
      total: 62.3,
      revenue: 62.3,
      tax: 9.9,
      currency: "EUR",
      products: [
        {
          product_id: "TEE-M",
          sku: "TEE-M",
          price: 24.9,
          quantity: 2,
          position: 1,
          category: "Tops/Tees",
          image_url: "/t.webp",
        },
        { sku: "MUG" },
        { price: 0.005, line_total: 4.5 },
      ],
    });
    expect(toSegmentMessage(sampleOf("addToCart")).properties).toMatchObject({
      cart_id: "c",
      sku: "TEE-M",
      price: 24.9,
      quantity: 2,
    });
  });

  it("keeps devices and foreign identifiers", () => {
    const event = {
      ...anEvent({ type: "pageView" }),
      identifiers: [
        { namespace: "customer_id:erp", value: "e" },
        { namespace: "device:ios", value: "d" },
        { namespace: "push_token:ios", value: "t" },
        { namespace: "ecid", value: "1".repeat(38) },
      ],
    };
    const message = toSegmentMessage(event);
    expect(message.anonymousId).toMatch(/^[0-9a-f]{32}$/);
    expect(readBack(event).identifiers).toEqual(expect.arrayContaining(event.identifiers));
  });

  it("names somebody even where nobody is known", () => {
    expect(toSegmentMessage({ ...anEvent({ messageId: "m-1" }), identifiers: [] }).anonymousId).toBe("nobody-m-1");
  });
});
