import { ComboBox, ComboBoxItem, Tag, TagGroup } from "@react-spectrum/s2";
import { useState } from "react";
import { messages } from "../../messages.data.ts";
import { row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { eventNames } from "./event-names.data.ts";
import { useSeenEvents } from "./use-seen-events.ts";

const m = messages.builder;

type Props = {
  label: string;
  names: readonly string[];
  onChange: (names: readonly string[]) => void;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** One event or several, any of which counts: the usual ones, those that sources have sent, or any name. */
export function EventNamesPicker({ label, names, onChange, ...fault }: Props) {
  const { isReadOnly } = useBuilder();
  const seen = useSeenEvents();
  const [typed, setTyped] = useState("");
  const all = [...new Set([...seen.map(({ type }) => type), ...eventNames])].filter((name) => !names.includes(name));
  const take = (name: string) => {
    setTyped("");
    if (name.trim() !== "" && !names.includes(name.trim())) onChange([...names, name.trim()]);
  };
  return (
    <div className={row}>
      <TagGroup
        aria-label={label}
        size="S"
        items={names.map((id) => ({ id }))}
        // A condition on no event at all is none.
        {...(isReadOnly || names.length < 2
          ? {}
          : { onRemove: (keys: Set<string | number>) => onChange(names.filter((name) => !keys.has(name))) })}
      >
        {(name) => <Tag id={name.id}>{name.id}</Tag>}
      </TagGroup>
      {isReadOnly ? null : (
        <ComboBox
          aria-label={m.add(label)}
          size="S"
          placeholder={m.orEvent}
          menuWidth={280}
          menuTrigger="focus"
          allowsCustomValue
          selectedKey={null}
          inputValue={typed}
          items={all.filter((name) => name.toLowerCase().includes(typed.toLowerCase())).map((id) => ({ id }))}
          onInputChange={setTyped}
          onSelectionChange={(key) => take(key === null ? typed : String(key))}
          onBlur={() => take(typed)}
          {...fault}
        >
          {(name) => <ComboBoxItem id={name.id}>{name.id}</ComboBoxItem>}
        </ComboBox>
      )}
    </div>
  );
}
