// What a recorded message must look like in the event store, worked out without the code's own tables.
import { expect } from "vitest";
import type { RecordedMessage } from "./recorded-requests.ts";

// The Segment column of the table of event names, written out: the test must not share the code's table.
const canonicalNames: Readonly<Record<string, string>> = {
  "Product List Viewed": "categoryView",
  "Product Viewed": "productPageView",
  "Products Searched": "searchRequestSent",
  "Product Added": "addToCart",
  "Product Removed": "removeFromCart",
  "Cart Viewed": "shoppingCartView",
  "Checkout Started": "startCheckout",
  "Order Completed": "completeCheckout",
  "Order Cancelled": "orderCancelled",
  "Order Updated": "orderUpdated",
  "Order Refunded": "orderRefunded",
  "Product Added to Wishlist": "addToWishlist",
  "Product Removed from Wishlist": "removeFromWishlist",
  "Promotion Viewed": "propositionDisplay",
  "Promotion Clicked": "propositionInteract",
};
const typeOfCall: Readonly<Record<string, string>> = {
  identify: "profileRecord",
  page: "pageView",
  screen: "pageView",
  group: "group",
  alias: "alias",
};

export type CountedProfile = { readonly profileId: string; readonly counters: Readonly<Record<string, number>> };
export type StoredRow = {
  readonly event_type: string;
  readonly original_name: string;
  readonly identifiers: readonly string[];
  readonly skus: readonly string[];
  readonly items_qty: readonly number[];
  readonly items_total: readonly (number | string)[];
  readonly order_id: string;
  readonly order_total: number | string;
  readonly search_query: string;
  readonly cart_id: string;
  readonly currency: string;
  readonly properties: string;
  readonly flags: readonly string[];
};

const minor = (amount: unknown): number => Math.round(Number(amount) * 100);
const objectAt = (message: RecordedMessage, key: string) => (message[key] ?? {}) as Record<string, unknown>;

/** Fails the test unless the row says what the message said. */
export function expectFields(message: RecordedMessage, row: StoredRow): void {
  const given = objectAt(message, "properties");
  const name = typeof message["event"] === "string" ? message["event"] : message.type;
  const ids = [
    message["userId"] ? `user_id:${message["userId"]}` : "",
    message["anonymousId"] ? `anonymous_id:${message["anonymousId"]}` : "",
  ];
  if (message.type !== "alias") expect(row.identifiers).toEqual(expect.arrayContaining(ids.filter((id) => id !== "")));
  expect(row.original_name).toBe(name.slice(0, 200));
  expect(row.event_type).toBe(
    message.type === "track" ? (canonicalNames[name] ?? name.slice(0, 200)) : typeOfCall[message.type],
  );
  if (message.type !== "track") return;
  const products = (
    Array.isArray(given["products"]) ? given["products"] : given["product_id"] ? [given] : []
  ) as Record<string, unknown>[];
  expect(row.skus).toEqual(products.map((product) => product["sku"] ?? product["product_id"]));
  expect(row.items_qty).toEqual(products.map((product) => product["quantity"] ?? 1));
  expect(row.items_total.map(Number)).toEqual(
    products.map((product) => minor(Number(product["price"] ?? 0) * Number(product["quantity"] ?? 1))),
  );
  expect(row.order_id).toBe(given["order_id"] ?? "");
  expect(row.cart_id).toBe(given["cart_id"] ?? "");
  expect(row.search_query).toBe(given["query"] ?? "");
  if (/^Order (Completed|Updated|Cancelled)$/.test(name)) {
    expect(Number(row.order_total)).toBe(minor(given["total"]));
    expect(row.currency).toBe(given["currency"]);
  }
}
