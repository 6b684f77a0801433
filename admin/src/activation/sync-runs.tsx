import { Badge } from "@react-spectrum/s2";
import { formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { MoreRows } from "../ui/more-rows.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, stack } from "../ui/styles.ts";
import type { SyncRun } from "./shapes.ts";
import { useSyncRuns } from "./use-sync.ts";

const m = messages.activation;
const variants = { running: "informative", finished: "positive", failed: "negative", stopped: "notice" } as const;

const columns: readonly Column<SyncRun>[] = [
  { key: "kind", label: m.kind, text: ({ kind }) => m.runKinds[kind] },
  {
    key: "state",
    label: messages.list.status,
    isOneLine: true,
    text: ({ state }) => m.runStates[state],
    render: ({ state }) => (
      <Badge variant={variants[state]} fillStyle="subtle">
        {m.runStates[state]}
      </Badge>
    ),
  },
  { key: "started", label: m.started, isOneLine: true, text: ({ started }) => formatInstant(started) },
  { key: "finished", label: m.finished, isOneLine: true, text: ({ finished }) => formatInstant(finished) },
  { key: "entered", label: m.entered, align: "end", text: ({ entered }) => formatNumber(entered) },
  { key: "exited", label: m.exited, align: "end", text: ({ exited }) => formatNumber(exited) },
  { key: "failed", label: m.failed, align: "end", text: ({ failed }) => formatNumber(failed) },
  { key: "error", label: m.error, text: ({ error }) => error ?? messages.common.none },
];

/** What it did, newest first. */
export function SyncRuns({ syncKey }: { syncKey: string }) {
  const query = useSyncRuns(syncKey);
  return (
    <Panel title={m.runs}>
      <Loaded query={query}>
        {({ pages }) => {
          const runs = pages.flatMap(({ items }) => items);
          if (runs.length === 0) return <p className={muted}>{m.noRuns}</p>;
          return (
            <div className={stack}>
              <DataTable label={m.runs} columns={columns} rows={runs} rowKey={({ id }) => id} />
              <MoreRows query={query} />
            </div>
          );
        }}
      </Loaded>
    </Panel>
  );
}
