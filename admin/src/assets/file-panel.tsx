import { ActionButton, FileTrigger, ProgressBar, Text } from "@react-spectrum/s2";
import Copy from "@react-spectrum/s2/icons/Copy";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useEffect, useRef, useState } from "react";
import { useGate } from "../access/use-session.ts";
import { formatBytes } from "../connectors/format-bytes.ts";
import { formatInstant, formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Facts } from "../ui/facts.tsx";
import { Panel } from "../ui/page.tsx";
import { ErrorState } from "../ui/states.tsx";
import { mono, muted, row } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";
import { replaceFile } from "./send-file.ts";
import type { Asset } from "./shapes.ts";
import { pictureTypes } from "./upload-panel.tsx";
import { useAssetActions } from "./use-assets.ts";

const m = messages.assets;
const f = m.fileFacts;
const wide = style({ width: "full", maxWidth: "full" });

/** What the file is, how content and pages name it, and another file in its place. */
export function FilePanel({ asset }: { asset: Asset }) {
  const { format, bytes, width, height, frames, version, reference, url, createdAt, createdBy } = asset;
  const facts = [
    {
      label: f.format,
      value: frames > 1 ? `${format.toUpperCase()}, ${m.animated(formatNumber(frames))}` : format.toUpperCase(),
    },
    { label: f.dimensions, value: `${m.dimensions(formatNumber(width), formatNumber(height))} px` },
    { label: f.size, value: formatBytes(bytes) },
    { label: f.version, value: formatNumber(version) },
    { label: f.by, value: m.byWhom(formatInstant(createdAt), createdBy) },
    { label: f.changed, value: m.byWhom(formatInstant(asset.updatedAt), asset.updatedBy) },
    { label: f.reference, value: <Copyable text={reference} label={f.reference} /> },
    ...(url === null ? [] : [{ label: f.url, value: <Copyable text={location.origin + url} label={f.url} /> }]),
  ];
  return (
    <Panel title={m.file}>
      <Facts facts={facts} />
      {asset.rights.state === "valid" ? null : <p className={muted}>{m.rightsStates[asset.rights.state]}</p>}
      <ReplaceFile asset={asset} />
    </Panel>
  );
}

function Copyable({ text, label }: { text: string; label: string }) {
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => showDone(m.copied),
      (error: unknown) => showError(error),
    );
  return (
    <span className={row}>
      <code className={mono}>{text}</code>
      <ActionButton size="XS" isQuiet aria-label={`${m.copy}: ${label}`} onPress={() => void copy()}>
        <Copy />
      </ActionButton>
    </span>
  );
}

function ReplaceFile({ asset }: { asset: Asset }) {
  const [ratio, setRatio] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const stop = useRef<AbortController | null>(null);
  const { refresh } = useAssetActions();
  const gate = useGate("edit");
  useEffect(() => () => stop.current?.abort(), []);
  const send = async (file: File) => {
    const sending = new AbortController();
    const { signal } = sending;
    stop.current = sending;
    setError(null);
    setRatio(0);
    try {
      await replaceFile(asset, file, { signal, onProgress: setRatio });
      await refresh();
      showDone(m.replaced(asset.name));
    } catch (failure) {
      if (!signal.aborted) setError(failure);
    } finally {
      setRatio(null);
    }
  };
  if (!gate.isAllowed || asset.status === "archived") return null;
  return (
    <>
      {error ? <ErrorState error={error} /> : null}
      {ratio === null ? (
        <FileTrigger
          acceptedFileTypes={pictureTypes}
          onSelect={(files) => {
            const [file] = files ?? [];
            if (file) void send(file);
          }}
        >
          <ActionButton>
            <Text>{m.replace}</Text>
          </ActionButton>
        </FileTrigger>
      ) : (
        <ProgressBar
          styles={wide}
          label={ratio < 1 ? m.uploading(asset.name) : m.checking}
          value={ratio * 100}
          isIndeterminate={ratio >= 1}
        />
      )}
    </>
  );
}
