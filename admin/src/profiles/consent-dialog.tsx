import { Picker, PickerItem, Radio, RadioGroup, TextArea, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { messages } from "../messages.data.ts";
import { consentName, shippedCategories } from "../privacy/consent-rows.ts";
import { type ConsentInput, useRecordConsent } from "../privacy/use-privacy.ts";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { muted, rowStart } from "../ui/styles.ts";

const m = messages.privacy.consents;
const wide = style({ width: "full" });

type Draft = {
  readonly category: string;
  readonly channel: string;
  readonly status: "granted" | "denied";
  readonly textVersion: string;
  readonly proof: string;
  readonly expiresOn: string;
};
const start: Draft = {
  category: "marketing",
  channel: "",
  status: "denied",
  textVersion: "",
  proof: "",
  expiresOn: "",
};

/** Records a decision that the person made elsewhere, with where that can be seen. */
export function ConsentDialog({ profileId, onClose }: { profileId: string; onClose: () => void }) {
  const [draft, setDraft] = useState(start);
  const record = useRecordConsent(profileId);
  const set = (patch: Partial<Draft>) => setDraft({ ...draft, ...patch });
  return (
    <ActionDialog
      size="M"
      title={m.dialogTitle}
      action={m.save}
      onAction={() => record.mutate(toInput(draft), { onSuccess: onClose })}
      onClose={onClose}
      mutation={record}
      isReady={draft.proof.trim() !== "" && draft.category.trim() !== ""}
    >
      <p className={muted}>{m.dialogText}</p>
      <WhatFor draft={draft} set={set} />
      <RadioGroup
        label={m.decision}
        orientation="horizontal"
        value={draft.status}
        onChange={(status) => set({ status: status === "granted" ? "granted" : "denied" })}
      >
        <Radio value="granted">{m.allow}</Radio>
        <Radio value="denied">{m.refuse}</Radio>
      </RadioGroup>
      <TextArea
        label={m.proof}
        description={m.proofText}
        isRequired
        maxLength={2000}
        styles={wide}
        value={draft.proof}
        onChange={(proof) => set({ proof })}
      />
      {draft.status === "granted" ? (
        <div className={rowStart}>
          <TextField
            label={m.wording}
            description={m.wordingText}
            maxLength={200}
            value={draft.textVersion}
            onChange={(textVersion) => set({ textVersion })}
          />
          <TextField
            label={m.expires}
            description={m.expiresText}
            type="date"
            value={draft.expiresOn}
            onChange={(expiresOn) => set({ expiresOn })}
          />
        </div>
      ) : null}
    </ActionDialog>
  );
}

type PartProps = { draft: Draft; set: (patch: Partial<Draft>) => void };
const other = "other";
// What is strictly necessary is not asked for, so it cannot be refused here.
const askedFor = shippedCategories.filter((category) => category !== "necessary");

function WhatFor({ draft, set }: PartProps) {
  const [isOther, setOther] = useState(false);
  return (
    <div className={rowStart}>
      <Picker
        label={m.category}
        selectedKey={isOther ? other : draft.category}
        onSelectionChange={(key) => {
          setOther(key === other);
          set({ category: key === other ? "" : String(key) });
        }}
      >
        {[...askedFor, other].map((category) => (
          <PickerItem key={category} id={category}>
            {category === other ? m.otherCategory : consentName(category, null)}
          </PickerItem>
        ))}
      </Picker>
      {isOther ? (
        <TextField
          label={m.otherCategoryName}
          maxLength={64}
          value={draft.category}
          onChange={(category) => set({ category })}
        />
      ) : null}
      <TextField
        label={m.channel}
        description={m.channelText}
        placeholder="email"
        maxLength={64}
        value={draft.channel}
        onChange={(channel) => set({ channel })}
      />
    </div>
  );
}

function toInput(draft: Draft): ConsentInput {
  const { category, channel, status, textVersion, proof, expiresOn } = draft;
  const isGranted = status === "granted";
  return {
    decisions: [{ category: category.trim(), ...(channel.trim() === "" ? {} : { channel: channel.trim() }), status }],
    proof: proof.trim(),
    ...(isGranted && textVersion.trim() !== "" ? { textVersion: textVersion.trim() } : {}),
    // To the end of that day, where whoever records it is.
    ...(isGranted && expiresOn !== "" ? { expiresAt: new Date(`${expiresOn}T23:59:59`).toISOString() } : {}),
  };
}
