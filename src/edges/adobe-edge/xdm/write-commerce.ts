import { isObject, type JsonObject } from "../../../kernel/index.ts";
import { compact, listOf, objectOf } from "../values.ts";
import { amountOf } from "./write-items.ts";

// Measures that XDM has for an event beside its type; the name is the last part of the type where it is not written here.
const ownMeasure: Readonly<Record<string, string>> = {
  "commerce.requsitionListRemovals": "requisitionListRemovals",
};

/** `commerce.<measure>.value = 1` of an event type; none for back-office events and those outside `commerce`. */
export function measureOf(eventType: string): string | undefined {
  const parts = eventType.split(".");
  const [group, name] = parts;
  if (group !== "commerce" || parts.length !== 2 || name === undefined) return undefined;
  return ownMeasure[eventType] ?? name;
}

function writePayments(value: unknown): readonly JsonObject[] {
  return listOf(value, 50).map((entry) => {
    const payment = objectOf(entry);
    return compact({
      transactionID: payment["transactionId"],
      paymentAmount: amountOf(payment["amount"]),
      paymentType: payment["type"],
      currencyCode: objectOf(payment["amount"])["currency"],
    });
  });
}

function writeRefunds(properties: JsonObject): readonly JsonObject[] {
  const several = properties["refunds"];
  const refunds = Array.isArray(several) ? several : "refund" in properties ? [properties] : [];
  return refunds.filter(isObject).map((entry) => {
    const refund = entry as JsonObject;
    return compact({
      transactionID: refund["refundId"],
      refundAmount: amountOf(refund["refund"]),
      refundReason: refund["reason"],
      refundPaymentType: refund["paymentType"],
      currencyCode: objectOf(refund["refund"])["currency"],
    });
  });
}

function writeOrder(properties: JsonObject): JsonObject {
  return compact({
    purchaseID: properties["orderId"],
    purchaseOrderNumber: properties["poNumber"],
    orderType: properties["orderType"],
    status: properties["orderId"] === undefined ? undefined : properties["status"],
    priceTotal: amountOf(properties["orderTotal"]),
    taxAmount: amountOf(properties["tax"]),
    discountAmount: amountOf(properties["discount"]),
    currencyCode: properties["currency"] ?? objectOf(properties["orderTotal"])["currency"],
    payments: writePayments(properties["payments"]),
    createdDate: properties["createdAt"],
    lastUpdatedDate: properties["updatedAt"],
    cancelDate: properties["cancelledAt"],
    attributes: properties["attributes"],
    returns: compact({ returnID: properties["returnId"], returnStatus: properties["returnStatus"] }),
  });
}

function writeShipping(properties: JsonObject): JsonObject {
  return compact({
    shippingMethod: properties["shippingMethod"],
    shippingAmount: amountOf(properties["shipping"]),
    currencyCode: objectOf(properties["shipping"])["currency"],
    trackingNumber: properties["trackingNumber"],
    trackingURL: properties["trackingUrl"],
    shipDate: properties["shippedAt"],
    address: properties["shippingAddress"],
  });
}

function writeQuote(properties: JsonObject): JsonObject {
  if (properties["quoteId"] === undefined) return {};
  return compact({
    quoteID: properties["quoteId"],
    name: properties["quoteName"],
    status: properties["status"],
    expirationDate: properties["expirationDate"],
    originalTotal: amountOf(properties["originalTotal"]),
    negotiatedTotal: amountOf(properties["negotiatedTotal"]),
    currencyCode: objectOf(properties["originalTotal"] ?? properties["negotiatedTotal"])["currency"],
  });
}

function writeUnit(eventType: string, properties: JsonObject): JsonObject {
  if (!eventType.startsWith("commerce.recommendation.")) return {};
  const { unitId, unitName, unitType, placement } = properties;
  return compact({ unitID: unitId, name: unitName, type: unitType, placement });
}

/** The `commerce` object of an event. */
export function writeCommerce(eventType: string, properties: JsonObject, context: JsonObject): JsonObject {
  const measure = measureOf(eventType);
  const isBackOffice = /backoffice/i.test(eventType);
  return compact({
    ...(measure === undefined || isBackOffice ? {} : { [measure]: { value: 1 } }),
    commerceScope: compact({
      environmentID: context["environment"],
      websiteCode: context["website"],
      storeCode: context["store"],
      storeViewCode: context["storeView"],
    }),
    cart: compact({ cartID: properties["cartId"] }),
    order: writeOrder(properties),
    promotionID: properties["coupon"],
    shipping: writeShipping(properties),
    billing: compact({ address: properties["billingAddress"] }),
    refunds: writeRefunds(properties),
    requisitionList: compact({
      ID: properties["listId"],
      name: properties["listName"],
      description: properties["description"],
    }),
    quote: writeQuote(properties),
    companyID: properties["companyId"],
    category: compact({
      id: properties["categoryId"],
      name: properties["categoryName"],
      urlKey: properties["urlKey"],
      urlPath: properties["categoryPath"],
    }),
    recommendation: writeUnit(eventType, properties),
  });
}
