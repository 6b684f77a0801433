import { NumberField, Picker, PickerItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { type DurationUnit, durationUnits, parseDuration, writeDuration } from "./duration.ts";

const m = messages.rules;
const amountWidth = style({ width: 96 });
const unitWidth = style({ width: 112 });

type Props = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

export function DurationField({ label, value, onChange, ...fault }: Props) {
  const { isReadOnly } = useBuilder();
  const { amount, unit } = parseDuration(value);
  const units = durationUnits.includes(unit) ? durationUnits : [unit, ...durationUnits];
  return (
    <div className={row}>
      <NumberField
        aria-label={label}
        size="S"
        minValue={0}
        styles={amountWidth}
        isReadOnly={isReadOnly}
        value={amount}
        onChange={(next) => onChange(writeDuration(Number.isNaN(next) ? 0 : next, unit))}
        {...fault}
      />
      <Picker
        aria-label={m.unit}
        size="S"
        styles={unitWidth}
        isDisabled={isReadOnly}
        selectedKey={unit}
        onSelectionChange={(next) => onChange(writeDuration(amount, String(next) as DurationUnit))}
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
