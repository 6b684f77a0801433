import { ActionButton, SearchField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { download } from "../activation/download.ts";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { formatMoney, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { useStoreView } from "../shell/use-store-views.ts";
import type { Column } from "../ui/data-table.tsx";
import type { Period } from "../ui/period.ts";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { muted, rowBetween, rowEnd, stack } from "../ui/styles.ts";
import { showError } from "../ui/toasts.ts";
import { MadeLinks } from "./made-links.tsx";
import { PagedTable } from "./paged-table.tsx";
import { QueryMenu } from "./query-menu.tsx";
import { type QueryList, type QueryRow, queryLists } from "./shapes.ts";
import { type Made, queriesCsvPath, useMade, useQueryRows } from "./use-search-report.ts";

const m = messages.searchAnalytics;
/** Beside many figures it would be broken at each word. */
const queryText = style({ minWidth: 120 });
const listWidth = style({ width: 200 });
const findWidth = style({ width: 240 });

/** The queries of one list, each with what can be done about it. */
export function QueriesTab({ period }: { period: Period }) {
  const [url, change] = useUrlState();
  const list = queryLists.find((each) => each === url["list"]) ?? "top";
  const find = url["find"] ?? "";
  const query = useQueryRows(period, list);
  const madeOf = useMade();
  return (
    <div className={stack}>
      <div className={rowBetween}>
        <div className={rowEnd}>
          <ChoiceField
            label={m.list}
            choices={queryLists.map((key) => ({ key, ...m.lists[key] }))}
            value={list}
            onChange={(key) => change({ list: key === "top" ? null : key, page: null })}
            styles={listWidth}
          />
          <SearchField
            label={m.find}
            value={find}
            styles={findWidth}
            onChange={(text) => change({ find: text || null, page: null })}
          />
        </div>
        <CsvButton period={period} list={list} isDisabled={(query.data?.items.length ?? 0) === 0} />
      </div>
      <p className={muted}>{m.lists[list].text}</p>
      <Loaded query={query}>
        {({ items }) => <Rows items={items} find={find} columns={columnsOf(list, madeOf)} />}
      </Loaded>
    </div>
  );
}

type RowsProps = { items: readonly QueryRow[]; find: string; columns: readonly Column<QueryRow>[] };

function Rows({ items, find, columns }: RowsProps) {
  if (items.length === 0) return <EmptyState title={m.noQueries} text={m.noQueriesText} />;
  const wanted = find.trim().toLowerCase();
  const rows = items.filter(({ query }) => query.includes(wanted));
  if (rows.length === 0) return <p className={muted}>{m.noMatch}</p>;
  return <PagedTable label={m.tabs.queries} columns={columns} rows={rows} rowKey={({ query }) => query} />;
}

function columnsOf(list: QueryList, madeOf: (query: string) => readonly Made[]): readonly Column<QueryRow>[] {
  const number = (key: string, label: string, text: (row: QueryRow) => string): Column<QueryRow> => ({
    key,
    label,
    align: "end",
    text,
  });
  return [
    {
      key: "query",
      label: m.query,
      text: ({ query }) => query,
      render: ({ query }) => (
        <div className={queryText}>
          {query}
          <MadeLinks made={madeOf(query)} />
        </div>
      ),
    },
    {
      key: "what",
      label: m.whatShort,
      isOneLine: true,
      text: () => "",
      render: ({ query }) => <QueryMenu query={query} made={madeOf(query)} />,
    },
    number("searches", m.searches, ({ searches }) => formatNumber(searches)),
    ...(list === "trending" ? [number("before", m.before, ({ searchesBefore }) => formatNumber(searchesBefore))] : []),
    number("visitors", m.visitors, ({ visitors }) => formatNumber(visitors)),
    number("zero", m.zeroResults, ({ zeroResults }) => formatNumber(zeroResults)),
    number("clicked", m.clickRate, ({ clickThroughRate }) => formatShare(clickThroughRate)),
    number("position", m.position, ({ averageClickPosition }) => formatNumber(averageClickPosition, 1)),
    number("orders", m.orders, ({ orders }) => formatNumber(orders)),
    number("revenue", m.revenue, ({ revenue }) => revenue.map(formatMoney).join(" + ") || messages.common.none),
  ];
}

function CsvButton({ period, list, isDisabled }: { period: Period; list: QueryList; isDisabled: boolean }) {
  const storeView = useStoreView();
  const [isPending, setPending] = useState(false);
  const run = async () => {
    setPending(true);
    try {
      await download(queriesCsvPath(period, list, storeView), `searches-${list}.csv`);
    } catch (error) {
      showError(error);
    } finally {
      setPending(false);
    }
  };
  return (
    <ActionButton isDisabled={isDisabled} isPending={isPending} onPress={() => void run()}>
      {messages.list.exportCsv}
    </ActionButton>
  );
}
