// One order from many reports. Each part (total, lines, coupon…) is taken from the best report that has it: back office before
// history before storefront, then the newest version (events.md 3.3). Taking the best is the same in any order of arrival.
import type { JsonValue, Money } from "../kernel/index.ts";
import type {
  Order,
  OrderAddress,
  OrderLine,
  OrderOrigin,
  OrderPart,
  OrderReturn,
  OrderStatus,
  OrderVoice,
  Refund,
} from "./profile.ts";

const trust: Readonly<Record<OrderOrigin, number>> = { storefront: 0, history: 1, back_office: 2 };
const statusRank: Readonly<Record<OrderStatus, number>> = {
  placed: 0,
  invoiced: 1,
  shipped: 2,
  completed: 3,
  closed: 4,
  cancelled: 5,
};
const keptRefunds = 50;
const keptReturns = 50;
/** Refunds of one person that name no order. */
const keptCredits = 500;

type Version = readonly [OrderOrigin, number];

/** What one event says of an order; everything but the id may be missing. */
export type OrderReport = {
  readonly orderId: string;
  readonly origin: OrderOrigin;
  readonly environment?: string | undefined;
  /** Set when the event places the order. */
  readonly placedAt?: number | undefined;
  readonly version?: Version | undefined;
  readonly total?: Money | undefined;
  readonly items?: readonly OrderLine[] | undefined;
  readonly coupon?: string | undefined;
  readonly discount?: number | undefined;
  readonly channel?: string | undefined;
  readonly storeView?: string | undefined;
  readonly shipping?: OrderAddress | undefined;
  readonly billing?: OrderAddress | undefined;
  readonly buyer?: string | undefined;
  readonly status?: { readonly status: OrderStatus; readonly at: number } | undefined;
  readonly refund?: readonly [id: string, refund: Refund] | undefined;
  readonly returned?: readonly [id: string, back: OrderReturn] | undefined;
};

type Valued = { readonly value: unknown; readonly version: Version };
type Parts = Partial<Record<OrderPart, Valued>>;
type DatedMoney = Money & { readonly at: number };

/** An order taken apart; `pending` is the first that was heard of one that nobody has placed. */
export type OrderFacts = {
  readonly orderId: string;
  readonly environment: string | undefined;
  readonly placedAt: number | undefined;
  readonly heardAt: number;
  readonly version: Version;
  readonly heard: OrderVoice;
  /** Amount of the oldest version that names one. */
  readonly first: DatedMoney | undefined;
  readonly parts: Parts;
  readonly status: OrderStatus;
  readonly statusAt: number | undefined;
  readonly refunds: Readonly<Record<string, Refund>>;
  readonly returns: Readonly<Record<string, OrderReturn>>;
};

const partNames: readonly OrderPart[] = [
  "total",
  "items",
  "coupon",
  "discount",
  "channel",
  "storeView",
  "shipping",
  "billing",
  "buyer",
];
const unknownVersion: Version = ["storefront", 0];

function isPresent(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function voiceOf(origin: OrderOrigin): OrderVoice {
  return origin === "storefront" ? "storefront" : "office";
}

/** Who spoke of an order. */
export function heardOf({ heardFrom, confirmedBy }: Order): OrderVoice {
  return heardFrom ?? voiceOf(confirmedBy);
}

/** The amount that an order was placed with; undefined when no report named one. */
export function firstTotalOf(order: Order): DatedMoney | undefined {
  if (order.withoutTotal) return undefined;
  const at = order.from?.total?.[1] ?? order.updatedAt ?? order.placedAt;
  return order.firstTotal ?? { ...order.total, at };
}

export function factsOfReport(report: OrderReport, heardAt: number): OrderFacts {
  const { orderId, environment, placedAt, version = unknownVersion, status, refund, returned } = report;
  const parts: Parts = {};
  for (const name of partNames) if (isPresent(report[name])) parts[name] = { value: report[name], version };
  return {
    orderId,
    environment,
    placedAt,
    heardAt,
    version,
    heard: voiceOf(report.origin),
    first: report.total && { minor: report.total.minor, currency: report.total.currency, at: version[1] },
    parts,
    status: status?.status ?? "placed",
    statusAt: status && status.status !== "placed" ? status.at : undefined,
    refunds: refund ? { [refund[0]]: refund[1] } : {},
    returns: returned ? { [returned[0]]: returned[1] } : {},
  };
}

export function factsOfOrder(order: Order, isPlaced: boolean): OrderFacts {
  const version: Version = [order.confirmedBy, order.updatedAt ?? order.placedAt];
  const parts: Parts = {};
  for (const name of partNames) {
    const value = name === "total" && order.withoutTotal ? undefined : order[name];
    if (isPresent(value)) parts[name] = { value, version: order.from?.[name] ?? version };
  }
  return {
    orderId: order.orderId,
    environment: order.environment,
    placedAt: isPlaced ? order.placedAt : undefined,
    heardAt: order.placedAt,
    version,
    heard: heardOf(order),
    first: firstTotalOf(order),
    parts,
    status: order.status,
    statusAt: order.statusAt,
    refunds: order.refunds ?? refundsOfSum(order),
    returns: order.returns ?? {},
  };
}

/** A state written before refunds were kept one by one has only their sum. */
function refundsOfSum({ refunded, placedAt }: Order): Readonly<Record<string, Refund>> {
  return refunded.minor > 0 ? { "": { ...refunded, at: placedAt } } : {};
}

export function compareVersions([a, atA]: Version, [b, atB]: Version): number {
  return trust[a] - trust[b] || atA - atB;
}

function better(a: Valued | undefined, b: Valued | undefined): Valued | undefined {
  if (!a || !b) return a ?? b;
  const difference = compareVersions(a.version, b.version);
  if (difference !== 0) return difference > 0 ? a : b;
  // The same version twice is nearly always the same text; if not, any fixed choice will do.
  return JSON.stringify(a.value) >= JSON.stringify(b.value) ? a : b;
}

/** Cancelled stays cancelled; else the newest status that says more than "placed". */
function isFurther(a: OrderFacts, b: OrderFacts): boolean {
  if ((a.status === "cancelled") !== (b.status === "cancelled")) return a.status === "cancelled";
  if ((a.status === "placed") !== (b.status === "placed")) return b.status === "placed";
  const [at, other] = [a.statusAt ?? 0, b.statusAt ?? 0];
  if (a.status === "cancelled") return at < other;
  return at !== other ? at > other : statusRank[a.status] >= statusRank[b.status];
}

function mergeNewest<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  join: (x: T, y: T) => T,
  atOf: (value: T) => number,
  kept: number,
): Readonly<Record<string, T>> {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  const of = (record: Readonly<Record<string, T>>, key: string) =>
    Object.hasOwn(record, key) ? record[key] : undefined;
  let entries = keys.flatMap((key): (readonly [string, T])[] => {
    const [x, y] = [of(a, key), of(b, key)];
    const value = x !== undefined && y !== undefined ? join(x, y) : (x ?? y);
    return value === undefined ? [] : [[key, value]];
  });
  if (entries.length > kept) {
    const newest = new Set(
      [...entries].sort((x, y) => atOf(y[1]) - atOf(x[1]) || (x[0] < y[0] ? -1 : 1)).slice(0, kept),
    );
    entries = entries.filter((entry) => newest.has(entry));
  }
  return Object.fromEntries(entries);
}

function laterRefund(a: Refund, b: Refund): Refund {
  if (a.at !== b.at) return a.at > b.at ? a : b;
  const [x, y] = [a.minor ?? Number.POSITIVE_INFINITY, b.minor ?? Number.POSITIVE_INFINITY];
  if (x !== y) return x > y ? a : b;
  return JSON.stringify(a) >= JSON.stringify(b) ? a : b;
}

/** The newest report that has lines stands for the return; it was opened with the first. */
function joinReturns(a: OrderReturn, b: OrderReturn): OrderReturn {
  return { ...(isBetterReturn(a, b) ? a : b), at: Math.min(a.at, b.at) };
}

function isBetterReturn(a: OrderReturn, b: OrderReturn): boolean {
  if (a.lines.length > 0 !== b.lines.length > 0) return a.lines.length > 0;
  if (a.updatedAt !== b.updatedAt) return a.updatedAt > b.updatedAt;
  return JSON.stringify(a.lines) >= JSON.stringify(b.lines);
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function older(a: DatedMoney | undefined, b: DatedMoney | undefined): DatedMoney | undefined {
  if (!a || !b) return a ?? b;
  const difference = a.at - b.at || a.minor - b.minor;
  return difference < 0 || (difference === 0 && a.currency <= b.currency) ? a : b;
}

/** Everything that is known of one order from two sides; commutative and associative. */
export function joinFacts(a: OrderFacts, b: OrderFacts): OrderFacts {
  const parts: Parts = {};
  for (const name of partNames) {
    const part = better(a.parts[name], b.parts[name]);
    if (part) parts[name] = part;
  }
  const further = isFurther(a, b) ? a : b;
  return {
    orderId: a.orderId,
    environment: a.environment ?? b.environment,
    placedAt: earlier(a.placedAt, b.placedAt),
    heardAt: Math.min(a.heardAt, b.heardAt),
    version: compareVersions(a.version, b.version) >= 0 ? a.version : b.version,
    heard: a.heard === b.heard ? a.heard : "both",
    first: older(a.first, b.first),
    parts,
    status: further.status,
    statusAt: further.statusAt,
    refunds: mergeNewest(
      a.refunds,
      b.refunds,
      laterRefund,
      ({ at }) => at,
      a.orderId === "" ? keptCredits : keptRefunds,
    ),
    returns: mergeNewest(a.returns, b.returns, joinReturns, ({ at }) => at, keptReturns),
  };
}

/** What the named pieces cost in the order; nothing for those that it does not hold. */
function priceOf(lines: readonly (readonly [string, number])[], items: readonly OrderLine[]): number {
  return lines.reduce((sum, [sku, qty]) => {
    const item = items.find((line) => line.sku === sku);
    return item ? sum + Math.round((item.lineTotal.minor * Math.min(qty, item.qty)) / item.qty) : sum;
  }, 0);
}

function refundedOf(refunds: Readonly<Record<string, Refund>>, total: Money, items: readonly OrderLine[]): Money {
  let minor = 0;
  // What was given back in another currency than the order's cannot be set against it (order-credits.ts).
  for (const refund of Object.values(refunds)) {
    if (refund.minor === null) minor += refund.lines ? priceOf(refund.lines, items) : total.minor;
    else if (refund.currency === total.currency || refund.currency === "") minor += Math.max(0, refund.minor);
  }
  return { minor: Math.max(0, Math.min(total.minor, minor)), currency: total.currency };
}

function isEqual(a: Money, b: Money): boolean {
  return a.minor === b.minor && a.currency === b.currency;
}

/** The order as the rest of the program reads it. @param currency of an order that names none */
export function toOrder(facts: OrderFacts, currency: string): Order {
  const { version, parts, refunds, returns } = facts;
  // The parts were read with these types.
  const items = (parts.items?.value ?? []) as readonly OrderLine[];
  const known = parts.total?.value as Money | undefined;
  const total: Money = known ?? { minor: 0, currency: items[0]?.lineTotal.currency ?? currency };
  const placedAt = facts.placedAt ?? facts.heardAt;
  const from = Object.fromEntries(
    partNames.flatMap((name): (readonly [string, Version])[] => {
      const own = parts[name]?.version;
      return own && compareVersions(own, version) !== 0 ? [[name, own]] : [];
    }),
  );
  const { first, heard } = facts;
  const atOfTotal = (parts.total?.version ?? version)[1];
  const isChanged = first !== undefined && known !== undefined && !(isEqual(first, known) && first.at === atOfTotal);
  const optional: Record<string, JsonValue | undefined> = {
    environment: facts.environment,
    statusAt: facts.statusAt,
    withoutTotal: known === undefined ? true : undefined,
    updatedAt: version[1] === placedAt ? undefined : version[1],
    coupon: parts.coupon?.value as string | undefined,
    discount: parts.discount?.value as number | undefined,
    channel: parts.channel?.value as string | undefined,
    storeView: parts.storeView?.value as string | undefined,
    shipping: parts.shipping?.value as JsonValue | undefined,
    billing: parts.billing?.value as JsonValue | undefined,
    refunds: Object.keys(refunds).length === 0 ? undefined : (refunds as unknown as JsonValue),
    buyer: parts.buyer?.value as string | undefined,
    heardFrom: heard === voiceOf(version[0]) ? undefined : heard,
    firstTotal: isChanged ? first : undefined,
    // Pairs of text and number are JSON.
    returns: Object.keys(returns).length === 0 ? undefined : (returns as unknown as JsonValue),
    from: Object.keys(from).length === 0 ? undefined : from,
  };
  const present = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return {
    orderId: facts.orderId,
    placedAt,
    status: facts.status,
    total,
    refunded: refundedOf(refunds, total, items),
    items,
    confirmedBy: version[0],
    ...present,
  };
}

/** Revenue that no back office or history has confirmed within a day. */
export function isUnconfirmed({ confirmedBy, placedAt }: Order, nowMs: number): boolean {
  return confirmedBy === "storefront" && nowMs - placedAt > 86_400_000;
}
