import { DialogContainer } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { FileDrop } from "../connectors/imports/file-drop.tsx";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { showDone } from "../ui/toasts.ts";
import type { QuerySet } from "./shapes.ts";
import { useRelevanceActions } from "./use-relevance.ts";

const m = messages.relevance;

export function ImportJudgements({ set }: { set: QuerySet }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <GatedButton scope="edit" variant="secondary" onPress={() => setOpen(true)}>
        {m.import}
      </GatedButton>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? <ImportDialog set={set} onClose={() => setOpen(false)} /> : null}
      </DialogContainer>
    </>
  );
}

function ImportDialog({ set, onClose }: { set: QuerySet; onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const { take } = useRelevanceActions();
  const run = () => {
    if (!file) return;
    take.mutate(
      { key: set.key, file },
      {
        onSuccess: ({ judgements }) => {
          showDone(m.imported(formatNumber(judgements)));
          onClose();
        },
      },
    );
  };
  return (
    <ActionDialog
      title={m.import}
      action={m.import}
      onAction={run}
      onClose={onClose}
      mutation={take}
      isReady={file !== null}
    >
      <FileDrop file={file} text={m.importText} onChange={setFile} />
    </ActionDialog>
  );
}
