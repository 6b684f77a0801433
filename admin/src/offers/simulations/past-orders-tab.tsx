import { formatAgo, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/page.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { rowBetween, stackWide } from "../../ui/styles.ts";
import { NewSimulation } from "./new-simulation.tsx";
import { CancelSimulation, SimulationProgress } from "./running-simulation.tsx";
import { changesText, periodText } from "./settings-text.ts";
import { replayedOf, type SimulationRun } from "./shapes.ts";
import { useSimulations } from "./use-simulations.ts";

const m = messages.simulations;

const columns: readonly Column<SimulationRun>[] = [
  {
    key: "when",
    label: m.when,
    isOneLine: true,
    text: ({ createdAt }) => formatAgo(createdAt),
    render: ({ id, createdAt }) => <AppLink to={`/simulations/${id}`}>{formatAgo(createdAt)}</AppLink>,
  },
  { key: "tried", label: m.tried, text: ({ settings }) => changesText(settings) },
  { key: "period", label: m.period, text: ({ settings }) => periodText(settings) },
  { key: "status", label: m.status, text: ({ status }) => m.statuses[status] },
  {
    key: "replayed",
    label: m.replayedColumn,
    align: "end",
    text: (run) => m.counted[replayedOf(run)](formatNumber(run.done)),
  },
  { key: "by", label: m.by, text: ({ createdBy }) => createdBy },
];

/** Starts replays of past orders and carts, and lists those that were made. */
export function PastOrdersTab() {
  const query = useSimulations();
  return (
    <Loaded query={query}>
      {({ items, timezone }) => {
        const running = items.find(({ status }) => status === "running");
        return (
          <div className={stackWide}>
            {running ? <Running run={running} /> : null}
            <NewSimulation timezone={timezone} isBusy={running !== undefined} />
            {items.length === 0 ? (
              <EmptyState title={m.emptyTitle} text={m.emptyText} />
            ) : (
              <DataTable label={m.title} columns={columns} rows={items} rowKey={({ id }) => id} />
            )}
          </div>
        );
      }}
    </Loaded>
  );
}

function Running({ run }: { run: SimulationRun }) {
  return (
    <Panel title={m.running} aside={<CancelSimulation id={run.id} />}>
      <div className={rowBetween}>
        <SimulationProgress run={run} />
        <AppLink to={`/simulations/${run.id}`}>{m.open}</AppLink>
      </div>
    </Panel>
  );
}
