import { TextField } from "@react-spectrum/s2";
import { localDay } from "../../calendar/span.ts";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { messages } from "../../messages.data.ts";
import { rowStart } from "../../ui/styles.ts";
import { type Days, daysOf, faultOf, type Preset, presets } from "./period.ts";

const m = messages.simulations;

export type ChosenDays = { readonly preset: Preset; readonly days: Days };

/** The last full month of the shop. */
export function standardDays(timezone: string): ChosenDays {
  return { preset: "month", days: daysOf("month", localDay(Date.now(), timezone)) };
}

export function isFaultyPeriod({ days }: ChosenDays, timezone: string): boolean {
  return faultOf(days, localDay(Date.now(), timezone)) !== null;
}

type Props = { chosen: ChosenDays; timezone: string; onChange: (chosen: ChosenDays) => void };

/** A stretch of days, by name or day by day. */
export function PeriodFields({ chosen, timezone, onChange }: Props) {
  const today = localDay(Date.now(), timezone);
  const { preset, days } = chosen;
  const fault = faultOf(days, today);
  const invalid = fault
    ? ({ isInvalid: true, errorMessage: m.daysFaults[fault], validationBehavior: "aria" } as const)
    : {};
  return (
    <div className={rowStart}>
      <ChoiceField
        label={m.period}
        choices={presets.map((key) => ({ key, label: m.presets[key] }))}
        value={preset}
        onChange={(key) => {
          // Only keys of `presets` can be chosen.
          const next = key as Preset;
          onChange({ preset: next, days: next === "own" ? days : daysOf(next, today) });
        }}
      />
      <div className={rowStart}>
        <TextField
          label={m.from}
          type="date"
          value={days.from}
          onChange={(from) => onChange({ preset: "own", days: { ...days, from } })}
          {...(fault === "future" ? invalid : {})}
        />
        <TextField
          label={m.to}
          description={m.daysOfShop(timezone)}
          type="date"
          value={days.to}
          onChange={(to) => onChange({ preset: "own", days: { ...days, to } })}
          {...(fault === "future" ? {} : invalid)}
        />
      </div>
    </div>
  );
}
