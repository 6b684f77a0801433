import type { ClickHouse } from "../../storage/index.ts";
import type { FoundPast, OwnedPast, PastQuery, PastStore } from "./past-store.ts";
import type { CartChange } from "./simulation-job.ts";
import { createOwnerFinder } from "./store-owners.clickhouse.ts";

type Num = number | string;
const timeoutMs = 120_000;
/** Of one cart; the newest count. */
const maxChanges = 300;
/** A cart of the period may have been filled before it. */
const earlierMs = 30 * 86_400_000;

const changes = `event_type in ('openCart', 'addToCart', 'removeFromCart', 'shoppingCartView', 'startCheckout', 'completeCheckout', 'orderPlaced')
  and ts >= fromUnixTimestamp64Milli({from:Int64}) and ts < fromUnixTimestamp64Milli({to:Int64})
  and ({storeView:String} = '' or store_view = {storeView:String})`;
const isTrusted = "(verified = 1 or source_kind in ('server', 'connector', 'history'))";
// Shops that name no cart have one for each shopper.
const cart = "if(cart_id = '', concat('shopper ', identity_key), concat('cart ', cart_id))";
const spill = "settings max_bytes_before_external_group_by = 250000000";

/** Carts of the past in ClickHouse, bought or left. */
export function createPastCartStore(clickhouse: Pick<ClickHouse, "query">): PastStore {
  const ownersOf = createOwnerFinder(clickhouse);
  return {
    newest: async ({ fromMs: from, toMs: to, storeView, trusted, limit }: PastQuery) => {
      const rows = await clickhouse.query<{ id: string; money: string; keys: string[]; since: Num; until: Num }>(
        `select ${cart} as id, anyLast(toString(currency)) as money, groupUniqArray(20)(identity_key) as keys,
           toUnixTimestamp64Milli(min(ts)) as since, toUnixTimestamp64Milli(max(ts)) as until
         from events where ${changes} and ({trusted:UInt8} = 0 or ${isTrusted})
         group by id having countIf(event_type in ('addToCart', 'shoppingCartView', 'startCheckout')) > 0
         order by max(ts) desc, id limit {limit:UInt32} ${spill}`,
        { from, to, storeView, limit, trusted: trusted ? 1 : 0 },
        { timeoutMs },
      );
      return {
        found: rows.map(({ id, keys, since, until }) => ({ id, keys, sinceMs: Number(since), untilMs: Number(until) })),
        currencies: [...new Set(rows.map(({ money }) => money).filter((money) => money !== ""))],
      };
    },

    read: async ({ storeView, trusted }: PastQuery, found: readonly FoundPast[]): Promise<readonly OwnedPast[]> => {
      const rows = await clickhouse.query<{
        id: string;
        type: string;
        event: string;
        kind: string;
        at: Num;
        store: string;
        money: string;
        told: string;
        who: string;
        proven: Num;
      }>(
        `select id, event_type as type, event_id as event, source_kind as kind, toUnixTimestamp64Milli(ts) as at, store_view as store,
           currency as money, properties as told, identity_key as who, toUInt8(${isTrusted}) as proven
         from (
           select ${cart} as id, event_type, event_id, source_id, source_kind, verified, ts, store_view, currency, properties, identity_key
           from events
           where ${changes} and ({trusted:UInt8} = 0 or ${isTrusted}) and identity_key in {keys:Array(String)} and id in {ids:Array(String)}
           order by ts desc limit 1 by source_id, event_id
         ) order by id, ts desc, event_id desc limit ${maxChanges} by id`,
        {
          ...{ storeView, trusted: trusted ? 1 : 0, ids: found.map(({ id }) => id) },
          // The table is in order of these.
          keys: [...new Set(found.flatMap(({ keys }) => keys))],
          from: Math.min(...found.map(({ sinceMs }) => sinceMs)) - earlierMs,
          to: Math.max(...found.map(({ untilMs }) => untilMs)) + 1,
        },
        { timeoutMs },
      );
      const ownerOf = await ownersOf(rows.map(({ who }) => who));
      const byId = new Map<string, (typeof rows)[number][]>();
      for (const row of rows) {
        const known = byId.get(row.id);
        if (known) known.push(row);
        else byId.set(row.id, [row]);
      }
      return [...byId.values()].flatMap((own): readonly OwnedPast[] => {
        const [last] = own;
        if (!last) return [];
        const past = own.map(
          ({ event: id, type, kind, at, told }): CartChange => ({
            ...{ id, type, sourceKind: kind, at: Number(at), properties: told },
          }),
        );
        return [
          {
            profileId: ownerOf(last.who, Number(last.at)),
            past: {
              ...{ kind: "cart", at: Number(last.at), storeView: last.store, changes: past.reverse() },
              currency: own.find(({ money }) => money !== "")?.money ?? "",
              isTrusted: own.every(({ proven }) => Number(proven) === 1),
            },
          },
        ];
      });
    },
  };
}
