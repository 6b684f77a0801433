import type { Money } from "../../kernel/index.ts";
import type { ClickHouse } from "../../storage/index.ts";
import type { CouponOrder } from "./coupon-order.ts";

export const reportPeriods = ["day", "week", "month", "year", "all"] as const;
export type ReportPeriod = (typeof reportPeriods)[number];
export const reportGroups = ["rule", "code", "store"] as const;
export type ReportGroup = (typeof reportGroups)[number];

export type ReportQuery = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly period: ReportPeriod;
  readonly groups: readonly ReportGroup[];
  readonly ruleKey?: string | undefined;
  /** Normalised. */
  readonly code?: string | undefined;
  /** IANA name: where days begin. */
  readonly timezone: string;
};

/** Sums of the orders of one row. `subtotal` is the sum of the lines as the shop told them. */
export type Sales = {
  readonly orders: number;
  readonly subtotal: Money;
  readonly discount: Money;
  readonly total: Money;
};

/** Null where the report is not grouped by it. `code` is empty for rules without coupon. */
export type ReportRow = {
  /** First day of the period, YYYY-MM-DD. */
  readonly period: string | null;
  readonly ruleKey: string | null;
  readonly code: string | null;
  readonly storeView: string | null;
  readonly uses: number;
  readonly orders: number;
  /** What the rules were to give by the calls that redeemed them. */
  readonly granted: Money;
  /** Of the orders that came as events. */
  readonly sales: Sales;
  /** Of those of them that are invoiced. */
  readonly invoiced: Sales;
};

type Num = number | string;
type Row = Record<"period" | "rule" | "code" | "store" | "currency", string> &
  Record<"uses" | "orders" | "granted" | "told" | "subtotal" | "discount" | "total", Num> &
  Record<"invoicedOrders" | "invoicedSubtotal" | "invoicedDiscount" | "invoicedTotal", Num>;

const timeoutMs = 120_000;
export const maxReportRows = 2_000;
const starts: Readonly<Record<Exclude<ReportPeriod, "all">, string>> = {
  day: "toStartOfDay",
  week: "toMonday",
  month: "toStartOfMonth",
  year: "toStartOfYear",
};

const periodSql = (period: ReportPeriod) =>
  period === "all" ? "''" : `toString(toDate(${starts[period]}(toTimeZone(at, {timezone:String}))))`;

function reportSql({ period, groups }: ReportQuery): string {
  const column = (group: ReportGroup, name: string) => (groups.includes(group) ? name : "''");
  return `
    select u.period as period, u.rule as rule, u.code as code, u.store as store,
      if(o.currency = '', u.money, o.currency) as currency,
      sum(u.n) as uses, count() as orders, sum(u.granted) as granted, countIf(o.currency != '') as told,
      sum(o.subtotal) as subtotal, sum(o.discount) as discount, sum(o.total) as total,
      sum(o.invoiced) as invoicedOrders, sumIf(o.subtotal, o.invoiced = 1) as invoicedSubtotal,
      sumIf(o.discount, o.invoiced = 1) as invoicedDiscount, sumIf(o.total, o.invoiced = 1) as invoicedTotal
    from (
      select ${periodSql(period)} as period, ${column("rule", "toString(rule_key)")} as rule, ${column("code", "code")} as code,
        ${column("store", "toString(store_view)")} as store, order_id, count() as n, sum(granted) as granted,
        any(toString(currency)) as money
      from (
        select distinct order_id, rule_key, code, store_view, granted, currency, at from coupon_uses
        where status = 'redeemed' and at >= fromUnixTimestamp64Milli({from:Int64}) and at < fromUnixTimestamp64Milli({to:Int64})
          and (order_id, version) global in (select order_id, max(version) from coupon_uses group by order_id)
          and ({ruleKey:String} = '' or rule_key = {ruleKey:String}) and ({code:String} = '' or code = {code:String})
      ) group by period, rule, code, store, order_id
    ) as u
    global left join (
      select order_id, argMax(money, rank) as currency, argMax(lines, rank) as subtotal, argMax(given, rank) as discount,
        argMax(order_total, rank) as total, max(event_type = 'orderInvoiced') as invoiced
      from (
        select order_id, event_type, order_total, toString(currency) as money, arraySum(items_total) as lines,
          abs(JSONExtractInt(properties, 'discount', 'minor')) as given,
          (event_type = 'orderPlaced', event_type = 'completeCheckout', ts) as rank
        from events where order_id != '' and event_type in ('orderPlaced', 'completeCheckout', 'orderInvoiced')
      ) group by order_id having max(event_type != 'orderInvoiced') = 1
    ) as o on o.order_id = u.order_id
    group by period, rule, code, store, currency order by period desc, uses desc, rule, code, store, currency limit ${maxReportRows}
    settings max_bytes_before_external_group_by = 250000000`;
}

function toRow(row: Row, { period, groups }: ReportQuery): ReportRow {
  const { currency } = row;
  const money = (minor: Num): Money => ({ minor: Number(minor), currency });
  return {
    period: period === "all" ? null : row.period,
    ruleKey: groups.includes("rule") ? row.rule : null,
    code: groups.includes("code") ? row.code : null,
    storeView: groups.includes("store") ? row.store : null,
    uses: Number(row.uses),
    orders: Number(row.orders),
    granted: money(row.granted),
    sales: {
      orders: Number(row.told),
      subtotal: money(row.subtotal),
      discount: money(row.discount),
      total: money(row.total),
    },
    invoiced: {
      orders: Number(row.invoicedOrders),
      subtotal: money(row.invoicedSubtotal),
      discount: money(row.invoicedDiscount),
      total: money(row.invoicedTotal),
    },
  };
}

/** Uses of coupons in ClickHouse. */
export function createUseStore(clickhouse: Pick<ClickHouse, "query" | "insert">) {
  return {
    /** @param token the same for the same orders in the same versions: a repeat stores nothing */
    async append(orders: readonly CouponOrder[], token: string): Promise<void> {
      const rows = orders.flatMap(({ orderId, uses, storeView, status, createdAt, version }) =>
        uses.map(({ ruleKey, code, granted }) => ({
          order_id: orderId,
          rule_key: ruleKey,
          code: code ?? "",
          store_view: storeView,
          status,
          granted: granted?.minor ?? 0,
          currency: granted?.currency ?? "",
          at: createdAt,
          version,
        })),
      );
      if (rows.length > 0) await clickhouse.insert("coupon_uses", rows, { deduplicationToken: token });
    },

    /** At most 2,000 rows, the newest period first, then the most used. */
    async report(query: ReportQuery): Promise<readonly ReportRow[]> {
      const { fromMs: from, toMs: to, ruleKey = "", code = "", timezone } = query;
      const rows = await clickhouse.query<Row>(reportSql(query), { from, to, ruleKey, code, timezone }, { timeoutMs });
      return rows.map((row) => toRow(row, query));
    },
  };
}

export type UseStore = ReturnType<typeof createUseStore>;
