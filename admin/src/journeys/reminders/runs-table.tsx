import { Button } from "@react-spectrum/s2";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post } from "../../api/client.ts";
import type { Page } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Loaded } from "../../ui/states.tsx";
import { muted, stack } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import { countsText } from "./run-counts.ts";
import type { ReminderRun } from "./shapes.ts";
import { useReminderSettings } from "./use-reminder-settings.ts";
import { formatInstantIn } from "./zone-time.ts";

const m = messages.reminders;

/** Times by the clock of the shop, by which runs are made. */
const columnsIn = (timezone: string): readonly Column<ReminderRun>[] => [
  { key: "started", label: m.started, isOneLine: true, text: ({ startedAt }) => formatInstantIn(startedAt, timezone) },
  { key: "state", label: m.state, text: ({ state }) => m.states[state] ?? state },
  {
    key: "finished",
    label: m.finished,
    text: ({ finishedAt }) => (finishedAt === null ? messages.common.none : formatInstantIn(finishedAt, timezone)),
  },
  { key: "counts", label: m.counts, text: ({ counts, error }) => error ?? (countsText(counts) || m.nothingToDo) },
];

/** The last runs, and a button that makes one. */
export function RunsTable() {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["reminders", "runs"],
    queryFn: ({ signal }) => get<Page<ReminderRun>>("/v1/reminders/runs", { limit: 20 }, { signal }),
  });
  const settings = useReminderSettings();
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
            <Loaded query={settings}>
              {({ timezone }) => (
                <>
                  <p className={muted}>{m.datesIn(timezone)}</p>
                  <DataTable label={m.runs} columns={columnsIn(timezone)} rows={items} rowKey={({ id }) => id} />
                </>
              )}
            </Loaded>
          )
        }
      </Loaded>
    </div>
  );
}
