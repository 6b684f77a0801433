import { TextArea } from "@react-spectrum/s2";
import { useState } from "react";
import type { Json } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { parseValue, valueText } from "./mapping-model.ts";

const m = messages.connectors.reading;

type Props = {
  values: Readonly<Record<string, Json>> | undefined;
  onChange: (values: Readonly<Record<string, Json>> | undefined) => void;
};

/** Replacements, one a line: "paid = invoiced". */
export function ValueMapField({ values, onChange }: Props) {
  // Half typed lines stay as typed; they count as soon as they have a sign.
  const [text, setText] = useState(() =>
    Object.entries(values ?? {})
      .map(([from, to]) => `${from} = ${valueText(to)}`)
      .join("\n"),
  );
  return (
    <TextArea
      label={m.words}
      description={m.wordsText}
      value={text}
      onChange={(next) => {
        setText(next);
        const map = parse(next);
        onChange(Object.keys(map).length > 0 ? map : undefined);
      }}
    />
  );
}

function parse(text: string): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    text.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at < 1 ? [] : [[line.slice(0, at).trim(), parseValue(line.slice(at + 1).trim())] as const];
    }),
  );
}
