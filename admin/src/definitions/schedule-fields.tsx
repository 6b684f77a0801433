import { Switch, TextField } from "@react-spectrum/s2";
import type { Fault } from "../api/client.ts";
import type { Schedule } from "../api/shapes.ts";
import { localTimezone } from "../format.ts";
import { messages } from "../messages.data.ts";
import { rowEnd, stackTight } from "../ui/styles.ts";
import { invalidProps } from "./kind-page.ts";
import { toLocalInput } from "./local-time.ts";

const m = messages.definitions;

type Props = {
  schedule: Schedule | null;
  faults: readonly Fault[];
  onChange: (schedule: Schedule | null) => void;
};

/** From and to as local times of a named time zone; an empty end is open. */
export function ScheduleFields({ schedule, faults, onChange }: Props) {
  const timezone = schedule?.timezone ?? localTimezone;
  return (
    <div className={stackTight}>
      <Switch
        isSelected={schedule === null}
        onChange={(isAlways) => onChange(isAlways ? null : { from: null, to: null, timezone: localTimezone })}
      >
        {m.always}
      </Switch>
      {schedule === null ? null : (
        <div className={rowEnd}>
          <TextField
            label={m.starts}
            type="datetime-local"
            value={toLocalInput(schedule.from, timezone)}
            onChange={(from) => onChange({ ...schedule, from: from || null })}
            {...invalidProps(faults, "/schedule/from")}
          />
          <TextField
            label={m.ends}
            type="datetime-local"
            value={toLocalInput(schedule.to, timezone)}
            onChange={(to) => onChange({ ...schedule, to: to || null })}
            {...invalidProps(faults, "/schedule/to")}
          />
          <TextField
            label={m.timezone}
            value={schedule.timezone}
            onChange={(zone) => onChange({ ...schedule, timezone: zone })}
            {...invalidProps(faults, "/schedule/timezone")}
          />
        </div>
      )}
    </div>
  );
}
