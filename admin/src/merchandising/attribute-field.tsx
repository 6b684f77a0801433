import { ComboBox, ComboBoxItem, Text } from "@react-spectrum/s2";
import type { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import type { AttributeChoice } from "./use-number-attributes.ts";

type Props = {
  label?: string;
  description?: string;
  choices: readonly AttributeChoice[];
  value: string;
  onChange: (code: string) => void;
  isReadOnly: boolean;
  fault?: ReturnType<typeof invalidProps>;
};

/** Finds an attribute by its name or code; one that is not in the list can be typed. */
export function AttributeField(props: Props) {
  const { choices, value, onChange, isReadOnly, description, fault } = props;
  return (
    <ComboBox
      label={props.label ?? messages.merchandising.ranking.attribute}
      menuTrigger="focus"
      menuWidth={320}
      allowsCustomValue
      isReadOnly={isReadOnly}
      {...(description ? { description } : {})}
      inputValue={value}
      onInputChange={onChange}
      defaultItems={choices}
      {...fault}
    >
      {(choice) => (
        <ComboBoxItem id={choice.id} textValue={choice.id}>
          <Text slot="label">{choice.label}</Text>
          <Text slot="description">{choice.id}</Text>
        </ComboBoxItem>
      )}
    </ComboBox>
  );
}
