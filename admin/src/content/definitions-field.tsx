import { Picker, PickerItem, Text } from "@react-spectrum/s2";
import type { Fault } from "../api/client.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { useDefinitionChoices } from "../definitions/use-definition.ts";
import { messages } from "../messages.data.ts";

type Props = {
  kind: string;
  label: string;
  placeholder: string;
  description?: string;
  values: readonly string[];
  onChange: (keys: readonly string[]) => void;
  pointer: string;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** Several definitions of a kind, chosen by name; the body holds their keys. Those that have gone stay in the list, so that they can be taken out. */
export function DefinitionsField(props: Props) {
  const { kind, label, placeholder, description, values, onChange, pointer, faults, isReadOnly } = props;
  const known = (useDefinitionChoices(kind).data?.items ?? []).filter(
    ({ key, status }) => status !== "archived" || values.includes(key),
  );
  const gone = values.filter((key) => !known.some((choice) => choice.key === key));
  const all = [...known, ...gone.map((key) => ({ key, name: key, status: "" }))];
  return (
    <Picker
      label={label}
      selectionMode="multiple"
      placeholder={placeholder}
      isDisabled={isReadOnly}
      value={[...values]}
      onChange={(keys) => onChange([...(keys as Iterable<string | number>)].map(String))}
      {...(description ? { description } : {})}
      {...invalidProps(faults, pointer)}
    >
      {all.map((choice) => (
        <PickerItem key={choice.key} id={choice.key} textValue={choice.name}>
          <Text slot="label">{choice.name}</Text>
          <Text slot="description">
            {messages.status[choice.status as keyof typeof messages.status] ?? messages.rotations.unknown}
          </Text>
        </PickerItem>
      ))}
    </Picker>
  );
}
