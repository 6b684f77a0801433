import { Picker, PickerItem, Text } from "@react-spectrum/s2";
import type { Fault } from "../../api/client.ts";
import { invalidProps } from "../../definitions/kind-page.ts";
import { useDefinitionChoices } from "../../definitions/use-definition.ts";
import { messages } from "../../messages.data.ts";

const m = messages.priceRules;

type Props = {
  values: readonly string[];
  onChange: (keys: readonly string[]) => void;
  isReadOnly: boolean;
  faults: readonly Fault[];
};

/** Blocks that are shown with a rule, by name; the rule holds their keys. */
export function BlocksField({ values, onChange, isReadOnly, faults }: Props) {
  const choices = (useDefinitionChoices("block").data?.items ?? []).filter(({ status }) => status !== "archived");
  const gone = values.filter((key) => !choices.some((choice) => choice.key === key));
  return (
    <Picker
      label={m.blocks}
      description={m.blocksText}
      selectionMode="multiple"
      placeholder={m.noBlocks}
      isDisabled={isReadOnly}
      value={[...values]}
      onChange={(keys) => onChange([...(keys as Iterable<string | number>)].map(String))}
      {...invalidProps(faults, "/blocks")}
    >
      {[...choices, ...gone.map((key) => ({ key, name: key, status: "" }))].map((choice) => (
        <PickerItem key={choice.key} id={choice.key} textValue={choice.name}>
          <Text slot="label">{choice.name}</Text>
          <Text slot="description">
            {messages.status[choice.status as keyof typeof messages.status] ?? messages.audiences.unknown}
          </Text>
        </PickerItem>
      ))}
    </Picker>
  );
}
