import type { ClickHouse } from "../storage/index.ts";

// ClickHouse writes 64-bit numbers as text or number, by version and setting.
type Num = number | string;

const dayMs = 86_400_000;
const halfLifeMs = 7 * dayMs;
const signalDays = 28;
const timeoutMs = 120_000;
const spill = "settings max_bytes_before_external_group_by = 250000000, max_bytes_before_external_sort = 250000000";
/** Of the queries that are clicked most; more would be guesses. */
const maxQueryItems = 500_000;
const maxItemsOfQuery = 100;
const maxMoved = 50_000;
const maxViewsOfDay = 5;

const purchases = "('completeCheckout', 'orderPlaced')";
const carts = "('addToCart', 'recsItemAddToCartClick')";
// Clicks and carts belong to a list for half an hour, purchases for a day (ranking.md 6.1).
const soonMs = 30 * 60_000;
const laterMs = dayMs;

const inside = (column: string) =>
  `${column} >= fromUnixTimestamp64Milli({from:Int64}) and ${column} < fromUnixTimestamp64Milli({to:Int64})`;

/** Each shown product with its 1-based place. */
const shownItems = `select identity_key as who, ts, decision_id, list_kind, subject, device, sku, chance, first_slot + place - 1 as slot
  from ranking_impressions array join skus as sku, chances as chance, arrayEnumerate(skus) as place
  where identity_key != '' and ${inside("ts")}`;

/**
 * What became of shown products: 3 bought, 2 put into the cart, 1 clicked. An act belongs to the newest list before it that showed the
 * product to the same visitor, by any identifier that the act carries.
 */
const outcomes = `select i.decision_id as decision_id, e.sku as sku, max(e.gain) as gain
  from (
    select who, sku, ts, gain from (
      select identity_key, identifiers, sku, ts,
        multiIf(event_type in ${purchases}, 3, event_type in ${carts}, 2, 1) as gain
      from events array join skus as sku
      where event_type in ('completeCheckout', 'orderPlaced', 'addToCart', 'recsItemAddToCartClick', 'searchProductClick', 'productPageView')
        and ts >= fromUnixTimestamp64Milli({from:Int64}) and ts < fromUnixTimestamp64Milli({to:Int64} + ${laterMs})
    ) array join arrayDistinct(arrayPushFront(identifiers, identity_key)) as who
  ) as e
  asof inner join (select who, sku, ts, decision_id from (${shownItems})) as i on e.who = i.who and e.sku = i.sku and e.ts >= i.ts
  where toUnixTimestamp64Milli(e.ts) - toUnixTimestamp64Milli(i.ts) <= if(e.gain = 3, ${laterMs}, ${soonMs})
  group by decision_id, sku`;

/** Each shown product with what became of it; 0 = nothing. */
const judgedItems = `select s.*, o.gain as gain from (${shownItems}) as s
  left join (${outcomes}) as o on s.decision_id = o.decision_id and s.sku = o.sku`;

const decay = `exp2((toUnixTimestamp64Milli(ts) - {to:Int64}) / ${halfLifeMs})`;

export type ItemRow = {
  readonly sku: string;
  readonly views1d: number;
  readonly views7d: number;
  readonly views28d: number;
  readonly carts: number;
  readonly orders: number;
  readonly returns: number;
};

export type ShownRow = {
  readonly sku: string;
  readonly shown: number;
  readonly clicks: number;
  readonly carts: number;
  readonly orders: number;
  readonly explored: number;
};

export type ListRow = {
  readonly ts: number;
  readonly list_kind: string;
  readonly device: string;
  readonly is_known: number;
  readonly subject: string;
  readonly first_slot: number;
  readonly skus: readonly string[];
  readonly features: string;
  readonly acted: readonly string[];
  readonly gains: readonly number[];
};

export type MovedRow = {
  readonly device: string;
  readonly slots: readonly number[];
  readonly times: readonly number[];
  readonly clicked: number;
};

const numbers = <Row extends object>(row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, key === "sku" || key === "subject" ? value : Number(value)]),
    // Every other column of these rows is a number.
  ) as Row;

/** All ClickHouse of ranking. */
export function createRankingStore(clickhouse: ClickHouse) {
  const query = <Row extends object>(sql: string, params: Readonly<Record<string, unknown>>) =>
    clickhouse.query<Row>(`${sql} ${spill}`, params, { timeoutMs });

  return {
    insertImpressions: (rows: readonly object[]): Promise<void> => clickhouse.insert("ranking_impressions", rows),

    /** What visitors did with products in the last 28 days; one visitor's repeats beyond five a day do not count. */
    async items(nowMs: number): Promise<readonly ItemRow[]> {
      const rows = await query<ItemRow>(
        `select sku, sumIf(n, is_view and last >= {day:Int64}) as views1d, sumIf(n, is_view and last >= {week:Int64}) as views7d,
           sumIf(n, is_view) as views28d, sumIf(w, is_cart) as carts, sumIf(w, is_order) as orders, sumIf(w, is_return) as returns
         from (
           select sku, event_type = 'productPageView' as is_view, event_type in ${carts} as is_cart,
             event_type in ${purchases} as is_order, event_type = 'orderReturned' as is_return,
             least(uniqExact(event_id), ${maxViewsOfDay}) as n, toUnixTimestamp64Milli(max(ts)) as last,
             n * exp2((last - {to:Int64}) / ${halfLifeMs}) as w
           from events array join skus as sku
           where event_type in ('productPageView', 'addToCart', 'recsItemAddToCartClick', 'completeCheckout', 'orderPlaced', 'orderReturned')
             and ${inside("ts")}
           group by identity_key, toDate(ts), event_type, sku
         ) group by sku`,
        { from: nowMs - signalDays * dayMs, to: nowMs, day: nowMs - dayMs, week: nowMs - 7 * dayMs },
      );
      return rows.map(numbers);
    },

    /**
     * What lists showed of products and what came of it, decayed.
     *
     * @param chances how likely each place is looked at, place 1 first; later places count as the last
     * @param byQuery of each query apart, the most clicked ones
     */
    async shown(
      nowMs: number,
      chances: readonly number[],
      byQuery: boolean,
    ): Promise<readonly (ShownRow & { readonly subject: string })[]> {
      const subject = byQuery ? "subject" : "''";
      const rows = await query<ShownRow & { readonly subject: string }>(
        `select ${subject} as subject, sku, sum(${decay} * {chances:Array(Float64)}[least(slot, length({chances:Array(Float64)}))]) as shown,
           sumIf(${decay}, gain >= 1) as clicks, sumIf(${decay}, gain >= 2) as carts, sumIf(${decay}, gain = 3) as orders,
           countIf(chance = 1) as explored
         from (${judgedItems}) ${byQuery ? "where list_kind = 'search'" : ""}
         group by subject, sku
         ${byQuery ? `having clicks > 0 order by clicks desc, subject, sku limit ${maxItemsOfQuery} by subject limit ${maxQueryItems}` : ""}`,
        { from: nowMs - signalDays * dayMs, to: nowMs, chances },
      );
      return rows.map(numbers);
    },

    /**
     * Lists of a time that led to something, with the features that were logged: a fair sample of at most `limit`.
     *
     * @param set name of the features
     */
    lists: (fromMs: number, toMs: number, set: string, limit: number): Promise<readonly ListRow[]> =>
      query<ListRow>(
        `select toUnixTimestamp64Milli(i.ts) as ts, i.list_kind as list_kind, i.device as device, i.is_known as is_known,
           i.subject as subject, i.first_slot as first_slot, i.skus as skus, i.features as features, o.acted as acted, o.gains as gains
         from (select * from ranking_impressions where feature_set = {set:String} and ${inside("ts")}) as i
         inner join (select decision_id, groupArray(sku) as acted, groupArray(gain) as gains from (${outcomes}) group by decision_id) as o
           on i.decision_id = o.decision_id
         order by cityHash64(i.decision_id) limit {limit:UInt32}`,
        { from: fromMs, to: toMs, set, limit },
      ),

    /** The oldest list of a set of features since a time; null without one. */
    async firstList(sinceMs: number, set: string): Promise<number | null> {
      const [row] = await query<{ n: Num; first: Num }>(
        `select count() as n, toUnixTimestamp64Milli(min(ts)) as first from ranking_impressions
         where feature_set = {set:String} and ts >= fromUnixTimestamp64Milli({since:Int64})`,
        { set, since: sinceMs },
      );
      return Number(row?.n ?? 0) === 0 ? null : Number(row?.first);
    },

    /** Products that stood in different places of one list and were clicked exactly once. */
    async moved(fromMs: number, toMs: number): Promise<readonly MovedRow[]> {
      const rows = await query<{ device: string; slots: readonly Num[]; times: readonly Num[]; clicked: Num }>(
        `select device, groupArray(slot) as slots, groupArray(n) as times, maxIf(slot, hits > 0) as clicked
         from (
           select device, list_kind, subject, sku, slot, count() as n, countIf(gain >= 1) as hits
           from (${judgedItems}) where slot <= 50 group by device, list_kind, subject, sku, slot
         ) group by device, list_kind, subject, sku having sum(hits) = 1 and length(slots) > 1
         order by cityHash64(subject, sku) limit ${maxMoved}`,
        { from: fromMs, to: toMs },
      );
      return rows.map((row) => ({
        device: row.device,
        slots: row.slots.map(Number),
        times: row.times.map(Number),
        clicked: Number(row.clicked),
      }));
    },

    /** Clicks and impressions of the places that were filled at random. */
    async shuffledSlots(
      fromMs: number,
      toMs: number,
    ): Promise<
      readonly { readonly device: string; readonly slot: number; readonly shown: number; readonly clicks: number }[]
    > {
      const rows = await query<{ device: string; slot: Num; shown: Num; clicks: Num }>(
        `select device, slot, count() as shown, countIf(gain >= 1) as clicks from (${judgedItems}) where chance = 2
         group by device, slot order by device, slot`,
        { from: fromMs, to: toMs },
      );
      return rows.map((row) => ({
        device: row.device,
        slot: Number(row.slot),
        shown: Number(row.shown),
        clicks: Number(row.clicks),
      }));
    },
  };
}

export type RankingStore = ReturnType<typeof createRankingStore>;
