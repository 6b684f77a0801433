import type { Money } from "../kernel/index.ts";
import type { ClickHouse } from "../storage/index.ts";
import { dayMs, inWindow, type Num, orderKey, purchases, sessionKey, spill, timeoutMs } from "./event-sql.ts";
import type { UnitCounts } from "./unit-metrics.ts";

/** How long after a click a purchase still is its merit. */
export const attributions = ["session", "24h", "7d"] as const;
export type Attribution = (typeof attributions)[number];

const spanMs: Readonly<Record<Attribution, number>> = { session: dayMs, "24h": dayMs, "7d": 7 * dayMs };
const maxUnits = 1_000;
const lifetimeMs = 3_650 * dayMs;

const clickTypes = "('recsItemClick', 'recsItemAddToCartClick')";
const ours = "('recsUnitRender', 'recsUnitView', 'recsItemClick', 'recsItemAddToCartClick')";
// One event may report several units.
const unitIds =
  "if(JSONHas(properties, 'units'), arrayDistinct(arrayMap(x -> JSONExtractString(x, 'unitId'), JSONExtractArrayRaw(properties, 'units'))), [JSONExtractString(properties, 'unitId')])";
// A rendering has the id of its decision; of clients without one, it is the unit on a page in a session.
const rendering = `if(decision_id = '', concat(${sessionKey}, ' ', page_url), decision_id)`;

type Shown = { unit: string; impressions: Num; views: Num; seen: Num; clicks: Num; clicked: Num };
type Earned = { unit: string; orders: Num; revenue: Num; returned: Num; currency: string };

/**
 * Lines of orders with the unit that was clicked last for their product.
 *
 * Products are parents on both sides. `who` is the session, or the visitor where purchases count beyond it.
 */
function earned(attribution: Attribution): string {
  const who = attribution === "session" ? sessionKey : "identity_key";
  return `select unit, uniqExact(basket) as orders, sum(total) as revenue, sum(back) as returned, currency
    from (
      select o.basket as basket, o.sku as sku, any(o.total) as total, least(any(o.total), any(r.back)) as back, any(o.money) as currency,
        argMax(c.unit, c.at) as unit
      from (
        select ${orderKey} as basket, any(order_id) as order_no, ${who} as who, sku, min(ts) as at, max(line) as total, max(currency) as money
        from events array join skus as sku, arrayResize(items_total, length(skus), 0) as line
        where event_type in ${purchases} and ${inWindow} group by basket, who, sku
      ) as o
      global inner join (
        select ${who} as who, sku, ts as at, arrayJoin(${unitIds}) as unit
        from events array join skus as sku
        where event_type in ${clickTypes} and ts >= fromUnixTimestamp64Milli({clicksFrom:Int64}) and ts < fromUnixTimestamp64Milli({now:Int64})
      ) as c on c.who = o.who and c.sku = o.sku
      global left join (
        select order_id, sku, sum(line) as back
        from events array join skus as sku, arrayResize(items_total, length(skus), 0) as line
        where event_type in ('orderReturned', 'orderRefunded') and order_id != '' group by order_id, sku
      ) as r on r.order_id = o.order_no and r.sku = o.sku
      where c.at <= o.at and c.at >= o.at - toIntervalMillisecond(${spanMs[attribution]})
      group by basket, sku
    ) group by unit, currency order by revenue desc`;
}

/** Figures of recommendation units out of the events of pages and orders. */
export function createMetricStore(clickhouse: Pick<ClickHouse, "query">) {
  const query = <Row extends object>(sql: string, fromMs: number, toMs: number) =>
    clickhouse.query<Row>(
      `${sql} ${spill}`,
      { from: fromMs, now: toMs, clicksFrom: fromMs - 7 * dayMs },
      { timeoutMs },
    );

  return {
    /** Units with any of it in [from, to), the most rendered first, at most 1,000. */
    async units(fromMs: number, toMs: number, attribution: Attribution): Promise<readonly UnitCounts[]> {
      const shown = await query<Shown>(
        `select unit, sum(renders) as impressions, sum(looks) as views, countIf(renders > 0 and looks > 0) as seen,
           sum(hits) as clicks, countIf(hits > 0) as clicked
         from (
           select arrayJoin(${unitIds}) as unit, ${rendering} as shown,
             countIf(event_type = 'recsUnitRender') as renders, countIf(event_type = 'recsUnitView') as looks,
             countIf(event_type in ${clickTypes}) as hits
           from events where event_type in ${ours} and ${inWindow} group by unit, shown
         ) where unit != '' group by unit order by impressions desc, unit limit ${maxUnits}`,
        fromMs,
        toMs,
      );
      const period = await query<Earned>(earned(attribution), fromMs, toMs);
      const lifetime = await query<Earned>(earned(attribution), toMs - lifetimeMs, toMs);
      const sumOf = (rows: readonly Earned[], unit: string, minorOf: (row: Earned) => number): readonly Money[] =>
        rows.filter((row) => row.unit === unit).map((row) => ({ minor: minorOf(row), currency: row.currency }));
      return shown.map((row) => ({
        unitId: row.unit,
        impressions: Number(row.impressions),
        views: Number(row.views),
        viewedImpressions: Number(row.seen),
        clicks: Number(row.clicks),
        clickedImpressions: Number(row.clicked),
        orders: period.filter(({ unit }) => unit === row.unit).reduce((sum, { orders }) => sum + Number(orders), 0),
        revenue: sumOf(period, row.unit, ({ revenue }) => Number(revenue)),
        netRevenue: sumOf(period, row.unit, ({ revenue, returned }) => Number(revenue) - Number(returned)),
        lifetimeRevenue: sumOf(lifetime, row.unit, ({ revenue }) => Number(revenue)),
      }));
    },
  };
}

export type MetricStore = ReturnType<typeof createMetricStore>;
