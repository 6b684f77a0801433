import type { ClickHouse } from "../../storage/index.ts";
import type { FoundPast, OwnedPast, PastQuery, PastStore } from "./past-store.ts";
import { createOwnerFinder } from "./store-owners.clickhouse.ts";

type Num = number | string;
const timeoutMs = 120_000;
const orders = `event_type in ('orderPlaced', 'completeCheckout') and order_id != ''
  and ts >= fromUnixTimestamp64Milli({from:Int64}) and ts < fromUnixTimestamp64Milli({to:Int64})
  and ({storeView:String} = '' or store_view = {storeView:String})`;
// What a browser tells of an order is a claim: prices and all.
const isTrusted = "(verified = 1 or source_kind in ('server', 'connector', 'history'))";
const spill = "settings max_bytes_before_external_group_by = 250000000";

/** Orders of the past in ClickHouse; one that several sources told counts once. */
export function createPastOrderStore(clickhouse: Pick<ClickHouse, "query">): PastStore {
  const ownersOf = createOwnerFinder(clickhouse);
  return {
    newest: async ({ fromMs: from, toMs: to, storeView, trusted, limit }: PastQuery) => {
      const rows = await clickhouse.query<{ id: string; money: string; keys: string[]; since: Num; until: Num }>(
        `select order_id as id, anyLast(toString(currency)) as money, groupUniqArray(20)(identity_key) as keys,
           toUnixTimestamp64Milli(min(ts)) as since, toUnixTimestamp64Milli(max(ts)) as until
         from events where ${orders} and ({trusted:UInt8} = 0 or ${isTrusted})
         group by order_id order by max(ts) desc, order_id limit {limit:UInt32} ${spill}`,
        { from, to, storeView, limit, trusted: trusted ? 1 : 0 },
        { timeoutMs },
      );
      return {
        found: rows.map(({ id, keys, since, until }) => ({ id, keys, sinceMs: Number(since), untilMs: Number(until) })),
        currencies: [...new Set(rows.map(({ money }) => money))],
      };
    },

    /** As they were told best: by a server, as placed, last. */
    read: async ({ storeView, trusted }: PastQuery, found: readonly FoundPast[]): Promise<readonly OwnedPast[]> => {
      const rows = await clickhouse.query<{
        id: string;
        at: Num;
        store: string;
        money: string;
        told: string;
        who: string;
        proven: Num;
      }>(
        `select order_id as id, toUnixTimestamp64Milli(min(ts)) as at, argMax(toString(store_view), best) as store,
           argMax(toString(currency), best) as money, argMax(properties, best) as told, argMax(identity_key, best) as who,
           max(toUInt8(${isTrusted})) as proven
         from (
           select order_id, ts, store_view, currency, properties, identity_key, verified, source_kind,
             (${isTrusted}, notEmpty(skus), event_type = 'orderPlaced', ts) as best
           from events where ${orders} and ({trusted:UInt8} = 0 or ${isTrusted})
             and identity_key in {keys:Array(String)} and order_id in {ids:Array(String)}
         ) group by order_id`,
        {
          ...{ storeView, trusted: trusted ? 1 : 0, ids: found.map(({ id }) => id) },
          // The table is in order of these.
          keys: [...new Set(found.flatMap(({ keys }) => keys))],
          from: Math.min(...found.map(({ sinceMs }) => sinceMs)),
          to: Math.max(...found.map(({ untilMs }) => untilMs)) + 1,
        },
        { timeoutMs },
      );
      const ownerOf = await ownersOf(rows.map(({ who }) => who));
      return rows.map(({ at, store, money, told, who, proven }) => ({
        profileId: ownerOf(who, Number(at)),
        past: {
          ...{ kind: "order", at: Number(at), storeView: store, currency: money, properties: told },
          isTrusted: Number(proven) === 1,
        },
      }));
    },
  };
}
