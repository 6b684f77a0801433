import { DialogContainer, TextField } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { suggestKey } from "../definitions/suggest-key.ts";
import { messages } from "../messages.data.ts";
import { useGo } from "../shell/navigation.tsx";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { useRelevanceActions } from "./use-relevance.ts";

const m = messages.relevance;

/** Begins a query set and goes to its page. */
export function NewSet() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <GatedButton scope="edit" variant="accent" onPress={() => setOpen(true)}>
        {m.create}
      </GatedButton>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? <NewSetDialog onClose={() => setOpen(false)} /> : null}
      </DialogContainer>
    </>
  );
}

function NewSetDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [key, setKey] = useState("");
  const [description, setDescription] = useState("");
  const { create } = useRelevanceActions();
  const go = useGo();
  const usedKey = key || suggestKey(name);
  const make = () =>
    create.mutate(
      { key: usedKey, name, description },
      {
        onSuccess: (set) => {
          onClose();
          go(`/relevance/${set.key}`);
        },
      },
    );
  return (
    <ActionDialog
      title={m.create}
      action={m.make}
      onAction={make}
      onClose={onClose}
      mutation={create}
      isReady={name.trim() !== "" && usedKey !== ""}
    >
      <TextField label={m.name} isRequired maxLength={200} value={name} onChange={setName} />
      <TextField label={m.key} description={m.keyText} placeholder={suggestKey(name)} value={key} onChange={setKey} />
      <TextField label={m.about} maxLength={2000} value={description} onChange={setDescription} />
    </ActionDialog>
  );
}
