import { ActionButton, Text, TextField } from "@react-spectrum/s2";
import Add from "@react-spectrum/s2/icons/Add";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { messages } from "../messages.data.ts";
import { muted, rowEnd, stackTight } from "../ui/styles.ts";

const m = messages.assets;
const textWidth = style({ width: 400, maxWidth: "full" });
const localeWidth = style({ width: 120 });

type Alt = Readonly<Record<string, string>>;
type Row = { readonly id: number; readonly locale: string; readonly text: string };
type Props = { value: Alt; onChange: (alt: Alt) => void; isReadOnly: boolean };

/** Texts in place of a picture: one for all languages, and others for some. */
export function AltFields({ value, onChange, isReadOnly }: Props) {
  const [own, setOwn] = useState(() => rowsOf(value));
  // A language that is still being typed has no text of its own yet; then what is typed stays.
  const rows = isSame(altOf(own), value) ? own : rowsOf(value);
  const set = (next: readonly Row[]) => {
    setOwn(next);
    onChange(altOf(next));
  };
  const change = (id: number, patch: Partial<Row>) =>
    set(rows.map((each) => (each.id === id ? { ...each, ...patch } : each)));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div role="group" className={stackTight} aria-label={m.alt}>
      <p className={muted}>{m.altText}</p>
      {rows.map(({ id, locale, text }, index) => (
        <div key={id} className={rowEnd}>
          {index === 0 ? null : (
            <TextField
              label={m.altLocale}
              styles={localeWidth}
              value={locale}
              isReadOnly={isReadOnly}
              onChange={(next) => change(id, { locale: next.trim() })}
            />
          )}
          <TextField
            label={index === 0 ? `${m.alt}: ${m.altDefault}` : m.altOf(locale)}
            styles={textWidth}
            value={text}
            isReadOnly={isReadOnly}
            onChange={(next) => change(id, { text: next })}
          />
          {index === 0 || isReadOnly ? null : (
            <ActionButton
              size="S"
              isQuiet
              aria-label={m.removeAlt(locale)}
              onPress={() => set(rows.filter((each) => each.id !== id))}
            >
              <Close />
            </ActionButton>
          )}
        </div>
      ))}
      {isReadOnly ? null : (
        <div>
          <ActionButton
            size="S"
            onPress={() => set([...rows, { id: 1 + Math.max(...rows.map(({ id }) => id)), locale: "", text: "" }])}
          >
            <Add />
            <Text>{m.addAlt}</Text>
          </ActionButton>
        </div>
      )}
    </div>
  );
}

/** The text for all languages always comes first, also when there is none. */
function rowsOf(value: Alt): readonly Row[] {
  const others = Object.entries(value).filter(([locale]) => locale !== "");
  return [["", value[""] ?? ""] as const, ...others].map(([locale, text], id) => ({ id, locale, text }));
}

function altOf(rows: readonly Row[]): Alt {
  const [first, ...others] = rows;
  return Object.fromEntries([
    ...(first && first.text !== "" ? [["", first.text] as const] : []),
    ...others.filter(({ locale, text }) => locale !== "" && text !== "").map(({ locale, text }) => [locale, text]),
  ]);
}

function isSame(left: Alt, right: Alt): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}
