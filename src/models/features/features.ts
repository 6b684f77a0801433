// The features of a profile, each once: name for the model file, words for people, and how it is read. Amounts are in major-free
// minor units; days are fractions. NaN = no value.
import { affinityShares, emailCodes } from "../../profiles/index.ts";
import { dayMs, orderedBetween, type ShopperHistory, spentBetween } from "./shopper-history.ts";

export type Feature = {
  readonly name: string;
  /** As in "the fewer days since the last order". */
  readonly label: string;
  readonly unit: "days" | "count" | "money" | "share" | "ratio";
  /** Counts and amounts, which linear models read as logarithms. */
  readonly isLog: boolean;
  readonly read: (history: ShopperHistory) => number;
};

type Reader = Feature["read"];

const days = (ms: number): number => ms / dayMs;

function within(windowDays: number, sum: (history: ShopperHistory, from: number, to: number) => number): Reader {
  return (history) => sum(history, history.nowMs - windowDays * dayMs, history.nowMs);
}

/** Days between orders of different days, in order. */
function gapsOf({ orders }: ShopperHistory): readonly number[] {
  const dates = [...new Set(orders.map(({ at }) => Math.floor(at / dayMs)))];
  return dates.slice(1).map((date, at) => date - (dates[at] ?? 0));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

const sinceLastOrder: Reader = ({ orders, nowMs }) => {
  const last = orders.at(-1);
  return last ? days(nowMs - last.at) : Number.NaN;
};
const sinceFirstOrder: Reader = ({ firstOrderAt, nowMs }) =>
  firstOrderAt === undefined ? Number.NaN : days(nowMs - firstOrderAt);
const orderCount: Reader = ({ orders, earlierOrders }) => orders.length + earlierOrders;
const orderDays: Reader = ({ orders, earlierOrders }) =>
  earlierOrders + new Set(orders.map(({ at }) => Math.floor(at / dayMs))).size;
const revenue: Reader = ({ orders, earlierMinor, credits }) =>
  Math.max(
    0,
    orders.reduce((sum, { minor }) => sum + minor, earlierMinor) - credits.reduce((sum, { minor }) => sum + minor, 0),
  );

/** Days that stand for one order nobody has made yet: a person of one order is not one who orders at the pace of a day. */
const priorDays = 60;

function newSince({ nowMs }: ShopperHistory, times: readonly { readonly at: number }[], windowDays: number): number {
  const from = nowMs - windowDays * dayMs;
  return times.reduce((sum, { at }) => sum + (at > from && at <= nowMs ? 1 : 0), 0);
}

function emails({ state, nowMs }: ShopperHistory, codes: readonly number[], windowDays: number): number {
  const list = state.engagement?.email ?? [];
  const found = new Set<number>();
  for (let at = 0; at < list.length; at += 3) {
    const [time = 0, code = 0, message = 0] = [list[at], list[at + 1], list[at + 2]];
    if (time > nowMs - windowDays * dayMs && time <= nowMs && codes.includes(code)) found.add(message);
  }
  return found.size;
}

const engagedCodes = [emailCodes["messageOpened"] ?? 2, emailCodes["messageClicked"] ?? 3];
const sentCodes = [emailCodes["messageSent"] ?? 0, emailCodes["messageDelivered"] ?? 1];

function sessionsWithin(windowDays: number): Reader {
  return ({ sessions, nowMs }) =>
    sessions.reduce((sum, [startedAt]) => sum + (startedAt > nowMs - windowDays * dayMs ? 1 : 0), 0);
}

function counted(type: string): Reader {
  return ({ state }) => (Object.hasOwn(state.counters, type) ? (state.counters[type] ?? 0) : 0);
}

function topShare(attribute: string): Reader {
  return ({ state, nowMs }) => affinityShares(state.affinity[attribute], nowMs)[0]?.score ?? Number.NaN;
}

const hasCart = ({ state, nowMs }: ShopperHistory): boolean =>
  state.cart !== null && state.cart.items.length > 0 && state.cart.updatedAt <= nowMs;

function feature(name: string, label: string, unit: Feature["unit"], read: Reader): Feature {
  return { name, label, unit, isLog: unit !== "share" && unit !== "ratio", read };
}

/** All features, in the order of the columns of a table. Names are for ever; a change of meaning is a new name. */
export const features: readonly Feature[] = [
  feature("days_since_last_order", "days since the last order", "days", sinceLastOrder),
  feature("days_since_first_order", "days since the first order", "days", sinceFirstOrder),
  feature("orders_count", "orders ever", "count", orderCount),
  feature("order_days", "days with an order", "count", orderDays),
  feature("orders_30d", "orders in 30 days", "count", within(30, orderedBetween)),
  feature("orders_90d", "orders in 90 days", "count", within(90, orderedBetween)),
  feature("orders_180d", "orders in 180 days", "count", within(180, orderedBetween)),
  feature("revenue", "revenue ever", "money", revenue),
  feature("spend_30d", "spend in 30 days", "money", within(30, spentBetween)),
  feature("spend_90d", "spend in 90 days", "money", within(90, spentBetween)),
  feature("spend_180d", "spend in 180 days", "money", within(180, spentBetween)),
  feature("average_order", "average order value", "money", (history) => {
    const count = orderCount(history);
    return count === 0 ? Number.NaN : revenue(history) / count;
  }),
  feature("last_order_value", "value of the last order", "money", ({ orders }) => orders.at(-1)?.minor ?? Number.NaN),
  feature("largest_order", "value of the largest order", "money", ({ orders }) =>
    orders.length === 0 ? Number.NaN : Math.max(...orders.map(({ minor }) => minor)),
  ),
  feature("order_pace", "orders a year at the pace so far", "count", (history) => {
    const since = sinceFirstOrder(history);
    return Number.isNaN(since) ? 0 : ((orderDays(history) - 0.5) * 365) / (since + priorDays);
  }),
  feature("spend_pace", "spend a year at the pace so far", "money", (history) => {
    const since = sinceFirstOrder(history);
    return Number.isNaN(since) ? 0 : (revenue(history) * 365) / (since + priorDays);
  }),
  feature("median_gap_days", "usual days between orders", "days", (history) => median(gapsOf(history))),
  feature("gap_variation", "irregularity of the days between orders", "ratio", (history) => {
    const gaps = gapsOf(history);
    if (gaps.length < 2) return Number.NaN;
    const middle = mean(gaps);
    return Math.sqrt(mean(gaps.map((gap) => (gap - middle) ** 2))) / middle;
  }),
  feature("overdue_ratio", "time since the last order by the usual time between orders", "ratio", (history) =>
    Math.min(20, sinceLastOrder(history) / Math.max(1, mean(gapsOf(history)))),
  ),
  feature("items_per_order", "pieces an order", "count", ({ orders }) => mean(orders.map(({ qty }) => qty))),
  feature(
    "products_bought",
    "different products bought",
    "count",
    ({ orders }) => new Set(orders.flatMap(({ skus }) => skus)).size,
  ),
  feature("repeat_product_share", "share of lines bought before", "share", ({ orders }) => {
    const lines = orders.flatMap(({ skus }) => skus);
    return lines.length === 0 ? Number.NaN : 1 - new Set(lines).size / lines.length;
  }),
  feature("refund_share", "share of the revenue given back", "share", (history) => {
    const back =
      history.orders.reduce((sum, { refunded }) => sum + refunded, 0) +
      history.credits.reduce((sum, { minor }) => sum + minor, 0);
    const all = back + revenue(history);
    return all === 0 ? Number.NaN : Math.min(1, back / all);
  }),
  feature("discount_share", "share of the price taken off by discounts", "share", ({ orders }) => {
    const [off, paid] = orders.reduce(([o, p], { discount, minor }) => [o + discount, p + minor], [0, 0]);
    return off + paid === 0 ? Number.NaN : off / (off + paid);
  }),
  feature("coupon_share", "share of orders with a coupon", "share", ({ orders }) =>
    orders.length === 0 ? Number.NaN : orders.filter(({ hasCoupon }) => hasCoupon).length / orders.length,
  ),
  feature("days_known", "days since first seen", "days", ({ firstSeenAt, nowMs }) => days(nowMs - firstSeenAt)),
  feature("days_since_seen", "days since last seen", "days", ({ lastSeenAt, nowMs }) => days(nowMs - lastSeenAt)),
  feature("sessions", "visits ever", "count", ({ sessionCount }) => sessionCount),
  feature("sessions_7d", "visits in 7 days", "count", sessionsWithin(7)),
  feature("sessions_30d", "visits in 30 days", "count", sessionsWithin(30)),
  feature("products_viewed_7d", "products looked at in 7 days", "count", (history) =>
    newSince(history, history.state.viewed, 7),
  ),
  feature("products_viewed_30d", "products looked at in 30 days", "count", (history) =>
    newSince(history, history.state.viewed, 30),
  ),
  feature("products_added_7d", "products put into the cart in 7 days", "count", (history) =>
    newSince(history, history.state.added, 7),
  ),
  feature("products_added_30d", "products put into the cart in 30 days", "count", (history) =>
    newSince(history, history.state.added, 30),
  ),
  feature("searches_30d", "searches in 30 days", "count", (history) => newSince(history, history.state.searches, 30)),
  feature("checkouts_started", "checkouts started ever", "count", counted("startCheckout")),
  feature("cart_items", "pieces in the open cart", "count", (history) =>
    hasCart(history) ? (history.state.cart?.items ?? []).reduce((sum, { qty }) => sum + qty, 0) : 0,
  ),
  feature("cart_age_days", "days since the open cart changed", "days", (history) =>
    hasCart(history) ? days(history.nowMs - (history.state.cart?.updatedAt ?? 0)) : Number.NaN,
  ),
  feature("wishlist_items", "products on the wish list", "count", ({ state }) => state.wishlist.length),
  feature("emails_sent_30d", "e-mails in 30 days", "count", (history) => emails(history, sentCodes, 30)),
  feature("emails_engaged_30d", "e-mails opened or clicked in 30 days", "count", (history) =>
    emails(history, engagedCodes, 30),
  ),
  feature("store_visits_90d", "store visits in 90 days", "count", (history) =>
    newSince(
      history,
      (history.state.engagement?.storeVisits ?? []).map((at) => ({ at })),
      90,
    ),
  ),
  feature("category_focus", "share of the favourite category", "share", topShare("category")),
  feature("brand_focus", "share of the favourite brand", "share", topShare("brand")),
];

export const featureNames: readonly string[] = features.map(({ name }) => name);

/** One row of a table. */
export function readFeatures(history: ShopperHistory): Float64Array {
  return Float64Array.from(features, ({ read }) => read(history));
}

export const placeOf: ReadonlyMap<string, number> = new Map(featureNames.map((name, place) => [name, place]));
