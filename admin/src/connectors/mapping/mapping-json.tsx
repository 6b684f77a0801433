import { Button, TextArea } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { messages } from "../../messages.data.ts";
import { muted, row, stackTight } from "../../ui/styles.ts";
import { showDone } from "../../ui/toasts.ts";
import type { Mapping } from "./shapes.ts";

const m = messages.connectors.mapping;
const wide = style({ width: "full" });

type Props = { mapping: Mapping; isReadOnly: boolean; onChange: (mapping: Mapping) => void };

/** The mapping as a file, for those who keep it with their code. What it says is checked by the server. */
export function MappingJson({ mapping, isReadOnly, onChange }: Props) {
  const shown = JSON.stringify(mapping, null, 2);
  const [edited, setEdited] = useState<{ readonly of: string; readonly text: string } | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  // What was typed counts as long as the mapping it began from is still shown.
  const text = edited?.of === shown ? edited.text : shown;
  const apply = () => {
    try {
      const parsed = JSON.parse(text) as Mapping;
      if (typeof parsed !== "object" || parsed === null || typeof parsed.fields !== "object" || parsed.fields === null)
        throw new TypeError("fields");
      // The kind is fixed by what the mapping belongs to.
      onChange({ ...parsed, kind: mapping.kind });
      setFault(null);
      showDone(m.applied);
    } catch (error) {
      setFault(m.jsonFault(error instanceof Error ? error.message : ""));
    }
  };
  return (
    <div className={stackTight}>
      <p className={muted}>{m.jsonText}</p>
      <TextArea
        aria-label={m.json}
        styles={wide}
        isReadOnly={isReadOnly}
        value={text}
        onChange={(next) => setEdited({ of: shown, text: next })}
        {...(fault ? { isInvalid: true, errorMessage: fault } : {})}
      />
      <div className={row}>
        <Button variant="secondary" isDisabled={isReadOnly || text === shown} onPress={apply}>
          {m.apply}
        </Button>
      </div>
    </div>
  );
}
