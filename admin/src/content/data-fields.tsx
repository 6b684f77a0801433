import { ActionButton, Switch, Text, TextArea, TextField } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import type { Fault } from "../api/client.ts";
import type { JsonObject } from "../api/shapes.ts";
import { PictureButton } from "../assets/picture-button.tsx";
import { faultAt, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { muted, rowEnd, stackTight } from "../ui/styles.ts";
import { PlaceholderMenu } from "./placeholder-menu.tsx";

const m = messages.blocks;
const wide = style({ width: "full" });
const textWidth = style({ width: 320 });

type Props = {
  value: JsonObject | undefined;
  onChange: (value: JsonObject | undefined) => void;
  pointer: string;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** Data for pages that render by themselves: texts by name, or any JSON object. */
export function DataFields(props: Props) {
  const { value, onChange, isReadOnly, faults, pointer } = props;
  const [isRaw, setRaw] = useState(() => value !== undefined && !isFlat(value));
  const fault = faultAt(faults, pointer);
  return (
    <div className={stackTight}>
      <Switch
        isSelected={value !== undefined}
        isDisabled={isReadOnly}
        onChange={(on) => onChange(on ? { title: "" } : undefined)}
      >
        {m.hasData}
      </Switch>
      {value === undefined ? null : (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
        <div role="group" className={stackTight} aria-label={m.data}>
          <p className={muted}>{m.dataText}</p>
          {isRaw ? <RawData {...props} value={value} /> : <TextRows {...props} value={value} />}
          {fault ? (
            <p className={muted} role="alert">
              {fault.message}
            </p>
          ) : null}
          {isReadOnly || (isRaw && !isFlat(value)) ? null : (
            <div>
              <ActionButton size="S" isQuiet onPress={() => setRaw(!isRaw)}>
                {isRaw ? m.asFields : m.asJson}
              </ActionButton>
            </div>
          )}
        </div>
      )}
    </div>
  );
}

type Row = { readonly id: number; readonly name: string; readonly text: string };
type Filled = Props & { readonly value: JsonObject };

function TextRows({ value, onChange, isReadOnly }: Filled) {
  const [own, setOwn] = useState(() => rowsOf(value));
  // A name that is still being typed belongs to nobody else's value; then what is typed stays.
  const rows = JSON.stringify(objectOf(own)) === JSON.stringify(value) ? own : rowsOf(value);
  const set = (next: readonly Row[]) => {
    setOwn(next);
    onChange(objectOf(next));
  };
  const change = (id: number, patch: Partial<Row>) =>
    set(rows.map((each) => (each.id === id ? { ...each, ...patch } : each)));
  return (
    <>
      {rows.map(({ id, name, text }) => (
        <div key={id} className={rowEnd}>
          <TextField
            label={m.dataName}
            value={name}
            isReadOnly={isReadOnly}
            onChange={(next) => change(id, { name: next })}
          />
          <TextField
            label={m.dataText_(name)}
            styles={textWidth}
            value={text}
            isReadOnly={isReadOnly}
            onChange={(next) => change(id, { text: next })}
          />
          {isReadOnly ? null : (
            <>
              <PlaceholderMenu isQuiet onInsert={(inserted) => change(id, { text: text + inserted })} />
              <PictureButton
                isQuiet
                onPick={({ reference }, size) =>
                  change(id, { text: size === "original" ? reference : `${reference}/${size}` })
                }
              />
              <ActionButton
                size="S"
                isQuiet
                aria-label={m.removeField(name)}
                onPress={() => set(rows.filter((each) => each.id !== id))}
              >
                <Close />
              </ActionButton>
            </>
          )}
        </div>
      ))}
      {isReadOnly ? null : (
        <div>
          <ActionButton
            size="S"
            onPress={() => set([...rows, { id: 1 + Math.max(0, ...rows.map(({ id }) => id)), name: "", text: "" }])}
          >
            <Add />
            <Text>{m.addField}</Text>
          </ActionButton>
        </div>
      )}
    </>
  );
}

function RawData({ value, onChange, isReadOnly, faults, pointer }: Filled) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const read = parse(text);
  const { errorMessage = m.jsonWrong } = invalidProps(faults, pointer);
  return (
    <TextArea
      label={messages.common.json}
      styles={wide}
      value={read === null || JSON.stringify(read) === JSON.stringify(value) ? text : JSON.stringify(value, null, 2)}
      isReadOnly={isReadOnly}
      validationBehavior="aria"
      isInvalid={read === null}
      {...(read === null ? { errorMessage } : {})}
      onChange={(next) => {
        setText(next);
        const object = parse(next);
        if (object) onChange(object);
      }}
    />
  );
}

function isFlat(value: JsonObject): boolean {
  return Object.values(value).every((each) => typeof each === "string");
}

function rowsOf(value: JsonObject): readonly Row[] {
  return Object.entries(value).map(([name, text], id) => ({ id, name, text: String(text) }));
}

/** Names in their order; of two alike the last counts, and a text without a name does not. */
function objectOf(rows: readonly Row[]): JsonObject {
  return Object.fromEntries(rows.filter(({ name }) => name !== "").map(({ name, text }) => [name, text]));
}

function parse(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}
