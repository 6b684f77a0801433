import { Button, DialogContainer, FileTrigger, Switch, TextArea } from "@react-spectrum/s2";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { useGate } from "../access/use-session.ts";
import { messages } from "../messages.data.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { muted, row } from "../ui/styles.ts";
import { showDone, showInfo } from "../ui/toasts.ts";
import { readSynonyms } from "./read-synonyms.ts";
import { saveSynonyms } from "./save-synonyms.ts";

const m = messages.merchandising.synonym;

/** Adds many synonyms at once, typed, pasted or from a file. */
export function QuickSynonyms() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <GatedButton scope="edit" variant="secondary" onPress={() => setOpen(true)}>
        {m.quick}
      </GatedButton>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? <QuickDialog onClose={() => setOpen(false)} /> : null}
      </DialogContainer>
    </>
  );
}

function QuickDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const mayPublish = useGate("publish").isAllowed;
  const [text, setText] = useState("");
  const [isLive, setLive] = useState(mayPublish);
  const { synonyms, wrong } = readSynonyms(text);
  const save = useMutation({
    mutationFn: () => saveSynonyms(synonyms, isLive),
    onSuccess: async ({ added, refused, error }) => {
      await client.invalidateQueries({ queryKey: ["list", "/v1/definitions/synonym"] });
      if (error === null) {
        showDone(m.added(added));
        onClose();
        return;
      }
      setText([...wrong, ...refused].join("\n"));
      showInfo(m.some(added, refused.length));
      throw error;
    },
  });
  const readFile = async (files: FileList | null) => {
    const file = files?.[0];
    if (file) setText(await file.text());
  };
  return (
    <ActionDialog
      title={m.quickTitle}
      action={m.add(synonyms.length)}
      mutation={save}
      isReady={synonyms.length > 0 && wrong.length === 0}
      onAction={() => save.mutate()}
      onClose={onClose}
    >
      <p className={muted}>{m.quickText}</p>
      <TextArea
        autoFocus
        label={m.lines}
        value={text}
        onChange={setText}
        validationBehavior="aria"
        isInvalid={wrong.length > 0}
        errorMessage={wrong[0] === undefined ? "" : m.badLine(wrong[0])}
      />
      <div className={row}>
        <FileTrigger acceptedFileTypes={[".csv", ".txt"]} onSelect={(files) => void readFile(files)}>
          <Button variant="secondary" size="S">
            {m.file}
          </Button>
        </FileTrigger>
      </div>
      <Switch isSelected={isLive} isDisabled={!mayPublish} onChange={setLive}>
        {m.publish}
      </Switch>
    </ActionDialog>
  );
}
