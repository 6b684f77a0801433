import { Picker, PickerItem, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { messages } from "../messages.data.ts";
import { rowStart } from "../ui/styles.ts";
import type { Identifier } from "./shapes.ts";

const m = messages.privacy.dialog;
const kindWidth = style({ width: 200 });
const valueWidth = style({ width: 288 });
type Kind = keyof typeof m.namespaces;

type Props = { value: Identifier; onChange: (identifier: Identifier) => void };

/** An exact identifier: its kind and its value. */
export function IdentifierFields({ value, onChange }: Props) {
  const [kind, setKind] = useState<Kind>("email");
  return (
    <div className={rowStart}>
      <Picker
        label={m.namespace}
        styles={kindWidth}
        selectedKey={kind}
        onSelectionChange={(key) => {
          const next = String(key) as Kind;
          setKind(next);
          onChange({ ...value, namespace: next === "other" ? "" : next });
        }}
      >
        {Object.entries(m.namespaces).map(([key, label]) => (
          <PickerItem key={key} id={key}>
            {label}
          </PickerItem>
        ))}
      </Picker>
      {kind === "other" ? (
        <TextField
          label={m.otherNamespace}
          styles={kindWidth}
          value={value.namespace}
          onChange={(namespace) => onChange({ ...value, namespace })}
        />
      ) : null}
      <TextField
        label={m.value}
        styles={valueWidth}
        autoComplete="off"
        value={value.value}
        onChange={(text) => onChange({ ...value, value: text })}
      />
    </div>
  );
}

export const emptyIdentifier: Identifier = { namespace: "email", value: "" };

export function isComplete({ namespace, value }: Identifier): boolean {
  return namespace.trim() !== "" && value.trim() !== "";
}
