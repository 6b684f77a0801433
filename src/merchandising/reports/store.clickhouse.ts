import type { Money } from "../../kernel/index.ts";
import type { ClickHouse } from "../../storage/index.ts";
import { type Num, sessionClicks, sessionEnds, spill, withSearches } from "./searches-sql.ts";

/** Half-open, Unix milliseconds; an empty store view means all. */
export type Period = { readonly fromMs: number; readonly toMs: number; readonly storeView: string };

/** Every search counts: measurement.md 11. Rates are shares of the searches, 0 to 1; null over nothing. */
export type SearchMetrics = {
  readonly searches: number;
  readonly sessionsWithSearch: number;
  readonly uniqueQueries: number;
  readonly zeroResultRate: number | null;
  readonly clickThroughRate: number | null;
  /** Over clicks, from 1. */
  readonly averageClickPosition: number | null;
  readonly meanReciprocalRank: number | null;
  readonly conversionRate: number | null;
  readonly revenue: readonly Money[];
  /** Followed within 3 minutes by another query of the session, without a click between. */
  readonly refinementRate: number | null;
  /** Without a click, and the last thing of the session. */
  readonly exitRate: number | null;
  readonly filterRate: number | null;
};

/** Adobe's figures: the same shopper repeating a query within 60 minutes counts once. Null over nothing. */
export type UniqueSearchMetrics = {
  readonly uniqueSearches: number;
  readonly clickThroughRate: number | null;
  /** Products bought by products clicked. */
  readonly conversionRate: number | null;
  readonly zeroResultsRate: number | null;
  readonly averageClickPosition: number | null;
};

export type QueryRow = {
  readonly query: string;
  readonly searches: number;
  readonly zeroResults: number;
  readonly clickThroughRate: number;
  readonly averageClickPosition: number | null;
  readonly orders: number;
  readonly revenue: readonly Money[];
  readonly visitors: number;
  /** Searches of as long a time just before. */
  readonly searchesBefore: number;
};

export const queryLists = ["top", "zero-results", "no-clicks", "trending"] as const;
export type QueryList = (typeof queryLists)[number];

const timeoutMs = 60_000;
const refinementMs = 180_000;
const repeatMs = 3_600_000;
/** A machine that searches all day would make its session grow with the square. */
const maxOfSession = 300;
/** Below this many visitors a trend is an accident: ranking.md 4. */
const minTrendVisitors = 5;
/** Searches with few clicks say little when there are few of them. */
const minSearchesWithoutClick = 3;

/** The orders of a group, each once, as one amount a currency. */
const revenueOf = `arrayDistinct(arrayMap(x -> x.3, sold)) as currencies,
  arrayMap(c -> arraySum(x -> if(x.3 = c, x.2, 0), sold), currencies) as amounts`;

function ratio(part: Num | undefined, whole: number): number | null {
  return whole > 0 ? Number(part ?? 0) / whole : null;
}

type Amounts = { readonly currencies: readonly string[]; readonly amounts: readonly Num[] };

function toMoney({ currencies, amounts }: Amounts): readonly Money[] {
  return currencies
    .map((currency, at) => ({ currency, minor: Number(amounts[at] ?? 0) }))
    .filter(({ currency, minor }) => currency !== "" && minor !== 0);
}

/** All ClickHouse of the search report. */
export function createSearchReportStore(clickhouse: ClickHouse) {
  const ask = <Row extends object>(
    sql: string,
    { fromMs, toMs, storeView }: Period,
    more: Record<string, unknown> = {},
  ) =>
    clickhouse.query<Row>(
      `${withSearches} ${sql} ${spill}`,
      { from: fromMs, to: toMs, storeView, ...more },
      { timeoutMs },
    );

  return {
    async metrics(period: Period): Promise<SearchMetrics> {
      type Row = Record<"searches" | "sessions" | "queries" | "zero" | "clicked" | "all_clicks", Num> &
        Record<"all_positions" | "mrr" | "converted" | "filtered", Num>;
      const [row] = await ask<Row>(
        `select count() as searches, uniqExact(session) as sessions, uniqExact(query) as queries,
           countIf(results = 0) as zero, countIf(clicks > 0) as clicked, sum(clicks) as all_clicks,
           sum(positions) as all_positions, sum(if(clicks > 0, 1 / best, 0)) as mrr, countIf(orders > 0) as converted,
           countIf(has_filters) as filtered
         from searches`,
        period,
      );
      const sales = await ask<{ readonly currency: string; readonly amount: Num }>(
        `select sale.3 as currency, sum(sale.2) as amount from (select distinct arrayJoin(sales) as sale from searches)
         group by currency order by amount desc`,
        period,
      );
      const searches = Number(row?.searches ?? 0);
      const [followUps] = await ask<{ refined: Num }>(
        `select sum(refined) as refined from (
           select arrayCount(i -> arrayExists(j -> j.1 > i.1 and j.1 <= i.1 + ${refinementMs} and j.2 != i.2
               and not arrayExists(c -> c >= i.1 and c < j.1, times), list), list) as refined
           from (select session, arraySlice(arraySort(groupArray((at, query))), 1, ${maxOfSession}) as list from searches group by session) as of_session
           global left join (${sessionClicks}) as clicks_of on clicks_of.session = of_session.session
         )`,
        period,
      );
      const [exits] = await ask<{ exits: Num }>(
        `select count() as exits from searches global inner join (${sessionEnds}) as ends on ends.session = searches.session
         where clicks = 0 and ended <= last_own`,
        period,
      );
      return {
        searches,
        sessionsWithSearch: Number(row?.sessions ?? 0),
        uniqueQueries: Number(row?.queries ?? 0),
        zeroResultRate: ratio(row?.zero, searches),
        clickThroughRate: ratio(row?.clicked, searches),
        averageClickPosition: ratio(row?.all_positions, Number(row?.all_clicks ?? 0)),
        meanReciprocalRank: ratio(row?.mrr, searches),
        conversionRate: ratio(row?.converted, searches),
        revenue: toMoney({ currencies: sales.map((each) => each.currency), amounts: sales.map((each) => each.amount) }),
        refinementRate: ratio(followUps?.refined, searches),
        exitRate: ratio(exits?.exits, searches),
        filterRate: ratio(row?.filtered, searches),
      };
    },

    async uniqueMetrics(period: Period): Promise<UniqueSearchMetrics> {
      type Row = Record<"total" | "clicked" | "zero" | "all_clicks" | "all_positions", Num>;
      const [row] = await ask<Row>(
        `select count() as total, countIf(c > 0) as clicked, countIf(z) as zero, sum(c) as all_clicks, sum(p) as all_positions from (
           select sum(clicks) as c, sum(positions) as p, max(ifNull(results = 0, 0)) as z from (
             select who, query, clicks, positions, results,
               sum(is_new) over (partition by who, query order by at rows between unbounded preceding and current row) as part
             from (
               select *, at - lagInFrame(at, 1, toInt64(0)) over (partition by who, query order by at
                 rows between unbounded preceding and unbounded following) > ${repeatMs} as is_new from searches
             )
           ) group by who, query, part
         )`,
        period,
      );
      const [products] = await ask<Record<"clicked" | "bought", Num>>(
        `select uniqExact(id, sku) as clicked, uniqExactIf((id, sku), has(purchased.skus, sku)) as bought
         from (select id, who, arrayJoin(clicked_skus) as sku from searches) as products
         global left join (select buyer, groupUniqArrayArray(5000)(bought) as skus from ordered group by buyer) as purchased
           on purchased.buyer = products.who`,
        period,
      );
      const total = Number(row?.total ?? 0);
      return {
        uniqueSearches: total,
        clickThroughRate: ratio(row?.clicked, total),
        conversionRate: ratio(products?.bought, Number(products?.clicked ?? 0)),
        zeroResultsRate: ratio(row?.zero, total),
        averageClickPosition: ratio(row?.all_positions, Number(row?.all_clicks ?? 0)),
      };
    },

    /** Queries of one list, most searched first; trending ones by how much more they are searched than before. */
    async queries(list: QueryList, period: Period, limit: number): Promise<readonly QueryRow[]> {
      const longMs = period.toMs - period.fromMs;
      const conditions: Readonly<Record<QueryList, string>> = {
        top: "1",
        "zero-results": "zero > 0",
        "no-clicks": `clicked = 0 and zero < searches and searches >= ${minSearchesWithoutClick}`,
        trending: `visitors >= ${minTrendVisitors} and searches > before`,
      };
      const orders: Readonly<Record<QueryList, string>> = {
        top: "searches desc",
        "zero-results": "zero desc, searches desc",
        "no-clicks": "searches desc",
        // (c − μ) / √(μ + 1), as for products.
        trending: "(toInt64(searches) - toInt64(before)) / sqrt(before + 1) desc",
      };
      type Row = Record<"searches" | "zero" | "clicked" | "all_clicks" | "all_positions" | "bought", Num> &
        Record<"visitors" | "before", Num> &
        Amounts & { readonly query: string };
      const rows = await ask<Row>(
        `select * except sold, length(sold) as bought, ${revenueOf} from (
           select query, countIf(is_now) as searches, countIf(is_now and results = 0) as zero,
             countIf(is_now and clicks > 0) as clicked, sumIf(clicks, is_now) as all_clicks, sumIf(positions, is_now) as all_positions,
             uniqExactIf(who, is_now) as visitors, countIf(not is_now) as before,
             groupUniqArrayArrayIf(sales, is_now) as sold
           from (select *, at >= {start:Int64} as is_now from searches) group by query
           having searches > 0 and ${conditions[list]}
           order by ${orders[list]}, query limit {limit:Int32}
         ) order by ${orders[list]}, query`,
        { ...period, fromMs: list === "trending" ? period.fromMs - longMs : period.fromMs },
        { start: period.fromMs, limit },
      );
      return rows.map((row) => ({
        query: row.query,
        searches: Number(row.searches),
        zeroResults: Number(row.zero),
        clickThroughRate: Number(row.clicked) / Number(row.searches),
        averageClickPosition: ratio(row.all_positions, Number(row.all_clicks)),
        orders: Number(row.bought),
        revenue: toMoney(row),
        visitors: Number(row.visitors),
        searchesBefore: Number(row.before),
      }));
    },

    /** Searches of each day, UTC. */
    async days(period: Period): Promise<
      readonly {
        readonly day: string;
        readonly searches: number;
        readonly zeroResults: number;
        readonly clicked: number;
      }[]
    > {
      const rows = await ask<Record<"searches" | "zero" | "clicked", Num> & { readonly day: string }>(
        `select toString(toDate(fromUnixTimestamp64Milli(at))) as day, count() as searches, countIf(results = 0) as zero,
           countIf(clicks > 0) as clicked from searches group by day order by day`,
        period,
      );
      return rows.map(({ day, searches, zero, clicked }) => ({
        day,
        searches: Number(searches),
        zeroResults: Number(zero),
        clicked: Number(clicked),
      }));
    },

    /** Products that searches showed most, by our own log of answers, with the clicks they got. */
    async products(
      period: Period,
      limit: number,
    ): Promise<readonly { readonly sku: string; readonly impressions: number; readonly clicks: number }[]> {
      const rows = await ask<{ readonly sku: string } & Record<"impressions" | "clicks", Num>>(
        `select shown.sku as sku, impressions, clicks from (
           select sku, count() as impressions from exposures array join skus as sku
           where placement = 'search' and ts >= fromUnixTimestamp64Milli({from:Int64}) and ts < fromUnixTimestamp64Milli({to:Int64})
             and ({storeView:String} = '' or store_view = {storeView:String})
           group by sku order by impressions desc, sku limit {limit:Int32}
         ) as shown
         global left join (select arrayJoin(clicked_skus) as sku, count() as clicks from searches group by sku) as got on got.sku = shown.sku
         order by impressions desc, sku`,
        period,
        { limit },
      );
      return rows.map(({ sku, impressions, clicks }) => ({
        sku,
        impressions: Number(impressions),
        clicks: Number(clicks),
      }));
    },
  };
}

export type SearchReportStore = ReturnType<typeof createSearchReportStore>;
