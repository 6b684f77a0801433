import { ActionButton, FileTrigger, TextArea } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import type { ReactNode } from "react";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { row } from "../../ui/styles.ts";
import { toSampleFile } from "./sample-file.ts";

const m = messages.connectors.sample;
const wide = style({ width: "full" });
const readBytes = 64 * 1024;

type Props = { value: string; onChange: (text: string) => void; actions?: ReactNode };

/** Rows to try a mapping with: pasted, or the beginning of a file. */
export function SampleField({ value, onChange, actions }: Props) {
  const file = toSampleFile(value);
  const isBad = !file.ok && file.reason === "json";
  return (
    <Panel
      title={m.title}
      description={m.text}
      aside={
        <div className={row}>
          {actions}
          <FileTrigger
            acceptedFileTypes={[".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson"]}
            onSelect={(files) => {
              const [chosen] = files ?? [];
              if (chosen) void readStart(chosen).then(onChange);
            }}
          >
            <ActionButton>{m.file}</ActionButton>
          </FileTrigger>
        </div>
      }
    >
      <TextArea
        aria-label={m.label}
        styles={wide}
        value={value}
        onChange={onChange}
        validationBehavior="aria"
        {...(isBad ? { isInvalid: true, errorMessage: m.badJson } : {})}
      />
    </Panel>
  );
}

/** The whole lines at the beginning of a file. */
async function readStart(file: File): Promise<string> {
  const text = await file.slice(0, readBytes).text();
  return file.size <= readBytes ? text : text.slice(0, text.lastIndexOf("\n"));
}
