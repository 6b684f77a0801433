import { AlertDialog, DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { messages } from "../../messages.data.ts";
import { useGo } from "../../shell/navigation.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { showDone, showError } from "../../ui/toasts.ts";
import type { UploadedList } from "./shapes.ts";
import { useListActions } from "./use-uploaded-lists.ts";

const m = messages.lists;

/** Deletes a list after a question; one that live audiences ask for says which they are. */
export function DeleteList({ list }: { list: UploadedList }) {
  const [isAsked, setAsked] = useState(false);
  const { erase } = useListActions();
  const go = useGo();
  const run = () =>
    erase.mutate(list.key, {
      onSuccess: () => {
        showDone(m.deleted(list.name));
        go("/lists", { replace: true });
      },
      onError: showError,
    });
  return (
    <>
      <GatedButton scope="edit" variant="secondary" isPending={erase.isPending} onPress={() => setAsked(true)}>
        {m.delete}
      </GatedButton>
      <DialogContainer onDismiss={() => setAsked(false)}>
        {isAsked && list.usedBy.length > 0 ? (
          <AlertDialog title={m.inUse(list.name)} variant="warning" primaryActionLabel={messages.common.close}>
            {m.inUseText(list.usedBy.join(", "))}
          </AlertDialog>
        ) : null}
        {isAsked && list.usedBy.length === 0 ? (
          <ConfirmDialog title={m.deleteTitle(list.name)} text={m.deleteText} label={m.delete} onConfirm={run} />
        ) : null}
      </DialogContainer>
    </>
  );
}
