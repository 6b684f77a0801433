import { ActionButton, Picker, PickerItem, TextField } from "@react-spectrum/s2";
import ChevronDown from "@react-spectrum/s2/icons/ChevronDown";
import ChevronUp from "@react-spectrum/s2/icons/ChevronUp";
import Delete from "@react-spectrum/s2/icons/Delete";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { mutedXs, plainList, row, rowBetween, rowEnd, stackTight, strong } from "../../ui/styles.ts";
import { namespaceName, shortValue } from "../words.ts";
import {
  type DraftMessage,
  emptyDraft,
  messageTypes,
  moved,
  otherIdentifiers,
  type Sender,
  textFields,
} from "./draft-message.ts";

const m = messages.identity.simulate;
const item = style({
  display: "flex",
  flexDirection: "column",
  gap: 8,
  borderWidth: 0,
  borderBottomWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-200",
  paddingBottom: 12,
  minWidth: 0,
});
const typeWidth = style({ width: 176 });
const fieldWidth = style({ width: 144 });
const senderWidth = style({ width: 208 });
const faultText = style({ font: "body-sm", color: "negative", margin: 0 });
const senders: readonly Sender[] = ["server", "browser", "customerId"];

type Props = {
  drafts: readonly DraftMessage[];
  /** What the server refused, by place. */
  faults: ReadonlyMap<number, string>;
  onChange: (drafts: readonly DraftMessage[]) => void;
};

/** The events as a form, one row each, in order of time. */
export function MessageRows({ drafts, faults, onChange }: Props) {
  return (
    <div className={stackTight}>
      <ol className={plainList}>
        {drafts.map((draft, index) => (
          <li key={draft.key}>
            <MessageRow drafts={drafts} index={index} draft={draft} fault={faults.get(index)} onChange={onChange} />
          </li>
        ))}
      </ol>
      <div>
        <ActionButton onPress={() => onChange([...drafts, { ...emptyDraft(), ...deviceOf(drafts.at(-1)) }])}>
          {m.add}
        </ActionButton>
      </div>
    </div>
  );
}

/** Most often the same device does the next thing. */
function deviceOf(last: DraftMessage | undefined): Partial<DraftMessage> {
  return last ? { anonymousId: last.anonymousId, sender: last.sender } : {};
}

type RowProps = Omit<Props, "faults"> & { index: number; draft: DraftMessage; fault: string | undefined };

function MessageRow({ drafts, index, draft, fault, onChange }: RowProps) {
  const number = formatNumber(index + 1);
  const set = (patch: Partial<DraftMessage>) =>
    onChange(drafts.map((one) => (one === draft ? { ...one, ...patch } : one)));
  const others = otherIdentifiers(draft);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out in a row
    <div role="group" className={item} aria-label={m.event(number)}>
      <div className={rowBetween}>
        <p className={row}>
          <span className={strong}>{m.event(number)}</span>
          {draft.timestamp === "" ? null : <span className={mutedXs}>{formatInstant(draft.timestamp)}</span>}
        </p>
        <div className={row}>
          <ActionButton
            size="S"
            isQuiet
            aria-label={m.earlier(number)}
            isDisabled={index === 0}
            onPress={() => onChange(moved(drafts, index, index - 1))}
          >
            <ChevronUp />
          </ActionButton>
          <ActionButton
            size="S"
            isQuiet
            aria-label={m.later(number)}
            isDisabled={index === drafts.length - 1}
            onPress={() => onChange(moved(drafts, index, index + 1))}
          >
            <ChevronDown />
          </ActionButton>
          <ActionButton
            size="S"
            isQuiet
            aria-label={m.removeOf(number)}
            onPress={() => onChange(drafts.filter((one) => one !== draft))}
          >
            <Delete />
          </ActionButton>
        </div>
      </div>
      <div className={rowEnd}>
        <TypePicker type={draft.type} onChange={(type) => set({ type })} />
        {textFields.map((field) => (
          <TextField
            key={field}
            size="S"
            styles={fieldWidth}
            label={m[field]}
            value={draft[field]}
            autoComplete="off"
            onChange={(value) => set({ [field]: value })}
          />
        ))}
        {draft.type === "alias" ? (
          <TextField
            size="S"
            styles={fieldWidth}
            label={m.previousId}
            value={draft.previousId}
            autoComplete="off"
            onChange={(previousId) => set({ previousId })}
          />
        ) : null}
        <Picker
          size="S"
          styles={senderWidth}
          label={m.sender}
          selectedKey={draft.sender}
          onSelectionChange={(key) => set({ sender: senders.find((sender) => sender === key) ?? "server" })}
        >
          {senders.map((sender) => (
            <PickerItem key={sender} id={sender}>
              {m.senders[sender]}
            </PickerItem>
          ))}
        </Picker>
      </div>
      {others.length > 0 ? (
        <p className={mutedXs}>
          {m.alsoWith(
            others.map(({ namespace, value }) => `${namespaceName(namespace)} ${shortValue(value)}`).join(", "),
          )}
        </p>
      ) : null}
      {fault === undefined ? null : (
        <p role="alert" className={faultText}>
          {fault}
        </p>
      )}
    </div>
  );
}

function TypePicker({ type, onChange }: { type: string; onChange: (type: string) => void }) {
  const choices: readonly string[] = (messageTypes as readonly string[]).includes(type)
    ? messageTypes
    : [...messageTypes, type];
  return (
    <Picker
      size="S"
      styles={typeWidth}
      label={m.type}
      selectedKey={type}
      onSelectionChange={(key) => onChange(String(key))}
    >
      {choices.map((choice) => (
        <PickerItem key={choice} id={choice}>
          {m.types[choice] ?? choice}
        </PickerItem>
      ))}
    </Picker>
  );
}
