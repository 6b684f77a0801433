import { ActionButton, Button, DropZone, FileTrigger, ProgressBar, StatusLight } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { GatedButton } from "../access/gated-button.tsx";
import { useGate } from "../access/use-session.ts";
import { formatBytes } from "../connectors/format-bytes.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { Panel } from "../ui/page.tsx";
import { describeError } from "../ui/states.tsx";
import { muted, plainList, row, rowBetween, strong } from "../ui/styles.ts";
import { showInfo } from "../ui/toasts.ts";
import { maxFiles, type Upload, useUploads } from "./use-uploads.ts";

const m = messages.assets;
const wide = style({ width: "full", maxWidth: "full" });
const dropText = style({
  display: "flex",
  flexDirection: "column",
  alignItems: "center",
  gap: 12,
  textAlign: "center",
});
export const pictureTypes = ["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"];

/** Takes files by drop, pointer or keyboard, and shows how far each one is. */
export function UploadPanel({ folder }: { folder: string }) {
  const { uploads, add, retry, clear } = useUploads();
  const gate = useGate("edit");
  const take = (files: readonly File[]) => {
    if (files.length > maxFiles) showInfo(m.tooMany(formatNumber(maxFiles)));
    add(files, folder);
  };
  if (!gate.isAllowed)
    return (
      <div>
        <GatedButton scope="edit">{m.upload}</GatedButton>
      </div>
    );
  return (
    <Panel title={m.upload} description={m.uploadText}>
      <DropZone
        styles={wide}
        onDrop={({ items }) => {
          const files = items.flatMap((item) => (item.kind === "file" ? [item.getFile()] : []));
          void Promise.all(files).then(take);
        }}
      >
        <div className={dropText}>
          <p className={strong}>{m.drop}</p>
          <FileTrigger allowsMultiple acceptedFileTypes={pictureTypes} onSelect={(files) => take([...(files ?? [])])}>
            <ActionButton>{m.choose}</ActionButton>
          </FileTrigger>
        </div>
      </DropZone>
      {uploads.length === 0 ? null : (
        <>
          <ul className={plainList} aria-label={m.uploads}>
            {uploads.map((upload) => (
              <li key={upload.id}>
                <UploadLine upload={upload} onRetry={(isAgain) => retry(upload.id, isAgain)} />
              </li>
            ))}
          </ul>
          <div>
            <ActionButton size="S" onPress={clear}>
              {m.clear}
            </ActionButton>
          </div>
        </>
      )}
    </Panel>
  );
}

function UploadLine({ upload, onRetry }: { upload: Upload; onRetry: (isAgain: boolean) => void }) {
  const { file, state, ratio, asset, error } = upload;
  switch (state) {
    case "waiting":
      return (
        <p className={muted}>
          {file.name}: {m.waiting}
        </p>
      );
    case "sending":
      return (
        <ProgressBar
          styles={wide}
          label={ratio < 1 ? m.uploading(file.name) : `${file.name}: ${m.checking}`}
          value={ratio * 100}
          isIndeterminate={ratio >= 1}
        />
      );
    case "failed":
      return (
        <div className={rowBetween} role="alert">
          <div>
            <StatusLight variant="negative">{`${file.name}: ${m.failed}`}</StatusLight>
            <p className={muted}>{describeError(error)}</p>
          </div>
          <Button size="S" variant="secondary" onPress={() => onRetry(false)}>
            {m.retry}
          </Button>
        </div>
      );
    case "done":
    case "duplicate":
      return (
        <div className={rowBetween}>
          <div className={row}>
            <StatusLight variant={state === "done" ? "positive" : "notice"}>
              {state === "done" ? m.uploaded : m.duplicate}
            </StatusLight>
            {asset ? <AppLink to={`/pictures/${asset.id}`}>{asset.name}</AppLink> : file.name}
            <span className={muted}>{formatBytes(file.size)}</span>
          </div>
          {state === "duplicate" ? (
            <ActionButton size="S" onPress={() => onRetry(true)}>
              {m.storeAgain}
            </ActionButton>
          ) : null}
        </div>
      );
  }
}
