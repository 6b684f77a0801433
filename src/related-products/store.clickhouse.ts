import type { Money } from "../kernel/index.ts";
import type { ClickHouse } from "../storage/index.ts";

/** How long after a click a purchase still is its merit. */
export const attributions = ["session", "24h", "7d"] as const;
export type Attribution = (typeof attributions)[number];

/** What the products that one rule, or people by their links, put into lists came to. */
export type OriginCounts = {
  /** `linked`, or `rule:` and the id of a rule. */
  readonly origin: string;
  /** Lists that were answered with at least one of its products. */
  readonly lists: number;
  /** Its products in them. */
  readonly products: number;
  /** Clicks on products and on "add to cart". */
  readonly clicks: number;
  readonly orders: number;
  /** Of the clicked products in attributed orders, before returns; one amount a currency, the largest first. */
  readonly revenue: readonly Money[];
};

// ClickHouse writes 64-bit numbers as text or number, by version and setting.
type Num = number | string;
type Shown = { origin: string; lists: Num; products: Num };
type Clicked = { origin: string; clicks: Num };
type Earned = { origin: string; orders: Num; revenue: Num; currency: string };

const dayMs = 86_400_000;
const spanMs: Readonly<Record<Attribution, number>> = { session: dayMs, "24h": dayMs, "7d": 7 * dayMs };
const timeoutMs = 120_000;
const maxOrigins = 1_000;
const spill = "settings max_bytes_before_external_group_by = 250000000, max_bytes_before_external_sort = 250000000";

const between = (from: string) =>
  `ts >= fromUnixTimestamp64Milli({${from}:Int64}) and ts < fromUnixTimestamp64Milli({now:Int64})`;
const sessionKey = "if(session_id = '', concat(identity_key, ' ', toString(toDate(ts))), session_id)";
// Storefront and back office both report an order, and some only one of them.
const orderKey = "if(order_id = '', concat(source_id, ' ', event_id), order_id)";
const purchases = "('completeCheckout', 'orderPlaced')";
const clickTypes = "('recsItemClick', 'recsItemAddToCartClick')";

/** What was shown, a row a product: the log keeps the origin of each product in its place. */
const shownProducts = (from: string) =>
  `select toString(decision_id) as decision, sku, origin
   from exposures array join skus as sku, arrayResize(reasons, length(skus), 'linked') as origin
   where kind = 'related-products' and ${between(from)}`;

/** Clicks on what was shown, by the decision they name. A list is on a page for a day at most. */
const clicks = (from: string, who: string) =>
  `select c.who as who, c.sku as sku, c.at as at, s.origin as origin
   from (
     select ${who} as who, sku, ts as at, decision_id as decision from events array join skus as sku
     where event_type in ${clickTypes} and decision_id != '' and ${between(from)}
   ) as c
   global inner join (${shownProducts("shownFrom")}) as s on s.decision = c.decision and s.sku = c.sku`;

/** Figures of rules out of the log of what was shown and the events of pages and orders. */
export function createRelatedMetrics(clickhouse: Pick<ClickHouse, "query">) {
  return {
    /** Everything that showed a product in [from, to), the most shown first, at most 1,000. */
    async origins(fromMs: number, toMs: number, attribution: Attribution): Promise<readonly OriginCounts[]> {
      const who = attribution === "session" ? sessionKey : "identity_key";
      const params = { from: fromMs, now: toMs, clicksFrom: fromMs - 7 * dayMs, shownFrom: fromMs - 8 * dayMs };
      const query = <Row extends object>(sql: string) =>
        clickhouse.query<Row>(`${sql} ${spill}`, params, { timeoutMs });
      const shown = await query<Shown>(
        `select origin, uniqExact(decision) as lists, count() as products from (${shownProducts("from")})
         group by origin order by products desc, origin limit ${maxOrigins}`,
      );
      const clicked = await query<Clicked>(
        `select origin, count() as clicks from (${clicks("from", who)}) group by origin`,
      );
      const earned = await query<Earned>(
        `select origin, uniqExact(basket) as orders, sum(total) as revenue, currency
         from (
           select o.basket as basket, o.sku as sku, any(o.total) as total, any(o.money) as currency, argMax(c.origin, c.at) as origin
           from (
             select ${orderKey} as basket, ${who} as who, sku, min(ts) as at, max(line) as total, max(currency) as money
             from events array join skus as sku, arrayResize(items_total, length(skus), 0) as line
             where event_type in ${purchases} and ${between("from")} group by basket, who, sku
           ) as o
           global inner join (${clicks("clicksFrom", who)}) as c on c.who = o.who and c.sku = o.sku
           where c.at <= o.at and c.at >= o.at - toIntervalMillisecond(${spanMs[attribution]})
           group by basket, sku
         ) group by origin, currency order by revenue desc`,
      );
      return shown.map(({ origin, lists, products }) => {
        const own = earned.filter((row) => row.origin === origin);
        return {
          ...{ origin, lists: Number(lists), products: Number(products) },
          clicks: Number(clicked.find((row) => row.origin === origin)?.clicks ?? 0),
          orders: own.reduce((sum, { orders }) => sum + Number(orders), 0),
          revenue: own.map(({ revenue, currency }) => ({ minor: Number(revenue), currency })),
        };
      });
    },
  };
}

export type RelatedMetrics = ReturnType<typeof createRelatedMetrics>;
