import { TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { Loaded } from "../ui/states.tsx";
import { body, muted } from "../ui/styles.ts";
import type { RetentionPreview } from "./shapes.ts";
import { type RetentionDraft, useRetentionPreview, useSaveRetention } from "./use-retention.ts";

const m = messages.privacy.retention;
const wide = style({ width: "full" });

type Props = { version: number; days: RetentionDraft; onClose: () => void };

/** Says how much would go before the periods are changed. Nothing is saved that could not be counted. */
export function RetentionDialog({ version, days, onClose }: Props) {
  const [note, setNote] = useState("");
  const preview = useRetentionPreview(days);
  const save = useSaveRetention();
  return (
    <ActionDialog
      size="M"
      title={m.confirmTitle}
      action={m.save}
      onAction={() => save.mutate({ version, days, note: note.trim() }, { onSuccess: onClose })}
      onClose={onClose}
      mutation={save}
      isReady={preview.data !== undefined}
      isNegative
    >
      <p className={muted}>{m.confirmText}</p>
      <Loaded query={preview}>{(counted) => <Goes counted={counted} />}</Loaded>
      <TextField
        label={m.note}
        description={m.noteText}
        maxLength={500}
        styles={wide}
        value={note}
        onChange={setNote}
      />
    </ActionDialog>
  );
}

function Goes({ counted }: { counted: RetentionPreview }) {
  const lines = counted.items.flatMap(({ class: name, rows }) =>
    rows === 0 ? [] : [m.counts[name]?.(formatNumber(rows)) ?? `${name}: ${formatNumber(rows)}`],
  );
  return (
    <div role="status" className={body}>
      {lines.length === 0 ? m.goesNothing : `${m.goes} ${lines.join(", ")}.`}
    </div>
  );
}
