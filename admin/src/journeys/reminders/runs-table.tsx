import { Button } from "@react-spectrum/s2";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post } from "../../api/client.ts";
import type { Page } from "../../api/shapes.ts";
import { formatInstant } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Loaded } from "../../ui/states.tsx";
import { muted, stack } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import { countsText } from "./run-counts.ts";
import type { ReminderRun } from "./shapes.ts";

const m = messages.reminders;

const runColumns: readonly Column<ReminderRun>[] = [
  { key: "started", label: m.started, text: ({ startedAt }) => formatInstant(startedAt) },
  { key: "state", label: m.state, text: ({ state }) => state },
  {
    key: "finished",
    label: m.finished,
    text: ({ finishedAt }) => (finishedAt === null ? messages.common.none : formatInstant(finishedAt)),
  },
  { key: "counts", label: m.counts, text: ({ counts, error }) => error ?? countsText(counts) },
];

/** The last runs, and a button that makes one. */
export function RunsTable() {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["reminders", "runs"],
    queryFn: ({ signal }) => get<Page<ReminderRun>>("/v1/reminders/runs", { limit: 20 }, { signal }),
  });
  const run = useMutation({
    mutationFn: () => post<unknown>("/v1/reminders/runs"),
    onSuccess: () => showDone(m.runDone),
    onError: showError,
    // Also after a refusal: then another run is under way.
    onSettled: () => client.invalidateQueries({ queryKey: ["reminders"] }),
  });
  return (
    <div className={stack}>
      <div>
        <Button variant="secondary" isPending={run.isPending} onPress={() => run.mutate()}>
          {m.runNow}
        </Button>
      </div>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={muted}>{m.noRuns}</p>
          ) : (
            <DataTable label={m.runs} columns={runColumns} rows={items} rowKey={({ id }) => id} />
          )
        }
      </Loaded>
    </div>
  );
}
