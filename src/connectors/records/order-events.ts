// What an order tells (events.md 3.2): placed, shipped, cancelled, refunded, returned, each at its own time.
import type { TranslatedEvent } from "../../collect/index.ts";
import { assertNever, type JsonObject, type Money, plainText } from "../../kernel/index.ts";
import { toMinorUnits } from "./decimal.ts";
import { fitItems, type RecordLine, readLines, sumOf } from "./order-lines.ts";
import { createRecordReader, present, type RecordReader } from "./read-record.ts";
import type { RecordFacts, RecordFault, RecordMemory, RecordResult, SourceRecord } from "./record.ts";
import {
  addressAt,
  contextOf,
  countryOf,
  environmentOf,
  identifiersOf,
  messageIdsOf,
  storeViewOf,
} from "./record-identity.ts";

const maxRefunds = 500;
const maxReturns = 500;
const maxPayments = 50;
const maxReturnItems = 500;

// Words of back offices for a return that is settled.
const doneReturn = /^(complete|completed|closed|done|processed_and_closed|processed and closed)$/i;
const orderStatuses = ["placed", "invoiced", "shipped", "completed", "cancelled", "closed"] as const;

/** `canceled` and other spellings; an unknown word is kept. */
function statusOf(order: RecordReader): string | undefined {
  const given = order.text("status", 64);
  const word = given?.toLowerCase().replace("canceled", "cancelled");
  return orderStatuses.find((status) => status === word) ?? given;
}

function paymentsOf(order: RecordReader, currency: string) {
  const payments = order.list("payments", maxPayments).map((payment) =>
    present({
      transactionId: payment.text("transactionID", 200) ?? payment.text("paymentTransactionID", 200),
      amount: payment.money("paymentAmount", payment.text("currencyCode", 3) ?? currency),
      type: payment.text("paymentType", 100),
    }),
  );
  return payments.length > 0 ? payments : undefined;
}

type Telling = {
  readonly order: RecordReader;
  readonly orderId: string;
  readonly currency: string;
  readonly createdAt: string;
  readonly updatedAt: string | undefined;
  readonly sales: readonly RecordLine[];
  readonly credits: readonly RecordLine[];
};

type Part = {
  readonly name: string;
  readonly type: string;
  readonly at: string;
  readonly properties: JsonObject;
  /** False for what is told with each new state of the order. */
  readonly isOnce: boolean;
};

function orderProperties({ order, orderId, currency, updatedAt, sales }: Telling): JsonObject {
  const { items, omitted } = fitItems(sales);
  return present({
    orderId,
    poNumber: order.text("purchaseOrderNumber", 128),
    orderType: order.text("orderType", 64),
    status: statusOf(order),
    orderTotal: order.money("priceTotal", currency) ?? sumOf(sales, currency),
    tax: order.money("taxAmount", currency),
    shipping: order.money("shipping.shippingAmount", currency),
    discount: order.money("discountAmount", currency),
    coupon: order.text("promotionID", 128),
    currency,
    payments: paymentsOf(order, currency),
    shippingMethod: order.text("shipping.shippingMethod", 200),
    shippingAddress: addressAt(order, "shipping.address"),
    billingAddress: addressAt(order, "billing.address"),
    email: order.text("personalEmail.address", 512),
    isGuest: order.flag("customer.isGuest"),
    customerGroup: order.text("customer.groupCode", 100),
    channel: order.text("channel._id", 200),
    environment: order.text("scope.environmentID", 200),
    updatedAt: updatedAt,
    attributes: order.object("attributes"),
    items,
    itemsOmitted: omitted > 0 ? omitted : undefined,
  });
}

function itemsOfRefund(refund: RecordReader, currency: string) {
  const items = refund.list("items", maxReturnItems).map((line) =>
    present({
      sku: line.text("SKU", 128) ?? line.text("sku", 128),
      qty: numberOf(line, "quantity"),
      lineTotal: line.money("amount", currency),
    }),
  );
  return items.length > 0 ? items : undefined;
}

function numberOf(reader: RecordReader, path: string): number | undefined {
  const text = reader.text(path, 32);
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? undefined : value;
}

const refundTotalPart = "refund:total:";

/** What was refunded beyond the refunds that are listed; told as the difference to what was told before. */
function surplusRefund(telling: Telling, listed: number, memory: RecordMemory): Part | undefined {
  const { order, orderId, currency, createdAt, updatedAt } = telling;
  const total = order.money("refundTotal", currency);
  const surplus = total ? total.minor - listed : 0;
  if (surplus <= 0) return undefined;
  const told = [...(memory.knownParts ?? [])]
    .filter((part) => part.startsWith(refundTotalPart))
    .reduce((most, part) => Math.max(most, Number(part.slice(refundTotalPart.length)) || 0), 0);
  if (surplus <= told) return undefined;
  const refund: Money = { minor: surplus - told, currency };
  return {
    name: `${refundTotalPart}${surplus}`,
    type: "orderRefunded",
    at: updatedAt ?? createdAt,
    isOnce: true,
    properties: present({ orderId, refundId: `${orderId}-total-${surplus}`, refund, updatedAt }),
  };
}

function refundParts(telling: Telling, memory: RecordMemory): readonly Part[] {
  const { order, orderId, currency, createdAt, updatedAt, credits } = telling;
  let listed = 0;
  const parts = order.list("refunds", maxRefunds).map((refund, index): Part => {
    const id = refund.text("transactionID", 200) ?? `${orderId}-${index + 1}`;
    const ownCurrency = refund.text("currencyCode", 3) ?? currency;
    const amount = refund.decimal("refundAmount");
    const minor = amount && toMinorUnits(amount, ownCurrency);
    if (minor === undefined) refund.fault("refundAmount", "required", "is missing or too large");
    if (ownCurrency === currency) listed += Math.abs(minor ?? 0);
    return {
      name: `refund:${id}`,
      type: "orderRefunded",
      at: refund.time("date") ?? updatedAt ?? createdAt,
      isOnce: true,
      properties: present({
        orderId,
        refundId: id,
        refund: { minor: Math.abs(minor ?? 0), currency: ownCurrency },
        reason: refund.text("refundReason", 200),
        paymentType: refund.text("refundPaymentType", 100),
        items: itemsOfRefund(refund, ownCurrency),
        updatedAt,
      }),
    };
  });
  if (credits.length > 0) {
    const { items } = fitItems(credits);
    const refund = sumOf(credits, currency);
    listed += refund.minor;
    parts.push({
      name: "refund:credit",
      type: "orderRefunded",
      at: createdAt,
      isOnce: true,
      properties: present({
        // A credit note may say which order it takes back.
        orderId: order.text("originalPurchaseID", 128) ?? orderId,
        refundId: orderId,
        refund,
        reason: order.text("refundReason", 200) ?? "return",
        currency,
        items,
        updatedAt,
      }),
    });
  }
  const surplus = surplusRefund(telling, listed, memory);
  return surplus ? [...parts, surplus] : parts;
}

const returnNumbers = [
  ["returnQuantityRequested", ["returnQuantityRequested"]],
  ["returnQuantityAuthorized", ["returnQuantityAuthorized", "returnQuanitityAuthorized"]],
  ["returnQuantityReceived", ["returnQuantityReceived", "eturnQuantityReceived"]],
  ["returnQuantityApproved", ["returnQuantityApproved"]],
] as const;

function returnParts({ order, orderId, createdAt, updatedAt }: Telling): readonly Part[] {
  return order.list("returns", maxReturns).flatMap((row, index): readonly Part[] => {
    const id = row.text("returnID", 200) ?? `${orderId}-${index + 1}`;
    const status = row.text("returnStatus", 100);
    const items = row.list("items", maxReturnItems).map((line) =>
      present({
        sku: line.text("SKU", 128) ?? line.text("sku", 128),
        qty: numberOf(line, "quantity"),
        returnStatus: line.text("returnStatus", 100),
        returnReason: line.text("returnReason", 200),
        returnItemCondition: line.text("returnItemCondition", 200),
        returnResolution: line.text("returnResolution", 200),
        ...Object.fromEntries(
          returnNumbers.map(([name, spellings]) => [
            name,
            spellings.map((spelling) => numberOf(line, spelling)).find((value) => value !== undefined),
          ]),
        ),
      }),
    );
    const at = row.time("date") ?? updatedAt ?? createdAt;
    const properties = present({ orderId, returnId: id, returnStatus: status, items, updatedAt });
    const opened: Part = { name: `return:${id}`, type: "orderReturned", at, isOnce: true, properties };
    if (status === undefined || !doneReturn.test(status)) return [opened];
    return [opened, { ...opened, name: `returned:${id}`, type: "orderReturnCompleted" }];
  });
}

function shippedPart(telling: Telling): readonly Part[] {
  const { order, orderId, createdAt, updatedAt } = telling;
  const shippedAt = order.time("shipping.shipDate");
  const isShipped = statusOf(order) === "shipped" || statusOf(order) === "completed";
  const at = shippedAt ?? (isShipped ? (updatedAt ?? createdAt) : undefined);
  if (at === undefined) return [];
  return [
    {
      name: "shipped",
      type: "orderShipped",
      at,
      isOnce: true,
      properties: present({
        orderId,
        shippingMethod: order.text("shipping.shippingMethod", 200),
        trackingNumber: order.text("shipping.trackingNumber", 200),
        trackingUrl: order.text("shipping.trackingURL", 2000),
        shippedAt: at,
        updatedAt,
      }),
    },
  ];
}

function cancelledPart({ order, orderId, createdAt, updatedAt }: Telling): readonly Part[] {
  const cancelledAt = order.time("cancelDate");
  if (cancelledAt === undefined && statusOf(order) !== "cancelled") return [];
  const at = cancelledAt ?? updatedAt ?? createdAt;
  return [{ name: "cancelled", type: "orderCancelled", at, isOnce: true, properties: present({ orderId, updatedAt }) }];
}

/** A known order is told as changed, a new one as placed; who remembers nothing tells both where the order changed later. */
function stateParts(telling: Telling, memory: RecordMemory): readonly Part[] {
  const { createdAt, updatedAt, sales, credits } = telling;
  // A credit note has nothing that was sold.
  if (sales.length === 0 && credits.length > 0) return [];
  const properties = orderProperties(telling);
  const placed: Part = { name: "placed", type: "orderPlaced", at: createdAt, isOnce: true, properties };
  const changed: Part = {
    name: "state",
    type: "orderUpdated",
    at: updatedAt !== undefined && updatedAt > createdAt ? updatedAt : createdAt,
    isOnce: false,
    properties,
  };
  switch (memory.isKnown) {
    case true:
      return [changed];
    case false:
      return [placed];
    case undefined:
      return updatedAt !== undefined && updatedAt > createdAt ? [placed, changed] : [placed];
    default:
      return assertNever(memory.isKnown);
  }
}

/** An order that is gone in its system was cancelled, as far as anybody can tell; little else may be left of it. */
function deletedOrder(record: SourceRecord, facts: RecordFacts, memory: RecordMemory): RecordResult {
  const faults: RecordFault[] = [];
  const order = createRecordReader(record.fields, faults);
  const orderId = order.text("purchaseID", 128) ?? record.externalId;
  const at = memory.changedAt ?? record.updatedAt;
  if (memory.knownParts?.has("cancelled")) return { ok: true, events: [], parts: [] };
  const event: TranslatedEvent = {
    messageId: messageIdsOf(record, environmentOf(order), memory).once("cancelled"),
    type: "orderCancelled",
    originalName: "orderCancelled",
    ...(at === undefined ? {} : { timestamp: at }),
    identifiers: identifiersOf(order, facts),
    storeView: storeViewOf(order, facts),
    properties: present({ orderId, reason: "deleted", updatedAt: at }),
    context: contextOf(order),
    mayBeNobody: true,
  };
  return faults.length > 0 ? { ok: false, faults } : { ok: true, events: [event], parts: ["cancelled"] };
}

/** @returns the events of an order record, or every fault of it */
export function orderToEvents(record: SourceRecord, facts: RecordFacts, memory: RecordMemory): RecordResult {
  if (record.deleted) return deletedOrder(record, facts, memory);
  const faults: RecordFault[] = [];
  const order = createRecordReader(record.fields, faults);
  const orderId = order.text("purchaseID", 128) ?? record.externalId;
  if (orderId === "") order.fault("purchaseID", "required", "is missing");
  const createdAt = order.time("createdDate");
  if (createdAt === undefined && order.value("createdDate") === undefined)
    order.fault("createdDate", "required", "is missing");
  const currency = order.text("currencyCode", 3)?.toUpperCase() ?? facts.defaultCurrency;
  if (!/^[A-Z]{3}$/.test(currency)) order.fault("currencyCode", "currency", "is no ISO 4217 code");
  const lines = readLines(order, currency);
  if (faults.length > 0 || createdAt === undefined) return { ok: false, faults };
  const telling: Telling = {
    order,
    orderId,
    currency,
    createdAt,
    updatedAt: memory.changedAt ?? order.time("lastUpdatedDate") ?? record.updatedAt,
    sales: lines.filter((line) => !line.isCredit),
    credits: lines.filter((line) => line.isCredit),
  };
  const parts = [
    ...stateParts(telling, memory),
    ...shippedPart(telling),
    ...refundParts(telling, memory),
    ...returnParts(telling),
    ...cancelledPart(telling),
  ].filter((part) => !memory.knownParts?.has(part.name));
  const identifiers = identifiersOf(order, facts);
  const country = countryOf(order);
  const context = contextOf(order);
  const storeView = storeViewOf(order, facts);
  const isGuest = order.flag("customer.isGuest") === true;
  if (faults.length > 0) return { ok: false, faults };
  const ids = messageIdsOf(record, environmentOf(order), memory);
  const events = parts.map(
    (part): TranslatedEvent => ({
      messageId: part.isOnce ? ids.once(part.name) : ids.versioned(part.name),
      type: part.type,
      originalName: part.type,
      timestamp: part.at,
      identifiers,
      storeView,
      properties: part.properties,
      context,
      mayBeNobody: true,
      ...(country === undefined ? {} : { country }),
      // A guest's address in the back office only repeats what was typed (events.md 2.4).
      ...(isGuest ? { verified: false } : {}),
    }),
  );
  events.sort((a, b) => (plainText(a.timestamp) < plainText(b.timestamp) ? -1 : a.timestamp === b.timestamp ? 0 : 1));
  return { ok: true, events, parts: parts.filter((part) => part.isOnce).map((part) => part.name) };
}
