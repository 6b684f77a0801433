import { Picker, PickerItem, Radio, RadioGroup, TextArea, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import type { Json } from "../api/shapes.ts";
import { messages } from "../messages.data.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { muted } from "../ui/styles.ts";
import { ReasonField } from "./reason-field.tsx";
import { draftOfValue, kindOfValue, readTraitValue, type TraitKind, traitKinds } from "./trait-value.ts";
import { useTraitActions } from "./use-traits.ts";

const m = messages.privacy.traits;
const wide = style({ width: "full" });
const nameShape = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/** What the dialog is open for; without a name a new trait is added. */
export type TraitEdit = { readonly name?: string; readonly value?: Json; readonly isRemoval?: boolean };
type Props = { profileId: string; edit: TraitEdit; onClose: () => void };

function titleOf({ name, isRemoval }: TraitEdit): string {
  if (name === undefined) return m.newTitle;
  return isRemoval ? m.removeTitle(name) : m.changeTitle(name);
}

/** Changes, adds or removes one trait, with the reason. */
export function TraitDialog({ profileId, edit, onClose }: Props) {
  const [typedName, setName] = useState("");
  const name = edit.name ?? typedName;
  const [kind, setKind] = useState<TraitKind>(kindOfValue(edit.value));
  const [text, setText] = useState(draftOfValue(edit.value));
  const [reason, setReason] = useState("");
  const { correct } = useTraitActions(profileId);
  const value = edit.isRemoval ? null : readTraitValue(text, kind);
  const isReady = value !== undefined && nameShape.test(name) && reason.trim() !== "";
  return (
    <ActionDialog
      size="M"
      title={titleOf(edit)}
      action={edit.isRemoval ? m.removeIt : m.save}
      onAction={() => {
        if (value !== undefined) correct.mutate({ name, value, reason: reason.trim() }, { onSuccess: onClose });
      }}
      onClose={onClose}
      mutation={correct}
      isReady={isReady}
      isNegative={edit.isRemoval === true}
    >
      {edit.isRemoval ? <p className={muted}>{m.removeText}</p> : null}
      {edit.name === undefined ? (
        <TextField
          label={m.name}
          description={m.nameText}
          isRequired
          maxLength={64}
          value={typedName}
          onChange={setName}
        />
      ) : null}
      {edit.isRemoval ? null : <ValueFields kind={kind} onKind={setKind} text={text} onText={setText} />}
      <ReasonField value={reason} onChange={setReason} />
    </ActionDialog>
  );
}

type ValueProps = { kind: TraitKind; onKind: (kind: TraitKind) => void; text: string; onText: (text: string) => void };

function ValueFields({ kind, onKind, text, onText }: ValueProps) {
  const isWrong = text !== "" && readTraitValue(text, kind) === undefined;
  return (
    <>
      <Picker
        label={m.kind}
        selectedKey={kind}
        onSelectionChange={(key) => onKind(traitKinds.find((each) => each === key) ?? "text")}
      >
        {traitKinds.map((each) => (
          <PickerItem key={each} id={each}>
            {m.kinds[each]}
          </PickerItem>
        ))}
      </Picker>
      {kind === "truth" ? (
        <RadioGroup label={m.value} orientation="horizontal" value={text} onChange={onText}>
          <Radio value="true">{m.yes}</Radio>
          <Radio value="false">{m.no}</Radio>
        </RadioGroup>
      ) : kind === "json" ? (
        <TextArea
          label={m.value}
          styles={wide}
          maxLength={4096}
          value={text}
          onChange={onText}
          isInvalid={isWrong}
          errorMessage={m.noJson}
        />
      ) : (
        <TextField
          label={m.value}
          styles={wide}
          maxLength={4096}
          value={text}
          onChange={onText}
          isInvalid={isWrong}
          errorMessage={m.noNumber}
        />
      )}
    </>
  );
}
