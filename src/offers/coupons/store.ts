import type { Postgres, Sql } from "../../storage/index.ts";
import { type Amount, type Counter, counterKey, counterKinds, inLockOrder } from "./amounts.ts";
import type { CouponOrder, CouponOrderStatus, CouponUse } from "./coupon-order.ts";
import type { NewOrderReport, OrderReport } from "./order-reports.ts";

type OrderRow = {
  order_id: string;
  status: CouponOrderStatus;
  request_hash: string;
  customer_key: string | null;
  store_view: string;
  uses: CouponUse[];
  total: Amount[];
  held: Amount[];
  replaces: string | null;
  replaced_by: string | null;
  expires_at: Date | null;
  created_at: Date;
  updated_at: Date;
  version: number;
};

const columns = `o.order_id, o.status, o.request_hash, o.customer_key, o.store_view, o.uses, o.total, o.held, o.replaces, o.replaced_by,
  o.expires_at, o.created_at, o.updated_at, o.version`;

function toOrder(row: OrderRow): CouponOrder {
  return {
    orderId: row.order_id,
    status: row.status,
    requestHash: row.request_hash,
    customerKey: row.customer_key,
    storeView: row.store_view,
    uses: row.uses,
    total: row.total,
    held: row.held,
    replaces: row.replaces,
    replacedBy: row.replaced_by,
    expiresAt: row.expires_at?.getTime() ?? null,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
    version: row.version,
  };
}

const time = (parameter: string) => `to_timestamp(${parameter}::double precision / 1000)`;

/** One transaction over orders and counters. Lock orders first, then counters, each once: then nobody waits in a circle. */
export function createLedger(tx: Sql) {
  return {
    /** Orders that an order is tied to, as they are without a lock. */
    async related(orderId: string): Promise<readonly string[]> {
      const { rows } = await tx.query<{ replaces: string | null; replaced_by: string | null }>(
        "select o.replaces, o.replaced_by from coupon_orders o where o.order_id = $1",
        [orderId],
      );
      return rows.flatMap(({ replaces, replaced_by }) => [replaces ?? [], replaced_by ?? []].flat());
    },

    async lockOrders(orderIds: readonly string[]): Promise<ReadonlyMap<string, CouponOrder>> {
      const { rows } = await tx.query<OrderRow>(
        `select ${columns} from coupon_orders o where o.order_id = any($1::text[]) order by o.order_id for update`,
        [orderIds],
      );
      return new Map(rows.map((row) => [row.order_id, toOrder(row)]));
    },

    /** @returns false when another call was first */
    async insertOrder(order: CouponOrder): Promise<boolean> {
      const { rowCount } = await tx.query(
        `insert into coupon_orders (order_id, status, request_hash, customer_key, store_view, uses, total, held, replaces, replaced_by,
           expires_at, created_at, updated_at, version)
         values ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8::jsonb, $9, $10, ${time("$11")}, ${time("$12")}, ${time("$13")}, $14)
         on conflict (order_id) do nothing`,
        [...parametersOf(order), order.createdAt, order.updatedAt, order.version],
      );
      return rowCount === 1;
    },

    async writeOrder(order: CouponOrder): Promise<void> {
      await tx.query(
        `update coupon_orders set status = $2, request_hash = $3, customer_key = $4, store_view = $5, uses = $6::jsonb, total = $7::jsonb,
           held = $8::jsonb, replaces = $9, replaced_by = $10, expires_at = ${time("$11")}, updated_at = ${time("$12")}, version = $13
         where coupon_orders.order_id = $1`,
        [...parametersOf(order), order.updatedAt, order.version],
      );
    },

    /** Makes the counters that are missing and locks all, in one order. @returns their values by `counterKey` */
    async lockCounters(counters: readonly Counter[]): Promise<ReadonlyMap<string, number>> {
      const wanted = [...new Map(inLockOrder(counters).map((counter) => [counterKey(counter), counter])).values()];
      if (wanted.length === 0) return new Map();
      const { rows } = await tx.query<{ item: string; kind: Counter["kind"]; rule_key: string; count: number }>(
        `insert into coupon_counters (item, kind, rule_key, count)
         select given.item, given.kind, given.rule_key, 0
         from unnest($1::text[], $2::text[], $3::text[]) with ordinality as given(item, kind, rule_key, position) order by given.position
         on conflict (item, kind, rule_key) do update set count = coupon_counters.count
         returning item, kind, rule_key, count`,
        [wanted.map(({ item }) => item), wanted.map(({ kind }) => kind), wanted.map(({ ruleKey }) => ruleKey)],
      );
      return new Map(
        rows.map(({ item, kind, rule_key, count }) => [counterKey({ item, kind, ruleKey: rule_key }), count]),
      );
    },

    /**
     * Moves counters, one that grows only up to its limit.
     *
     * @param limits by `counterKey`; null or missing = none
     * @returns false when a limit stood in the way: roll back
     */
    async add(deltas: readonly Amount[], limits: ReadonlyMap<string, number | null>): Promise<boolean> {
      if (deltas.length === 0) return true;
      const { rowCount } = await tx.query(
        `update coupon_counters c set count = c.count + given.n
         from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) as given(item, kind, rule_key, n, max)
         where c.item = given.item and c.kind = given.kind and c.rule_key = given.rule_key
           and (given.n < 0 or given.max is null or c.count + given.n <= given.max)`,
        [
          deltas.map(({ item }) => item),
          deltas.map(({ kind }) => kind),
          deltas.map(({ ruleKey }) => ruleKey),
          deltas.map(({ n }) => n),
          deltas.map((delta) => limits.get(counterKey(delta)) ?? null),
        ],
      );
      return rowCount === deltas.length;
    },

    async takeReport(reportId: string): Promise<boolean> {
      const { rowCount } = await tx.query("delete from coupon_order_reports r where r.report_id = $1", [reportId]);
      return rowCount === 1;
    },
  };
}

export type Ledger = ReturnType<typeof createLedger>;

function parametersOf(order: CouponOrder): readonly unknown[] {
  return [
    order.orderId,
    order.status,
    order.requestHash,
    order.customerKey,
    order.storeView,
    JSON.stringify(order.uses),
    JSON.stringify(order.total),
    JSON.stringify(order.held),
    order.replaces,
    order.replacedBy,
    order.expiresAt,
  ];
}

/** Orders, counters and reports of orders in PostgreSQL. */
export function createCouponStore(postgres: Postgres) {
  return {
    transaction: <T>(work: (ledger: Ledger) => Promise<T>): Promise<T> =>
      postgres.transaction((tx) => work(createLedger(tx))),

    /** Reservations whose time is over, the oldest first. */
    async due(nowMs: number, limit: number): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ order_id: string }>(
        `select o.order_id from coupon_orders o where o.status = 'reserved' and o.expires_at <= ${time("$1")}
         order by o.expires_at limit $2`,
        [nowMs, limit],
      );
      return rows.map((row) => row.order_id);
    },

    /** Forgets cancellations of orders that never used anything. */
    async forgetEmpty(beforeMs: number, limit: number): Promise<number> {
      const { rowCount } = await postgres.query(
        `delete from coupon_orders where coupon_orders.order_id in (
           select o.order_id from coupon_orders o where o.uses = '[]'::jsonb and o.updated_at < ${time("$1")} limit $2)`,
        [beforeMs, limit],
      );
      return rowCount;
    },

    async order(orderId: string): Promise<CouponOrder | undefined> {
      const { rows } = await postgres.query<OrderRow>(`select ${columns} from coupon_orders o where o.order_id = $1`, [
        orderId,
      ]);
      return rows.map(toOrder)[0];
    },

    /** Orders that the event store does not have as they are now. */
    async unexported(limit: number): Promise<readonly CouponOrder[]> {
      const { rows } = await postgres.query<OrderRow>(
        `select ${columns} from coupon_orders o where o.exported_version < o.version order by o.updated_at, o.order_id limit $1`,
        [limit],
      );
      return rows.map(toOrder);
    },

    async markExported(orders: readonly CouponOrder[]): Promise<void> {
      await postgres.query(
        `update coupon_orders o set exported_version = given.version
         from unnest($1::text[], $2::integer[]) as given(order_id, version)
         where o.order_id = given.order_id and o.exported_version < given.version`,
        [orders.map(({ orderId }) => orderId), orders.map(({ version }) => version)],
      );
    },

    /** Notes orders that came as events, in the transaction of their batch. */
    async addReports(tx: Sql, reports: readonly NewOrderReport[], nowMs: number): Promise<void> {
      await tx.query(
        `insert into coupon_order_reports (report_id, order_id, report, created_at)
         select given.report_id, given.order_id, given.report, ${time("$4")}
         from unnest($1::uuid[], $2::text[], $3::jsonb[]) as given(report_id, order_id, report)`,
        [
          reports.map(({ reportId }) => reportId),
          reports.map(({ report }) => report.request.orderId),
          reports.map(({ report }) => JSON.stringify(report)),
          nowMs,
        ],
      );
    },

    /** The oldest first, after a position. */
    async reports(after: string | null, limit: number): Promise<readonly NewOrderReport[]> {
      const { rows } = await postgres.query<{ report_id: string; report: OrderReport }>(
        `select r.report_id, r.report from coupon_order_reports r
         where ($1::uuid is null or r.report_id > $1::uuid) order by r.report_id limit $2`,
        [after, limit],
      );
      return rows.map(({ report_id, report }) => ({ reportId: report_id, report }));
    },

    /** Newest first. */
    async ordersOf(customerKeys: readonly string[], limit: number): Promise<readonly CouponOrder[]> {
      const { rows } = await postgres.query<OrderRow>(
        `select ${columns} from coupon_orders o where o.customer_key = any($1::text[]) order by o.created_at desc limit $2`,
        [customerKeys, limit],
      );
      return rows.map(toOrder);
    },

    /** Takes the customer off counters and orders, in the transaction that erases. What was used stays used. */
    async forgetCustomers(tx: Sql, customerKeys: readonly string[]): Promise<number> {
      if (customerKeys.length === 0) return 0;
      await tx.query(
        `delete from coupon_order_reports where coupon_order_reports.report->'request'->>'customerKey' = any($1::text[])`,
        [customerKeys],
      );
      const { rowCount } = await tx.query(
        `update coupon_orders set customer_key = null,
           total = coalesce((select jsonb_agg(e) from jsonb_array_elements(coupon_orders.total) e where e->>'kind' <> 'customer'), '[]'::jsonb),
           held = coalesce((select jsonb_agg(e) from jsonb_array_elements(coupon_orders.held) e where e->>'kind' <> 'customer'), '[]'::jsonb)
         where coupon_orders.customer_key = any($1::text[])`,
        [customerKeys],
      );
      await tx.query("delete from coupon_counters c where c.item = any($1::text[]) and c.kind = $2", [
        customerKeys,
        counterKinds[3],
      ]);
      return rowCount;
    },
  };
}

export type CouponStore = ReturnType<typeof createCouponStore>;
