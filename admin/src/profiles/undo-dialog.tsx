import { useState } from "react";
import { messages } from "../messages.data.ts";
import type { TraitWrite } from "../privacy/shapes.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { body } from "../ui/styles.ts";
import { ReasonField } from "./reason-field.tsx";
import { traitText } from "./trait-facts.ts";
import { useTraitActions } from "./use-traits.ts";

const m = messages.privacy.traits;

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
      <ReasonField value={reason} onChange={setReason} />
    </ActionDialog>
  );
}
