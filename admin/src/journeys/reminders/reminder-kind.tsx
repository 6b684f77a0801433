import { Button } from "@react-spectrum/s2";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post } from "../../api/client.ts";
import type { Definition, Page } from "../../api/shapes.ts";
import type { KindPage, SideProps } from "../../definitions/kind-page.ts";
import { formatDay, formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { body as bodyText, muted, plainList, stack } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import { ReminderForm } from "./reminder-form.tsx";
import type { DueCustomer, ReminderBody, ReminderRun } from "./shapes.ts";
import { newTrigger } from "./trigger-fields.tsx";

const m = messages.reminders;
const dayMs = 86_400_000;

/** The days of the mails, or undefined for what is no list of rising days. */
function daysOf(repeat: string | undefined): readonly number[] | undefined {
  const texts = (repeat ?? "").split(",").map((text) => text.trim());
  const days = texts.filter((text) => text !== "").map(Number);
  const isGood = days.every((day, at) => Number.isInteger(day) && day > (days[at - 1] ?? 0));
  return isGood ? [0, ...days] : undefined;
}

function ReminderSide({ body }: SideProps<ReminderBody>) {
  const days = daysOf(body.repeat);
  return (
    <Panel title={m.dates} description={m.datesText}>
      {days === undefined ? (
        <p className={muted}>{m.badDays}</p>
      ) : (
        <ol className={plainList}>
          {days.map((day, at) => (
            <li key={day} className={bodyText}>
              {m.mailAt(at + 1, formatDay(Date.now() + day * dayMs))}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

const dueColumns: readonly Column<DueCustomer>[] = [
  {
    key: "customer",
    label: m.customer,
    text: ({ profileId }) => profileId,
    render: ({ profileId }) => <AppLink to={`/profiles/${profileId}`}>{profileId}</AppLink>,
  },
  { key: "step", label: m.step, text: ({ step }) => (step === null ? messages.common.none : String(step + 1)) },
  { key: "why", label: m.why, text: ({ why }) => why ?? messages.common.none },
  { key: "group", label: m.group, text: ({ control }) => (control ? m.controlGroup : m.reminded) },
];

function DueTab({ definition }: { readonly definition: Definition<ReminderBody> }) {
  const isLive = definition.liveVersion !== null;
  const query = useQuery({
    queryKey: ["reminders", definition.key, "due"],
    queryFn: ({ signal }) =>
      get<Page<DueCustomer>>(`/v1/reminders/${encodeURIComponent(definition.key)}/due`, { limit: 50 }, { signal }),
    enabled: isLive,
  });
  if (!isLive) return <p className={muted}>{m.notLive}</p>;
  return (
    <Panel title={m.due} description={m.dueText}>
      <Loaded query={query}>
        {({ items, nextCursor }) => (
          <>
            {items.length === 0 ? (
              <p className={muted}>{m.dueNone}</p>
            ) : (
              <DataTable label={m.due} columns={dueColumns} rows={items} rowKey={({ profileId }) => profileId} />
            )}
            {nextCursor ? <p className={muted}>{m.more}</p> : null}
          </>
        )}
      </Loaded>
    </Panel>
  );
}

const runColumns: readonly Column<ReminderRun>[] = [
  { key: "started", label: m.started, text: ({ startedAt }) => formatInstant(startedAt) },
  { key: "state", label: m.state, text: ({ state }) => state },
  {
    key: "counts",
    label: m.counts,
    text: ({ counts, error }) =>
      error ??
      Object.entries(counts)
        .map(([name, count]) => `${name} ${formatNumber(count)}`)
        .join(", "),
  },
];

function RunsTab() {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ["reminders", "runs"],
    queryFn: ({ signal }) => get<Page<ReminderRun>>("/v1/reminders/runs", { limit: 20 }, { signal }),
  });
  const run = useMutation({
    mutationFn: () => post<unknown>("/v1/reminders/runs"),
    onSuccess: () => {
      showDone(m.runDone);
      return client.invalidateQueries({ queryKey: ["reminders"] });
    },
    onError: showError,
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

export const reminderKind: KindPage<ReminderBody> = {
  kind: "reminder-rule",
  path: "/reminder-rules",
  texts: m.rules,
  columns: [],
  emptyBody: () => ({ join: "all", triggers: [newTrigger("cart")], template: null }),
  Form: ReminderForm,
  Side: ReminderSide,
  tabs: [
    { id: "due", label: m.due, Content: DueTab },
    { id: "runs", label: m.runs, Content: RunsTab },
  ],
};
