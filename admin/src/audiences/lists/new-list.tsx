import { DialogContainer, TextField } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { suggestKey } from "../../definitions/suggest-key.ts";
import { namespaceName } from "../../identity/words.ts";
import { messages } from "../../messages.data.ts";
import { useGo } from "../../shell/navigation.tsx";
import { ActionDialog } from "../../ui/action-dialog.tsx";
import { useListActions } from "./use-uploaded-lists.ts";

const m = messages.lists;
const usualNamespaces = ["email", "phone", "user_id", "loyalty_id", "email_sha256", "anonymous_id"] as const;
const other = "other";

/** Makes an empty list and goes to its page, where it is filled. */
export function NewList() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <GatedButton scope="edit" variant="accent" onPress={() => setOpen(true)}>
        {m.create}
      </GatedButton>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? <NewListDialog onClose={() => setOpen(false)} /> : null}
      </DialogContainer>
    </>
  );
}

function NewListDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [key, setKey] = useState("");
  const [kind, setKind] = useState<string>("email");
  const [own, setOwn] = useState("");
  const { create } = useListActions();
  const go = useGo();
  const namespace = kind === other ? own.trim() : kind;
  const usedKey = key || suggestKey(name);
  const make = () =>
    create.mutate(
      { key: usedKey, name, namespace },
      {
        onSuccess: (list) => {
          onClose();
          go(`/lists/${list.key}`);
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
      isReady={name.trim() !== "" && usedKey !== "" && namespace !== ""}
    >
      <TextField label={m.name} isRequired maxLength={200} value={name} onChange={setName} />
      <TextField label={m.key} description={m.keyText} placeholder={suggestKey(name)} value={key} onChange={setKey} />
      <ChoiceField
        label={m.namespace}
        description={m.namespaceText}
        choices={[
          ...usualNamespaces.map((each) => ({ key: each, label: namespaceName(each) })),
          { key: other, label: m.otherNamespace },
        ]}
        value={kind}
        onChange={setKind}
      />
      {kind === other ? (
        <TextField label={m.namespaceName} description={m.namespaceNameText} value={own} onChange={setOwn} />
      ) : null}
    </ActionDialog>
  );
}
