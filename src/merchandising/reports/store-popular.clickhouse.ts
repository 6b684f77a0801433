import type { ClickHouse } from "../../storage/index.ts";
import { type Num, spill, withSearches } from "./searches-sql.ts";

export type PopularRow = { readonly query: string; readonly weight: number };

const timeoutMs = 60_000;
const dayMs = 86_400_000;
const windowDays = 90;
const halfLifeMs = 7 * dayMs;
/** One visitor's words are theirs: below this nobody else is told them. */
const minVisitors = 3;

/** Popular queries of the last 90 days. */
export function createPopularStore(clickhouse: ClickHouse) {
  /**
   * Queries that found something, best first: the decayed number of searches (half-life 7 days), one with a click counting for five
   * and one with an order for ten, since what is typed half way is searched too but never clicked.
   */
  return async (nowMs: number, limit: number): Promise<readonly PopularRow[]> => {
    const rows = await clickhouse.query<{ readonly query: string; readonly weight: Num }>(
      `${withSearches}
       select query, sum(exp2((at - {to:Int64}) / ${halfLifeMs}) * (1 + 4 * (clicks > 0) + 5 * (orders > 0))) as weight
       from searches where ifNull(results, 1) > 0 and lengthUTF8(query) between 2 and 100
       group by query having uniqExact(who) >= ${minVisitors} and sum(clicks) > 0
       order by weight desc, query limit {limit:Int32} ${spill}`,
      { from: nowMs - windowDays * dayMs, to: nowMs, storeView: "", limit },
      { timeoutMs },
    );
    return rows.map(({ query, weight }) => ({ query, weight: Number(weight) }));
  };
}
