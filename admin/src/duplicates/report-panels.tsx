import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { formatAgo, formatDuration, formatInstant, formatNumber, formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Tile } from "../ui/facts.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, tiles } from "../ui/styles.ts";
import type { DuplicateReport, DuplicateRun } from "./shapes.ts";
import { duplicatesPath, useDuplicateReport } from "./use-duplicates.ts";

const m = messages.duplicates.report;
const none = messages.common.none;
/** Open pairs per thousand compared profiles; of a handful of profiles the rate says nothing. */
const mostMeaningful = 500;

/** How many pairs there are, how they were decided, and the last comparisons. */
export function ReportPanels() {
  const query = useDuplicateReport();
  useFreshListAfterRun(query.data?.lastRun?.status);
  return (
    <Panel title={m.title}>
      <Loaded query={query}>
        {(report) => (
          <>
            <Figures report={report} />
            {report.runs.length === 0 ? (
              <p className={muted}>{m.noRuns}</p>
            ) : (
              <DataTable label={m.runs} columns={runColumns} rows={report.runs} rowKey={({ id }) => id} />
            )}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

/** When a comparison ends, the list above is read again. */
function useFreshListAfterRun(status: DuplicateRun["status"] | undefined): void {
  const client = useQueryClient();
  const before = useRef(status);
  useEffect(() => {
    if (before.current === "running" && status !== "running")
      void client.invalidateQueries({ queryKey: ["list", duplicatesPath] });
    before.current = status;
  }, [status, client]);
}

function Figures({ report }: { report: DuplicateReport }) {
  const { counts, lastRun, mergedRatio, openPerThousandProfiles: open } = report;
  return (
    <div className={tiles}>
      <Tile
        label={m.open}
        value={formatNumber(counts.open)}
        note={open === null || open > mostMeaningful ? undefined : m.perThousand(formatNumber(open, 1))}
      />
      <Tile
        label={m.decided}
        value={formatNumber(counts.merged + counts.dismissed)}
        note={mergedRatio === null ? undefined : m.mergedRatio(formatShare(mergedRatio))}
      />
      <Tile label={m.withdrawn} value={formatNumber(counts.withdrawn)} />
      <Tile
        label={m.lastRun}
        value={lastRun === null ? m.never : formatAgo(lastRun.startedAt)}
        note={lastRun === null ? undefined : m.statuses[lastRun.status]}
      />
    </div>
  );
}

const figureOf = (value: number | undefined): string => (value === undefined ? none : formatNumber(value));

const runColumns: readonly Column<DuplicateRun>[] = [
  { key: "started", label: m.startedAt, isOneLine: true, text: ({ startedAt }) => formatInstant(startedAt) },
  { key: "by", label: m.startedBy, text: ({ startedBy }) => startedBy },
  {
    key: "status",
    label: m.status,
    text: ({ status }) => m.statuses[status],
    render: ({ status, error, report }) => (
      <>
        <span>{m.statuses[status]}</span>
        {error === null ? null : <span className={muted}>{error}</span>}
        {report?.isTruncated ? <span className={muted}>{m.truncated}</span> : null}
      </>
    ),
  },
  { key: "compared", label: m.compared, align: "end", text: ({ report }) => figureOf(report?.compared) },
  { key: "found", label: m.foundPairs, align: "end", text: ({ report }) => figureOf(report?.found) },
  { key: "proposed", label: m.proposed, align: "end", text: ({ report }) => figureOf(report?.proposed) },
  {
    key: "duration",
    label: m.duration,
    align: "end",
    text: ({ durationMs }) => (durationMs === null ? none : formatDuration(durationMs)),
  },
];
