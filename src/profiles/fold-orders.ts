import type { CanonicalEvent } from "../collect/index.ts";
import { isTrustedSource, parseInstant } from "../collect/index.ts";
import { fnv1a, isObject, type Money, plainNumber, plainText, sha256Hex } from "../kernel/index.ts";
import { type EventLine, readLines, readMoney, readText, totalOfLine } from "./event-lines.ts";
import { joinOrders, takeApart } from "./join-orders.ts";
import { creditsOf, noOrder } from "./order-credits.ts";
import { factsOfOrder, factsOfReport, joinFacts, type OrderFacts, type OrderReport, toOrder } from "./order-record.ts";
import type {
  Order,
  OrderAddress,
  OrderLine,
  OrderOrigin,
  OrderReturn,
  OrderStatus,
  OrdersBefore,
  ProfileState,
  Refund,
} from "./profile.ts";

const keptOrders = 100;
const keptPending = 50;
const keptSeen = 5_000;
const maxOrderLines = 200;

export type OrderState = Pick<ProfileState, "orders" | "ordersBefore" | "pendingOrders">;

const statusAfter: Readonly<Record<string, OrderStatus>> = {
  orderInvoiced: "invoiced",
  orderShipped: "shipped",
  orderShipmentCompleted: "completed",
  orderCancelled: "cancelled",
};

const orderTypes = new Set([
  "completeCheckout",
  "orderPlaced",
  "orderUpdated",
  "orderRefunded",
  "orderReturned",
  "orderReturnCompleted",
  ...Object.keys(statusAfter),
]);

/** Status words of shops. */
const statusByWord: Readonly<Record<string, OrderStatus>> = {
  placed: "placed",
  invoiced: "invoiced",
  processing: "invoiced",
  shipped: "shipped",
  complete: "completed",
  completed: "completed",
  closed: "closed",
  cancelled: "cancelled",
  canceled: "cancelled",
};

const serverKinds = new Set<string>(["server", "connector"]);

type Spoken = Pick<CanonicalEvent, "sourceKind" | "type" | "verified"> & Partial<Pick<CanonicalEvent, "flags">>;

/** Who says so. A purchase that the page reports is the storefront's word, whoever passes it on. */
export function originOf(event: Spoken): OrderOrigin {
  if (event.sourceKind === "history") return "history";
  if (event.type === "completeCheckout") return "storefront";
  const isServer = serverKinds.has(event.sourceKind) || isTrustedSource(event);
  return isServer ? "back_office" : "storefront";
}

/** True for events that make or change an order. */
export function isOrderEvent(type: string): boolean {
  return orderTypes.has(type);
}

/** Version of what an event says of an order: as the source counts it, else the time of the event. */
export function orderVersion(
  event: Spoken & Pick<CanonicalEvent, "properties" | "timestamp">,
): readonly [OrderOrigin, number] {
  return [originOf(event), parseInstant(event.properties["updatedAt"]) ?? event.timestamp];
}

function readAddress(value: unknown): OrderAddress | undefined {
  if (!isObject(value)) return undefined;
  const city = readText(value["city"], 100);
  const region = readText(value["region"] ?? value["state"], 100);
  const postcode = readText(value["postcode"] ?? value["postalCode"], 20);
  const country = readText(value["country"], 60);
  const address = {
    ...(city ? { city } : {}),
    ...(region ? { region } : {}),
    ...(postcode ? { postcode } : {}),
    ...(country ? { country } : {}),
  };
  return Object.keys(address).length === 0 ? undefined : address;
}

/** `https://ns.adobe.com/xdm/channels/web` is `web`. */
export function channelOf(event: CanonicalEvent): string | undefined {
  const named = event.properties["channel"] ?? event.context["channel"];
  const text = readText(isObject(named) ? (named["id"] ?? named["_id"] ?? named["name"]) : named, 200);
  return text
    ?.slice(text.lastIndexOf("/") + 1)
    .trim()
    .toLowerCase()
    .slice(0, 40);
}

function toLine(line: EventLine, currency: string): OrderLine {
  return {
    sku: line.sku,
    qty: line.qty,
    lineTotal: totalOfLine(line, currency),
    ...(line.parentSku ? { parentSku: line.parentSku } : {}),
  };
}

function discountOf(event: CanonicalEvent, origin: OrderOrigin, lines: readonly EventLine[]): number | undefined {
  const given = readMoney(event.properties["discount"]);
  if (given) return Math.abs(given.minor);
  // A browser's line discounts may be of one piece or of the line (events.md 1.7 D3).
  if (origin === "storefront") return undefined;
  const minor = lines.reduce((sum, { discount }) => sum + Math.abs(discount?.minor ?? 0), 0);
  return minor > 0 ? minor : undefined;
}

const buyerDigits = 16;

/** The address of an order: its own, else the one that the event came with. */
function buyerOf({ properties, identifiers }: CanonicalEvent): string | undefined {
  const typed = readText(properties["email"], 320)?.trim().normalize("NFC").toLowerCase();
  const identifierOf = (wanted: string) => identifiers.find(({ namespace }) => namespace === wanted)?.value;
  const email = typed?.includes("@") ? typed : identifierOf("email");
  const hash = email === undefined ? identifierOf("email_sha256") : sha256Hex(email);
  return hash?.slice(0, buyerDigits);
}

function contentOf(event: CanonicalEvent, currency: string): Omit<OrderReport, "orderId" | "origin"> {
  const { properties, timestamp } = event;
  const lines = readLines(event).slice(0, maxOrderLines);
  const items = lines.map((line) => toLine(line, currency));
  const sum = items.reduce((total, item) => total + item.lineTotal.minor, 0);
  const summed: Money | undefined = items[0] && { minor: sum, currency: items[0].lineTotal.currency };
  const version = orderVersion(event);
  const word = readText(properties["status"], 40)?.toLowerCase();
  const status = word !== undefined && Object.hasOwn(statusByWord, word) ? statusByWord[word] : undefined;
  return {
    version,
    total: readMoney(properties["orderTotal"]) ?? summed,
    items,
    coupon: readText(properties["coupon"], 64),
    discount: discountOf(event, version[0], lines),
    channel: channelOf(event),
    storeView: event.storeView,
    shipping: readAddress(properties["shippingAddress"]),
    billing: readAddress(properties["billingAddress"]),
    buyer: buyerOf(event),
    status: status && { status, at: version[1] },
    ...(event.type === "orderUpdated" ? {} : { placedAt: timestamp }),
  };
}

/**
 * An amount, the order's amount as some name it, the lines; nothing of all that means the whole order. Lines without any price
 * cost what they cost in the order.
 */
function refundOf(event: CanonicalEvent, currency: string): readonly [string, Refund] {
  const { properties, timestamp: at } = event;
  const id = readText(properties["refundId"], 128) ?? event.messageId;
  const direct = readMoney(properties["refund"]) ?? readMoney(properties["orderTotal"]);
  if (direct) return [id, { minor: Math.abs(direct.minor), currency: direct.currency, at }];
  const lines = readLines(event);
  if (lines.length === 0) return [id, { minor: null, currency: "", at }];
  if (!lines.some(({ lineTotal, unitPrice }) => lineTotal ?? unitPrice)) {
    const pieces = lines.slice(0, maxOrderLines).map(({ sku, qty }) => [sku, qty] as const);
    return [id, { minor: null, currency: "", at, lines: pieces }];
  }
  const totals = lines.map((line) => totalOfLine(line, currency));
  const minor = totals.reduce((sum, total) => sum + total.minor, 0);
  return [id, { minor, currency: totals[0]?.currency ?? currency, at }];
}

const returnQuantities = ["returnQuantityApproved", "returnQuantityReceived", "returnQuantityAuthorized"] as const;
const refusedReturns = /^(denied|rejected|cancelled|canceled|refused)$/i;

function returnedQuantity(item: Record<string, unknown>): number {
  if (refusedReturns.test(plainText(item["returnStatus"] ?? ""))) return 0;
  for (const key of [...returnQuantities, "returnQuantityRequested", "qty"]) {
    const qty = plainNumber(item[key] ?? Number.NaN);
    if (Number.isFinite(qty) && qty >= 0 && qty < 1e9) return qty;
  }
  return 1;
}

/** A return as one event reports it, with its id. */
export function returnOf(event: CanonicalEvent): readonly [string, OrderReturn] {
  const { properties, timestamp } = event;
  const id = readText(properties["returnId"], 128) ?? event.messageId;
  const isRefused = refusedReturns.test(plainText(properties["returnStatus"] ?? ""));
  const items = Array.isArray(properties["items"]) ? properties["items"].slice(0, maxOrderLines) : [];
  const lines = items.flatMap((item): (readonly [string, number])[] => {
    if (!isObject(item) || typeof item["sku"] !== "string" || item["sku"] === "") return [];
    return [[item["sku"].slice(0, 128), isRefused ? 0 : returnedQuantity(item)]];
  });
  return [id, { at: timestamp, updatedAt: timestamp, lines }];
}

function reportOf(event: CanonicalEvent, orderId: string, currency: string): OrderReport {
  const own = { orderId, origin: originOf(event), environment: readText(event.properties["environment"], 64) };
  const status = statusAfter[event.type];
  if (status) return { ...own, status: { status, at: event.timestamp } };
  switch (event.type) {
    case "orderRefunded":
      return { ...own, refund: refundOf(event, currency) };
    case "orderReturned":
    case "orderReturnCompleted":
      return { ...own, returned: returnOf(event) };
    default:
      return { ...own, ...contentOf(event, currency) };
  }
}

type OrderKey = { readonly orderId: string; readonly environment?: string | undefined };

/** Reports that name no environment belong to the order of that number wherever it is. */
function isSame(a: OrderKey, b: OrderKey): boolean {
  if (a.orderId !== b.orderId) return false;
  return a.environment === b.environment || a.environment === undefined || b.environment === undefined;
}

function hashOf({ orderId }: OrderKey): number {
  return fnv1a(orderId) * 2 ** 21 + (fnv1a(`#${orderId}`) >>> 11);
}

function wasSeen({ seen }: OrdersBefore, key: OrderKey): boolean {
  return seen?.includes(hashOf(key)) ?? false;
}

function byAge(a: Order, b: Order): number {
  return b.placedAt - a.placedAt || (a.orderId < b.orderId ? -1 : a.orderId > b.orderId ? 1 : 0);
}

/** Takes money off sums. */
function takeCredits(before: OrdersBefore, pending: readonly Order[]): OrdersBefore {
  const totals: Record<string, number> = { ...before.totalByCurrency };
  for (const { minor, currency } of creditsOf({ orders: [], pendingOrders: pending }))
    totals[currency] = (totals[currency] ?? 0) - minor;
  return { ...before, totalByCurrency: totals };
}

function addToSums(before: OrdersBefore, old: readonly Order[]): OrdersBefore {
  const totals: Record<string, number> = { ...before.totalByCurrency };
  let { count, items = 0, firstAt, lastAt } = before;
  for (const { status, total, refunded, placedAt, items: lines } of old) {
    if (status === "cancelled") continue;
    count += 1;
    items += lines.reduce((sum, { qty }) => sum + qty, 0);
    firstAt = Math.min(firstAt ?? placedAt, placedAt);
    lastAt = Math.max(lastAt ?? placedAt, placedAt);
    totals[total.currency] = (totals[total.currency] ?? 0) + total.minor - refunded.minor;
  }
  for (const { minor, currency } of creditsOf({ orders: old, pendingOrders: [] }))
    totals[currency] = (totals[currency] ?? 0) - minor;
  const seen = [...new Set([...(before.seen ?? []), ...takeApart(old).map(hashOf)])]
    .sort((a, b) => a - b)
    .slice(-keptSeen);
  return {
    count,
    totalByCurrency: totals,
    items,
    seen,
    ...(firstAt === undefined ? {} : { firstAt }),
    ...(lastAt === undefined ? {} : { lastAt }),
  };
}

/** What old orders gave back is in the sums now: the same credit note without an order must not be taken off again. */
function settle(pendingOrders: readonly Order[], old: readonly Order[]): readonly Order[] {
  const ids = new Set(old.flatMap(({ refunds }) => Object.keys(refunds ?? {})));
  if (ids.size === 0) return pendingOrders;
  return pendingOrders.map((order) => {
    if (order.orderId !== noOrder) return order;
    const left = Object.entries(order.refunds ?? {}).filter(([id]) => !ids.has(id));
    return { ...order, refunds: Object.fromEntries(left) };
  });
}

function keepNewest(orders: readonly Order[], pendingOrders: readonly Order[], before: OrdersBefore): OrderState {
  const sorted = [...orders].sort(byAge);
  if (sorted.length <= keptOrders) return { orders: sorted, ordersBefore: before, pendingOrders };
  const old = sorted.slice(keptOrders);
  return {
    orders: sorted.slice(0, keptOrders),
    ordersBefore: addToSums(before, old),
    pendingOrders: settle(pendingOrders, old),
  };
}

function keepPending(state: OrderState, pendingOrders: readonly Order[]): OrderState {
  const waiting = [...pendingOrders].sort(byAge);
  const named = waiting.filter(({ orderId }) => orderId !== noOrder);
  if (named.length <= keptPending) return { ...state, pendingOrders: waiting };
  const old = named.slice(keptPending);
  return {
    ...state,
    pendingOrders: settle(
      waiting.filter((order) => !old.includes(order)),
      old,
    ),
    ordersBefore: takeCredits(state.ordersBefore, old),
  };
}

/** Puts facts into a state: joined with what is known of the order, among the orders or those still pending. */
function putFacts(state: OrderState, given: OrderFacts, currency: string): OrderState {
  let facts = given;
  let { pendingOrders } = state;
  const apart = takeApart(state.orders);
  const known = apart.find((order) => isSame(order, given));
  const pending = pendingOrders.find((order) => isSame(order, given));
  if (known) facts = joinFacts(factsOfOrder(known, true), facts);
  if (pending) facts = joinFacts(factsOfOrder(pending, false), facts);
  if (!known && wasSeen(state.ordersBefore, given)) return state;
  const order = toOrder(facts, currency);
  if (pending) pendingOrders = pendingOrders.filter((other) => other !== pending);
  if (facts.placedAt === undefined) {
    return keepPending(state, [order, ...pendingOrders]);
  }
  const placed = known ? apart.map((other) => (other === known ? order : other)) : [order, ...apart];
  return keepNewest(joinOrders(placed, state.orders), pendingOrders, state.ordersBefore);
}

/**
 * Orders after an event. What comes before its order (a refund, a cancellation) waits for it, and a refund that names no order is
 * kept by its id: both are off the person's net at once. The oldest orders beyond 100 become sums and change no more.
 */
export function foldOrders(state: OrderState, event: CanonicalEvent, currency: string): OrderState {
  const orderId = readText(event.properties["orderId"], 128);
  if (orderId?.trim())
    return putFacts(state, factsOfReport(reportOf(event, orderId, currency), event.timestamp), currency);
  if (event.type !== "orderRefunded") return state;
  const refund = refundOf(event, currency);
  // Nothing is known of what it gives back.
  if (refund[1].minor === null) return state;
  const report = { orderId: noOrder, origin: originOf(event), refund };
  return putFacts(state, factsOfReport(report, event.timestamp), currency);
}

function isNothing({ count, seen, totalByCurrency }: OrdersBefore): boolean {
  return count === 0 && !seen && Object.keys(totalByCurrency).length === 0;
}

function mergeBefore(a: OrdersBefore, b: OrdersBefore): OrdersBefore {
  if (isNothing(a)) return b;
  if (isNothing(b)) return a;
  const totals: Record<string, number> = { ...a.totalByCurrency };
  for (const [currency, minor] of Object.entries(b.totalByCurrency)) totals[currency] = (totals[currency] ?? 0) + minor;
  const first = [a.firstAt, b.firstAt].filter((at) => at !== undefined);
  const last = [a.lastAt, b.lastAt].filter((at) => at !== undefined);
  const seen = [...new Set([...(a.seen ?? []), ...(b.seen ?? [])])].sort((x, y) => x - y).slice(-keptSeen);
  return {
    count: a.count + b.count,
    totalByCurrency: totals,
    items: (a.items ?? 0) + (b.items ?? 0),
    ...(seen.length > 0 ? { seen } : {}),
    ...(first.length > 0 ? { firstAt: Math.min(...first) } : {}),
    ...(last.length > 0 ? { lastAt: Math.max(...last) } : {}),
  };
}

/** Orders of two profiles that were one person: an order that both know of is one. */
export function mergeOrders(a: OrderState, b: OrderState): OrderState {
  let merged: OrderState = { ...a, ordersBefore: mergeBefore(a.ordersBefore, b.ordersBefore) };
  for (const order of takeApart(b.orders)) merged = putFacts(merged, factsOfOrder(order, true), order.total.currency);
  for (const order of b.pendingOrders) merged = putFacts(merged, factsOfOrder(order, false), order.total.currency);
  return merged;
}
