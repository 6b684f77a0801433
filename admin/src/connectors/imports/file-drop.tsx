import { ActionButton, DropZone, FileTrigger } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../../messages.data.ts";
import { muted, strong } from "../../ui/styles.ts";
import { formatBytes } from "../format-bytes.ts";

const m = messages.connectors.imports;
const wide = style({ width: "full" });
const centre = style({ display: "flex", flexDirection: "column", alignItems: "center", gap: 12, textAlign: "center" });

type Props = { file: File | null; onChange: (file: File) => void; text?: string };

/** Takes one file, by drag, pointer or keyboard. */
export function FileDrop({ file, onChange, text = m.fileText }: Props) {
  return (
    <DropZone
      styles={wide}
      isFilled={file !== null}
      onDrop={({ items }) => {
        for (const item of items) {
          if (item.kind !== "file") continue;
          void item.getFile().then(onChange);
          return;
        }
      }}
    >
      <div className={centre}>
        <p className={strong}>{file ? m.chosen(file.name, formatBytes(file.size)) : m.drop}</p>
        <FileTrigger
          onSelect={(files) => {
            const [chosen] = files ?? [];
            if (chosen) onChange(chosen);
          }}
        >
          <ActionButton>{m.browse}</ActionButton>
        </FileTrigger>
        <p className={muted}>{text}</p>
      </div>
    </DropZone>
  );
}
