import type { ClickHouse } from "../../storage/index.ts";
import type { FoundPast, OwnedPast, PastQuery, PastStore } from "./past-store.ts";
import type { CartChange } from "./simulation-job.ts";
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

/** Of one cart; the newest count. */
const maxChanges = 300;
/** A cart of the period may have been filled before it. */
const earlierMs = 30 * 86_400_000;

const changes = `event_type in ('openCart', 'addToCart', 'removeFromCart', 'shoppingCartView', 'startCheckout', 'completeCheckout', 'orderPlaced')
  and ${inPeriod}`;
// Shops that name no cart have one for each shopper.
const cart = "if(cart_id = '', concat('shopper ', identity_key), concat('cart ', cart_id))";

/** Carts of the past in ClickHouse, bought or left. */
export function createPastCartStore(clickhouse: Pick<ClickHouse, "query">): PastStore {
  const ownersOf = createOwnerFinder(clickhouse);
  return {
    newest: async (query: PastQuery) => {
      const rows = await clickhouse.query<FoundRow>(
        `select ${cart} as id, ${foundColumns} from events where ${changes}
         group by id having countIf(event_type in ('addToCart', 'shoppingCartView', 'startCheckout')) > 0
         order by max(ts) desc, id limit {limit:UInt32} ${spill}`,
        periodOf(query),
        { timeoutMs },
      );
      return {
        found: foundOf(rows),
        currencies: [...new Set(rows.map(({ money }) => money).filter((money) => money !== ""))],
      };
    },

    read: async (query: PastQuery, found: readonly FoundPast[]): Promise<readonly OwnedPast[]> => {
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
           where ${changes} and identity_key in {keys:Array(String)} and id in {ids:Array(String)}
           order by ts desc limit 1 by source_id, event_id
         ) order by id, ts desc, event_id desc limit ${maxChanges} by id`,
        placesOf(query, found, earlierMs),
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
