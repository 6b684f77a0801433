import type { ClickHouse } from "../storage/index.ts";
import { dayMs, type Num, timeoutMs } from "./event-sql.ts";
import type { ProductChanges, ProductState } from "./product-changes.ts";

const keptMs = 30 * dayMs;
const maxChanges = 20_000;
const pageSize = 50_000;
const rowsOfOneInsert = 20_000;

/** Price and stock of products as they changed. */
export function createChangeStore(clickhouse: Pick<ClickHouse, "query" | "insert">) {
  return {
    /** The last state of up to 50,000 products, by SKU after the given one. */
    async lastStates(afterSku: string): Promise<readonly ProductState[]> {
      const rows = await clickhouse.query<{ sku: string; price: Num | null; currency: string; stock: Num }>(
        `select sku, tupleElement(last, 1) as price, tupleElement(last, 2) as currency, tupleElement(last, 3) as stock
         from (
           select sku, argMax((price_minor, currency, in_stock), at) as last from product_states
           where sku > {after:String} group by sku order by sku limit ${pageSize}
         )`,
        { after: afterSku },
        { timeoutMs },
      );
      return rows.map(({ sku, price, currency, stock }) => ({
        sku,
        priceMinor: price === null ? null : Number(price),
        currency,
        inStock: Number(stock) > 0,
      }));
    },

    async add(states: readonly ProductState[], nowMs: number): Promise<void> {
      for (let from = 0; from < states.length; from += rowsOfOneInsert) {
        const rows = states.slice(from, from + rowsOfOneInsert).map(({ sku, priceMinor, currency, inStock }) => ({
          sku,
          at: nowMs,
          price_minor: priceMinor,
          currency,
          in_stock: inStock ? 1 : 0,
        }));
        await clickhouse.insert("product_states", rows);
      }
    },

    /** What became cheaper or available in the last 30 days and still is. */
    async changes(nowMs: number): Promise<ProductChanges> {
      const rows = await clickhouse.query<{ sku: string; kind: string; at: Num; minor: Num | null; currency: string }>(
        `select sku, tupleElement(change, 1) as kind, tupleElement(change, 2) as at, tupleElement(change, 3) as minor, tupleElement(change, 4) as currency
         from (
           select sku, arraySort(groupArray(1000)((toUnixTimestamp64Milli(at), price_minor, currency, in_stock))) as s,
             arrayFilter(i -> s[i].4 > s[i - 1].4, range(2, length(s) + 1)) as back,
             arrayFilter(i -> s[i].3 = s[i - 1].3 and ifNull(s[i].2 < s[i - 1].2, 0), range(2, length(s) + 1)) as drops,
             arrayConcat(
               if(empty(back) or s[-1].4 = 0, [], [('back', s[back[-1]].1, s[-1].2, s[-1].3)]),
               if(empty(drops) or ifNull(s[-1].2 >= s[drops[-1] - 1].2, 1), [], [('drop', s[drops[-1]].1, s[drops[-1] - 1].2, s[-1].3)])
             ) as changes
           from product_states group by sku having length(s) > 1
         ) array join changes as change
         where at >= {from:Int64} order by at desc, sku limit ${maxChanges}`,
        { from: nowMs - keptMs },
        { timeoutMs },
      );
      return {
        drops: rows
          .filter(({ kind, minor }) => kind === "drop" && minor !== null)
          .map(({ sku, at, minor, currency }) => ({ sku, at: Number(at), fromMinor: Number(minor), currency })),
        restocks: rows.filter(({ kind }) => kind === "back").map(({ sku, at }) => ({ sku, at: Number(at) })),
      };
    },
  };
}

export type ChangeStore = ReturnType<typeof createChangeStore>;
