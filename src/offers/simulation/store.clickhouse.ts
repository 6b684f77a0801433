import type { ClickHouse } from "../../storage/index.ts";
import type { FoundPast, OwnedPast, PastQuery, PastStore } from "./past-store.ts";
import { createOwnerFinder } from "./store-owners.clickhouse.ts";
import {
  type FoundRow,
  foundColumns,
  foundOf,
  inPeriod,
  isTrusted,
  type Num,
  periodOf,
  placesOf,
  spill,
  timeoutMs,
} from "./store-past-rows.clickhouse.ts";

const orders = `event_type in ('orderPlaced', 'completeCheckout') and order_id != ''
  and ${inPeriod}`;

/** Orders of the past in ClickHouse; one that several sources told counts once. */
export function createPastOrderStore(clickhouse: Pick<ClickHouse, "query">): PastStore {
  const ownersOf = createOwnerFinder(clickhouse);
  return {
    newest: async (query: PastQuery) => {
      const rows = await clickhouse.query<FoundRow>(
        `select order_id as id, ${foundColumns} from events where ${orders}
         group by order_id order by max(ts) desc, order_id limit {limit:UInt32} ${spill}`,
        periodOf(query),
        { timeoutMs },
      );
      return {
        found: foundOf(rows),
        currencies: [...new Set(rows.map(({ money }) => money))],
      };
    },

    /** As they were told best: by a server, as placed, last. */
    read: async (query: PastQuery, found: readonly FoundPast[]): Promise<readonly OwnedPast[]> => {
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
           from events where ${orders}
             and identity_key in {keys:Array(String)} and order_id in {ids:Array(String)}
         ) group by order_id`,
        placesOf(query, found),
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
