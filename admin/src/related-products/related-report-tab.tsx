import { ActionButton } from "@react-spectrum/s2";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { money, share } from "../recommendations/report-columns.ts";
import { ReportFilters, useReportChoice } from "../recommendations/report-filters.tsx";
import { AppLink } from "../shell/navigation.tsx";
import { download, toCsv } from "../ui/csv.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { stackWide } from "../ui/styles.ts";
import type { OriginFigures } from "./shapes.ts";
import { useRelatedFigures } from "./use-related.ts";

const m = messages.related.report;

const nameOf = ({ ruleId, name }: OriginFigures): string => (ruleId === null ? m.links : (name ?? ruleId));

const columns: readonly Column<OriginFigures>[] = [
  {
    key: "rule",
    label: m.rule,
    text: nameOf,
    render: (row) =>
      row.ruleId === null ? m.links : <AppLink to={`/related-rules/${row.ruleId}?tab=report`}>{nameOf(row)}</AppLink>,
  },
  { key: "lists", label: m.lists, align: "end", text: ({ lists }) => formatNumber(lists) },
  { key: "products", label: m.products, align: "end", text: ({ products }) => formatNumber(products) },
  { key: "clicks", label: m.clicks, align: "end", text: ({ clicks }) => formatNumber(clicks) },
  { key: "clickRate", label: m.clickRate, align: "end", text: ({ clickRate }) => share(clickRate) },
  { key: "orders", label: m.orders, align: "end", text: ({ orders }) => formatNumber(orders) },
  { key: "revenue", label: m.revenue, align: "end", text: ({ revenue }) => money(revenue) },
];

/** What every rule came to, and the links beside them. */
export function RelatedReportTab() {
  const choice = useReportChoice();
  const query = useRelatedFigures(choice.period, choice.attribution);
  return (
    <div className={stackWide}>
      <ReportFilters />
      <Loaded query={query}>
        {(items) => (items.length === 0 ? <EmptyState title={m.none} text={m.noneText} /> : <Figures items={items} />)}
      </Loaded>
    </div>
  );
}

function Figures({ items }: { items: readonly OriginFigures[] }) {
  const save = () =>
    download(
      "related-products.csv",
      toCsv(
        columns.map(({ label }) => label),
        items.map((item) => columns.map(({ text }) => text(item))),
      ),
    );
  return (
    <Panel
      title={m.title}
      description={m.text}
      aside={<ActionButton onPress={save}>{messages.list.exportCsv}</ActionButton>}
    >
      <DataTable label={m.title} columns={columns} rows={items} rowKey={({ ruleId }) => ruleId ?? "links"} />
    </Panel>
  );
}
