import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useId } from "react";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { muted, plainList, stackTight, strong } from "../../ui/styles.ts";
import type { TextFault } from "./split-events.ts";

const m = messages.identity.simulate;
const field = style({
  font: "code-sm",
  color: "body",
  backgroundColor: "layer-1",
  borderWidth: 1,
  borderStyle: "solid",
  borderColor: "gray-300",
  borderRadius: "default",
  padding: 12,
  width: "full",
  minHeight: 240,
  boxSizing: "border-box",
  whiteSpace: "pre",
  overflowX: "auto",
  resize: "vertical",
});
const faultText = style({ font: "body-sm", color: "negative", margin: 0 });

export type LineFault = { readonly line: number; readonly text: string };

export function toLineFaults(faults: readonly TextFault[]): readonly LineFault[] {
  return faults.map(({ line, kind }) => ({ line, text: m.faults[kind] }));
}

type Props = { text: string; faults: readonly LineFault[]; onChange: (text: string) => void };

/** The events as text, for those who have them from a log; what is wrong is said with its line. */
export function MessageText({ text, faults, onChange }: Props) {
  const id = useId();
  return (
    <div className={stackTight}>
      <label htmlFor={id} className={strong}>
        {m.text}
      </label>
      <textarea
        id={id}
        className={field}
        value={text}
        spellCheck={false}
        aria-invalid={faults.length > 0}
        aria-describedby={`${id}-help ${id}-faults`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-help`} className={muted}>
        {m.textHelp}
      </p>
      <ul id={`${id}-faults`} className={plainList} aria-live="polite">
        {faults.map(({ line, text: fault }) => (
          <li key={`${line} ${fault}`} className={faultText}>
            {m.line(formatNumber(line), fault)}
          </li>
        ))}
      </ul>
    </div>
  );
}
