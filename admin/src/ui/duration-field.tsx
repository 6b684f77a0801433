import { NumberField, Picker, PickerItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type DurationUnit, durationUnits, parseDuration, writeDuration } from "../audiences/rule-builder/duration.ts";
import { messages } from "../messages.data.ts";

const m = messages.rules;
const group = style({ display: "flex", alignItems: "start", gap: 8, minWidth: 0 });
const amountWidth = style({ width: 128 });
const unitWidth = style({ width: 120 });
const secondsOf: Readonly<Record<DurationUnit, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

type Props = {
  label: string;
  /** As it is stored: `12h`, `7d`. */
  value: string;
  onChange: (value: string) => void;
  isReadOnly: boolean;
  /** Of whichever unit; default 1. */
  least?: number;
  /** Default 3,650, more than which no duration may be; null = told elsewhere. */
  mostDays?: number | null;
  /** In a sentence: small, its names for screen readers only. */
  isCompact?: boolean;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** A length of time: a number and its unit. An emptied number stays what it was. */
export function DurationField(props: Props) {
  const { label, value, onChange, isReadOnly, least = 1, mostDays = 3_650, isCompact = false, ...fault } = props;
  const { amount, unit } = parseDuration(value);
  const mostOf = (of: DurationUnit): number =>
    mostDays === null ? Number.MAX_SAFE_INTEGER : Math.floor((mostDays * secondsOf.d) / secondsOf[of]);
  const named = (name: string) => (isCompact ? ({ "aria-label": name, size: "S" } as const) : { label: name });
  const units = durationUnits.includes(unit) ? durationUnits : [unit, ...durationUnits];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame and a legend, the number has the name already
    <div role="group" aria-label={label} className={group}>
      <NumberField
        {...named(label)}
        minValue={least}
        maxValue={mostOf(unit)}
        styles={amountWidth}
        isReadOnly={isReadOnly}
        value={amount}
        onChange={(next) => (Number.isNaN(next) ? undefined : onChange(writeDuration(next, unit)))}
        {...fault}
      />
      <Picker
        {...named(m.unit)}
        styles={unitWidth}
        isDisabled={isReadOnly}
        selectedKey={unit}
        onSelectionChange={(next) => {
          // Only units can be chosen.
          const chosen = String(next) as DurationUnit;
          onChange(writeDuration(Math.min(amount, mostOf(chosen)), chosen));
        }}
      >
        {units.map((choice) => (
          <PickerItem key={choice} id={choice}>
            {m.units[choice]}
          </PickerItem>
        ))}
      </Picker>
    </div>
  );
}
