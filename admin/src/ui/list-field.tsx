import { TextField } from "@react-spectrum/s2";
import { useState } from "react";
import { messages } from "../messages.data.ts";

type Props = {
  label: string;
  values: readonly string[];
  onChange: (values: readonly string[]) => void;
  isReadOnly?: boolean;
  size?: "S" | "M";
  isLabelHidden?: boolean;
};

/** Several short texts in one field, separated by commas. */
export function ListField({ label, values, onChange, isReadOnly = false, size = "M", isLabelHidden = false }: Props) {
  // What is typed stays as typed ("a, " would otherwise lose its comma) until the values differ from it.
  const [typed, setTyped] = useState(values.join(", "));
  const shown = isSame(split(typed), values) ? typed : values.join(", ");
  return (
    <TextField
      {...(isLabelHidden ? { "aria-label": label } : { label })}
      {...(isLabelHidden ? {} : { description: messages.common.commas })}
      size={size}
      value={shown}
      isReadOnly={isReadOnly}
      placeholder={isLabelHidden ? messages.common.commas : ""}
      onChange={(text) => {
        setTyped(text);
        onChange(split(text));
      }}
    />
  );
}

function split(text: string): readonly string[] {
  return text
    .split(/[,;\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
