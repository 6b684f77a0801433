import type { JsonObject, Money } from "../../../kernel/index.ts";
import { compact, currencyOf, instantOf, type Loose, listOf, moneyOf, objectOf, textOf } from "../values.ts";

const maxParts = 50;
const addressFields = "street1 street2 city state postalCode country region countryCode stateProvince label".split(" ");

/** An address; all free text. */
export function readAddress(value: unknown): JsonObject | undefined {
  const address = objectOf(value);
  const read = compact(Object.fromEntries(addressFields.map((name) => [name, textOf(address[name])])));
  return Object.keys(read).length === 0 ? undefined : read;
}

function sumOf(amounts: readonly (Money | undefined)[]): Money | undefined {
  const known = amounts.filter((amount) => amount !== undefined);
  const [first] = known;
  if (!first || known.some(({ currency }) => currency !== first.currency)) return undefined;
  return { minor: known.reduce((sum, { minor }) => sum + minor, 0), currency: first.currency };
}

function readPayments(value: unknown, currency: string): readonly JsonObject[] {
  return listOf(value, maxParts).map((entry) => {
    const payment = objectOf(entry);
    return compact({
      transactionId: textOf(payment["transactionID"] ?? payment["paymentTransactionID"], 128),
      amount: moneyOf(payment["paymentAmount"], currencyOf(payment["currencyCode"]) ?? currency),
      type: textOf(payment["paymentType"]),
    });
  });
}

function paidTotal(order: Loose, currency: string): Money | undefined {
  const amounts = listOf(order["payments"], maxParts).map((entry) => {
    const payment = objectOf(entry);
    return moneyOf(payment["paymentAmount"], currencyOf(payment["currencyCode"]) ?? currency);
  });
  const sum = sumOf(amounts);
  return sum && sum.minor > 0 ? sum : undefined;
}

/** Lines − discount + tax + shipping: for orders of which neither total nor payment is known. */
function computedTotal(order: Loose, shipping: Loose, items: readonly JsonObject[], currency: string) {
  const lines = sumOf(items.map((item) => objectOf(item["lineTotal"]) as Partial<Money>).map(asMoney));
  if (!lines || lines.currency !== currency) return undefined;
  const amount = (value: unknown) => moneyOf(value, currency)?.minor ?? 0;
  const minor =
    lines.minor - amount(order["discountAmount"]) + amount(order["taxAmount"]) + amount(shipping["shippingAmount"]);
  return { minor, currency };
}

function asMoney({ minor, currency }: Partial<Money>): Money | undefined {
  return minor === undefined || currency === undefined ? undefined : { minor, currency };
}

function readRefunds(commerce: Loose, order: Loose, currency: string): JsonObject {
  const given = commerce["refunds"] ?? order["refunds"];
  const refunds = listOf(given, maxParts).map((entry) => {
    const refund = objectOf(entry);
    return {
      refundId: textOf(refund["transactionID"], 128),
      refund: moneyOf(refund["refundAmount"], currencyOf(refund["currencyCode"]) ?? currency),
      reason: textOf(refund["refundReason"]),
      paymentType: textOf(refund["refundPaymentType"]),
    };
  });
  const [first] = refunds;
  if (!first) return {};
  return compact({
    ...first,
    refund: sumOf(refunds.map(({ refund }) => refund)) ?? first.refund,
    ...(refunds.length > 1 ? { refunds: refunds.map(compact) } : {}),
  });
}

/** `returns` is an object in the documents; lists are in circulation. */
function readReturns(order: Loose): JsonObject {
  const { returns } = order;
  const given = objectOf(Array.isArray(returns) ? returns[0] : returns);
  return compact({ returnId: textOf(given["returnID"], 128), returnStatus: textOf(given["returnStatus"]) });
}

/** The currency of an event: its order's, else its lines', else the shop's. */
export function currencyOfEvent(xdm: Loose, fallback: string): string {
  const commerce = objectOf(xdm["commerce"]);
  const order = objectOf(commerce["order"]);
  const [line] = listOf(xdm["productListItems"], 1);
  const [payment] = listOf(order["payments"], 1);
  return (
    currencyOf(order["currencyCode"]) ??
    currencyOf(objectOf(commerce["quote"])["currencyCode"]) ??
    currencyOf(objectOf(line)["currencyCode"]) ??
    currencyOf(objectOf(payment)["currencyCode"]) ??
    currencyOf(objectOf(commerce["shipping"])["currencyCode"]) ??
    fallback
  );
}

export type OrderReading = {
  readonly currency: string;
  readonly items: readonly JsonObject[];
  /** The event makes the order: its total is worked out where it is not told. */
  readonly isPlaced: boolean;
};

/** Fields of the order that an event is about; nothing without a `purchaseID`. */
export function readOrder(xdm: Loose, { currency, items, isPlaced }: OrderReading): JsonObject {
  const commerce = objectOf(xdm["commerce"]);
  const order = objectOf(commerce["order"]);
  const orderId = textOf(order["purchaseID"], 128);
  if (orderId === undefined) return {};
  const shipping = objectOf(commerce["shipping"]);
  const shippingCurrency = currencyOf(shipping["currencyCode"]) ?? currency;
  const workedOut = () => paidTotal(order, currency) ?? computedTotal(order, shipping, items, currency);
  const total = moneyOf(order["priceTotal"], currency) ?? (isPlaced ? workedOut() : undefined);
  return compact({
    orderId,
    poNumber: textOf(order["purchaseOrderNumber"], 128),
    orderType: textOf(order["orderType"], 100),
    status: textOf(order["status"] ?? order["orderStatus"], 100),
    orderTotal: total,
    tax: moneyOf(order["taxAmount"], currency),
    discount: moneyOf(order["discountAmount"], currency),
    shipping: moneyOf(shipping["shippingAmount"], shippingCurrency),
    coupon: textOf(commerce["promotionID"], 100),
    currency,
    payments: readPayments(order["payments"], currency),
    shippingMethod: textOf(shipping["shippingMethod"]),
    trackingNumber: textOf(shipping["trackingNumber"], 200),
    trackingUrl: textOf(shipping["trackingURL"], 2_000),
    shippedAt: instantOf(shipping["shipDate"]),
    shippingAddress: readAddress(shipping["address"]),
    billingAddress: readAddress(objectOf(commerce["billing"])["address"]),
    createdAt: instantOf(order["createdDate"]),
    updatedAt: instantOf(order["lastUpdatedDate"]),
    cancelledAt: instantOf(order["cancelDate"]),
    email: textOf(objectOf(xdm["personalEmail"])["address"]),
    attributes: objectOf(order["attributes"]),
    ...readRefunds(commerce, order, currency),
    ...readReturns(order),
  });
}
