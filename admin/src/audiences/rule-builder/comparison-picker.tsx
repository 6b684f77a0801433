import { Picker, PickerItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import type { Comparison } from "./rule-model.ts";

const m = messages.rules;
const comparisons: readonly Comparison[] = ["gte", "lte", "eq", "neq", "gt", "lt"];

const width = style({ width: 112 });

type Props = { op: Comparison; isDisabled: boolean; onChange: (op: Comparison) => void };

/** At least, at most, exactly …: comparisons as they are said of counts and sums. */
export function ComparisonPicker({ op, isDisabled, onChange }: Props) {
  return (
    <Picker
      aria-label={m.comparison}
      size="S"
      styles={width}
      isDisabled={isDisabled}
      selectedKey={op}
      onSelectionChange={(key) => onChange(String(key) as Comparison)}
    >
      {comparisons.map((choice) => (
        <PickerItem key={choice} id={choice}>
          {m.comparisons[choice]}
        </PickerItem>
      ))}
    </Picker>
  );
}
