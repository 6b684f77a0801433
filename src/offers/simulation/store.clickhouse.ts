import type { ClickHouse } from "../../storage/index.ts";
import type { PastOrder } from "./simulation-job.ts";

export type OrderQuery = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  /** Empty = all. */
  readonly storeView: string;
  /** Only orders that a server told. */
  readonly trusted: boolean;
};

/** An order and the profile that it belonged to; empty = nobody known. */
export type OwnedOrder = PastOrder & { readonly orderId: string; readonly profileId: string };

type Num = number | string;
const timeoutMs = 120_000;
const orders = `event_type in ('orderPlaced', 'completeCheckout') and order_id != ''
  and ts >= fromUnixTimestamp64Milli({from:Int64}) and ts < fromUnixTimestamp64Milli({to:Int64})
  and ({storeView:String} = '' or store_view = {storeView:String})`;
// What a browser tells of an order is a claim: prices and all.
const isTrusted = "(verified = 1 or source_kind in ('server', 'connector', 'history'))";
const spill = "settings max_bytes_before_external_group_by = 250000000";

const paramsOf = ({ fromMs: from, toMs: to, storeView, limit, trusted }: OrderQuery) => ({
  ...{ from, to, storeView, limit },
  trusted: trusted ? 1 : 0,
});

/** Orders of the past in ClickHouse; one that several sources told counts once. */
export function createPastOrderStore(clickhouse: Pick<ClickHouse, "query">) {
  /** To whom identifiers belonged and when, the latest first. */
  async function ownersOf(keys: readonly string[]): Promise<ReadonlyMap<string, readonly Owner[]>> {
    if (keys.length === 0) return new Map();
    const rows = await clickhouse.query<{ key: string; since: Num; until: Num | null; profile: string }>(
      `select identity_key as key, toUnixTimestamp64Milli(valid_from) as since,
           if(isNull(valid_to), null, toUnixTimestamp64Milli(assumeNotNull(valid_to))) as until, toString(profile_id) as profile
         from identity_links final where identity_key in {keys:Array(String)} order by key, since desc limit 20000`,
      { keys },
      { timeoutMs },
    );
    const owners = new Map<string, Owner[]>();
    for (const { key, since, until, profile } of rows) {
      const owner = { profileId: profile, sinceMs: Number(since), untilMs: until === null ? null : Number(until) };
      owners.set(key, [...(owners.get(key) ?? []), owner]);
    }
    return owners;
  }

  return {
    /** Ids of the newest orders, and in which currencies they are. */
    async newest(
      query: OrderQuery,
    ): Promise<{ readonly ids: readonly string[]; readonly currencies: readonly string[] }> {
      const rows = await clickhouse.query<{ id: string; money: string }>(
        `select order_id as id, anyLast(toString(currency)) as money from events
         where ${orders} and ({trusted:UInt8} = 0 or ${isTrusted})
         group by order_id order by max(ts) desc, order_id limit {limit:UInt32} ${spill}`,
        paramsOf(query),
        { timeoutMs },
      );
      return { ids: rows.map(({ id }) => id), currencies: [...new Set(rows.map(({ money }) => money))] };
    },

    /** The named orders as they were told best: by a server, as placed, last. */
    async read(query: OrderQuery, ids: readonly string[]): Promise<readonly OwnedOrder[]> {
      const rows = await clickhouse.query<{
        id: string;
        at: Num;
        store: string;
        money: string;
        told: string;
        who: string;
      }>(
        `select order_id as id, toUnixTimestamp64Milli(min(ts)) as at, argMax(toString(store_view), best) as store,
           argMax(toString(currency), best) as money, argMax(properties, best) as told, argMax(identity_key, best) as who
         from (
           select order_id, ts, store_view, currency, properties, identity_key,
             (${isTrusted}, notEmpty(skus), event_type = 'orderPlaced', ts) as best
           from events where ${orders} and ({trusted:UInt8} = 0 or ${isTrusted}) and order_id in {ids:Array(String)}
         ) group by order_id`,
        { ...paramsOf(query), ids },
        { timeoutMs },
      );
      const owners = await ownersOf([...new Set(rows.map(({ who }) => who))]);
      return rows.map(({ id, at, store, money, told, who }) => ({
        ...{ orderId: id, at: Number(at), storeView: store, currency: money, properties: told },
        profileId: owners.get(who)?.find((each) => isOwnerAt(each, Number(at)))?.profileId ?? "",
      }));
    },
  };
}

type Owner = {
  readonly profileId: string;
  readonly sinceMs: number;
  readonly untilMs: number | null;
};

const isOwnerAt = ({ sinceMs, untilMs }: Owner, atMs: number): boolean =>
  sinceMs <= atMs && (untilMs === null || atMs < untilMs);

export type PastOrderStore = ReturnType<typeof createPastOrderStore>;
