import { createHmac } from "node:crypto";
import type { JsonObject, JsonValue } from "../../../kernel/index.ts";
import { equalInConstantTime } from "../../net/sign-body.ts";
import type { SourceRecord } from "../../records/record.ts";
import type { PlacedRecord } from "../../sources/take-records.ts";
import { headerOf, type Preset, type ReadDelivery } from "../delivery.ts";
import { compact, field, list, sum, text, times } from "../foreign-object.ts";

type Json = JsonValue | undefined;

function addressOf(address: Json): JsonObject {
  return compact({
    street1: text(address, "address1"),
    street2: text(address, "address2"),
    city: text(address, "city"),
    state: text(address, "province_code") ?? text(address, "province"),
    postalCode: text(address, "zip"),
    country: text(address, "country_code") ?? text(address, "country"),
  });
}

/** Articles without a SKU of their own are told apart by their variant. */
function skuOf(line: Json): string | undefined {
  return text(line, "sku") ?? text(line, "variant_id") ?? text(line, "product_id");
}

function itemOf(line: JsonValue): JsonObject {
  const price = text(line, "price");
  return compact({
    id: text(line, "id"),
    SKU: skuOf(line),
    name: text(line, "title") ?? text(line, "name"),
    quantity: field(line, "quantity"),
    unitPrice: price,
    priceTotal: times(price, field(line, "quantity")),
    discountAmount:
      sum(list(line, "discount_allocations").map((one) => field(one, "amount"))) ?? text(line, "total_discount"),
    taxAmount: sum(list(line, "tax_lines").map((one) => field(one, "price"))),
    selectedOptions: text(line, "variant_title")
      ? [{ attribute: "variant", value: text(line, "variant_title") ?? "" }]
      : undefined,
  });
}

function refundOf(refund: JsonValue, currency: string | undefined): JsonObject {
  const paid = list(refund, "transactions").filter((one) => {
    const status = text(one, "status");
    return text(one, "kind") === "refund" && (status === undefined || status === "success");
  });
  const lines = list(refund, "refund_line_items");
  return compact({
    transactionID: text(refund, "id"),
    refundAmount:
      sum(paid.map((one) => field(one, "amount"))) ?? sum(lines.map((one) => field(one, "subtotal"))) ?? "0",
    currencyCode: text(paid[0], "currency") ?? currency,
    refundReason: text(refund, "note"),
    refundPaymentType: text(paid[0], "gateway"),
    date: text(refund, "processed_at") ?? text(refund, "created_at"),
    items: lines.map((one) =>
      compact({ SKU: skuOf(field(one, "line_item")), quantity: field(one, "quantity"), amount: text(one, "subtotal") }),
    ),
  });
}

function statusOf(order: JsonValue): string {
  if (text(order, "cancelled_at")) return "cancelled";
  if (text(order, "fulfillment_status") === "fulfilled") return text(order, "closed_at") ? "completed" : "shipped";
  return text(order, "financial_status") === "paid" ? "invoiced" : "placed";
}

function orderOf(order: JsonValue): SourceRecord {
  const currency = text(order, "currency");
  const [fulfilment] = list(order, "fulfillments");
  const customerId = text(order, "customer", "id");
  const updatedAt = text(order, "updated_at");
  return {
    kind: "order",
    externalId: text(order, "id") ?? "",
    ...(updatedAt ? { updatedAt } : {}),
    fields: compact({
      // The number that the shopper reads, without its mark.
      purchaseID: text(order, "name")?.replace(/^#/, "") ?? text(order, "id"),
      purchaseOrderNumber: text(order, "po_number"),
      status: statusOf(order),
      createdDate: text(order, "processed_at") ?? text(order, "created_at"),
      lastUpdatedDate: updatedAt,
      cancelDate: text(order, "cancelled_at"),
      currencyCode: currency,
      priceTotal: text(order, "total_price"),
      taxAmount: text(order, "total_tax"),
      discountAmount: text(order, "total_discounts"),
      promotionID: text(list(order, "discount_codes")[0], "code"),
      personalEmail: compact({ address: text(order, "email") ?? text(order, "contact_email") }),
      phone: text(order, "phone"),
      customer: compact({
        id: customerId,
        firstName: text(order, "customer", "first_name"),
        lastName: text(order, "customer", "last_name"),
        isGuest: customerId === undefined,
      }),
      channel: compact({ _id: text(order, "source_name") }),
      payments: list(order, "payment_gateway_names")
        .slice(0, 1)
        .map((gateway) =>
          compact({ paymentType: gateway, paymentAmount: text(order, "total_price"), currencyCode: currency }),
        ),
      shipping: compact({
        shippingMethod: text(list(order, "shipping_lines")[0], "title"),
        shippingAmount: sum(list(order, "shipping_lines").map((one) => field(one, "price"))),
        shipDate: text(fulfilment, "created_at"),
        trackingNumber: text(fulfilment, "tracking_number"),
        trackingURL: text(fulfilment, "tracking_url"),
        address: addressOf(field(order, "shipping_address")),
      }),
      billing: compact({ address: addressOf(field(order, "billing_address")) }),
      items: list(order, "line_items").map(itemOf),
      refunds: list(order, "refunds").map((refund) => refundOf(refund, currency)),
    }),
  };
}

function customerOf(customer: JsonValue, deleted: boolean): SourceRecord {
  const updatedAt = text(customer, "updated_at");
  const address = field(customer, "default_address");
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
      phone: text(customer, "phone") ?? text(address, "phone"),
      billingAddress: addressOf(address),
      userAccount: compact({ startDate: text(customer, "created_at") }),
      attributes: compact({ tags: text(customer, "tags"), accountState: text(customer, "state") }),
    }),
  };
}

/** Only what somebody decided; "not subscribed" was never asked. */
const subscribed: Readonly<Record<string, boolean>> = { subscribed: true, unsubscribed: false, redacted: false };

function consentOf(holder: JsonValue): SourceRecord | undefined {
  const consent = field(holder, "email_marketing_consent");
  const state = subscribed[text(consent, "state") ?? ""];
  if (state === undefined) return undefined;
  const id = text(holder, "customer_id") ?? text(holder, "id");
  const at = text(consent, "consent_updated_at") ?? text(holder, "updated_at");
  return {
    kind: "consent",
    externalId: id ?? text(holder, "email_address") ?? "",
    ...(at ? { updatedAt: at } : {}),
    fields: compact({
      customer: compact({ id }),
      personalEmail: compact({ address: text(holder, "email_address") ?? text(holder, "email") }),
      categories: { marketing: state },
      method: "email",
      date: at,
    }),
  };
}

function productOf(product: JsonValue, deleted: boolean): SourceRecord {
  const updatedAt = text(product, "updated_at");
  const id = text(product, "id") ?? "";
  const base = { kind: "product" as const, externalId: id, ...(updatedAt ? { updatedAt } : {}) };
  if (deleted) return { ...base, deleted, fields: {} };
  const variants = list(product, "variants");
  const only = variants.length === 1 ? variants[0] : undefined;
  const images = list(product, "images").flatMap((image) => text(image, "src") ?? []);
  const common = compact({
    name: text(product, "title"),
    description: text(product, "body_html"),
    brand: text(product, "vendor"),
    visibility: text(product, "status") === "active" || !text(product, "status") ? "both" : "none",
    categories: text(product, "product_type") ? [text(product, "product_type") ?? ""] : [],
    images,
    createdAt: text(product, "created_at"),
    url_key: text(product, "handle"),
  });
  const offer = (variant: Json) =>
    compact({
      price: text(variant, "compare_at_price") ?? text(variant, "price"),
      specialPrice: text(variant, "compare_at_price") ? text(variant, "price") : undefined,
      qty: field(variant, "inventory_quantity"),
    });
  if (variants.length <= 1) return { ...base, fields: { sku: (only && skuOf(only)) ?? id, ...common, ...offer(only) } };
  const names = list(product, "options").map((option) => text(option, "name") ?? "option");
  return {
    ...base,
    fields: {
      sku: id,
      type: "configurable",
      ...common,
      ...offer(variants[0]),
      variants: variants.map((variant) => ({
        sku: text(variant, "sku") ?? text(variant, "id") ?? "",
        ...offer(variant),
        options: Object.fromEntries(
          names.flatMap((name, index) => {
            const value = text(variant, `option${index + 1}`);
            return value === undefined ? [] : [[name, value]];
          }),
        ),
      })),
    },
  };
}

function recordsOf(topic: string, body: JsonValue): readonly Omit<PlacedRecord, "where">[] {
  const [subject, action] = topic.split("/");
  switch (subject) {
    case "orders":
      // A deleted order was still placed.
      return action === "delete" ? [] : [{ record: orderOf(body) }];
    case "refunds":
      return [
        {
          record: {
            kind: "order",
            externalId: text(body, "order_id") ?? "",
            fields: { refunds: [refundOf(body, undefined)] },
          },
          isRefundOnly: true,
        },
      ];
    case "customers":
      if (action === "data_request") return [];
      if (action === "redact") return [{ record: customerOf(field(body, "customer") ?? {}, true) }];
      if (action === "delete") return [{ record: customerOf(body, true) }];
      return [customerOf(body, false), consentOf(body)].flatMap((record) => (record ? [{ record }] : []));
    case "customers_email_marketing_consent":
      return [consentOf(body)].flatMap((record) => (record ? [{ record }] : []));
    case "products":
      return [{ record: productOf(body, action === "delete") }];
    default:
      return [];
  }
}

/** Shopify: the topic is in a header, the signature is base64 over the raw body and holds no time. */
export const shopify: Preset = {
  verify: (headers, body, secret) =>
    equalInConstantTime(
      createHmac("sha256", secret).update(body).digest("base64"),
      headerOf(headers, "x-shopify-hmac-sha256") ?? "",
    ),
  deliveryId: (headers) => headerOf(headers, "x-shopify-webhook-id"),
  read: ({ headers, body }): ReadDelivery => {
    const topic = headerOf(headers, "x-shopify-topic");
    if (topic === undefined) return { ok: false, message: "the header X-Shopify-Topic is missing" };
    const records = recordsOf(topic.toLowerCase(), body).map((one) => ({
      ...one,
      where: `${topic} ${one.record.externalId}`,
    }));
    return { ok: true, records };
  },
};
