import { Picker, PickerItem } from "@react-spectrum/s2";

type Props<T extends string> = {
  label: string;
  description?: string;
  value: T;
  /** Names by value, in order. */
  options: Readonly<Record<T, string>>;
  onChange: (value: T) => void;
  isReadOnly: boolean;
};

/** One of a few fixed values. */
export function OptionField<T extends string>({ label, description, value, options, onChange, isReadOnly }: Props<T>) {
  return (
    <Picker
      label={label}
      isDisabled={isReadOnly}
      selectedKey={value}
      // Only keys of `options` can be chosen.
      onSelectionChange={(key) => onChange(String(key) as T)}
      {...(description === undefined ? {} : { description })}
    >
      {Object.entries<string>(options).map(([id, name]) => (
        <PickerItem key={id} id={id}>
          {name}
        </PickerItem>
      ))}
    </Picker>
  );
}
