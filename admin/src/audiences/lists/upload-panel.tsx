import {
  Button,
  Radio,
  RadioGroup,
  SegmentedControl,
  SegmentedControlItem,
  Switch,
  TextArea,
  TextField,
} from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { FileDrop } from "../../connectors/imports/file-drop.tsx";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { row, stack } from "../../ui/styles.ts";
import { showDone } from "../../ui/toasts.ts";
import type { EntriesUpload, UploadedList, UploadMode } from "./shapes.ts";
import { UploadResult } from "./upload-result.tsx";
import { useListActions } from "./use-uploaded-lists.ts";

const m = messages.lists;
const wide = style({ width: "full" });

/** A file or lines, what they would do, and the upload itself. */
export function UploadPanel({ list }: { list: UploadedList }) {
  const [from, setFrom] = useState<"file" | "lines">("file");
  const [file, setFile] = useState<File | null>(null);
  const [lines, setLines] = useState("");
  const [mode, setMode] = useState<UploadMode>("append");
  const [isHashed, setHashed] = useState(false);
  const [column, setColumn] = useState("");
  const { check, upload } = useListActions();
  const isPlain = from === "lines" || (file !== null && /\.txt$/i.test(file.name));
  const content = from === "lines" ? (lines.trim() === "" ? null : new Blob([lines])) : file;
  const given: EntriesUpload | null = content ? { content, mode, isHashed, column, isPlain } : null;
  const changed = (): void => {
    check.reset();
    upload.reset();
  };
  return (
    <Panel title={m.upload} description={m.uploadText}>
      <div className={stack}>
        <SegmentedControl
          aria-label={m.from}
          selectedKey={from}
          onSelectionChange={(key) => afterwards(changed, setFrom)(key === "lines" ? "lines" : "file")}
        >
          <SegmentedControlItem id="file">{m.fromFile}</SegmentedControlItem>
          <SegmentedControlItem id="lines">{m.fromLines}</SegmentedControlItem>
        </SegmentedControl>
        {from === "file" ? (
          <FileDrop file={file} text={m.fileText} onChange={afterwards(changed, setFile)} />
        ) : (
          <TextArea
            label={m.lines}
            description={m.linesText}
            styles={wide}
            value={lines}
            onChange={afterwards(changed, setLines)}
          />
        )}
        {isPlain ? null : (
          <TextField
            label={m.column}
            description={m.columnText}
            value={column}
            onChange={afterwards(changed, setColumn)}
          />
        )}
        <RadioGroup label={m.mode} value={mode} onChange={(next) => afterwards(changed, setMode)(next as UploadMode)}>
          <Radio value="append">{m.append}</Radio>
          <Radio value="replace">{m.replace}</Radio>
        </RadioGroup>
        {list.namespace.endsWith("_sha256") ? null : (
          <Switch isSelected={isHashed} onChange={afterwards(changed, setHashed)}>
            {m.isHashed}
          </Switch>
        )}
        {check.error ? <ErrorState error={check.error} /> : null}
        {upload.error ? <ErrorState error={upload.error} /> : null}
        {check.data ? <UploadResult counts={check.data} mode={mode} before={list.size} /> : null}
        <div className={row}>
          <Button
            variant="secondary"
            isDisabled={given === null}
            isPending={check.isPending}
            onPress={() => given && check.mutate({ key: list.key, upload: given })}
          >
            {m.check}
          </Button>
          <GatedButton
            scope="edit"
            variant="accent"
            isDisabled={given === null || check.data === undefined || check.data.read === check.data.rejected}
            isPending={upload.isPending}
            onPress={() =>
              given &&
              upload.mutate({ key: list.key, upload: given }, { onSuccess: () => showDone(m.uploaded(list.name)) })
            }
          >
            {mode === "append" ? m.addTo : m.replaceWith}
          </GatedButton>
        </div>
      </div>
    </Panel>
  );
}

/** What was counted belongs to what was given then: it goes before anything changes. */
function afterwards<T>(forget: () => void, set: (value: T) => void): (value: T) => void {
  return (value) => {
    forget();
    set(value);
  };
}
