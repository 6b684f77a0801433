/** Attributes that exist in every deployment: the event in hand, the request, and the elements of collections. */
import type { AttributeSpec, AttributeType, ItemKind } from "./attribute-catalog.ts";

function attribute(path: string, type: AttributeType, label: string, values?: readonly string[]): AttributeSpec {
  return values ? { path, type, label, values } : { path, type, label };
}

const devices = ["desktop", "mobile", "tablet"];

/** Paths under `event.` and `context.`. */
export const standardAttributes: readonly AttributeSpec[] = [
  attribute("event.type", "key", "Event"),
  attribute("event.timestamp", "instant", "Time of the event"),
  attribute("event.source", "key", "Source of the event"),
  attribute("event.storeView", "key", "Store view of the event"),
  attribute("event.properties.searchQuery", "text", "Search phrase"),
  attribute("event.properties.searchId", "key", "Search"),
  attribute("event.properties.results", "number", "Number of search results"),
  attribute("event.properties.categoryPath", "key", "Category"),
  attribute("event.properties.cartId", "key", "Cart"),
  attribute("event.properties.orderId", "key", "Order"),
  attribute("event.properties.listId", "key", "List"),
  attribute("event.properties.quoteId", "key", "Quote"),
  attribute("event.properties.orderTotal", "money", "Order total"),
  attribute("event.properties.tax", "money", "Tax"),
  attribute("event.properties.shipping", "money", "Shipping costs"),
  attribute("event.properties.discount", "money", "Discount"),
  attribute("event.properties.coupon", "text", "Coupon"),
  attribute("event.properties.reason", "text", "Reason"),
  attribute("event.properties.items", "objects", "Product lines"),
  attribute("event.properties.items.sku", "key", "SKU of a product line"),
  attribute("event.properties.items.qty", "number", "Quantity of a product line"),
  attribute("event.properties.items.unitPrice", "money", "Unit price of a product line"),
  attribute("event.properties.items.lineTotal", "money", "Total of a product line"),
  attribute("event.properties.items.*", "json", "Field of a product line"),
  attribute("event.properties.*", "json", "Event property"),
  attribute("event.context.page.url", "text", "Page address"),
  attribute("event.context.page.title", "text", "Page title"),
  attribute("event.context.page.type", "key", "Page type"),
  attribute("event.context.page.referrer", "text", "Referrer"),
  attribute("event.context.device", "key", "Device", devices),
  attribute("event.context.locale", "key", "Locale"),
  attribute("event.context.storeView", "key", "Store view"),
  attribute("event.context.sessionId", "key", "Session"),
  attribute("event.context.campaign.source", "text", "Campaign source"),
  attribute("event.context.campaign.medium", "text", "Campaign medium"),
  attribute("event.context.campaign.name", "text", "Campaign"),
  attribute("event.context.*", "json", "Event context"),
  attribute("context.query", "text", "Search phrase of the request"),
  attribute("context.page.url", "text", "Page address"),
  attribute("context.page.title", "text", "Page title"),
  attribute("context.page.type", "key", "Page type"),
  attribute("context.page.referrer", "text", "Referrer"),
  attribute("context.device", "key", "Device", devices),
  attribute("context.store_view", "key", "Store view"),
  attribute("context.locale", "key", "Locale"),
  attribute("context.country", "key", "Country"),
  attribute("context.app_version", "version", "App version"),
  attribute("context.campaign.source", "text", "Campaign source"),
  attribute("context.campaign.medium", "text", "Campaign medium"),
  attribute("context.campaign.name", "text", "Campaign"),
  attribute("context.*", "json", "Context of the request"),
];

const line: readonly AttributeSpec[] = [
  attribute("item.sku", "key", "SKU"),
  attribute("item.qty", "number", "Quantity"),
  attribute("item.price", "money", "Price in the cart"),
  attribute("item.row_total", "money", "Row total"),
  attribute("item.name", "text", "Name"),
  attribute("item.options.*", "text", "Chosen option"),
  attribute("item.store_view", "key", "Store view of the order"),
  attribute("item.at", "instant", "Put into the cart, or ordered, at"),
];

/** An order counts as unconfirmed a day after it was placed. */
const unconfirmedChangesAt = "item.unconfirmed_changes_at";

/** Paths under `item`, by what the element is. */
export const itemAttributes: Readonly<Record<ItemKind, readonly AttributeSpec[]>> = {
  line,
  viewed: [
    attribute("item.sku", "key", "SKU"),
    attribute("item.count", "number", "Number of views"),
    attribute("item.at", "instant", "Last looked at"),
  ],
  wishlist: [attribute("item.sku", "key", "SKU"), attribute("item.at", "instant", "Put on the wish list at")],
  order: [
    attribute("item.order_id", "key", "Order number"),
    attribute("item.status", "key", "Status", ["placed", "invoiced", "shipped", "completed", "closed", "cancelled"]),
    attribute("item.store_view", "key", "Store view"),
    attribute("item.channel", "key", "Channel", ["web", "app", "pos", "callcenter"]),
    { ...attribute("item.unconfirmed", "boolean", "Only the browser reported it"), changesAt: unconfirmedChangesAt },
    attribute("item.grand_total", "money", "Grand total"),
    attribute("item.qty", "number", "Items bought"),
    attribute("item.coupon", "text", "Coupon"),
    attribute("item.at", "instant", "Ordered at"),
    attribute("item.shipping.country", "key", "Shipping country"),
    attribute("item.shipping.region", "text", "Shipping region"),
    attribute("item.shipping.city", "text", "Shipping city"),
    attribute("item.shipping.postcode", "text", "Shipping postcode"),
    attribute("item.billing.country", "key", "Billing country"),
    attribute("item.billing.region", "text", "Billing region"),
    attribute("item.billing.city", "text", "Billing city"),
    attribute("item.billing.postcode", "text", "Billing postcode"),
    attribute("item.shipping.*", "text", "Shipping address"),
    attribute("item.billing.*", "text", "Billing address"),
  ],
  address: [
    attribute("item.street", "text", "Street"),
    attribute("item.city", "text", "City"),
    attribute("item.region", "text", "Region"),
    attribute("item.region_code", "key", "Region code"),
    attribute("item.company", "text", "Company"),
    attribute("item.phone", "text", "Phone"),
    attribute("item.first_name", "text", "First name"),
    attribute("item.last_name", "text", "Last name"),
    attribute("item.vat_id", "key", "VAT number"),
    attribute("item.country", "key", "Country"),
    attribute("item.postcode", "text", "Postcode"),
    attribute("item.default_billing", "boolean", "Default billing address"),
    attribute("item.default_shipping", "boolean", "Default shipping address"),
    attribute("item.*", "text", "Address field"),
  ],
  scalar: [attribute("item", "text", "Value of the list")],
  code: [attribute("item", "key", "Code of the list")],
  element: [attribute("item", "json", "Element"), attribute("item.*", "json", "Field of the element")],
};
