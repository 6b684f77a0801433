import { TextArea } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import type { Json, JsonObject } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";

const m = messages.builder;
const wide = style({ width: "full" });

type Props = {
  rule: Json | undefined;
  isReadOnly: boolean;
  onChange: (rule: JsonObject) => void;
  /** While what is written is no JSON, leaving would lose it. */
  onWrong: (isWrong: boolean) => void;
};

/** The whole rule as it is written in the rule language. */
export function JsonEditor({ rule, isReadOnly, onChange, onWrong }: Props) {
  const [typed, setTyped] = useState(() => ({ text: JSON.stringify(rule, null, 2), rule: JSON.stringify(rule) }));
  // What is typed stays as typed until the rule becomes another one from outside.
  const shown = typed.rule === JSON.stringify(rule) ? typed.text : JSON.stringify(rule, null, 2);
  const fault = readRule(shown).fault;
  return (
    <TextArea
      label={m.json}
      description={m.jsonText}
      styles={wide}
      UNSAFE_style={{ fontFamily: "monospace" }}
      isReadOnly={isReadOnly}
      value={shown}
      validationBehavior="aria"
      isInvalid={fault !== null}
      {...(fault === null ? {} : { errorMessage: m.jsonWrong(fault) })}
      onChange={(text) => {
        const read = readRule(text);
        setTyped({ text, rule: JSON.stringify(read.rule ?? rule) });
        onWrong(read.rule === null);
        if (read.rule) onChange(read.rule);
      }}
    />
  );
}

type Read = { readonly rule: JsonObject; readonly fault: null } | { readonly rule: null; readonly fault: string };

function readRule(text: string): Read {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { rule: value as JsonObject, fault: null } : { rule: null, fault: "{ … }" };
  } catch (error) {
    return { rule: null, fault: error instanceof Error ? error.message : "" };
  }
}
