import { TextArea } from "@react-spectrum/s2";
import { useState } from "react";
import type { JsonObject } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";
import { useBuilder } from "./builder-context.ts";
import type { RawNode } from "./rule-model.ts";

type Props = { node: RawNode; onChange: (node: RawNode) => void };

/** A condition the builder has no form for, as it is written in the rule language. */
export function RawEditor({ node, onChange }: Props) {
  const { isReadOnly } = useBuilder();
  const rule = JSON.stringify(node.rule);
  const [typed, setTyped] = useState(() => ({ text: JSON.stringify(node.rule, null, 2), rule }));
  // What is typed stays as typed until the condition becomes another one from outside.
  const text = typed.rule === rule ? typed.text : JSON.stringify(node.rule, null, 2);
  const isWrong = parse(text) === null;
  return (
    <TextArea
      label={messages.rules.raw}
      value={text}
      isReadOnly={isReadOnly}
      validationBehavior="aria"
      isInvalid={isWrong}
      {...(isWrong ? { errorMessage: messages.rules.rawWrong } : {})}
      onChange={(next) => {
        const read = parse(next);
        setTyped({ text: next, rule: read ? JSON.stringify(read) : rule });
        if (read) onChange({ ...node, rule: read });
      }}
    />
  );
}

function parse(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}
