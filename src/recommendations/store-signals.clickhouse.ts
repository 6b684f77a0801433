import type { ClickHouse } from "../storage/index.ts";
import { dayMs, inWindow, type Num, orderKey, purchases, sessionKey, spill, timeoutMs } from "./event-sql.ts";
import { signalWindowsDays, type WindowCounts } from "./signals.ts";

const maxProducts = 1_000_000;
const longestMs = Math.max(...signalWindowsDays) * dayMs;

/** `[countIf(c and last >= …), …]`, one for each window. */
function perWindow(condition: string): string {
  return `[${signalWindowsDays
    .map((days) => `countIf(${condition} and last >= {now:Int64} - ${days * dayMs})`)
    .join(", ")}]`;
}

/** Sessions and orders of each product in several windows at once. */
export function createSignalStore(clickhouse: Pick<ClickHouse, "query">) {
  const query = <Row extends object>(sql: string, nowMs: number) =>
    clickhouse.query<Row>(`${sql} ${spill}`, { now: nowMs, from: nowMs - longestMs }, { timeoutMs });

  return {
    async windowCounts(nowMs: number): Promise<readonly WindowCounts[]> {
      type Sessions = { sku: string; views: Num[]; carts: Num[]; both: Num[]; bought: Num[] };
      const sessions = await query<Sessions>(
        `select sku, ${perWindow("viewed")} as views, ${perWindow("carted")} as carts,
           ${perWindow("viewed and carted")} as both, ${perWindow("viewed and ordered")} as bought
         from (
           select ${sessionKey} as session, sku, toUnixTimestamp64Milli(max(ts)) as last,
             countIf(event_type = 'productPageView') > 0 as viewed, countIf(event_type = 'addToCart') > 0 as carted,
             countIf(event_type in ${purchases}) > 0 as ordered
           from events array join skus as sku
           where event_type in ('productPageView', 'addToCart', 'completeCheckout', 'orderPlaced') and ${inWindow}
           group by session, sku
         ) group by sku order by sku limit ${maxProducts}`,
        nowMs,
      );
      const orders = await query<{ sku: string; orders: Num[] }>(
        `select sku, ${perWindow("1")} as orders
         from (
           select ${orderKey} as basket, sku, toUnixTimestamp64Milli(max(ts)) as last from events array join skus as sku
           where event_type in ${purchases} and ${inWindow} group by basket, sku
         ) group by sku order by sku limit ${maxProducts}`,
        nowMs,
      );
      const ordersBySku = new Map(orders.map((row) => [row.sku, row.orders.map(Number)]));
      const none = signalWindowsDays.map(() => 0);
      const counted = sessions.map((row) => ({
        sku: row.sku,
        views: row.views.map(Number),
        carts: row.carts.map(Number),
        orders: ordersBySku.get(row.sku) ?? none,
        viewAndCart: row.both.map(Number),
        viewAndBuy: row.bought.map(Number),
      }));
      return counted;
    },
  };
}

export type SignalStore = ReturnType<typeof createSignalStore>;
