// What an import left behind in the event store, for its reconciliation.
import type { ClickHouse } from "../../storage/index.ts";

export type StoredOrders = {
  readonly month: string;
  readonly currency: string;
  readonly orders: number;
  readonly ordersOfNobody: number;
  readonly lines: number;
  readonly grossMinor: number;
  readonly cancelled: number;
  readonly cancelledMinor: number;
};
export type StoredRefunds = {
  readonly month: string;
  readonly currency: string;
  readonly refunds: number;
  readonly refundedMinor: number;
  readonly lines: number;
};
export type StoredTypes = { readonly type: string; readonly events: number };
export type StoredPersons = { readonly identifiers: number; readonly profiles: number };

export type ImportEventStore = ReturnType<typeof createImportEventStore>;

const ofImports = `source_kind = 'history' and source_id = {source:String} and JSONExtractString(extra, 'importId') in {ids:Array(String)}`;

/** All ClickHouse of imports. */
export function createImportEventStore(clickhouse: ClickHouse) {
  return {
    /** Orders by the month in which they were placed; of one that changed its newest state. */
    async orders(source: string, ids: readonly string[]): Promise<readonly StoredOrders[]> {
      const rows = await clickhouse.query<Record<keyof StoredOrders, string | number>>(
        `select toString(toYYYYMM(placed)) as month, cur as currency, count() as orders, countIf(nobody) as ordersOfNobody,
                sum(lineCount) as lines, sum(total) as grossMinor, countIf(isCancelled) as cancelled, sumIf(total, isCancelled) as cancelledMinor
         from (
           select order_id, min(if(event_type = 'orderPlaced', ts, null)) as placed,
                  argMaxIf(order_total, (received_at, event_type), event_type != 'orderCancelled') as total,
                  argMaxIf(currency, (received_at, event_type), event_type != 'orderCancelled') as cur,
                  argMaxIf(JSONLength(properties, 'items') + JSONExtractUInt(properties, 'itemsOmitted'), (received_at, event_type), event_type != 'orderCancelled') as lineCount,
                  argMaxIf(identity_key, (received_at, event_type), event_type != 'orderCancelled') = '' as nobody,
                  countIf(event_type = 'orderCancelled') > 0 as isCancelled
           from events final
           where ${ofImports} and event_type in ('orderPlaced', 'orderUpdated', 'orderCancelled')
           group by order_id, JSONExtractString(properties, 'environment'))
         where placed is not null
         group by month, currency order by month, currency`,
        { source, ids },
      );
      return rows.map((row) => ({
        month: monthOf(row.month),
        currency: String(row.currency),
        orders: Number(row.orders),
        ordersOfNobody: Number(row.ordersOfNobody),
        lines: Number(row.lines),
        grossMinor: Number(row.grossMinor),
        cancelled: Number(row.cancelled),
        cancelledMinor: Number(row.cancelledMinor),
      }));
    },

    async refunds(source: string, ids: readonly string[]): Promise<readonly StoredRefunds[]> {
      const rows = await clickhouse.query<Record<keyof StoredRefunds, string | number>>(
        `select toString(toYYYYMM(ts)) as month, JSONExtractString(properties, 'refund', 'currency') as currency, count() as refunds,
                sum(JSONExtractInt(properties, 'refund', 'minor')) as refundedMinor,
                sum(JSONLength(properties, 'items') + JSONExtractUInt(properties, 'itemsOmitted')) as lines
         from events final where ${ofImports} and event_type = 'orderRefunded' group by month, currency order by month, currency`,
        { source, ids },
      );
      return rows.map((row) => ({
        month: monthOf(row.month),
        currency: String(row.currency),
        refunds: Number(row.refunds),
        refundedMinor: Number(row.refundedMinor),
        lines: Number(row.lines),
      }));
    },

    async types(source: string, ids: readonly string[]): Promise<readonly StoredTypes[]> {
      const rows = await clickhouse.query<{ type: string; events: number }>(
        `select event_type as type, count() as events from events final where ${ofImports} group by type order by type limit 500`,
        { source, ids },
      );
      return rows.map((row) => ({ type: row.type, events: Number(row.events) }));
    },

    /** Distinct identifiers that the events came with, and the profiles they lead to now. */
    async persons(source: string, ids: readonly string[]): Promise<StoredPersons> {
      const rows = await clickhouse.query<{ identifiers: number; profiles: number }>(
        `select uniqExact(k.identity_key) as identifiers, uniqExactIf(l.profile_id, l.identity_key != '') as profiles
         from (select distinct identity_key from events final where ${ofImports} and identity_key != '') as k
         left join (select identity_key, argMax(profile_id, (valid_from, version)) as profile_id from identity_links final group by identity_key) as l
           on k.identity_key = l.identity_key`,
        { source, ids },
      );
      return { identifiers: Number(rows[0]?.identifiers ?? 0), profiles: Number(rows[0]?.profiles ?? 0) };
    },
  };
}

/** 201012 is 2010-12. */
function monthOf(yyyymm: string | number): string {
  const text = String(yyyymm);
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}
