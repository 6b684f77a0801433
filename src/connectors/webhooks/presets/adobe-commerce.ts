import { createHmac, verify as verifyText } from "node:crypto";
import { isObject, type JsonObject, type JsonValue } from "../../../kernel/index.ts";
import { equalInConstantTime, signatureHeader, verifySignature } from "../../net/sign-body.ts";
import type { SourceRecord } from "../../records/record.ts";
import { headerOf, type Preset, type ReadDelivery } from "../delivery.ts";
import { compact, field, list, magnitude, text, utcTime } from "../foreign-object.ts";

type Json = JsonValue | undefined;
type Subject = "order" | "customer" | "product";

const timeOf = (object: Json, name: string) => utcTime(text(object, name));

function addressOf(address: Json): JsonObject {
  const street = list(address, "street").filter((line) => typeof line === "string");
  const region = field(address, "region");
  return compact({
    street1: street[0] ?? text(address, "street"),
    street2: street.slice(1).join(", "),
    city: text(address, "city"),
    state:
      text(address, "region_code") ??
      (isObject(region) ? text(address, "region", "region_code") : text(address, "region")),
    postalCode: text(address, "postcode"),
    country: text(address, "country_id"),
  });
}

const statuses: Readonly<Record<string, string>> = {
  new: "placed",
  pending_payment: "placed",
  payment_review: "placed",
  holded: "placed",
  processing: "invoiced",
  complete: "completed",
  closed: "closed",
  canceled: "cancelled",
};

/** The simple article inside a configurable one is a row of its own, without a price; the row above has its SKU. */
function isPartOfLine(line: JsonValue): boolean {
  return text(line, "parent_item_id") !== undefined || isObject(field(line, "parent_item"));
}

function itemOf(line: JsonValue): JsonObject {
  return compact({
    id: text(line, "item_id") ?? text(line, "quote_item_id"),
    SKU: text(line, "sku"),
    name: text(line, "name"),
    quantity: field(line, "qty_ordered"),
    priceTotal: text(line, "row_total"),
    unitPrice: text(line, "price"),
    discountAmount: magnitude(field(line, "discount_amount")),
    taxAmount: text(line, "tax_amount"),
    selectedOptions: list(line, "product_options", "attributes_info").flatMap((option) => {
      const [attribute, value] = [text(option, "label"), text(option, "value")];
      return attribute === undefined || value === undefined ? [] : [{ attribute, value }];
    }),
  });
}

function isGuestOrder(order: JsonValue): boolean {
  const flag = field(order, "customer_is_guest");
  return flag === true || flag === 1 || flag === "1" || text(order, "customer_id") === undefined;
}

function orderOf(order: JsonValue): SourceRecord {
  const updatedAt = timeOf(order, "updated_at");
  const state = text(order, "state") ?? text(order, "status") ?? "";
  const [assignment] = list(order, "extension_attributes", "shipping_assignments");
  const currency = text(order, "order_currency_code");
  const number = text(order, "increment_id") ?? "";
  const storeId = text(order, "store_id");
  return {
    kind: "order",
    externalId: number,
    ...(updatedAt ? { updatedAt } : {}),
    fields: compact({
      purchaseID: number,
      purchaseOrderNumber: text(order, "payment", "po_number"),
      status: statuses[state] ?? state,
      createdDate: timeOf(order, "created_at"),
      lastUpdatedDate: updatedAt,
      cancelDate: statuses[state] === "cancelled" ? updatedAt : undefined,
      currencyCode: currency,
      priceTotal: text(order, "grand_total"),
      taxAmount: text(order, "tax_amount"),
      discountAmount: magnitude(field(order, "discount_amount")),
      refundTotal: text(order, "total_refunded"),
      promotionID: text(order, "coupon_code"),
      personalEmail: compact({ address: text(order, "customer_email") }),
      phone: text(order, "billing_address", "telephone"),
      customer: compact({
        id: isGuestOrder(order) ? undefined : text(order, "customer_id"),
        groupCode: text(order, "customer_group_id"),
        firstName: text(order, "customer_firstname"),
        lastName: text(order, "customer_lastname"),
        isGuest: isGuestOrder(order),
      }),
      attributes: compact({ storeId }),
      payments: [
        compact({
          transactionID: text(order, "payment", "last_trans_id"),
          paymentType: text(order, "payment", "method"),
          paymentAmount: text(order, "payment", "amount_ordered") ?? text(order, "grand_total"),
          currencyCode: currency,
        }),
      ],
      shipping: compact({
        shippingMethod: text(order, "shipping_description"),
        shippingAmount: text(order, "shipping_amount"),
        address: addressOf(field(assignment, "shipping", "address")),
      }),
      billing: compact({ address: addressOf(field(order, "billing_address")) }),
      items: list(order, "items")
        .filter((line) => !isPartOfLine(line))
        .map(itemOf),
    }),
  };
}

const genders: Readonly<Record<string, string>> = { "1": "male", "2": "female", "3": "not_specified" };

function customerOf(customer: JsonValue, deleted: boolean): readonly SourceRecord[] {
  const updatedAt = timeOf(customer, "updated_at");
  const id = text(customer, "id") ?? text(customer, "entity_id") ?? "";
  const envelope = { externalId: id, ...(updatedAt ? { updatedAt } : {}) };
  const defaultOf = (flag: string) => list(customer, "addresses").find((address) => field(address, flag) === true);
  const person = { customer: compact({ id }), personalEmail: compact({ address: text(customer, "email") }) };
  const profile: SourceRecord = {
    kind: "customer",
    ...envelope,
    ...(deleted ? { deleted } : {}),
    fields: compact({
      ...person,
      customer: compact({ id, groupCode: text(customer, "group_id") }),
      person: compact({
        name: compact({ firstName: text(customer, "firstname"), lastName: text(customer, "lastname") }),
        birthDate: text(customer, "dob")?.slice(0, 10),
        gender: genders[text(customer, "gender") ?? ""],
      }),
      phone: text(defaultOf("default_billing"), "telephone"),
      billingAddress: addressOf(defaultOf("default_billing")),
      shippingAddress: addressOf(defaultOf("default_shipping")),
      userAccount: compact({ startDate: timeOf(customer, "created_at") }),
    }),
  };
  const isSubscribed = field(customer, "extension_attributes", "is_subscribed");
  if (deleted || typeof isSubscribed !== "boolean") return [profile];
  const consent: SourceRecord = {
    kind: "consent",
    ...envelope,
    fields: compact({ ...person, categories: { marketing: isSubscribed }, method: "newsletter", date: updatedAt }),
  };
  return [profile, consent];
}

function attributesOf(product: JsonValue): JsonObject {
  return Object.fromEntries(
    list(product, "custom_attributes").flatMap((attribute): [string, JsonValue][] => {
      const [code, value] = [text(attribute, "attribute_code"), field(attribute, "value")];
      return code === undefined || value === undefined ? [] : [[code, value]];
    }),
  );
}

function productOf(product: JsonValue, deleted: boolean): SourceRecord {
  const updatedAt = timeOf(product, "updated_at");
  const sku = text(product, "sku") ?? "";
  const base = { kind: "product" as const, externalId: sku, ...(updatedAt ? { updatedAt } : {}) };
  if (deleted) return { ...base, deleted, fields: { sku } };
  const {
    description,
    special_price: specialPrice,
    special_from_date: specialFrom,
    special_to_date: specialTo,
    url_key: urlKey,
    ...attributes
  } = attributesOf(product);
  return {
    ...base,
    fields: compact({
      sku,
      name: text(product, "name"),
      description,
      type: text(product, "type_id"),
      price: text(product, "price"),
      specialPrice,
      specialFrom,
      specialTo,
      tierPrices: field(product, "tier_prices"),
      customOptions: field(product, "options"),
      qty: field(product, "extension_attributes", "stock_item", "qty"),
      in_stock: field(product, "extension_attributes", "stock_item", "is_in_stock"),
      visibility: text(product, "status") === "2" ? "none" : (text(product, "visibility") ?? "4"),
      createdAt: timeOf(product, "created_at"),
      url_key: urlKey,
      attributes,
    }),
  };
}

/** What an entity is, by the name of its event, or by the fields that only it has. */
function subjectOf(name: string, entity: Json): Subject | undefined {
  const words = name.toLowerCase();
  // An order's own children have events too, and are no orders.
  if (
    /order_(item|payment|address|status|tax)|creditmemo|invoice|shipment|quote|customer_(address|group|log|visitor)/.test(
      words,
    )
  )
    return undefined;
  if (/sales_order|(^|[._])order/.test(words)) return "order";
  if (/customer/.test(words)) return "customer";
  if (/product/.test(words)) return "product";
  if (text(entity, "increment_id") && text(entity, "grand_total")) return "order";
  if (text(entity, "email") && (text(entity, "firstname") || text(entity, "group_id"))) return "customer";
  return text(entity, "sku") && text(entity, "type_id") ? "product" : undefined;
}

function recordsOf(name: string, entity: JsonValue): readonly SourceRecord[] {
  const deleted = /delete/i.test(name);
  switch (subjectOf(name, entity)) {
    case "order":
      return deleted ? [] : [orderOf(entity)];
    case "customer":
      return customerOf(entity, deleted);
    case "product":
      return [productOf(entity, deleted)];
    default:
      return [];
  }
}

/** The entities of a body: an I/O event or several, or the entity as the REST interface gives it. */
function entitiesOf(body: JsonValue, topic: string): readonly (readonly [string, JsonValue])[] {
  const items: readonly JsonValue[] = Array.isArray(body) ? body : [body];
  return items.slice(0, 500).map((item) => {
    const event = isObject(field(item, "event")) ? field(item, "event") : item;
    const data = field(event, "data");
    const name = text(event, "type") ?? text(item, "event_code") ?? topic;
    const value = field(data, "value") ?? data ?? event ?? item;
    return [name, value];
  });
}

/** RSA signatures of Adobe I/O and of the webhooks module, with the public key that was stored as the secret. */
function isSignedByKey(body: Buffer, pem: string, signatures: readonly (string | undefined)[]): boolean {
  return signatures.some((signature) => {
    if (signature === undefined) return false;
    try {
      return verifyText("sha256", body, pem, Buffer.from(signature, "base64"));
    } catch {
      // The secret is no public key: nothing is signed by it.
      return false;
    }
  });
}

/** Adobe Commerce and Magento: Adobe I/O events, the webhooks module, or a module of the shop that signs like us. */
export const adobeCommerce: Preset = {
  verify: (headers, body, secret, nowMs) => {
    if (secret.startsWith("-----BEGIN"))
      return isSignedByKey(body, secret, [
        headerOf(headers, "x-adobe-digital-signature-1"),
        headerOf(headers, "x-adobe-digital-signature-2"),
        headerOf(headers, "x-adobe-commerce-webhook-signature"),
      ]);
    const own = headerOf(headers, signatureHeader);
    if (own !== undefined) return verifySignature(secret, body, own, nowMs);
    const expected = createHmac("sha256", secret).update(body).digest("base64");
    return equalInConstantTime(expected, headerOf(headers, "x-adobe-signature") ?? "");
  },
  deliveryId: (headers) => headerOf(headers, "x-clientele-delivery"),
  read: ({ headers, body }): ReadDelivery => {
    const topic = headerOf(headers, "x-clientele-topic") ?? "";
    const records = entitiesOf(body, topic)
      .flatMap(([name, entity]) => recordsOf(name, entity))
      .map((record) => ({ record, where: `${record.kind} ${record.externalId}` }));
    return { ok: true, records };
  },
};
