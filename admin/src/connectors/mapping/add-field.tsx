import { ActionButton, ComboBox, ComboBoxItem } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { messages } from "../../messages.data.ts";
import { rowEnd } from "../../ui/styles.ts";
import { fieldsOf, isFreePath, openTargets } from "./mapping-model.ts";
import type { Mapping, Section } from "./shapes.ts";
import { targetLabel } from "./target-label.ts";
import { freePathsOf } from "./targets.data.ts";

const m = messages.connectors.mapping;
const width = style({ width: 320 });

type Props = { mapping: Mapping; section: Section; onAdd: (path: string) => void };

/** Begins anew after each field: the list would else keep the name of the last one in its text. */
export function AddField(props: Props) {
  return <Box key={Object.keys(fieldsOf(props.mapping, props.section)).join()} {...props} />;
}

/** One of the fields that are left, or a name of the merchant's own. */
function Box({ mapping, section, onAdd }: Props) {
  const [typed, setTyped] = useState("");
  const items = openTargets(mapping, section).map(({ path }) => ({ id: path, label: targetLabel(path) }));
  const free = freePathsOf(mapping.kind, section).filter((prefix) => prefix !== "");
  const chosen = items.find(({ label, id }) => label === typed || id === typed)?.id;
  const path = chosen ?? (isFreePath(mapping, section, typed.trim()) ? typed.trim() : undefined);
  return (
    <div className={rowEnd}>
      <ComboBox
        label={m.addField}
        description={free.length > 0 ? m.addFieldText(free.join(", ")) : m.anyName}
        size="S"
        styles={width}
        allowsCustomValue
        menuTrigger="focus"
        menuWidth={360}
        inputValue={typed}
        onInputChange={setTyped}
        onSelectionChange={(key) => key !== null && onAdd(String(key))}
        defaultItems={items}
      >
        {(item) => <ComboBoxItem id={item.id}>{item.label}</ComboBoxItem>}
      </ComboBox>
      {path === undefined ? null : <ActionButton onPress={() => onAdd(path)}>{m.add}</ActionButton>}
    </div>
  );
}
