import type { AttributeSpec } from "./operators.ts";

const line: readonly AttributeSpec[] = [
  { path: "item.sku", type: "key", label: "SKU" },
  { path: "item.qty", type: "number", label: "Quantity" },
  { path: "item.price", type: "money", label: "Unit price" },
  { path: "item.row_total", type: "money", label: "Line total" },
  { path: "item.name", type: "text", label: "Name" },
  { path: "item.options.*", type: "text", label: "Chosen option" },
];

const address: readonly AttributeSpec[] = [
  { path: "item.city", type: "text", label: "City" },
  { path: "item.region", type: "text", label: "Region" },
  { path: "item.country", type: "key", label: "Country" },
  { path: "item.postcode", type: "text", label: "Postcode" },
  { path: "item.default_billing", type: "boolean", label: "Default billing address" },
  { path: "item.default_shipping", type: "boolean", label: "Default shipping address" },
  { path: "item.*", type: "text", label: "Address field" },
];

const orders: readonly AttributeSpec[] = [
  { path: "item.order_id", type: "key", label: "Order number" },
  { path: "item.status", type: "key", label: "Status" },
  { path: "item.grand_total", type: "money", label: "Grand total" },
  { path: "item.qty", type: "number", label: "Items bought" },
  { path: "item.coupon", type: "text", label: "Coupon" },
  { path: "item.at", type: "instant", label: "Ordered at" },
  { path: "item.shipping.country", type: "key", label: "Shipping country" },
  { path: "item.billing.country", type: "key", label: "Billing country" },
  { path: "item.shipping.*", type: "text", label: "Shipping address" },
  { path: "item.billing.*", type: "text", label: "Billing address" },
];

/**
 * What `item` is, by the collection that a condition ranges over; `list` for the elements of a list attribute.
 * The attribute catalog of the server holds no `item` paths, because one path means something else in each.
 */
export const itemAttributes: Readonly<Record<string, readonly AttributeSpec[]>> = {
  cart: line,
  order: line,
  ordered: line,
  event: line,
  wishlist: [{ path: "item.sku", type: "key", label: "SKU" }],
  viewed: [
    { path: "item.sku", type: "key", label: "SKU" },
    { path: "item.count", type: "number", label: "Number of views" },
  ],
  orders,
  addresses: address,
  list: [{ path: "item", type: "text", label: "Value of the list" }],
  objects: [
    { path: "item", type: "json", label: "Element" },
    { path: "item.*", type: "json", label: "Field of the element" },
  ],
};
