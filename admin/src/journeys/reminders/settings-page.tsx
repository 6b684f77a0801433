import { messages } from "../../messages.data.ts";
import { Facts } from "../../ui/facts.tsx";
import { Page, Panel } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { RunsTable } from "./runs-table.tsx";
import { SettingsForm } from "./settings-form.tsx";
import type { StoredSettings } from "./shapes.ts";
import { useReminderSettings } from "./use-reminder-settings.ts";
import { formatInstantIn } from "./zone-time.ts";

const m = messages.reminders;
const s = m.settings;

/** When customers are looked for whom a reminder is due; the next run and the last ones. */
export function ReminderSettingsPage() {
  const query = useReminderSettings();
  return (
    <Page title={s.title} description={s.description}>
      <Loaded query={query}>
        {(stored) => (
          <>
            <Panel title={m.runs}>
              <Facts
                facts={[
                  { label: s.next, value: nextText(stored) },
                  {
                    label: s.last,
                    value: stored.lastRunAt === null ? s.never : formatInstantIn(stored.lastRunAt, stored.timezone),
                  },
                  { label: s.timezone, value: stored.timezone },
                ]}
              />
            </Panel>
            <SettingsForm key={stored.etag} stored={stored} />
          </>
        )}
      </Loaded>
      <RunsTable />
    </Page>
  );
}

function nextText({ nextRunAt, timezone }: StoredSettings): string {
  if (nextRunAt === null) return s.off;
  return Date.parse(nextRunAt) <= Date.now() ? s.soon : formatInstantIn(nextRunAt, timezone);
}
