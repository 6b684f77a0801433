import { describe, expect, it } from "vitest";
import type { CanonicalEvent, RequestFacts } from "../../collect/index.ts";
import { createSegmentReader } from "./read-segment-message.ts";

const receivedAt = Date.parse("2026-11-21T12:00:00Z");
const browser: RequestFacts = {
  sourceId: "shop",
  sourceKind: "segment",
  trusted: false,
  provenCustomerId: null,
  receivedAt,
  sentAt: 0,
  bounds: { maxAgeMs: 0, correctByDelay: true },
  defaultStoreView: "default",
};
const read = createSegmentReader({ defaultCurrency: "USD" });

function event(message: object, facts = browser): CanonicalEvent {
  const result = read({ messageId: "m", anonymousId: "a", ...message }, facts);
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`);
  return result.event;
}
const track = (name: string, properties: object, facts = browser) =>
  event({ type: "track", event: name, properties }, facts);

describe("products", () => {
  it("become lines with money in minor units; unknown fields stay", () => {
    const { type, originalName, properties } = track("Order Completed", {
      order_id: 1001,
      total: 142.17,
      revenue: "137.27",
      tax: 21.92,
      shipping: 4.9,
      discount: 24.23,
      coupon: "AUTUMN15",
      currency: "eur",
      affiliation: "web",
      products: [
        {
          product_id: "507f",
          sku: "TEE-M",
          name: "Tee",
          price: 24.9,
          quantity: 2,
          position: 1,
          category: "Tops/Tees",
          brand: "B",
          image_url: "/t.webp",
          discount: "1.10",
        },
        { product_id: 33, price: "12.5" },
      ],
    });
    expect([type, originalName]).toEqual(["completeCheckout", "Order Completed"]);
    expect(properties).toEqual({
      orderId: "1001",
      orderTotal: { minor: 14217, currency: "EUR" },
      revenue: { minor: 13727, currency: "EUR" },
      tax: { minor: 2192, currency: "EUR" },
      shipping: { minor: 490, currency: "EUR" },
      discount: { minor: 2423, currency: "EUR" },
      coupon: "AUTUMN15",
      currency: "EUR",
      affiliation: "web",
      items: [
        {
          product_id: "507f",
          sku: "TEE-M",
          name: "Tee",
          unitPrice: { minor: 2490, currency: "EUR" },
          lineTotal: { minor: 4980, currency: "EUR" },
          discount: { minor: 110, currency: "EUR" },
          qty: 2,
          rank: 1,
          categories: [{ name: "Tees", path: "Tops/Tees" }],
          brand: "B",
          imageUrl: "/t.webp",
        },
        { sku: "33", unitPrice: { minor: 1250, currency: "EUR" }, lineTotal: { minor: 1250, currency: "EUR" } },
      ],
    });
  });

  it("stand in the properties of an event about one of them", () => {
    expect(
      track("Product Added", {
        cart_id: "c-1",
        sku: "S",
        product_id: "p",
        price: 10,
        quantity: "3",
        variant: "red",
        coupon: "C",
        value: 30,
      }).properties,
    ).toEqual({
      cartId: "c-1",
      coupon: "C",
      currency: "USD",
      value: { minor: 3000, currency: "USD" },
      items: [
        {
          sku: "S",
          product_id: "p",
          qty: 3,
          variant: "red",
          unitPrice: { minor: 1000, currency: "USD" },
          lineTotal: { minor: 3000, currency: "USD" },
        },
      ],
    });
  });

  it("keep a price finer than a minor unit, and add it up before rounding", () => {
    const [line] = track("Product Added", { sku: "NAIL", price: 0.005, quantity: 1000, currency: "EUR" }).properties[
      "items"
    ] as object[];
    expect(line).toMatchObject({ unitPriceText: "0.005", lineTotal: { minor: 500, currency: "EUR" } });
  });

  it("keep what cannot be read under the name it came with", () => {
    const { properties } = track("Product Viewed", {
      sku: "S",
      price: "12,50 €",
      quantity: "two",
      position: {},
      currency: "euros",
      value: 3,
      total: [],
    });
    expect(properties).toEqual({
      currency: "euros",
      value: 3,
      total: [],
      items: [{ sku: "S", price: "12,50 €", quantity: "two", position: {} }],
    });
  });
});

describe("names and properties", () => {
  it.each([
    [
      "Products Searched",
      { query: "rain", results_count: 18, search_id: "s" },
      "searchRequestSent",
      { searchQuery: "rain", results: 18, searchId: "s" },
    ],
    [
      "Product List Viewed",
      { list_id: "l", category: "Outerwear" },
      "categoryView",
      { categoryId: "l", categoryPath: "Outerwear" },
    ],
    ["Product List Viewed", { list_id: "hot" }, "categoryView", { categoryId: "hot", categoryPath: "hot" }],
    [
      "Product List Filtered",
      {
        category: "O",
        filters: [
          { type: "color", value: "a" },
          { type: "color", value: "b" },
        ],
        sorts: [{ type: "price", value: "desc" }],
      },
      "Product List Filtered",
      {
        categoryPath: "O",
        filters: [{ attribute: "color", values: ["a", "b"] }],
        sort: [{ attribute: "price", order: "desc" }],
      },
    ],
    [
      "Promotion Clicked",
      { promotion_id: "p", creative: "c", name: "n", position: "top" },
      "propositionInteract",
      { propositions: [{ id: "p", itemId: "c", name: "n", scope: "top", action: "interact" }] },
    ],
    [
      "Product Added to Wishlist",
      { wishlist_id: "w", wishlist_name: "Later", sku: "S" },
      "addToWishlist",
      { listId: "w", listName: "Later", items: [{ sku: "S" }] },
    ],
    [
      "Coupon Denied",
      { coupon_id: "OLD", coupon_name: "Old", reason: "expired", cart_id: 7 },
      "Coupon Denied",
      { coupon: "OLD", couponName: "Old", reason: "expired", cartId: "7" },
    ],
    [
      "Order Refunded",
      { order_id: "o", total: 12.5, currency: "EUR" },
      "orderRefunded",
      { orderId: "o", refund: { minor: 1250, currency: "EUR" }, currency: "EUR" },
    ],
    [
      "Order Updated",
      { order_id: "o", revenue: 5, currency: "JPY" },
      "orderUpdated",
      {
        orderId: "o",
        orderTotal: { minor: 5, currency: "JPY" },
        revenue: { minor: 5, currency: "JPY" },
        currency: "JPY",
      },
    ],
    [" Cart Viewed ", { cart_id: "c", products: [] }, "shoppingCartView", { cartId: "c", items: [] }],
    ["Email Opened", { email_id: "e" }, "messageOpened", { email_id: "e" }],
    ["addToCart", { sku: "S" }, "addToCart", { items: [{ sku: "S" }] }],
    [
      "Own Event",
      { sku: "S", price: 3, query: "q", products: [{ sku: "T" }] },
      "Own Event",
      { sku: "S", price: 3, query: "q", products: [{ sku: "T" }] },
    ],
  ])("of %s become ours", (name, properties, type, expected) => {
    expect(track(name, properties)).toMatchObject({ type, originalName: name.trim() });
    expect(track(name, properties).properties).toEqual(expected);
  });

  it("take a page from the call or its context", () => {
    const { type, originalName, properties, context } = event({
      type: "page",
      name: "Home",
      category: "Shop",
      properties: { url: "https://shop.example/", path: "/", title: "Shop", tab: 1, name: "Home" },
      context: { page: { url: "https://old.example/", referrer: "https://search.example/" } },
    });
    expect([type, originalName]).toEqual(["pageView", "page"]);
    expect(properties).toEqual({ tab: 1, name: "Home", category: "Shop" });
    expect(context).toEqual({
      page: { url: "https://shop.example/", path: "/", title: "Shop", referrer: "https://search.example/" },
    });
  });

  it("keep traits of an identify call under their names and ours", () => {
    const { properties, context } = event({
      type: "identify",
      traits: { firstName: "A", birthday: "1988-04-12", address: { street: "Main 1", country: "DE" }, vip: null },
      context: { traits: { createdAt: "2023-02-11" }, locale: "de-DE" },
    });
    expect(properties).toEqual({
      traits: {
        firstName: "A",
        birthday: "1988-04-12",
        birthDate: "1988-04-12",
        createdAt: "2023-02-11",
        startDate: "2023-02-11",
        address: { street: "Main 1", street1: "Main 1", country: "DE" },
        vip: null,
      },
    });
    expect(context).toEqual({ locale: "de-DE" });
  });

  it("keep what has no place of its own in extra, but not the key", () => {
    const { extra, context } = event({
      type: "track",
      event: "x",
      writeKey: "wk",
      integrations: { All: false },
      _metadata: { v: 1 },
      version: 2,
      channel: "web",
    });
    expect(extra).toEqual({ integrations: { All: false }, _metadata: { v: 1 }, version: 2 });
    expect(context).toEqual({ channel: "web" });
  });
});

describe("identifiers", () => {
  const idsOf = (message: object, facts = browser) =>
    event(message, facts).identifiers.map(({ namespace, value }) => `${namespace}:${value}`);

  it("come from ids, traits, device and external ids, strongest first", () => {
    expect(
      idsOf({
        type: "identify",
        userId: " u-1 ",
        traits: {
          email: " SHOPPER@Example.com ",
          phone: "0151 12345678",
          loyalty_id: "gold-1",
          address: { country: "DE" },
        },
        context: {
          device: { id: "D-1", token: "T-1", type: "iOS" },
          externalIds: [
            { id: "crm-1", type: "crmId", collection: "users", encoding: "none" },
            { id: "company", type: "crmId", collection: "accounts", encoding: "none" },
            { id: "half", type: "x", collection: "users" },
            { id: "u-2", type: "user_id:previous", collection: "users", encoding: "none" },
          ],
        },
      }),
    ).toEqual([
      "user_id:u-1",
      "customer_id:crm:crm-1",
      "loyalty_id:GOLD-1",
      "email:shopper@example.com",
      "phone:+4915112345678",
      "device:ios:D-1",
      "push_token:ios:T-1",
      "anonymous_id:a",
    ]);
  });

  it("take an address from the context of any call, and from properties of orders only", () => {
    expect(idsOf({ type: "track", event: "x", context: { traits: { email: "a@shop.example" } } })).toContain(
      "email:a@shop.example",
    );
    expect(idsOf({ type: "track", event: "Order Completed", properties: { email: "b@shop.example" } })).toContain(
      "email:b@shop.example",
    );
    expect(idsOf({ type: "track", event: "Product Shared", properties: { email: "friend@shop.example" } })).toEqual([
      "anonymous_id:a",
    ]);
  });

  it("of a group are the person's, never the company's", () => {
    const message = {
      type: "group",
      groupId: 7,
      userId: "u",
      traits: { email: "office@firm.example", phone: "+4930123456" },
    };
    expect(idsOf(message)).toEqual(["user_id:u", "anonymous_id:a"]);
    expect(event(message)).toMatchObject({
      type: "group",
      properties: { groupId: "7", traits: { email: "office@firm.example" } },
    });
  });

  it("of an alias are the new id; the old one is a property", () => {
    const alias = event({ type: "alias", userId: "u", previousId: 5 });
    expect(alias).toMatchObject({
      type: "alias",
      identifiers: [{ namespace: "user_id", value: "u" }],
      properties: { previousId: "5" },
    });
  });
});
