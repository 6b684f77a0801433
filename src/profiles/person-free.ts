// What may stay of an event when its person goes: a list of what is kept, not of what is taken out, so that a name in a field
// nobody thought of goes too.
import { isObject, type JsonValue } from "../kernel/index.ts";

const keptProperties = new Set(
  `orderId orderType status orderTotal tax shipping discount coupon currency shippingMethod isGuest customerGroup channel environment
   updatedAt shippedAt refundId refund paymentType returnId returnStatus categoryPath categoryId results cartTotal items payments`.split(
    /\s+/,
  ),
);
const keptItemFields = new Set(
  `sku parentSku name qty unitPrice unitPriceText lineTotal discount currency categories rank tax returnStatus returnItemCondition
   returnResolution returnQuantityRequested returnQuantityAuthorized returnQuantityReceived returnQuantityApproved productType lineId
   parentLineId children`.split(/\s+/),
);
const keptPaymentFields = new Set(["amount", "type"]);
const maxTextLength = 200;
const maxEntries = 500;

function pick(value: unknown, kept: ReadonlySet<string>): Record<string, JsonValue> {
  if (!isObject(value)) return {};
  const picked: Record<string, JsonValue> = {};
  for (const [key, field] of Object.entries(value)) {
    if (!kept.has(key)) continue;
    if (typeof field === "string" && field.length > maxTextLength) continue;
    // An event is JSON by construction.
    picked[key] = field as JsonValue;
  }
  return picked;
}

function pickEach(value: unknown, kept: ReadonlySet<string>): readonly JsonValue[] {
  return Array.isArray(value) ? value.slice(0, maxEntries).map((entry) => pick(entry, kept)) : [];
}

/** Parts of a bundle are cut as its line is, and have none themselves. */
function withParts(item: JsonValue): JsonValue {
  if (!isObject(item) || !("children" in item)) return item;
  const parts = pickEach(item["children"], keptItemFields).map((part) => {
    const { children: _none, ...rest } = part as Record<string, JsonValue>;
    return rest;
  });
  return { ...item, children: parts } as JsonValue;
}

/** Money, products, states and dates of an event's properties; no text that a person wrote or that names one. */
export function tradeFacts(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, JsonValue>> {
  const facts = pick(properties, keptProperties);
  if ("items" in facts) facts["items"] = pickEach(properties["items"], keptItemFields).map(withParts);
  if ("payments" in facts) facts["payments"] = pickEach(properties["payments"], keptPaymentFields);
  return facts;
}
