import {
  Button,
  ButtonGroup,
  Content,
  Dialog,
  Heading,
  NumberField,
  Radio,
  RadioGroup,
  TextField,
} from "@react-spectrum/s2";
import { useState } from "react";
import { messages } from "../messages.data.ts";
import { ListField } from "../ui/list-field.tsx";
import { ErrorState } from "../ui/states.tsx";
import { stack } from "../ui/styles.ts";
import { type DataClass, piiDegrees } from "./shapes.ts";
import { useClassActions } from "./use-privacy.ts";

const m = messages.privacy.classes;

type Props = { start: Partial<DataClass>; onClose: () => void };

/** Classes one field. */
export function ClassDialog({ start, onClose }: Props) {
  const isNew = start.name === undefined;
  const [draft, setDraft] = useState<DataClass>({
    kind: "trait",
    name: "",
    pii: "direct",
    retentionDays: null,
    purposes: [],
    ...start,
  });
  const { save, reset } = useClassActions();
  const error = save.error ?? reset.error;
  return (
    <Dialog size="M">
      <Heading slot="title">{isNew ? m.newTitle : m.editTitle(draft.name)}</Heading>
      <Content>
        <div className={stack}>
          {error ? <ErrorState error={error} /> : null}
          {isNew ? <NameFields draft={draft} onChange={setDraft} /> : null}
          <RadioGroup
            label={m.pii}
            value={draft.pii}
            onChange={(key) => setDraft({ ...draft, pii: piiDegrees.find((pii) => pii === key) ?? "none" })}
          >
            {piiDegrees.map((pii) => (
              <Radio key={pii} value={pii}>
                {`${m.piis[pii].label}: ${m.piis[pii].text}`}
              </Radio>
            ))}
          </RadioGroup>
          <NumberField
            label={m.retentionDays}
            description={m.retentionText}
            minValue={1}
            maxValue={36_500}
            value={draft.retentionDays ?? Number.NaN}
            onChange={(days) => setDraft({ ...draft, retentionDays: Number.isNaN(days) ? null : Math.round(days) })}
          />
          <ListField
            label={m.purposes}
            values={draft.purposes}
            onChange={(purposes) => setDraft({ ...draft, purposes })}
          />
        </div>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={onClose}>
          {messages.common.cancel}
        </Button>
        {isNew ? null : (
          <Button
            variant="secondary"
            isPending={reset.isPending}
            onPress={() => reset.mutate(draft, { onSuccess: onClose })}
          >
            {m.reset}
          </Button>
        )}
        <Button
          variant="accent"
          isPending={save.isPending}
          isDisabled={draft.name.trim() === ""}
          onPress={() => save.mutate({ ...draft, name: draft.name.trim() }, { onSuccess: onClose })}
        >
          {messages.common.save}
        </Button>
      </ButtonGroup>
    </Dialog>
  );
}

function NameFields({ draft, onChange }: { draft: DataClass; onChange: (draft: DataClass) => void }) {
  return (
    <>
      <RadioGroup
        label={m.kind}
        orientation="horizontal"
        value={draft.kind}
        onChange={(kind) => onChange({ ...draft, kind: kind === "property" ? "property" : "trait" })}
      >
        <Radio value="trait">{m.kinds.trait}</Radio>
        <Radio value="property">{m.kinds.property}</Radio>
      </RadioGroup>
      <TextField
        label={m.name}
        description={m.nameText}
        isRequired
        maxLength={100}
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
      />
    </>
  );
}
