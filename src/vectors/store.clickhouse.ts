import type { ClickHouse } from "../storage/index.ts";

const timeoutMs = 120_000;
const spill = "settings max_bytes_before_external_group_by = 250000000, max_bytes_before_external_sort = 250000000";
const inWindow = "ts >= fromUnixTimestamp64Milli({from:Int64}) and ts < fromUnixTimestamp64Milli({now:Int64})";
const purchases = "('completeCheckout', 'orderPlaced')";
const carts = "('addToCart', 'recsItemAddToCartClick')";
const sessionKey = "if(session_id = '', concat(identity_key, ' ', toString(toDate(ts))), session_id)";
const query = "lowerUTF8(trimBoth(replaceRegexpAll(search_query, '\\\\s+', ' ')))";
const maxStepsOfOne = 200;
/** What is looked at so soon after a query belongs to it. */
const attentionMs = 5 * 60_000;
/** A query that fewer people typed may say who they are. */
const leastPeople = 3;
const maxItemsOfQuery = 20;
const maxQueryRows = 200_000;

export type SessionRow = { readonly views: readonly string[]; readonly bought: readonly string[] };
export type QueryRow = { readonly query: string; readonly sku: string; readonly weight: number };

/** All ClickHouse of vectors. */
export function createVectorEvents(clickhouse: Pick<ClickHouse, "query">) {
  return {
    /** The newest sessions with two products or more: views in order, and what was bought. */
    sessions: (fromMs: number, nowMs: number, limit: number): Promise<readonly SessionRow[]> =>
      clickhouse.query<SessionRow>(
        `select arrayMap(x -> x.3, arrayFilter(x -> not x.4, steps)) as views,
           arrayDistinct(arrayMap(x -> x.3, arrayFilter(x -> x.4, steps))) as bought
         from (
           select ${sessionKey} as session, max(ts) as ended,
             arraySort(groupArray(${maxStepsOfOne})((ts, event_id, sku, event_type in ${purchases}))) as steps
           from events array join skus as sku
           where event_type in ('productPageView', 'completeCheckout', 'orderPlaced') and sku != '' and ${inWindow}
           group by session having length(steps) >= 2
         ) where length(views) >= 1 order by ended desc, session limit {limit:UInt32} ${spill}`,
        { from: fromMs, now: nowMs, limit },
        { timeoutMs },
      ),

    /**
     * What people looked at (1), put into the cart (2) and bought (3) within five minutes after a query; half as much after they
     * had typed another one. Queries of at least three people, products of at least two of them.
     */
    async queries(fromMs: number, nowMs: number): Promise<readonly QueryRow[]> {
      const rows = await clickhouse.query<{ query: string; sku: string; weight: number | string }>(
        `select search.2 as query, act.2 as sku,
           sum(act.3 * if(arrayExists(o -> o.1 > search.1 and o.1 <= act.1 and o.2 != search.2, searches), 0.5, 1)) as weight
         from (
           select who, searches, search, arrayJoin(arrayFilter(a -> a.1 >= search.1 and a.1 <= search.1 + ${attentionMs}, acts)) as act
           from (
             select who, searches, acts, search from (
               select identity_key as who, groupArrayIf(${maxStepsOfOne})((toUnixTimestamp64Milli(ts), ${query}), search_query != '') as searches,
                 groupArrayIf(${maxStepsOfOne})((toUnixTimestamp64Milli(ts), sku,
                   multiIf(event_type in ${purchases}, 3, event_type in ${carts}, 2, 1)), sku != '') as acts
               from events left array join skus as sku
               where (event_type = 'searchRequestSent' and search_query != '' or event_type in ('productPageView', 'addToCart',
                 'recsItemAddToCartClick', 'completeCheckout', 'orderPlaced')) and identity_key != '' and ${inWindow}
               group by who, toDate(ts)
             ) array join searches as search
           )
           where search.2 in (
             select ${query} from events where event_type = 'searchRequestSent' and search_query != '' and ${inWindow}
             group by 1 having uniq(identity_key) >= ${leastPeople})
         )
         group by query, sku having uniq(who) >= 2
         order by weight desc, query, sku limit ${maxItemsOfQuery} by query limit ${maxQueryRows} ${spill}`,
        { from: fromMs, now: nowMs },
        { timeoutMs },
      );
      return rows.map((row) => ({ ...row, weight: Number(row.weight) }));
    },
  };
}

export type VectorEvents = ReturnType<typeof createVectorEvents>;
