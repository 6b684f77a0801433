import { ActionButton, StatusLight } from "@react-spectrum/s2";
import { formatAgo, formatDuration, formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import type { Column } from "../../ui/data-table.tsx";
import { muted } from "../../ui/styles.ts";
import type { Run } from "./shapes.ts";

const m = messages.connectors.sources.runs;
const lights = { running: "informative", finished: "positive", failed: "negative", stopped: "neutral" } as const;

/** Of webhooks: one run a day, open until the day is over. */
export function RunState({ run, isWebhook }: { run: Run; isWebhook: boolean }) {
  const text = isWebhook && run.state === "running" ? m.receiving : m.states[run.state];
  return <StatusLight variant={lights[run.state]}>{text}</StatusLight>;
}

function tookText({ started, finished }: Run): string {
  return finished ? formatDuration(Date.parse(finished) - Date.parse(started)) : m.stillRunning;
}

const count = (key: "read" | "written" | "unchanged" | "rejected" | "deleted"): Column<Run> => ({
  key,
  label: m[key],
  align: "end",
  text: (run) => formatNumber(run[key]),
});

export function runColumns(
  runs: readonly Run[],
  isWebhook: boolean,
  showFaults: (run: Run) => void,
): readonly Column<Run>[] {
  return [
    {
      key: "started",
      label: m.started,
      isOneLine: true,
      text: ({ started }) => formatInstant(started),
      render: ({ started }) => <span title={formatInstant(started)}>{formatAgo(started)}</span>,
    },
    {
      key: "state",
      label: m.state,
      text: ({ state, error }) => (error ? `${m.states[state]}: ${error}` : m.states[state]),
      render: (run) => (
        <>
          <RunState run={run} isWebhook={isWebhook} />
          {run.error ? <span className={muted}>{run.error}</span> : null}
        </>
      ),
    },
    ...(isWebhook ? [] : [{ key: "took", label: m.duration, isOneLine: true, text: tookText }]),
    count("read"),
    count("written"),
    count("unchanged"),
    ...(runs.some(({ deleted }) => deleted > 0) ? [count("deleted")] : []),
    {
      key: "rejected",
      label: m.rejected,
      align: "end",
      isOneLine: true,
      text: ({ rejected }) => formatNumber(rejected),
      render: (run) =>
        run.faults.length === 0 ? (
          formatNumber(run.rejected)
        ) : (
          <ActionButton size="S" onPress={() => showFaults(run)}>
            {m.showFaults(formatNumber(run.rejected))}
          </ActionButton>
        ),
    },
  ];
}
