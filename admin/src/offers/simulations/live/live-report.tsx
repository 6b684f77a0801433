import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get } from "../../../api/client.ts";
import { ChoiceField } from "../../../connectors/choice-field.tsx";
import { formatDay, formatMoney, formatNumber } from "../../../format.ts";
import { messages } from "../../../messages.data.ts";
import { useUrlState } from "../../../shell/navigation.tsx";
import { type Column, DataTable } from "../../../ui/data-table.tsx";
import { Panel } from "../../../ui/page.tsx";
import { EmptyState, Loaded } from "../../../ui/states.tsx";
import { body, stackWide } from "../../../ui/styles.ts";
import { SimulationReport } from "../simulation-report.tsx";
import { CartPanel } from "./cart-panel.tsx";
import type { ShadowDay, ShadowReport } from "./shapes.ts";

const m = messages.liveCarts;
const simulation = messages.simulations;
const ofOrders = { ...m.report, noOrders: m.noneBought };
/** It sums up every cart of the run. */
const pollMs = 15_000;

const amount = (minor: number, { currency }: ShadowDay) => formatMoney({ minor, currency });
const columns: readonly Column<ShadowDay>[] = [
  // Noon, so that the day is the same in every time zone of the reader.
  { key: "day", label: m.day, text: ({ day }) => formatDay(`${day}T12:00:00`) },
  { key: "carts", label: m.carts, align: "end", text: ({ orders }) => formatNumber(orders) },
  { key: "changed", label: m.changedCarts, align: "end", text: ({ changed }) => formatNumber(changed) },
  { key: "bought", label: m.boughtCarts, align: "end", text: ({ bought }) => formatNumber(bought) },
  { key: "live", label: simulation.discountLive, align: "end", text: (row) => amount(row.discount.live, row) },
  { key: "draft", label: simulation.discountDraft, align: "end", text: (row) => amount(row.discount.draft, row) },
];

/** What a run found so far, of all carts or of those that were bought. */
export function LiveReport({ path, isRunning }: { path: string; isRunning: boolean }) {
  const [url, change] = useUrlState();
  const of = url["of"] === "orders" ? "orders" : "carts";
  const query = useQuery({
    queryKey: ["shadow-runs", path, "report", of],
    queryFn: ({ signal }) => get<ShadowReport>(`${path}/report`, { of }, { signal }),
    refetchInterval: isRunning ? pollMs : false,
    placeholderData: keepPreviousData,
  });
  return (
    <div className={stackWide}>
      <ChoiceField
        label={m.which}
        choices={[
          { key: "carts", label: m.all },
          { key: "orders", label: m.orders },
        ]}
        value={of}
        onChange={(key) => change({ of: key === "orders" ? "orders" : null })}
      />
      <Loaded query={query}>
        {(report) =>
          report.orders === 0 && of === "carts" ? (
            <EmptyState title={m.report.noOrders} text={m.waiting} />
          ) : (
            <div className={stackWide}>
              <p className={body}>
                {m.bought(formatNumber(report.bought.orders), formatNumber(report.bought.changed))}
              </p>
              <SimulationReport report={report} texts={of === "orders" ? ofOrders : m.report} />
              {report.days.length === 0 ? null : (
                <Panel title={m.byDay}>
                  <DataTable
                    label={m.byDay}
                    columns={columns}
                    rows={report.days}
                    rowKey={({ day, currency }) => `${day} ${currency}`}
                  />
                </Panel>
              )}
              <CartPanel path={path} />
            </div>
          )
        }
      </Loaded>
    </div>
  );
}
