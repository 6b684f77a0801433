import { GatedButton } from "../access/gated-button.tsx";
import { formatDay, formatInstant, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { LineChart } from "../models/charts/line-chart.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { MoreRows } from "../ui/more-rows.tsx";
import { Panel } from "../ui/page.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { showDone, showError } from "../ui/toasts.ts";
import type { QuerySet, Run } from "./shapes.ts";
import { useRelevanceActions, useRuns } from "./use-relevance.ts";

const m = messages.relevance;

const columns: readonly Column<Run>[] = [
  { key: "ranAt", label: m.ranAt, isOneLine: true, text: ({ ranAt }) => formatInstant(ranAt) },
  { key: "ndcg", label: m.ndcg, align: "end", text: ({ ndcg }) => formatNumber(ndcg, 3) },
  { key: "queries", label: m.queries, align: "end", text: ({ queries }) => formatNumber(queries) },
  { key: "judged", label: m.judgedShare, align: "end", text: ({ judgedShare }) => formatShare(judgedShare) },
  { key: "zero", label: m.zeroResults, align: "end", text: ({ zeroResultShare }) => formatShare(zeroResultShare) },
  { key: "ranBy", label: m.ranBy, text: ({ ranBy }) => ranBy },
];

/** Past measurements of the live search. */
export function HistoryTab({ set }: { set: QuerySet }) {
  const runs = useRuns(set.key);
  const { measure } = useRelevanceActions();
  const run = () =>
    measure.mutate(set.key, {
      onSuccess: ({ ndcg }) => showDone(m.measured(formatNumber(ndcg, 3))),
      onError: showError,
    });
  const action = (
    <GatedButton scope="edit" variant="accent" isPending={measure.isPending} onPress={run}>
      {m.measure}
    </GatedButton>
  );
  return (
    <Loaded query={runs}>
      {({ pages }) => {
        const all = pages.flatMap(({ items }) => items);
        if (all.length === 0) return <EmptyState title={m.noRuns} text={m.noRunsText} action={action} />;
        return (
          <Panel title={m.tabs.history} description={m.historyText} aside={action}>
            {all.length > 1 ? <Trend runs={all} /> : null}
            <DataTable label={m.tabs.history} columns={columns} rows={all} rowKey={({ id }) => id} />
            <MoreRows query={runs} />
          </Panel>
        );
      }}
    </Loaded>
  );
}

function Trend({ runs }: { runs: readonly Run[] }) {
  const points = runs.map(({ ranAt, ndcg }) => ({ x: Date.parse(ranAt), y: ndcg })).reverse();
  return (
    <LineChart
      label={m.ndcg}
      series={[{ label: m.ndcg, points }]}
      xLabel={m.ranAt}
      formatX={formatDay}
      formatY={(y) => formatNumber(y, 3)}
      xTicks={[...new Set([points[0]?.x ?? 0, points.at(-1)?.x ?? 0])]}
    />
  );
}
