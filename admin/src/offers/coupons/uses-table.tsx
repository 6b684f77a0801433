import { ActionButton } from "@react-spectrum/s2";
import { formatMoney, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { download, toCsv } from "../../ui/csv.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/page.tsx";
import { EmptyState } from "../../ui/states.tsx";
import type { CouponUses } from "./shapes.ts";

const m = messages.coupons.report;

function columnsOf(step: string, groupBy: string): readonly Column<CouponUses>[] {
  const groups = groupBy.split(",");
  return [
    {
      key: "rule",
      label: m.rule,
      text: ({ ruleKey }) => ruleKey ?? messages.common.none,
      render: ({ ruleKey }) =>
        ruleKey === null ? (
          messages.common.none
        ) : (
          <AppLink to={`/price-rules/${encodeURIComponent(ruleKey)}`}>{ruleKey}</AppLink>
        ),
    },
    ...(step === "all"
      ? []
      : [{ key: "period", label: m.period, isOneLine: true, text: ({ period }: CouponUses) => period ?? "" }]),
    ...(groups.includes("code")
      ? [{ key: "code", label: m.code, text: ({ code }: CouponUses) => code || m.noCode }]
      : []),
    ...(groups.includes("store")
      ? [{ key: "store", label: m.storeView, text: ({ storeView }: CouponUses) => storeView ?? "" }]
      : []),
    { key: "uses", label: m.uses, align: "end", text: ({ uses }) => formatNumber(uses) },
    { key: "orders", label: m.orders, align: "end", text: ({ orders }) => formatNumber(orders) },
    { key: "granted", label: m.granted, align: "end", text: ({ granted }) => formatMoney(granted) },
    { key: "subtotal", label: m.subtotal, align: "end", text: ({ sales }) => formatMoney(sales.subtotal) },
    { key: "discount", label: m.discount, align: "end", text: ({ sales }) => formatMoney(sales.discount) },
    { key: "total", label: m.total, align: "end", text: ({ sales }) => formatMoney(sales.total) },
    { key: "invoiced", label: m.invoiced, align: "end", text: ({ invoiced }) => formatMoney(invoiced.total) },
  ];
}

/** Uses and sales, one row a currency. */
export function UsesTable({ items, step, groupBy }: { items: readonly CouponUses[]; step: string; groupBy: string }) {
  if (items.length === 0) return <EmptyState title={m.none} text={m.noneText} />;
  const columns = columnsOf(step, groupBy);
  const save = () =>
    download(
      "coupons.csv",
      toCsv(
        columns.map(({ label }) => label),
        items.map((item) => columns.map(({ text }) => text(item))),
      ),
    );
  return (
    <Panel
      title={m.title}
      description={m.note}
      aside={<ActionButton onPress={save}>{messages.list.exportCsv}</ActionButton>}
    >
      <DataTable
        label={m.title}
        columns={columns}
        rows={items}
        rowKey={({ period, ruleKey, code, storeView, granted }) =>
          JSON.stringify([period, ruleKey, code, storeView, granted.currency])
        }
      />
    </Panel>
  );
}
