import { ComboBox, ComboBoxItem, Tag, TagGroup, Text } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { messages } from "../messages.data.ts";
import { stackTight } from "../ui/styles.ts";

const wide = style({ width: 320, maxWidth: "full" });

export type PickedChoice = { readonly id: string; readonly text: string };

type Props = {
  label: string;
  addLabel: string;
  values: readonly string[];
  choices: readonly PickedChoice[];
  isReadOnly: boolean;
  /** What was typed, to find choices by it. */
  onType: (text: string) => void;
  onChange: (values: readonly string[]) => void;
};

/** Some of many things: those that are chosen as tags, and a field that finds another one. */
export function PickedField({ label, addLabel, values, choices, isReadOnly, onType, onChange }: Props) {
  const [text, setText] = useState("");
  const type = (next: string) => {
    setText(next);
    onType(next);
  };
  const open = choices.filter(({ id }) => !values.includes(id));
  return (
    <div className={stackTight}>
      <TagGroup
        label={label}
        size="S"
        renderEmptyState={() => messages.units.filters.noneYet}
        {...(isReadOnly
          ? {}
          : { onRemove: (keys: Iterable<unknown>) => onChange(without(values, new Set([...keys].map(String)))) })}
        items={values.map((id) => ({ id }))}
      >
        {({ id }) => <Tag id={id}>{id}</Tag>}
      </TagGroup>
      {isReadOnly ? null : (
        <ComboBox
          label={addLabel}
          size="S"
          styles={wide}
          menuTrigger="focus"
          menuWidth={360}
          allowsCustomValue
          inputValue={text}
          onInputChange={type}
          items={open.filter((each) => `${each.id} ${each.text}`.toLowerCase().includes(text.toLowerCase()))}
          onSelectionChange={(key) => {
            if (key === null) return;
            onChange([...values, String(key)]);
            type("");
          }}
        >
          {(choice) => (
            <ComboBoxItem id={choice.id} textValue={choice.id}>
              <Text slot="label">{choice.text}</Text>
              {choice.text === choice.id ? null : <Text slot="description">{choice.id}</Text>}
            </ComboBoxItem>
          )}
        </ComboBox>
      )}
    </div>
  );
}

function without(values: readonly string[], gone: ReadonlySet<string>): readonly string[] {
  return values.filter((value) => !gone.has(value));
}
