import { DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { InfoDialog } from "../../ui/info-dialog.tsx";
import { MoreRows } from "../../ui/more-rows.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { muted, stack } from "../../ui/styles.ts";
import { runColumns } from "./run-columns.tsx";
import type { Run, Source } from "./shapes.ts";
import { useRuns } from "./use-source.ts";

const m = messages.connectors.sources.runs;

/** Readings, newest first. Of webhooks: one line a day. */
export function RunsTab({ source, isExpected }: { source: Source; isExpected: boolean }) {
  const [open, setOpen] = useState<Run | null>(null);
  const query = useRuns(source.key, isExpected);
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const runs = pages.flatMap((page) => page.items);
        if (runs.length === 0)
          return <EmptyState title={m.emptyTitle} text={source.type === "webhook" ? m.emptyWebhook : m.emptyText} />;
        return (
          <div className={stack}>
            <DataTable
              label={messages.connectors.sources.tabs.runs}
              columns={runColumns(runs, source.type === "webhook", setOpen)}
              rows={runs}
              rowKey={({ id }) => id}
            />
            <MoreRows query={query} />
            <DialogContainer onDismiss={() => setOpen(null)}>
              {open ? <Faults run={open} onClose={() => setOpen(null)} /> : null}
            </DialogContainer>
          </div>
        );
      }}
    </Loaded>
  );
}

type Fault = Run["faults"][number];
const faultColumns: readonly Column<Fault & { readonly index: number }>[] = [
  { key: "where", label: m.where, text: ({ where }) => where },
  { key: "why", label: m.why, text: ({ message, code }) => `${message} (${code})` },
];

function Faults({ run, onClose }: { run: Run; onClose: () => void }) {
  return (
    <InfoDialog title={m.faultsTitle(formatNumber(run.rejected))} onClose={onClose}>
      {run.rejected > run.faults.length ? <p className={muted}>{m.firstFaults}</p> : null}
      <DataTable
        label={m.faults}
        columns={faultColumns}
        rows={run.faults.map((fault, index) => ({ ...fault, index }))}
        rowKey={({ index }) => String(index)}
      />
    </InfoDialog>
  );
}
