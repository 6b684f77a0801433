import { Picker, PickerItem, Text } from "@react-spectrum/s2";
import type { Fault } from "../api/client.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { useDefinitionChoices } from "../definitions/use-definition.ts";
import { messages } from "../messages.data.ts";

const m = messages.audiences;

type Props = {
  values: readonly string[];
  onChange: (keys: readonly string[]) => void;
  isReadOnly: boolean;
  faults: readonly Fault[];
};

/** Chooses audiences by name; the definition holds their keys. */
export function AudiencesField({ values, onChange, isReadOnly, faults }: Props) {
  const choices = (useDefinitionChoices("audience").data?.items ?? []).filter(({ status }) => status !== "archived");
  const gone = values.filter((key) => !choices.some((choice) => choice.key === key));
  const all = [...choices, ...gone.map((key) => ({ key, name: key, status: "" }))];
  return (
    <Picker
      label={m.kind.many}
      selectionMode="multiple"
      placeholder={m.choose}
      isDisabled={isReadOnly}
      value={[...values]}
      onChange={(keys) => onChange([...(keys as Iterable<string | number>)].map(String))}
      {...invalidProps(faults, "/audiences")}
    >
      {all.map((choice) => (
        <PickerItem key={choice.key} id={choice.key} textValue={choice.name}>
          <Text slot="label">{choice.name}</Text>
          <Text slot="description">{messages.status[choice.status as keyof typeof messages.status] ?? m.unknown}</Text>
        </PickerItem>
      ))}
    </Picker>
  );
}
