import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client.ts";
import type { Definition, Page } from "../../api/shapes.ts";
import type { KindPage } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { muted } from "../../ui/styles.ts";
import { ReminderForm } from "./reminder-form.tsx";
import { nameOf, ReminderSide } from "./reminder-side.tsx";
import { reasonText } from "./run-counts.ts";
import { RunsTable } from "./runs-table.tsx";
import type { Channel, DueCustomer, ReminderBody } from "./shapes.ts";
import { newTrigger } from "./trigger-fields.tsx";

const m = messages.reminders;

const dueColumns: readonly Column<DueCustomer>[] = [
  {
    key: "customer",
    label: m.customer,
    text: nameOf,
    render: (customer) => <AppLink to={`/profiles/${customer.profileId}`}>{nameOf(customer)}</AppLink>,
  },
  { key: "step", label: m.step, text: ({ step }) => (step === null ? messages.common.none : String(step + 1)) },
  { key: "why", label: m.why, text: ({ why }) => (why === null ? messages.common.none : reasonText(why)) },
  {
    key: "channel",
    label: m.channels,
    text: ({ channel }) => (channel === null ? messages.common.none : (m.channelNames[channel as Channel] ?? channel)),
  },
  {
    key: "template",
    label: m.templateColumn,
    text: ({ template, title }) => [template ?? messages.common.none, title].filter((part) => part !== "").join(": "),
  },
  { key: "storeView", label: m.storeView, text: ({ storeView }) => storeView },
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
    { id: "runs", label: m.runs, Content: RunsTable },
  ],
};
