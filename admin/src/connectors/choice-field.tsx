import { Picker, PickerItem, type PickerProps, Text } from "@react-spectrum/s2";

export type Choice = { readonly key: string; readonly label: string; readonly text?: string };

type Props = {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChange: (key: string) => void;
  isReadOnly?: boolean;
  description?: string;
  styles?: PickerProps<object>["styles"];
};

/** One of a few, each with a word of explanation where it needs one. */
export function ChoiceField({ label, choices, value, onChange, isReadOnly = false, description, styles }: Props) {
  return (
    <Picker
      label={label}
      isDisabled={isReadOnly}
      selectedKey={value}
      onSelectionChange={(key) => key !== null && key !== value && onChange(String(key))}
      {...(description ? { description } : {})}
      {...(styles ? { styles } : {})}
    >
      {choices.map((choice) => (
        <PickerItem key={choice.key} id={choice.key} textValue={choice.label}>
          <Text slot="label">{choice.label}</Text>
          {choice.text ? <Text slot="description">{choice.text}</Text> : null}
        </PickerItem>
      ))}
    </Picker>
  );
}
