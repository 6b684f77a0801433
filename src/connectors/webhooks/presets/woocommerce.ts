import { createHmac } from "node:crypto";
import type { JsonObject, JsonValue } from "../../../kernel/index.ts";
import { equalInConstantTime } from "../../net/sign-body.ts";
import type { SourceRecord } from "../../records/record.ts";
import { headerOf, type Preset, type ReadDelivery } from "../delivery.ts";
import { compact, difference, field, list, magnitude, text, utcTime } from "../foreign-object.ts";

type Json = JsonValue | undefined;

/** Times come twice, in the shop's zone and in UTC, both without a zone. */
const timeOf = (object: Json, name: string) => utcTime(text(object, `${name}_gmt`));

function addressOf(address: Json): JsonObject {
  return compact({
    street1: text(address, "address_1"),
    street2: text(address, "address_2"),
    city: text(address, "city"),
    state: text(address, "state"),
    postalCode: text(address, "postcode"),
    country: text(address, "country"),
  });
}

const statuses: Readonly<Record<string, string>> = {
  pending: "placed",
  "on-hold": "placed",
  processing: "invoiced",
  completed: "completed",
  cancelled: "cancelled",
  failed: "cancelled",
  refunded: "closed",
};

function itemOf(line: JsonValue): JsonObject {
  return compact({
    id: text(line, "id"),
    SKU: text(line, "sku") ?? text(line, "variation_id") ?? text(line, "product_id"),
    name: text(line, "name"),
    quantity: field(line, "quantity"),
    priceTotal: text(line, "total"),
    discountAmount: difference(field(line, "subtotal"), field(line, "total")),
    taxAmount: text(line, "total_tax"),
    selectedOptions: list(line, "meta_data").flatMap((meta) => {
      const [attribute, value] = [text(meta, "display_key"), text(meta, "display_value")];
      return attribute === undefined || value === undefined || attribute.startsWith("_") ? [] : [{ attribute, value }];
    }),
  });
}

function orderOf(order: JsonValue): SourceRecord {
  const updatedAt = timeOf(order, "date_modified");
  const currency = text(order, "currency");
  const customerId = text(order, "customer_id");
  const isGuest = customerId === undefined || customerId === "0";
  const status = text(order, "status") ?? "";
  return {
    kind: "order",
    externalId: text(order, "id") ?? "",
    ...(updatedAt ? { updatedAt } : {}),
    fields: compact({
      purchaseID: text(order, "number") ?? text(order, "id"),
      status: statuses[status] ?? status,
      createdDate: timeOf(order, "date_created"),
      lastUpdatedDate: updatedAt,
      cancelDate: statuses[status] === "cancelled" ? updatedAt : undefined,
      currencyCode: currency,
      priceTotal: text(order, "total"),
      taxAmount: text(order, "total_tax"),
      discountAmount: text(order, "discount_total"),
      promotionID: text(list(order, "coupon_lines")[0], "code"),
      personalEmail: compact({ address: text(order, "billing", "email") }),
      phone: text(order, "billing", "phone"),
      customer: compact({
        id: isGuest ? undefined : customerId,
        firstName: text(order, "billing", "first_name"),
        lastName: text(order, "billing", "last_name"),
        isGuest,
      }),
      channel: compact({ _id: text(order, "created_via") }),
      payments: [
        compact({
          transactionID: text(order, "transaction_id"),
          paymentType: text(order, "payment_method"),
          paymentAmount: text(order, "total"),
          currencyCode: currency,
        }),
      ],
      shipping: compact({
        shippingMethod: text(list(order, "shipping_lines")[0], "method_title"),
        shippingAmount: text(order, "shipping_total"),
        shipDate: timeOf(order, "date_completed"),
        address: addressOf(field(order, "shipping")),
      }),
      billing: compact({ address: addressOf(field(order, "billing")) }),
      items: list(order, "line_items").map(itemOf),
      refunds: list(order, "refunds").map((refund) =>
        compact({
          transactionID: text(refund, "id"),
          refundAmount: magnitude(field(refund, "total")),
          refundReason: text(refund, "reason"),
          currencyCode: currency,
          date: updatedAt,
        }),
      ),
    }),
  };
}

function customerOf(customer: JsonValue, deleted: boolean): SourceRecord {
  const updatedAt = timeOf(customer, "date_modified");
  return {
    kind: "customer",
    externalId: text(customer, "id") ?? "",
    ...(updatedAt ? { updatedAt } : {}),
    ...(deleted ? { deleted } : {}),
    fields: compact({
      customer: compact({ id: text(customer, "id") }),
      person: compact({
        name: compact({ firstName: text(customer, "first_name"), lastName: text(customer, "last_name") }),
      }),
      personalEmail: compact({ address: text(customer, "email") }),
      phone: text(customer, "billing", "phone"),
      billingAddress: addressOf(field(customer, "billing")),
      shippingAddress: addressOf(field(customer, "shipping")),
      userAccount: compact({ startDate: timeOf(customer, "date_created") }),
      attributes: compact({ role: text(customer, "role") }),
    }),
  };
}

function productOf(product: JsonValue, deleted: boolean): SourceRecord {
  const updatedAt = timeOf(product, "date_modified");
  const id = text(product, "id") ?? "";
  const base = { kind: "product" as const, externalId: id, ...(updatedAt ? { updatedAt } : {}) };
  if (deleted) return { ...base, deleted, fields: {} };
  const isHidden = text(product, "status") !== "publish" || text(product, "catalog_visibility") === "hidden";
  return {
    ...base,
    fields: compact({
      sku: text(product, "sku") ?? id,
      name: text(product, "name"),
      description: text(product, "description"),
      url: text(product, "permalink"),
      price: text(product, "regular_price") ?? text(product, "price"),
      specialPrice: text(product, "sale_price"),
      qty: field(product, "stock_quantity"),
      in_stock: text(product, "stock_status") === undefined ? undefined : text(product, "stock_status") === "instock",
      visibility: isHidden ? "none" : "both",
      categories: list(product, "categories").flatMap((category) => text(category, "name") ?? []),
      images: list(product, "images").flatMap((image) => text(image, "src") ?? []),
      createdAt: timeOf(product, "date_created"),
      attributes: Object.fromEntries(
        list(product, "attributes").flatMap((attribute) => {
          const name = text(attribute, "name");
          const values = list(attribute, "options").filter((value) => typeof value === "string");
          return name === undefined || values.length === 0
            ? []
            : [[name, values.length === 1 ? (values[0] ?? "") : values]];
        }),
      ),
    }),
  };
}

function recordsOf(topic: string, body: JsonValue): readonly SourceRecord[] {
  const [subject, action] = topic.split(".");
  const deleted = action === "deleted";
  switch (subject) {
    case "order":
      // A deleted order was still placed.
      return deleted ? [] : [orderOf(body)];
    case "customer":
      return [customerOf(body, deleted)];
    case "product":
      return [productOf(body, deleted)];
    default:
      return [];
  }
}

/** WooCommerce: as Shopify, by other names. */
export const woocommerce: Preset = {
  verify: (headers, body, secret) =>
    equalInConstantTime(
      createHmac("sha256", secret).update(body).digest("base64"),
      headerOf(headers, "x-wc-webhook-signature") ?? "",
    ),
  deliveryId: (headers) => headerOf(headers, "x-wc-webhook-delivery-id"),
  read: ({ headers, body }): ReadDelivery => {
    const topic = headerOf(headers, "x-wc-webhook-topic");
    if (topic === undefined) return { ok: false, message: "the header X-WC-Webhook-Topic is missing" };
    const records = recordsOf(topic.toLowerCase(), body).map((record) => ({
      record,
      where: `${topic} ${record.externalId}`,
    }));
    return { ok: true, records };
  },
};
