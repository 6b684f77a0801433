import type { ClickHouse } from "../storage/index.ts";
import {
  dayMs,
  inWindow,
  isSignal,
  type Num,
  orderKey,
  purchases,
  signalWeight,
  spill,
  timeoutMs,
} from "./event-sql.ts";

/** What people did in the long run: how much is there, and since when it counts. */
export type PeopleOverview = { readonly events: number; readonly people: number; readonly fromMs: number };
export type Interests = { readonly items: readonly string[]; readonly weights: readonly number[] };
/** Oldest first. */
export type PastBaskets = readonly (readonly string[])[];
export type PeoplePart = {
  readonly nowMs: number;
  readonly fromMs: number;
  readonly part: number;
  readonly parts: number;
};

/** Before the newest event: a log of the past counts from where it ends. */
const windowMs = 400 * dayMs;
const maxItems = 200;
const maxBaskets = 100;
const maxBasketItems = 50;
const isOfTaste = `(${isSignal} or event_type in ${purchases})`;

/** Events with `who`: the profile that the identifier belonged to at that time, else the identifier. */
const eventsOfPeople = (condition: string): string => `(
  select if(l.identity_key = '' or (l.valid_to is not null and e.ts >= l.valid_to), e.identity_key, toString(l.profile_id)) as who,
    e.event_type as event_type, e.ts as ts, e.skus as skus, e.items_qty as items_qty, e.order_key as order_key
  from (
    select identity_key, event_type, ts, skus, items_qty, ${orderKey} as order_key from events
    where ${condition} and ${inWindow} and notEmpty(skus)
  ) as e
  asof left join (select identity_key, valid_from, valid_to, profile_id from identity_links final) as l
    on e.identity_key = l.identity_key and e.ts >= l.valid_from
)`;
const isInPart = "cityHash64(who) % {parts:UInt32} = {part:UInt32}";
/** An order counts once, whoever reports it, and belongs to the first who did. */
const orderLines = `select order_key, sku, argMin(who, ts) as who, min(ts) as at, max(qty) as units
  from ${eventsOfPeople(`event_type in ${purchases}`)}
  array join skus as sku, arrayResize(items_qty, length(skus), 1) as qty
  group by order_key, sku`;

/** Long histories of people, a part of them at a time: each person is in one part. */
export function createPeopleStore(clickhouse: Pick<ClickHouse, "query">) {
  const query = <Row extends object>(sql: string, { nowMs, fromMs, part, parts }: PeoplePart) =>
    clickhouse.query<Row>(`${sql} ${spill}`, { now: nowMs, from: fromMs, part, parts }, { timeoutMs });

  return {
    /** Roughly; null = there is nothing. */
    async overview(nowMs: number): Promise<PeopleOverview | null> {
      const [newest] = await clickhouse.query<{ n: Num; at: Num }>(
        `select count() as n, toUnixTimestamp64Milli(max(ts)) as at from events
         where ${isOfTaste} and ts < fromUnixTimestamp64Milli({now:Int64})`,
        { now: nowMs },
        { timeoutMs },
      );
      if (!newest || Number(newest.n) === 0) return null;
      const fromMs = Number(newest.at) - windowMs;
      const [counted] = await clickhouse.query<{ n: Num; people: Num }>(
        `select count() as n, uniq(identity_key) as people from events where ${isOfTaste} and ${inWindow}`,
        { now: nowMs, from: fromMs },
        { timeoutMs },
      );
      return { fromMs, events: Number(counted?.n ?? 0), people: Number(counted?.people ?? 0) };
    },

    /** Weighted signals of people with two products or more, at most 200 products each: those of the most weight. */
    async interests(part: PeoplePart): Promise<readonly Interests[]> {
      const rows = await query<{ items: readonly string[]; weights: readonly Num[] }>(
        `select groupArray(sku) as items, groupArray(total) as weights
         from (
           select who, sku, sum(weight) as total
           from (
             select who, sku, toFloat64(least(count(), 5) * ${signalWeight}) as weight
             from ${eventsOfPeople(isSignal)} array join skus as sku
             where ${isInPart} group by who, event_type, sku, toDate(ts)
             union all
             select who, sku, toFloat64(10 * least(greatest(units, 1), 3)) as weight from (${orderLines}) where ${isInPart}
           )
           group by who, sku having total > 0 order by total desc, sku limit ${maxItems} by who
         ) group by who having length(items) >= 2 order by who`,
        part,
      );
      return rows.map(({ items, weights }) => ({ items, weights: weights.map(Number) }));
    },

    /** Orders of people with two or more, oldest first: the newest 100, with at most 50 products each. */
    async baskets(part: PeoplePart): Promise<readonly PastBaskets[]> {
      const rows = await query<{ baskets: PastBaskets }>(
        `select arraySlice(arrayMap(x -> x.3, arraySort(x -> (x.1, x.2), groupArray(1000)((at, order_key, items)))), -${maxBaskets}) as baskets
         from (
           select who, order_key, min(at) as at, arraySort(groupUniqArray(${maxBasketItems})(sku)) as items
           from (${orderLines}) where ${isInPart} group by who, order_key
         ) group by who having length(baskets) >= 2 order by who`,
        part,
      );
      return rows.map(({ baskets }) => baskets);
    },
  };
}

export type PeopleStore = ReturnType<typeof createPeopleStore>;
