import type { ClickHouse } from "../../storage/index.ts";
import { type Num, spill, withSearches } from "./searches-sql.ts";
import type { Period } from "./store.clickhouse.ts";

/** What visitors who found nothing for a query did next. */
export type NextStep = {
  readonly query: string;
  /** Visitors who searched for the query and found nothing. */
  readonly visitors: number;
  readonly kind: "search" | "category";
  /** The query whose results they clicked, or the path of the category they opened. */
  readonly target: string;
  /** Visitors who did. */
  readonly took: number;
};

const soonMs = 180_000;
const timeoutMs = 60_000;
/** A machine's session must not grow with its square. */
const maxOfSession = 100;

/** Next steps after searches without a result, the most taken first. */
export function createProposalStore(clickhouse: ClickHouse) {
  return async ({ fromMs, toMs, storeView }: Period, minVisitors: number): Promise<readonly NextStep[]> => {
    const rows = await clickhouse.query<
      { query: string; kind: string; target: string } & Record<"visitors" | "took", Num>
    >(
      `${withSearches},
       failed as (
         select session, who, at, query from searches where results = 0 order by at limit ${maxOfSession} by session
       ),
       failing as (select query, uniqExact(who) as visitors from failed group by query having visitors >= {least:Int32}),
       steps as (
         select 'search' as kind, session, at, query as target from searches where clicks > 0
         order by at limit ${maxOfSession} by session
         union all
         select 'category' as kind, if(session_id = '', concat(identity_key, ' ', toString(toDate(ts))), session_id) as session,
           toUnixTimestamp64Milli(ts) as at, category_path as target
         from events
         where event_type = 'categoryView' and category_path != '' and ts >= fromUnixTimestamp64Milli({from:Int64})
           and ts < fromUnixTimestamp64Milli({to:Int64})
         order by at limit ${maxOfSession} by session
       )
       select failed.query as query, any(failing.visitors) as visitors, steps.kind as kind, steps.target as target,
         uniqExact(failed.who) as took
       from failed
       global inner join failing on failing.query = failed.query
       global inner join steps on steps.session = failed.session
       where steps.at > failed.at and steps.at <= failed.at + ${soonMs} and steps.target != failed.query
       group by query, kind, target having took >= {least:Int32}
       order by took desc, query, target limit 500 ${spill}`,
      { from: fromMs, to: toMs, storeView, least: minVisitors },
      { timeoutMs },
    );
    return rows.map(({ query, kind, target, visitors, took }) => ({
      query,
      target,
      kind: kind === "search" ? "search" : "category",
      visitors: Number(visitors),
      took: Number(took),
    }));
  };
}
