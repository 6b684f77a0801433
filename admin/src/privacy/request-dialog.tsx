import { Content, Heading, InlineAlert, Radio, RadioGroup, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { messages } from "../messages.data.ts";
import { type ChosenProfile, ProfileField } from "../profiles/profile-field.tsx";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { muted, stackTight } from "../ui/styles.ts";
import { emptyIdentifier, IdentifierFields, isComplete } from "./identifier-fields.tsx";
import { type ErasureMode, erasureModes, type Identifier, type Target } from "./shapes.ts";
import { useCreateRequest } from "./use-privacy.ts";

const m = messages.privacy;
const d = m.dialog;
const wide = style({ width: "full" });

type Props = {
  /** Set when the dialog is opened from a profile. */
  profile?: ChosenProfile;
  onClose: () => void;
};

/** Asks for an erasure. What cannot be undone is confirmed by typing its name. */
export function RequestDialog({ profile, onClose }: Props) {
  const [how, setHow] = useState<"search" | "identifier">("search");
  const [chosen, setChosen] = useState<ChosenProfile | null>(profile ?? null);
  const [identifier, setIdentifier] = useState<Identifier>(emptyIdentifier);
  const [mode, setMode] = useState<ErasureMode>("delete");
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const create = useCreateRequest();
  const target = targetOf(how, chosen, identifier);
  const { word, label } = m.modes[mode];
  const isForGood = mode !== "suppress";
  const isConfirmed = !isForGood || typed.trim().toLowerCase() === word;
  const send = () => {
    if (target) create.mutate({ target, mode, reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <ActionDialog
      size="L"
      title={profile ? d.titleFor(profile.label) : d.title}
      action={d.send(label)}
      onAction={send}
      onClose={onClose}
      mutation={create}
      isReady={target !== null && isConfirmed}
      isNegative
    >
      {profile ? null : (
        <div className={stackTight}>
          <RadioGroup
            label={d.how}
            orientation="horizontal"
            value={how}
            onChange={(value) => setHow(value === "identifier" ? "identifier" : "search")}
          >
            <Radio value="search">{d.bySearch}</Radio>
            <Radio value="identifier">{d.byIdentifier}</Radio>
          </RadioGroup>
          {how === "search" ? (
            <ProfileField value={chosen} onChange={setChosen} label={m.person} />
          ) : (
            <>
              <IdentifierFields value={identifier} onChange={setIdentifier} />
              <p className={muted}>{d.identifierText}</p>
            </>
          )}
        </div>
      )}
      <ModeField value={mode} onChange={setMode} />
      <TextField
        label={m.reason}
        description={m.reasonText}
        maxLength={500}
        styles={wide}
        value={reason}
        onChange={setReason}
      />
      <InlineAlert variant={isForGood ? "negative" : "informative"}>
        <Heading level={2}>{isForGood ? d.cannotUndo : label}</Heading>
        <Content>{isForGood ? d.cannotUndoText : d.suppressText}</Content>
      </InlineAlert>
      {isForGood ? <TextField label={d.confirm(word)} autoComplete="off" value={typed} onChange={setTyped} /> : null}
    </ActionDialog>
  );
}

function targetOf(how: "search" | "identifier", chosen: ChosenProfile | null, identifier: Identifier): Target | null {
  if (how === "search") return chosen ? { profileId: chosen.id } : null;
  return isComplete(identifier) ? { identifier: { ...identifier, namespace: identifier.namespace.trim() } } : null;
}

function ModeField({ value, onChange }: { value: ErasureMode; onChange: (mode: ErasureMode) => void }) {
  return (
    <RadioGroup
      label={m.mode}
      value={value}
      onChange={(next) => onChange(erasureModes.find((mode) => mode === next) ?? "delete")}
    >
      {erasureModes.map((mode) => (
        <Radio key={mode} value={mode}>
          {`${m.modes[mode].label}: ${m.modes[mode].text}`}
        </Radio>
      ))}
    </RadioGroup>
  );
}
