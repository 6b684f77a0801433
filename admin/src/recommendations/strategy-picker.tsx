import { Header, Heading, Picker, PickerItem, PickerSection, Text } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { Fault } from "../api/client.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { isKnown, strategyGroups, strategyTexts } from "./strategies.ts";

const m = messages.units;
const wide = style({ width: 320, maxWidth: "full" });

type Props = { value: string; onChange: (strategy: string) => void; faults: readonly Fault[]; isReadOnly: boolean };

/** Strategies in groups, each with what it shows; a foreign name that the server knows stays choosable. */
export function StrategyPicker({ value, onChange, faults, isReadOnly }: Props) {
  return (
    <Picker
      label={m.strategy}
      isDisabled={isReadOnly}
      styles={wide}
      selectedKey={value}
      onSelectionChange={(key) => key !== null && onChange(String(key))}
      {...invalidProps(faults, "/strategy")}
    >
      {[
        ...(isKnown(value) ? [] : [item(value)]),
        ...strategyGroups.map((group) => (
          <PickerSection key={group.id} id={group.id}>
            <Header>
              <Heading>{m.groups[group.id]}</Heading>
            </Header>
            {group.strategies.map(item)}
          </PickerSection>
        )),
      ]}
    </Picker>
  );
}

function item(key: string) {
  const { label, text } = strategyTexts(key);
  return (
    <PickerItem key={key} id={key} textValue={label}>
      <Text slot="label">{label}</Text>
      {text === "" ? null : <Text slot="description">{text}</Text>}
    </PickerItem>
  );
}
