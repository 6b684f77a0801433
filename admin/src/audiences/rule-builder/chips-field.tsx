import { ComboBox, ComboBoxItem, Tag, TagGroup, Text } from "@react-spectrum/s2";
import { useState } from "react";
import { messages } from "../../messages.data.ts";
import { row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { SuggestionNote } from "./suggestion-note.tsx";
import { useSuggestions } from "./use-suggestions.ts";

const m = messages.builder;

type Props = {
  label: string;
  /** The attribute whose known values are offered. */
  path: string;
  values: readonly string[];
  onChange: (values: readonly string[]) => void;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** Several values, each in a chip of its own; what is typed or pasted with commas becomes several. */
export function ChipsField({ label, path, values, onChange, ...fault }: Props) {
  const { isReadOnly } = useBuilder();
  return (
    <div className={row}>
      {values.length === 0 ? null : (
        <TagGroup
          aria-label={label}
          size="S"
          items={values.map((id) => ({ id }))}
          {...(isReadOnly
            ? {}
            : { onRemove: (keys: Set<string | number>) => onChange(values.filter((each) => !keys.has(each))) })}
        >
          {(value) => <Tag id={value.id}>{value.id}</Tag>}
        </TagGroup>
      )}
      {isReadOnly ? null : (
        <AddField
          label={m.add(label)}
          path={path}
          chosen={values}
          onAdd={(added) => onChange([...new Set([...values, ...added])])}
          {...fault}
        />
      )}
    </div>
  );
}

type AddProps = Pick<Props, "label" | "path" | "isInvalid" | "errorMessage"> & {
  chosen: readonly string[];
  onAdd: (values: readonly string[]) => void;
};

function AddField({ label, path, chosen, onAdd, ...fault }: AddProps) {
  const [typed, setTyped] = useState("");
  const { items, loadingState, hint } = useSuggestions(path, typed, "in");
  const needle = typed.toLowerCase();
  const fitting = items
    .filter(({ id }) => !chosen.includes(id))
    .filter((each) => `${each.id} ${each.text ?? ""}`.toLowerCase().includes(needle));
  const take = (text: string) => {
    const parts = split(text);
    if (parts.length > 0) onAdd(parts);
    setTyped("");
  };
  return (
    <ComboBox
      aria-label={label}
      size="S"
      placeholder={m.typeOrChoose}
      menuWidth={280}
      menuTrigger="focus"
      allowsCustomValue
      selectedKey={null}
      inputValue={typed}
      items={fitting}
      loadingState={loadingState}
      {...(hint === undefined ? {} : { description: hint })}
      onInputChange={(text) => {
        if (/[,;\n]/.test(text)) take(text);
        else setTyped(text);
      }}
      onSelectionChange={(key) => take(key === null ? typed : String(key))}
      onBlur={() => take(typed)}
      {...fault}
    >
      {(each) => (
        <ComboBoxItem id={each.id} textValue={each.id}>
          <Text slot="label">{each.text ?? each.id}</Text>
          <SuggestionNote suggestion={each} />
        </ComboBoxItem>
      )}
    </ComboBox>
  );
}

function split(text: string): readonly string[] {
  return text
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
