import { Picker, PickerItem, type PickerProps } from "@react-spectrum/s2";
import { useBuilder } from "./builder-context.ts";

type Props<K extends string> = {
  label: string;
  choices: Readonly<Record<K, string>>;
  value: string;
  onChange: (key: K) => void;
  styles?: NonNullable<PickerProps<object>["styles"]>;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** One of a few, in the size of the builder. A value of the rule that is none of them is kept and shown as it is. */
export function ChoicePicker<K extends string>({ label, choices, value, onChange, ...others }: Props<K>) {
  const { isReadOnly } = useBuilder();
  const entries = Object.entries<string>(choices);
  const all = Object.hasOwn(choices, value) || value === "" ? entries : [...entries, [value, value] as const];
  return (
    <Picker
      aria-label={label}
      size="S"
      isDisabled={isReadOnly}
      selectedKey={value}
      onSelectionChange={(key) => {
        // Only keys of `choices` change anything: the shown extra one is selected already.
        if (key !== null && key !== value) onChange(String(key) as K);
      }}
      {...others}
    >
      {all.map(([id, text]) => (
        <PickerItem key={id} id={id}>
          {text}
        </PickerItem>
      ))}
    </Picker>
  );
}
