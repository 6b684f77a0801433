import { Button, NumberField, Switch, TextField } from "@react-spectrum/s2";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, put } from "../../api/client.ts";
import { toLocalInput } from "../../definitions/local-time.ts";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { rowStart, stack } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import type { Frequency, ReminderSettings, StoredSettings } from "./shapes.ts";
import { toInstant } from "./zone-time.ts";

const m = messages.reminders;
const s = m.settings;
type Way = keyof typeof s.frequencies;
const steps = { "5": "5", "10": "10", "15": "15", "20": "20", "30": "30" } as const;
const first: Readonly<Record<Way, Frequency>> = {
  every: { every: 5 },
  hourlyAt: { hourlyAt: 0 },
  dailyAt: { dailyAt: "08:00" },
};
const firstCap = { mails: 3, days: 7 };

function wayOf(frequency: Frequency): Way {
  return "every" in frequency ? "every" : "hourlyAt" in frequency ? "hourlyAt" : "dailyAt";
}

export function SettingsForm({ stored }: { readonly stored: StoredSettings }) {
  const [settings, setSettings] = useState(stored.settings);
  const client = useQueryClient();
  const { timezone } = stored;
  const change = (part: Partial<ReminderSettings>) => setSettings({ ...settings, ...part });
  const save = useMutation({
    mutationFn: () => put<StoredSettings>("/v1/reminders/settings", settings, { headers: { "if-match": stored.etag } }),
    onSuccess: () => {
      showDone(s.saved);
      return client.invalidateQueries({ queryKey: ["reminders", "settings"] });
    },
    onError: (error) => {
      const isOutrun = error instanceof ApiError && error.status === 412;
      showError(isOutrun ? new Error(s.changed) : error);
      if (isOutrun) void client.invalidateQueries({ queryKey: ["reminders", "settings"] });
    },
  });
  const { cap } = settings;
  return (
    <Panel title={messages.reminders.settings.frequency}>
      <div className={stack}>
        <Switch isSelected={settings.enabled} onChange={(enabled) => change({ enabled })}>
          {s.running}
        </Switch>
        <div className={rowStart}>
          <OptionField
            label={s.frequency}
            value={wayOf(settings.frequency)}
            options={s.frequencies}
            isReadOnly={false}
            onChange={(way) => change({ frequency: first[way] })}
          />
          <FrequencyField
            frequency={settings.frequency}
            timezone={timezone}
            onChange={(frequency) => change({ frequency })}
          />
          <TextField
            label={s.startAt}
            description={s.startAtText(timezone)}
            type="datetime-local"
            value={toLocalInput(settings.startAt, timezone)}
            onChange={(local) => change({ startAt: local === "" ? null : toInstant(local, timezone) })}
          />
        </div>
        <div className={rowStart}>
          <NumberField
            label={s.most}
            minValue={1}
            maxValue={1_000_000}
            value={settings.maxMailsPerRun}
            onChange={(most) => change({ maxMailsPerRun: Number.isNaN(most) ? 1 : Math.round(most) })}
          />
          <NumberField
            label={s.threshold}
            description={s.thresholdText}
            minValue={0}
            maxValue={1000}
            value={settings.failureThreshold}
            onChange={(most) => change({ failureThreshold: Number.isNaN(most) ? 0 : Math.round(most) })}
          />
          <TextField
            label={s.sender}
            description={s.senderText}
            value={settings.sender}
            onChange={(sender) => change({ sender })}
          />
        </div>
        <Switch isSelected={cap !== null} onChange={(on) => change({ cap: on ? firstCap : null })}>
          {s.capped}
        </Switch>
        {cap === null ? null : (
          <div className={rowStart}>
            <NumberField
              label={s.capCount}
              minValue={1}
              maxValue={100}
              value={cap.mails}
              onChange={(mails) => change({ cap: { ...cap, mails: Number.isNaN(mails) ? 1 : Math.round(mails) } })}
            />
            <NumberField
              label={s.capDays}
              minValue={1}
              maxValue={365}
              value={cap.days}
              onChange={(days) => change({ cap: { ...cap, days: Number.isNaN(days) ? 1 : Math.round(days) } })}
            />
          </div>
        )}
        <div>
          <Button variant="accent" isPending={save.isPending} onPress={() => save.mutate()}>
            {s.save}
          </Button>
        </div>
      </div>
    </Panel>
  );
}

type FrequencyProps = {
  readonly frequency: Frequency;
  readonly timezone: string;
  readonly onChange: (frequency: Frequency) => void;
};

function FrequencyField({ frequency, timezone, onChange }: FrequencyProps) {
  if ("every" in frequency)
    return (
      <OptionField
        label={s.minutes}
        value={String(frequency.every)}
        options={steps}
        isReadOnly={false}
        onChange={(minutes) => onChange({ every: Number(minutes) })}
      />
    );
  if ("hourlyAt" in frequency)
    return (
      <NumberField
        label={s.minuteOfHour}
        minValue={0}
        maxValue={59}
        value={frequency.hourlyAt}
        onChange={(minute) => onChange({ hourlyAt: Number.isNaN(minute) ? 0 : Math.round(minute) })}
      />
    );
  return (
    <TextField
      label={s.time}
      description={s.timeText(timezone)}
      type="time"
      value={frequency.dailyAt}
      onChange={(time) => onChange({ dailyAt: time.slice(0, 5) })}
    />
  );
}
