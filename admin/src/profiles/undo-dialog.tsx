import { TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { messages } from "../messages.data.ts";
import type { TraitWrite } from "../privacy/shapes.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { body } from "../ui/styles.ts";
import { traitText } from "./trait-facts.ts";
import { useTraitActions } from "./use-traits.ts";

const m = messages.privacy.traits;
const wide = style({ width: "full" });

type Props = { profileId: string; correction: TraitWrite; onClose: () => void };

/** Takes a correction back, all of its traits at once. */
export function UndoDialog({ profileId, correction, onClose }: Props) {
  const [reason, setReason] = useState("");
  const { undo } = useTraitActions(profileId);
  const before = Object.entries(correction.previous ?? {})
    .map(([name, value]) => `${name} ${traitText(value, undefined) || m.removed}`)
    .join(", ");
  return (
    <ActionDialog
      size="S"
      title={m.undoTitle}
      action={m.undoTitle}
      onAction={() =>
        undo.mutate({ correctionId: correction.correctionId ?? "", reason: reason.trim() }, { onSuccess: onClose })
      }
      onClose={onClose}
      mutation={undo}
      isReady={reason.trim() !== ""}
    >
      <p className={body}>{m.undoText(before)}</p>
      <TextField
        label={m.reason}
        description={m.reasonText}
        isRequired
        maxLength={500}
        styles={wide}
        value={reason}
        onChange={setReason}
      />
    </ActionDialog>
  );
}
