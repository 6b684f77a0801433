import type { ClickHouse } from "../storage/index.ts";
import {
  dayMs,
  inWindow,
  isSignal,
  type Num,
  orderKey,
  purchases,
  sessionKey,
  signalWeight,
  spill,
  timeoutMs,
} from "./event-sql.ts";
import type { Count, PairCount, PairCounts } from "./pair-scores.ts";
import { minSupport } from "./pair-scores.ts";
import type { RepurchaseGaps } from "./repurchase.ts";
import { type TrendCounts, trendBackgroundOf } from "./trending-score.ts";

/** The engine that holds the events. */
export type EventDatabase = ClickHouse;

/** What the shop has seen in the last 90 days. */
export type Overview = {
  readonly events: number;
  readonly views: number;
  readonly sessions: number;
  readonly orders: number;
  readonly firstEventAt: number | null;
  readonly lastReceivedAt: number;
};

/** Counts of one product. Sessions and orders are those of the last 7 days. */
export type ProductCounts = {
  readonly sku: string;
  /** Weighted signals, half-life 7 d; may be negative where returns outweigh. */
  readonly popularity: number;
  readonly viewSessions: number;
  readonly cartSessions: number;
  readonly orders: number;
  readonly viewAndCartSessions: number;
  readonly viewAndBuySessions: number;
};

export type BasketKind = "viewed" | "bought";

const windowMs = 90 * dayMs;
const recentMs = 7 * dayMs;
const signalHalfLifeMs = 7 * dayMs;
const pairHalfLifeMs = 30 * dayMs;
/** Pairs grow with the square of a basket: 50 products give at most 2,450. */
const maxBasketItems = 50;
/** The newest ones say enough, and bound the time: 200,000 sessions of 6 products take 3 s on two cores. */
const maxBaskets = 200_000;
const maxPairsPerItem = 200;
const repurchaseWindowMs = 400 * dayMs;

const basketsOf: Readonly<Record<BasketKind, string>> = {
  viewed: `select ${sessionKey} as basket, sku, max(ts) as last from events array join skus as sku
           where event_type = 'productPageView' and ${inWindow} group by basket, sku`,
  bought: `select ${orderKey} as basket, sku, max(ts) as last from events array join skus as sku
           where event_type in ${purchases} and ${inWindow} group by basket, sku`,
};

/** The newest baskets: their newest products, and a weight that halves every 30 days. */
function baskets(kind: BasketKind): string {
  return `select arrayPushFront(arraySlice(arrayMap(x -> x.1, arrayReverseSort(x -> x.2, groupArray((sku, last)))), 1, ${maxBasketItems}), '') as items,
            exp2((toUnixTimestamp64Milli(max(last)) - {now:Int64}) / ${pairHalfLifeMs}) as weight
          from (${basketsOf[kind]}) group by basket order by max(last) desc limit ${maxBaskets}`;
}

/** All ClickHouse of recommendations: it counts, the model only divides. */
export function createRecommendationStore(clickhouse: EventDatabase) {
  const query = <Row extends object>(sql: string, nowMs: number, fromMs = nowMs - windowMs, more: object = {}) =>
    clickhouse.query<Row>(
      `${sql} ${spill}`,
      { now: nowMs, from: fromMs, recent: nowMs - recentMs, ...more },
      { timeoutMs },
    );

  return {
    async overview(nowMs: number): Promise<Overview> {
      const [row] = await query<{ events: Num; views: Num; sessions: Num; orders: Num; first: Num; received: Num }>(
        `select count() as events, countIf(event_type = 'productPageView') as views, uniq(${sessionKey}) as sessions,
           uniqExactIf(${orderKey}, event_type in ${purchases}) as orders,
           toUnixTimestamp64Milli(min(ts)) as first, toUnixTimestamp64Milli(max(received_at)) as received
         from events where ${inWindow}`,
        nowMs,
      );
      const events = Number(row?.events ?? 0);
      return {
        events,
        views: Number(row?.views ?? 0),
        sessions: Number(row?.sessions ?? 0),
        orders: Number(row?.orders ?? 0),
        firstEventAt: events > 0 ? Number(row?.first) : null,
        lastReceivedAt: events > 0 ? Number(row?.received) : 0,
      };
    },

    async productCounts(nowMs: number): Promise<readonly ProductCounts[]> {
      const signals = await query<{ sku: string; popularity: Num }>(
        `select sku, sum(weight * n * exp2((last - {now:Int64}) / ${signalHalfLifeMs})) as popularity
         from (
           select identity_key, event_type, sku, toDate(ts) as day, least(count(), 5) as n,
             toUnixTimestamp64Milli(max(ts)) as last, ${signalWeight} as weight
           from events array join skus as sku
           where ${isSignal} and ${inWindow}
           group by identity_key, event_type, sku, day
         ) group by sku`,
        nowMs,
      );
      const bought = await query<{ sku: string; popularity: Num; orders: Num }>(
        `select sku, sum(10 * least(units, 3) * exp2((last - {now:Int64}) / ${signalHalfLifeMs})) as popularity, countIf(last >= {recent:Int64}) as orders
         from (
           select ${orderKey} as basket, sku, max(qty) as units, toUnixTimestamp64Milli(max(ts)) as last
           from events array join skus as sku, arrayResize(items_qty, length(skus), 1) as qty
           where event_type in ${purchases} and ${inWindow} group by basket, sku
         ) group by sku`,
        nowMs,
      );
      const sessions = await query<{ sku: string; views: Num; carts: Num; both: Num; bought: Num }>(
        `select sku, countIf(viewed) as views, countIf(carted) as carts, countIf(viewed and carted) as both, countIf(viewed and ordered) as bought
         from (
           select ${sessionKey} as session, sku, countIf(event_type = 'productPageView') > 0 as viewed,
             countIf(event_type = 'addToCart') > 0 as carted, countIf(event_type in ${purchases}) > 0 as ordered
           from events array join skus as sku
           where event_type in ('productPageView', 'addToCart', 'completeCheckout', 'orderPlaced') and ${inWindow}
           group by session, sku
         ) group by sku`,
        nowMs,
        nowMs - recentMs,
      );
      return joinCounts(signals, bought, sessions);
    },

    /** @param trendMs the window whose views are compared with those before it */
    async trends(nowMs: number, trendMs = dayMs): Promise<{ counts: readonly TrendCounts[]; weekdayFactor: number }> {
      const backgroundMs = trendBackgroundOf(trendMs);
      const from = nowMs - trendMs - backgroundMs;
      const windows = { trendFrom: nowMs - trendMs };
      const rows = await query<{ sku: string; views: Num; visitors: Num; background: Num }>(
        `select sku, sumIf(n, is_now) as views, uniqExactIf(identity_key, is_now) as visitors, sumIf(n, not is_now) as background
         from (
           select identity_key, sku, toUnixTimestamp64Milli(ts) >= {trendFrom:Int64} as is_now, toDate(ts) as day, least(count(), 5) as n
           from events array join skus as sku where event_type = 'productPageView' and ${inWindow}
           group by identity_key, sku, is_now, day
         ) group by sku having views > 0`,
        nowMs,
        from,
        windows,
      );
      const counts = rows.map((row) => ({
        sku: row.sku,
        views: Number(row.views),
        visitors: Number(row.visitors),
        backgroundViews: Number(row.background),
      }));
      // Whole weeks have all weekdays.
      if (trendMs >= 7 * dayMs) return { counts, weekdayFactor: 1 };
      const [shop] = await query<{ total: Num; same: Num }>(
        `select count() as total,
           countIf((({now:Int64} - toUnixTimestamp64Milli(ts)) % ${7 * dayMs}) < ${trendMs}) as same
         from events where event_type = 'productPageView' and ${inWindow} and ts < fromUnixTimestamp64Milli({trendFrom:Int64})`,
        nowMs,
        from,
        windows,
      );
      const [total, same] = [Number(shop?.total ?? 0), Number(shop?.same ?? 0)];
      // What share of the week this part of it has, against its length; below 100 views the factor would be noise.
      return { counts, weekdayFactor: total >= 100 ? same / total / (trendMs / (7 * dayMs)) : 1 };
    },

    /**
     * Baskets of each product and of each pair, in one pass over the events: each basket gets an empty entry, so that the
     * pair of it with itself counts baskets, and the pair of a product with itself counts the product.
     */
    async pairCounts(kind: BasketKind, nowMs: number): Promise<PairCounts> {
      const rows = await query<{ a: string; b: string; n: Num; w: Num }>(
        `select a, b, count() as n, sum(weight) as w
         from (select arrayJoin(items) as a, items, weight from (${baskets(kind)}))
         array join items as b where (a = '') = (b = '')
         group by a, b having n >= ${minSupport} or a = b
         order by n desc, a = b desc, w desc, b limit ${maxPairsPerItem + 1} by a`,
        nowMs,
      );
      const items = new Map<string, Count>();
      const pairs: PairCount[] = [];
      for (const row of rows) {
        if (row.a === row.b) items.set(row.a, toCount(row));
        else pairs.push({ a: row.a, b: row.b, ...toCount(row) });
      }
      const total = items.get("") ?? toCount(undefined);
      items.delete("");
      return { total, items, pairs };
    },

    /** Pairs "viewed a, within 24 hours bought b". What is counted are days of visitors who viewed, and orders. */
    async viewedThenBought(nowMs: number): Promise<PairCounts> {
      const orders = `select ${orderKey} as basket, sku, any(identity_key) as who, min(ts) as at from events array join skus as sku
        where event_type in ${purchases} and ${inWindow} group by basket, sku`;
      const pairs = await query<{ a: string; b: string; n: Num; w: Num }>(
        `select v.sku as a, o.sku as b, uniqExact(o.basket) as n, n as w
         from (${orders}) as o
         inner join (
           select identity_key, sku, ts from events array join skus as sku
           where event_type = 'productPageView' and ${inWindow}
             and identity_key in (select identity_key from events where event_type in ${purchases} and ${inWindow})
           order by ts desc limit 500 by identity_key
         ) as v on v.identity_key = o.who
         where v.ts < o.at and v.ts >= o.at - interval 24 hour and v.sku != o.sku
         group by a, b having n >= ${minSupport} order by n desc, b limit ${maxPairsPerItem} by a`,
        nowMs,
      );
      const viewed = await query<{ sku: string; n: Num; w: Num }>(
        `select sku, uniqExact(identity_key, toDate(ts)) as n, n as w from events array join skus as sku
         where event_type = 'productPageView' and ${inWindow} group by sku`,
        nowMs,
      );
      const bought = await query<{ sku: string; n: Num; w: Num }>(
        `select sku, count() as n, n as w from (${orders}) group by sku`,
        nowMs,
      );
      const [total] = await query<{ n: Num; w: Num }>(
        `select uniqExact(identity_key, toDate(ts)) as n, n as w from events where event_type = 'productPageView' and ${inWindow}`,
        nowMs,
      );
      return {
        total: toCount(total),
        items: toCounts(viewed),
        targets: toCounts(bought),
        pairs: pairs.map((row) => ({ a: row.a, b: row.b, ...toCount(row) })),
      };
    },

    /** How long people take until they buy a product again, for products that were bought again within 400 days. */
    async repurchases(nowMs: number): Promise<readonly RepurchaseGaps[]> {
      const rows = await query<{ sku: string; n: Num; q: readonly number[] }>(
        `select sku, count() as n, quantiles(0.25, 0.5, 0.9)(gap) as q
         from (
           select sku, arrayJoin(arrayFilter(x -> x > 0, arrayDifference(arraySort(groupUniqArray(1000)(at))))) as gap
           from (
             select any(identity_key) as who, sku, toUnixTimestamp64Milli(min(ts)) as at
             from events array join skus as sku
             where event_type in ${purchases} and ${inWindow} group by ${orderKey}, sku
           ) group by who, sku having count() > 1
         ) group by sku order by n desc, sku limit 200000`,
        nowMs,
        nowMs - repurchaseWindowMs,
      );
      return rows.map(({ sku, n, q: [p25Ms = 0, p50Ms = 0, p90Ms = 0] }) => ({
        sku,
        gaps: Number(n),
        p25Ms,
        p50Ms,
        p90Ms,
      }));
    },
  };
}

export type RecommendationStore = ReturnType<typeof createRecommendationStore>;

function toCount(row: { readonly n: Num; readonly w: Num } | undefined): Count {
  return { n: Number(row?.n ?? 0), w: Number(row?.w ?? 0) };
}

function toCounts(
  rows: readonly { readonly sku: string; readonly n: Num; readonly w: Num }[],
): ReadonlyMap<string, Count> {
  return new Map(rows.map((row) => [row.sku, toCount(row)]));
}

function joinCounts(
  signals: readonly { sku: string; popularity: Num }[],
  bought: readonly { sku: string; popularity: Num; orders: Num }[],
  sessions: readonly { sku: string; views: Num; carts: Num; both: Num; bought: Num }[],
): readonly ProductCounts[] {
  const bySku = new Map<string, { -readonly [K in keyof ProductCounts]: ProductCounts[K] }>();
  const of = (sku: string) => {
    const known = bySku.get(sku) ?? {
      sku,
      popularity: 0,
      viewSessions: 0,
      cartSessions: 0,
      orders: 0,
      viewAndCartSessions: 0,
      viewAndBuySessions: 0,
    };
    bySku.set(sku, known);
    return known;
  };
  for (const row of signals) of(row.sku).popularity += Number(row.popularity);
  for (const row of bought) {
    const counts = of(row.sku);
    counts.popularity += Number(row.popularity);
    counts.orders = Number(row.orders);
  }
  for (const row of sessions) {
    Object.assign(of(row.sku), {
      viewSessions: Number(row.views),
      cartSessions: Number(row.carts),
      viewAndCartSessions: Number(row.both),
      viewAndBuySessions: Number(row.bought),
    });
  }
  return [...bySku.values()];
}
